//! `channel.select`: the first case that is ready, or a wait for all of them.
//!
//! The cases are put on the call's own stack as they are tried, and stay there while it waits: what the program does to
//! its table meanwhile is of no concern.

use std::ffi::c_int;

use crate::api::Call;
use crate::api::tasks::Granted;
use crate::lua::{Answer, Outcome, Raise, Stack, Type};

use super::receive::{lacks_mail, push_granted, take};
use super::send::{give, offer};
use super::{CASE_CHANNEL, CASE_VALUE, Channel, SendCase, this, values};

/// Where the program's table is, until the select waits. The cases are above it.
const TABLE: c_int = 1;

/// Room that a call has beyond its arguments, to be had above the cases also when the select goes on.
const ROOM: usize = 16;

/// `channel.select{cases…, default = true}` or `channel.select(cases, true)`
pub(super) fn select(call: &mut Call) -> Outcome {
    if call.lua.kind(TABLE) != Type::Table {
        return Err(call.wrong_type(TABLE, "table"));
    }
    let default = call.lua.truth(2) || {
        call.lua.get_field(TABLE, "default");
        call.lua.truth(-1)
    };
    call.lua.truncate(TABLE);
    if try_cases(call)? {
        return Ok(Answer::Values(1));
    }
    if default {
        call.lua.push_table(0, 2);
        call.lua.push_boolean(true);
        call.lua.set_field(-2, "default");
        call.lua.push_boolean(true);
        call.lua.set_field(-2, "ok");
        return Ok(Answer::Values(1));
    }
    if call.lua.top() == TABLE {
        return Err("select without a case would wait for ever".into());
    }
    call.must_wait()?;
    wait(call);
    Ok(Answer::wait(selected, 0))
}

/// Puts the cases on the stack, one by one, until one is ready: then that is done and its result pushed.
fn try_cases(call: &mut Call) -> Result<bool, Raise> {
    let count = call.lua.len(TABLE);
    if !call.lua.reserve(count + ROOM) {
        return Err("too many cases".into());
    }
    let mut has_looked = false;
    for position in 1..=count {
        call.lua.get_item(TABLE, position as i64);
        let case = call.lua.top();
        let Some((channel, sends)) = open(&mut call.lua, case) else {
            call.lua.pop(1);
            continue;
        };
        let done = if sends {
            try_send(call, channel)?
        } else {
            if !has_looked && lacks_mail(call, &this(call, channel)?) {
                call.state.take_letters();
                has_looked = true;
            }
            take(call, channel)?
        };
        if done {
            push_selected(&mut call.lua, channel);
            return Ok(true);
        }
        call.lua.truncate(case);
    }
    Ok(false)
}

/// What the case at `case` is about: the channel's index on the stack, and whether the case sends; the value is below the
/// channel then. None if it is no case.
fn open(lua: &mut Stack, case: c_int) -> Option<(c_int, bool)> {
    if lua.object::<Channel>(case).is_some() {
        return Some((case, false));
    }
    lua.object::<SendCase>(case)?;
    lua.get_slot(case, CASE_VALUE);
    lua.get_slot(case, CASE_CHANNEL);
    Some((lua.top(), true))
}

/// Sends if that can be done at once, and pushes the value and that it was sent.
fn try_send(call: &mut Call, channel: c_int) -> Result<bool, Raise> {
    if this(call, channel)?.closed {
        return Err("send on closed channel".into());
    }
    let done = give(call, channel, channel - 1)?;
    if done {
        call.lua.push_copy(channel - 1);
        call.lua.push_boolean(true);
    }
    Ok(done)
}

/// Pushes `{channel, value, ok}` from the value and the truth on top.
fn push_selected(lua: &mut Stack, channel: c_int) {
    lua.push_table(0, 3);
    lua.insert(-3);
    lua.set_field(-3, "ok");
    lua.set_field(-2, "value");
    lua.push_copy(channel);
    lua.set_field(-2, "channel");
}

/// Notes that the task waits for all cases on the stack. The program's table may be collected.
fn wait(call: &mut Call) {
    call.lua.push_nil();
    call.lua.replace(TABLE);
    let last = call.lua.top();
    call.state.tasks.expect_waits((last - TABLE) as usize);
    for case in TABLE + 1..=last {
        let (channel, sends) = open(&mut call.lua, case).expect("only cases were kept");
        if sends {
            offer(call, channel, channel - 1, case as u32);
        } else {
            let number = this(call, channel).expect("a case has a channel").number;
            call.state.tasks.wait(number, case as u32, false);
        }
        call.lua.truncate(last);
    }
}

fn selected(call: &mut Call, _: isize) -> Outcome {
    let Some(grant) = call.state.tasks.take_grant() else {
        return Ok(Answer::wait(selected, 0));
    };
    withdraw(call);
    let (channel, sends) = open(&mut call.lua, grant.case as c_int).expect("only cases were kept");
    match grant.what {
        Granted::Closed if sends => return call.fail_closed(),
        Granted::Sent => {
            call.lua.push_copy(channel - 1);
            call.lua.push_boolean(true);
        }
        what => push_granted(call, channel, what)?,
    }
    push_selected(&mut call.lua, channel);
    Ok(Answer::Values(1))
}

/// Takes back what the select offered and nobody took.
fn withdraw(call: &mut Call) {
    let task = call.state.tasks.current();
    let last = call.lua.top();
    for case in TABLE + 1..=last {
        if let Some((channel, true)) = open(&mut call.lua, case) {
            let place = values::offered(task, case as u32);
            values::remove(&mut call.lua, channel, place);
        }
        call.lua.truncate(last);
    }
}
