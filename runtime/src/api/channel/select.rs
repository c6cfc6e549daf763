//! `channel.select`: the first case that is ready, or a wait for all of them.

use std::ffi::c_int;

use crate::api::Call;
use crate::api::tasks::Granted;
use crate::lua::{Answer, Outcome, Raise, Stack, Type};

use super::receive::take;
use super::send::{give, offer, withdraw};
use super::{CASE_CHANNEL, CASE_VALUE, Channel, SendCase, this};

/// Where `select` keeps its cases while it waits.
const CASES: c_int = 1;

/// `channel.select{cases…, default = true}` or `channel.select(cases, true)`
pub(super) fn select(call: &mut Call) -> Outcome {
    if call.lua.kind(CASES) != Type::Table {
        return Err(call.wrong_type(CASES, "table"));
    }
    let default = call.lua.truth(2) || {
        call.lua.get_field(CASES, "default");
        call.lua.truth(-1)
    };
    call.lua.truncate(1);
    let count = count(call)?;
    for case in 1..=count {
        if try_case(call, case)? {
            return Ok(Answer::Values(1));
        }
    }
    if default {
        call.lua.push_table(0, 2);
        call.lua.push_boolean(true);
        call.lua.set_field(-2, "default");
        call.lua.push_boolean(true);
        call.lua.set_field(-2, "ok");
        return Ok(Answer::Values(1));
    }
    call.must_wait()?;
    let mut waits = false;
    for case in 1..=count {
        waits |= wait_for_case(call, case)?;
    }
    if !waits {
        return Err("select without a case would wait for ever".into());
    }
    Ok(Answer::wait(selected, 0))
}

/// How many positions the cases have. No more than can be filled: the length of a sparse table can be any number.
fn count(call: &Call) -> Result<u32, Raise> {
    let count = call.lua.len(CASES);
    if count > call.lua.room(CASES) {
        return Err("the cases of a select have too many holes between them".into());
    }
    u32::try_from(count).map_err(|_| "too many cases for a select".into())
}

/// What is at a position of the cases: the channel's index on the stack, and whether it is a send.
fn push_case(call: &mut Call, case: u32) -> Option<(c_int, bool)> {
    let lua = &mut call.lua;
    lua.get_item(CASES, case.into());
    if lua.object::<Channel>(-1).is_some() {
        return Some((lua.top(), false));
    }
    if lua.object::<SendCase>(-1).is_some() {
        lua.get_slot(-1, CASE_VALUE);
        lua.get_slot(-2, CASE_CHANNEL);
        return Some((lua.top(), true));
    }
    lua.truncate(CASES);
    None
}

/// Does a case if it is ready, and pushes the result.
fn try_case(call: &mut Call, case: u32) -> Result<bool, Raise> {
    let Some((channel, sends)) = push_case(call, case) else {
        return Ok(false);
    };
    let done = if sends {
        if this(call, channel)?.closed {
            return Err("send on closed channel".into());
        }
        let done = give(call, channel, channel - 1)?;
        if done {
            call.lua.push_copy(channel - 1);
            call.lua.push_boolean(true);
        }
        done
    } else {
        take(call, channel, false)?
    };
    if done {
        push_selected(&mut call.lua, channel);
    } else {
        call.lua.truncate(CASES);
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

/// Notes that the task waits for a case; false if there is nothing to wait for at that position.
fn wait_for_case(call: &mut Call, case: u32) -> Result<bool, Raise> {
    let Some((channel, sends)) = push_case(call, case) else {
        return Ok(false);
    };
    let offer = if sends {
        offer(call, channel, channel - 1)
    } else {
        0
    };
    let number = this(call, channel)?.number;
    call.state.tasks.wait(number, case, offer);
    if sends {
        // A select can be asked again for the same case: the offer's number is found by the case's place.
        call.state.note_offer(case, offer);
    }
    call.lua.truncate(CASES);
    Ok(true)
}

fn selected(call: &mut Call, _: isize) -> Outcome {
    let Some(grant) = call.state.tasks.take_grant() else {
        return Ok(Answer::wait(selected, 0));
    };
    for (case, offer) in call.state.take_offers() {
        if (case, grant.what) != (grant.case, Granted::Sent)
            && let Some((channel, _)) = push_case(call, case)
        {
            withdraw(&mut call.lua, channel, offer);
            call.lua.truncate(CASES);
        }
    }
    let Some((channel, sends)) = push_case(call, grant.case) else {
        return Err("the cases of a select were changed while it waited".into());
    };
    if sends {
        if grant.what == Granted::Closed {
            return call.fail_closed();
        }
        call.lua.push_copy(channel - 1);
        call.lua.push_boolean(true);
    } else {
        let taken = take(call, channel, grant.what == Granted::Value)?;
        debug_assert!(taken, "what was granted is there");
    }
    push_selected(&mut call.lua, channel);
    Ok(Answer::Values(1))
}
