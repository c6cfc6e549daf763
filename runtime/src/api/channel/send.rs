//! Sending and closing: what fits, what is offered to a receiver to come. Knows nothing of selects.

use std::ffi::c_int;

use crate::api::handed::Handed;
use crate::api::process::end_subscription;
use crate::api::tasks::Granted;
use crate::api::{Call, time};
use crate::error::{Error, kind};
use crate::lua::{Answer, Outcome, Raise};

use super::{Channel, Source, this, values};

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
    offer(call, 1, 2, 1);
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
        self.fail(Error::new(kind::INVALID_STATE, "send on closed channel"))
    }
}

/// Hands the value at `value` to who waits to receive from the channel at `index` (both absolute), or stores it if there
/// is room. False if neither.
pub(super) fn give(call: &mut Call, index: c_int, value: c_int) -> Result<bool, Raise> {
    let Some(Channel {
        number,
        source:
            Source::Program {
                capacity,
                first,
                count,
                ..
            },
        ..
    }) = call.lua.object_mut(index)
    else {
        return Err("this channel is the runtime's: it can only be received from".into());
    };
    let place = if let Some(receiver) = call.state.tasks.receiver(*number) {
        call.state.tasks.hand(receiver, Handed::Own);
        values::handed(receiver.task())
    } else if *count < *capacity {
        let place = first.wrapping_add(*count);
        *count += 1;
        place.into()
    } else {
        return Ok(false);
    };
    values::put(&mut call.lua, index, value, place);
    Ok(true)
}

/// Leaves the value at `value` in the channel at `index` (both absolute) for a receiver to come: the running task waits
/// with this case.
pub(super) fn offer(call: &mut Call, index: c_int, value: c_int, case: u32) {
    let number = this(call, index)
        .expect("was a channel when it was tried")
        .number;
    let place = values::offered(call.state.tasks.current(), case);
    values::put(&mut call.lua, index, value, place);
    call.state.tasks.wait(number, case, true);
}

/// `ch:close()`
pub(super) fn close(call: &mut Call) -> Outcome {
    let channel = this(call, 1)?;
    match channel.source {
        Source::Mail | Source::Future => {
            return Err("this channel is the runtime's: it can't be closed".into());
        }
        Source::Timer(_) => {
            time::disarm(call);
        }
        Source::Program { hears_topic, .. } => {
            if hears_topic {
                end_subscription(call, channel.number);
            }
        }
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
    for sender in call.state.tasks.close(number) {
        let place = values::offered(sender.task, sender.case);
        values::remove(&mut call.lua, index, place);
    }
}
