//! Sending and closing: what fits, what is offered to a receiver to come. Knows nothing of selects.

use std::ffi::c_int;

use crate::api::Call;
use crate::api::tasks::Granted;
use crate::lua::{Answer, Outcome, Raise, Stack, Type};

use super::receive::wrap_nil;
use super::{Channel, Source, push_or_nil, this};

/// `ch:send(value)`: true when it was taken or stored; nil, err if the channel is closed meanwhile.
pub(super) fn send(call: &mut Call) -> Outcome {
    let channel = this(call, 1)?;
    if call.lua.top() < 2 {
        call.lua.push_nil();
    }
    call.lua.truncate(2);
    if channel.closed {
        return Err("send on closed channel".into());
    }
    if give(call, 1, 2)? {
        call.lua.push_boolean(true);
        return Ok(Answer::Values(1));
    }
    call.must_wait()?;
    let offer = offer(call, 1, 2);
    call.state.tasks.wait(channel.number, 1, offer);
    Ok(Answer::wait(sent, 0))
}

fn sent(call: &mut Call, _: isize) -> Outcome {
    match call.state.tasks.take_grant().map(|grant| grant.what) {
        Some(Granted::Closed) => call.fail_closed(),
        Some(_) => {
            call.lua.push_boolean(true);
            Ok(Answer::Values(1))
        }
        None => Ok(Answer::wait(sent, 0)),
    }
}

impl Call<'_> {
    pub(super) fn fail_closed(&mut self) -> Outcome {
        self.fail(crate::error::Error::new(
            crate::error::kind::INVALID_STATE,
            "send on closed channel",
        ))
    }
}

/// Stores the value at `value` in the channel at `index` (both absolute) if a receiver waits or there is room.
pub(super) fn give(call: &mut Call, index: c_int, value: c_int) -> Result<bool, Raise> {
    let channel = this(call, index)?;
    let Source::Program {
        capacity,
        first,
        count,
    } = channel.source
    else {
        return Err("this channel is the runtime's: it can only be received from".into());
    };
    let aside = call.state.tasks.set_aside(channel.number);
    let receiver = call.state.tasks.has_receiver(channel.number);
    // What is set aside has been taken, in all but the running of its receiver.
    if !receiver && count as usize - aside >= capacity as usize {
        return Ok(false);
    }
    let lua = &mut call.lua;
    push_values(lua, index);
    let values = lua.top();
    push_or_nil(lua, value);
    wrap_nil(lua, values);
    lua.set_item(values, first.wrapping_add(count).into());
    lua.pop(1);
    if let Some(Channel {
        source: Source::Program { count, .. },
        ..
    }) = lua.object_mut(index)
    {
        *count += 1;
    }
    call.state.tasks.grant_value(channel.number);
    Ok(true)
}

/// Pushes the table of values of the channel at `index`, made at first need.
fn push_values(lua: &mut Stack, index: c_int) {
    if lua.get_slot(index, 1) == Type::Nil {
        lua.pop(1);
        lua.push_table(1, 0);
        lua.push_copy(-1);
        lua.set_slot(index, 1);
    }
}

/// Leaves the value at `value` in the channel at `index` for a receiver to come; answers its number there.
pub(super) fn offer(call: &mut Call, index: c_int, value: c_int) -> u32 {
    let offer = call.state.new_offer();
    let lua = &mut call.lua;
    push_values(lua, index);
    let values = lua.top();
    push_or_nil(lua, value);
    wrap_nil(lua, values);
    lua.set_item(values, -i64::from(offer));
    lua.pop(1);
    offer
}

/// Takes an offer back that nobody took.
pub(super) fn withdraw(lua: &mut Stack, index: c_int, offer: u32) {
    if offer != 0 && lua.get_slot(index, 1) == Type::Table {
        lua.push_nil();
        lua.set_item(-2, -i64::from(offer));
    }
    if offer != 0 {
        lua.pop(1);
    }
}

/// `ch:close()`
pub(super) fn close(call: &mut Call) -> Outcome {
    let channel = this(call, 1)?;
    if let Source::Mail = channel.source {
        return Err("this channel is the runtime's: it can't be closed".into());
    }
    shut(call, 1);
    Ok(Answer::Values(0))
}

/// Closes the channel at the absolute `index`: receivers get nil and false, senders fail, what is stored stays.
pub(in crate::api) fn shut(call: &mut Call, index: c_int) {
    let Some(channel) = call.lua.object_mut::<Channel>(index) else {
        return;
    };
    channel.closed = true;
    let number = channel.number;
    for offer in call.state.tasks.close(number) {
        withdraw(&mut call.lua, index, offer);
    }
}
