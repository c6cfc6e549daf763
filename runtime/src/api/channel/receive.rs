//! Receiving: what a channel has, and taking it. Knows nothing of selects.

use std::ffi::c_int;

use crate::api::mail::EVENTS;
use crate::api::tasks::{ChannelNumber, Granted};
use crate::api::{Call, event, message, time};
use crate::lua::{Answer, Outcome, Raise, Stack, Type};

use super::{Channel, Source, this};

/// `ch:receive()`: value, true; or nil, false of a closed channel.
pub(super) fn receive(call: &mut Call) -> Outcome {
    let channel = this(call, 1)?;
    call.lua.truncate(1);
    if take(call, 1, false)? {
        return Ok(Answer::Values(2));
    }
    call.must_wait()?;
    call.state.tasks.wait(channel.number, 1, 0);
    Ok(Answer::wait(received, 0))
}

fn received(call: &mut Call, _: isize) -> Outcome {
    match call.state.tasks.take_grant().map(|grant| grant.what) {
        Some(what) => {
            let taken = take(call, 1, what == Granted::Value)?;
            debug_assert!(taken, "what was granted is there");
            Ok(Answer::Values(2))
        }
        None => Ok(Answer::wait(received, 0)),
    }
}

/// Takes a value from the channel at the absolute `index`, if there is one that nobody else was granted, or the
/// channel is closed; pushes the value and whether it is one. `granted`: one was set aside for the caller.
pub(super) fn take(call: &mut Call, index: c_int, granted: bool) -> Result<bool, Raise> {
    let channel = this(call, index)?;
    let aside = if granted {
        0
    } else {
        call.state.tasks.set_aside(channel.number)
    };
    if available(call, &channel) > aside {
        push_value(call, index, &channel, aside as u32)?;
        call.lua.push_boolean(true);
        return Ok(true);
    }
    if let Source::Program { .. } = channel.source
        && let Some(offer) = call.state.tasks.take_offer(channel.number)
    {
        push_offer(&mut call.lua, index, offer);
        call.lua.push_boolean(true);
        return Ok(true);
    }
    if channel.closed {
        call.lua.push_nil();
        call.lua.push_boolean(false);
        return Ok(true);
    }
    Ok(false)
}

/// How many values a channel has. Looks into the mailbox if there is none in the mail: a poll sees what has arrived.
fn available(call: &mut Call, channel: &Channel) -> usize {
    match channel.source {
        Source::Program { count, .. } => count as usize,
        Source::Timer(strikes) => strikes.count(),
        Source::Mail => match call.state.mail.count(channel.number) {
            0 => {
                call.state.take_letters();
                call.state.mail.count(channel.number)
            }
            count => count,
        },
    }
}

/// Pushes the oldest value of a channel that has one; in a program's channel, behind those that are set aside.
fn push_value(call: &mut Call, index: c_int, channel: &Channel, aside: u32) -> Result<(), Raise> {
    match channel.source {
        Source::Program { .. } => push_buffered(call, index, channel.number, aside),
        Source::Mail if channel.number == EVENTS => {
            let event = call.state.mail.take_event().expect("there is an event");
            call.state.note_received(event.size());
            event::push(call, &event)?;
        }
        Source::Mail => {
            let taken = call.state.mail.take_message(channel.number);
            let (message, as_object) = taken.expect("there is a message");
            call.state.note_received(message.size());
            if as_object {
                message::push(&mut call.lua, &message);
            } else {
                message::push_value(&mut call.lua, &message)?;
            }
        }
        Source::Timer(_) => time::push_strike(call, index),
    }
    Ok(())
}

/// Takes the oldest value behind `aside` others out of a program's channel and pushes it; the value of a blocked
/// sender moves up.
fn push_buffered(call: &mut Call, index: c_int, number: ChannelNumber, aside: u32) {
    let lua = &mut call.lua;
    let Some(Channel {
        source:
            Source::Program {
                capacity,
                first,
                count,
            },
        ..
    }) = lua.object_mut(index)
    else {
        unreachable!("a program's channel")
    };
    let (oldest, newest) = (*first, first.wrapping_add(*count));
    *first = first.wrapping_add(1);
    *count -= 1;
    let (capacity, left) = (*capacity as usize, *count as usize);
    lua.get_slot(index, 1);
    let values = lua.top();
    lua.get_item(values, oldest.wrapping_add(aside).into());
    for place in (0..aside).rev() {
        lua.get_item(values, oldest.wrapping_add(place).into());
        lua.set_item(values, oldest.wrapping_add(place + 1).into());
    }
    lua.push_nil();
    lua.set_item(values, oldest.into());
    unwrap_nil(lua);
    lua.insert(values);
    // The table of values is on top now.
    // What is set aside takes no room; an unbuffered channel has none.
    let has_room = left - call.state.tasks.set_aside(number) < capacity;
    if has_room && let Some(offer) = call.state.tasks.take_offer(number) {
        let lua = &mut call.lua;
        lua.get_item(-1, -i64::from(offer));
        lua.set_item(-2, newest.into());
        lua.push_nil();
        lua.set_item(-2, -i64::from(offer));
        if let Some(Channel {
            source: Source::Program { count, .. },
            ..
        }) = lua.object_mut(index)
        {
            *count += 1;
        }
    }
    call.lua.pop(1);
}

/// Takes a blocked sender's value out of the channel at `index` and pushes it.
fn push_offer(lua: &mut Stack, index: c_int, offer: u32) {
    lua.get_slot(index, 1);
    lua.get_item(-1, -i64::from(offer));
    lua.push_nil();
    lua.set_item(-3, -i64::from(offer));
    unwrap_nil(lua);
    lua.insert(-2);
    lua.pop(1);
}

/// A table can't hold nil: a channel's table of values holds the table itself instead.
pub(super) fn wrap_nil(lua: &mut Stack, values: c_int) {
    if lua.kind(-1) == Type::Nil {
        lua.pop(1);
        lua.push_copy(values);
    }
}

/// Undoes [`wrap_nil`] on the value on top, with the table of values below it.
fn unwrap_nil(lua: &mut Stack) {
    if lua.same(-1, -2) {
        lua.pop(1);
        lua.push_nil();
    }
}
