//! Receiving: what a channel has, and taking it. Knows nothing of selects.

use std::ffi::c_int;

use crate::api::handed::Handed;
use crate::api::tasks::Granted;
use crate::api::{Call, event, funcs, message, time};
use crate::lua::{Answer, Outcome, Raise};

use super::{Channel, Source, this, values};

/// `ch:receive()`: value, true; or nil, false of a closed channel.
pub(super) fn receive(call: &mut Call) -> Outcome {
    let channel = this(call, 1)?;
    call.lua.truncate(1);
    if lacks_mail(call, &channel) {
        call.state.take_letters();
    }
    if take(call, 1)? {
        return Ok(Answer::Values(2));
    }
    call.must_wait()?;
    call.state.tasks.wait(channel.number, 1, false);
    Ok(Answer::wait(received, 0))
}

fn received(call: &mut Call, _: isize) -> Outcome {
    let Some(grant) = call.state.tasks.take_grant() else {
        return Ok(Answer::wait(received, 0));
    };
    push_granted(call, 1, grant.what)?;
    Ok(Answer::Values(2))
}

/// Whether a look into the mailbox may find what the channel, which gets its values from there, hasn't got.
///
/// Whoever asks several channels looks once, and before it takes from any that gets mail: a letter that came between
/// two looks would lie in a channel that was found empty, and is then waited for.
pub(super) fn lacks_mail(call: &Call, channel: &Channel) -> bool {
    let gets_mail = match channel.source {
        Source::Program { hears_topic, .. } => hears_topic,
        Source::Mail => true,
        Source::Timer(_) => false,
        Source::Future => return call.state.is_promised(channel.number),
    };
    gets_mail && call.state.mail.is_empty(channel.number)
}

/// Takes a value from the channel at the absolute `index`, if it has one or is closed; pushes the value and whether it
/// is one.
pub(super) fn take(call: &mut Call, index: c_int) -> Result<bool, Raise> {
    let channel = this(call, index)?;
    let value = match channel.source {
        Source::Program { .. } if take_own(call, index) => {
            call.lua.push_boolean(true);
            return Ok(true);
        }
        Source::Program {
            hears_topic: false, ..
        } => None,
        Source::Mail | Source::Program { .. } => call.state.mail.take(channel.number),
        Source::Timer(_) => take_strike(call, index),
        Source::Future => return funcs::take(call, index),
    };
    match value {
        Some(value) => push_granted(call, index, Granted::Value(value))?,
        None if channel.closed => push_granted(call, index, Granted::Closed)?,
        None => return Ok(false),
    }
    Ok(true)
}

/// Pushes what a receiver from the channel at the absolute `index` was granted: the value, and whether it is one.
pub(super) fn push_granted(call: &mut Call, index: c_int, what: Granted) -> Result<(), Raise> {
    let is_value = match what {
        Granted::Value(value) => {
            push_handed(call, index, value)?;
            true
        }
        Granted::Closed => {
            call.lua.push_nil();
            false
        }
        Granted::Sent | Granted::Time | Granted::Reply(_) => {
            unreachable!("a receiver doesn't wait for that")
        }
    };
    call.lua.push_boolean(is_value);
    Ok(())
}

fn push_handed(call: &mut Call, index: c_int, value: Handed) -> Result<(), Raise> {
    match value {
        Handed::Own => {
            let place = values::handed(call.state.tasks.current());
            values::take(&mut call.lua, index, place);
        }
        Handed::Message {
            message, as_object, ..
        } => {
            call.state.note_received(message.size());
            if as_object {
                message::push(&mut call.lua, &message);
            } else {
                message::push_value(&mut call.lua, &message)?;
            }
        }
        Handed::Event { event, .. } => {
            call.state.note_received(event.size());
            event::push(call, &event)?;
        }
        Handed::Strike(at) => time::push_strike(call, at),
        Handed::Reply => funcs::push_taken(call, index)?,
    }
    Ok(())
}

/// Takes the oldest strike of the timer at `index`.
fn take_strike(call: &mut Call, index: c_int) -> Option<Handed> {
    match call.lua.object_mut::<Channel>(index) {
        Some(Channel {
            source: Source::Timer(strikes),
            ..
        }) => strikes.take().map(Handed::Strike),
        _ => None,
    }
}

/// Takes the oldest value of a program's channel, or else that of the sender that has waited longest, and pushes it.
/// False if there is neither.
fn take_own(call: &mut Call, index: c_int) -> bool {
    let Some(Channel {
        number,
        source: Source::Program { first, count, .. },
        ..
    }) = call.lua.object_mut(index)
    else {
        unreachable!("a program's channel")
    };
    let sender = call.state.tasks.take_sender(*number);
    let offered = sender.map(|wait| values::offered(wait.task, wait.case));
    if *count == 0 {
        let Some(offered) = offered else { return false };
        values::take(&mut call.lua, index, offered);
        return true;
    }
    let (oldest, newest) = (*first, first.wrapping_add(*count));
    *first = first.wrapping_add(1);
    if offered.is_none() {
        *count -= 1;
        if *count == 0 {
            // Where the queue begins again there is room in the table already.
            *first = 1;
        }
    }
    values::take(&mut call.lua, index, oldest.into());
    if let Some(offered) = offered {
        // The sender's value moves up.
        values::shift(&mut call.lua, index, offered, newest.into());
    }
    true
}
