//! Channels: the Lua module `channel`, and how any channel is sent to, received from and closed.
//!
//! A channel that a program makes keeps its values in the VM; those of events, inbox and listeners hand out what is in
//! the mail; those of timers what their clock has struck. Spec: 02 A.

use std::ffi::c_int;

use crate::lua::{
    Answer, Class, Function, Kept, LibrariesBuilder, Module, Object, Outcome, Raise, Stack, Type,
};

use super::mail::{EVENTS, INBOX};
use super::tasks::{ChannelNumber, Granted};
use super::{Call, Host, event, message, time};

/// A channel, as the VM holds it.
#[derive(Clone, Copy, Debug)]
pub struct Channel {
    /// Its number in this process.
    pub number: ChannelNumber,
    /// Where its values come from.
    pub source: Source,
    /// Whether it was closed.
    pub closed: bool,
}

impl Object for Channel {
    const CLASS: Class = Class::Channel;
}

/// Where a channel's values come from.
#[derive(Clone, Copy, Debug)]
pub enum Source {
    /// What the program sends: a queue in the object's first place, from `first` on.
    Program {
        /// Values that fit without a receiver.
        capacity: u32,
        /// Position of the oldest value.
        first: u32,
        /// How many values there are.
        count: u32,
    },
    /// The mail.
    Mail,
    /// A timer.
    Timer(time::Strikes),
}

/// A send case of a select. A receive case is the channel itself.
#[derive(Clone, Copy)]
struct SendCase;

impl Object for SendCase {
    const CLASS: Class = Class::Case;
}

/// Places of a send case.
const CASE_CHANNEL: c_int = 1;
const CASE_VALUE: c_int = 2;

/// Buffers larger than this are not a size but a mistake.
const MAX_CAPACITY: i64 = 1 << 24;

/// Registers the module and the class.
pub(super) fn register(libraries: &mut LibrariesBuilder<Host>) {
    let module = Module::new("channel").functions([
        ("new", Function::new(new)),
        ("select", Function::new(select)),
    ]);
    libraries.library(module);
    libraries.class(
        Class::Channel,
        [
            ("send", Function::new(send)),
            ("receive", Function::new(receive)),
            ("close", Function::new(close)),
            ("case_send", Function::new(case_send)),
            ("case_receive", Function::new(case_receive)),
        ],
    );
    libraries.text_of(
        Class::Channel,
        Function::new(|call: &mut Call| {
            let text = format!("channel: {:#x}", call.lua.identity(1));
            call.lua.push_bytes(text);
            Ok(Answer::Values(1))
        }),
    );
}

/// The channel at `index`, which a method was called on.
fn this(call: &Call, index: c_int) -> Result<Channel, Raise> {
    match call.lua.object::<Channel>(index) {
        Some(channel) => Ok(*channel),
        None => Err(call.wrong_type(index, "channel")),
    }
}

/// `channel.new([capacity])`
fn new(call: &mut Call) -> Outcome {
    let capacity = match call.lua.is_nothing(1) {
        true => 0,
        false => call.integer(1, "capacity")?,
    };
    if capacity > MAX_CAPACITY {
        return Err(call.bad_argument(1, &format!("a capacity is at most {MAX_CAPACITY}")));
    }
    let capacity = u32::try_from(capacity).unwrap_or(0);
    let number = call.state.new_channel();
    let source = Source::Program {
        capacity,
        first: 1,
        count: 0,
    };
    call.lua.push_object_with(
        Channel {
            number,
            source,
            closed: false,
        },
        &[],
        1,
    );
    Ok(Answer::Values(1))
}

/// `ch:case_receive()`: the channel itself.
fn case_receive(call: &mut Call) -> Outcome {
    this(call, 1)?;
    call.lua.push_copy(1);
    Ok(Answer::Values(1))
}

/// `ch:case_send(value)`
fn case_send(call: &mut Call) -> Outcome {
    this(call, 1)?;
    call.lua.push_object_with(SendCase, &[], 2);
    call.lua.push_copy(1);
    call.lua.set_slot(-2, CASE_CHANNEL);
    push_or_nil(&mut call.lua, 2);
    call.lua.set_slot(-2, CASE_VALUE);
    call.lua.insert(1);
    call.lua.truncate(1);
    Ok(Answer::Values(1))
}

fn push_or_nil(lua: &mut Stack, index: c_int) {
    if lua.kind(index) == Type::None {
        lua.push_nil()
    } else {
        lua.push_copy(index)
    }
}

// ---- receiving

/// `ch:receive()`: value, true; or nil, false of a closed channel.
fn receive(call: &mut Call) -> Outcome {
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
fn take(call: &mut Call, index: c_int, granted: bool) -> Result<bool, Raise> {
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
                call.state.collect_letters();
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
            event::push(call, &event)?;
        }
        Source::Mail => {
            let taken = call.state.mail.take_message(channel.number);
            let (message, as_object) = taken.expect("there is a message");
            call.state.note_received(&message);
            if as_object {
                message::push(&mut call.lua, &message);
            } else {
                call.lua
                    .push_payload(message.payload())
                    .map_err(|e| Raise::Object(Box::new(e)))?;
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
fn wrap_nil(lua: &mut Stack, values: c_int) {
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

// ---- sending

/// `ch:send(value)`: true when it was taken or stored; nil, err if the channel is closed meanwhile.
fn send(call: &mut Call) -> Outcome {
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
    fn fail_closed(&mut self) -> Outcome {
        self.fail(crate::error::Error::new(
            crate::error::kind::INVALID_STATE,
            "send on closed channel",
        ))
    }
}

/// Stores the value at `value` in the channel at `index` (both absolute) if a receiver waits or there is room.
fn give(call: &mut Call, index: c_int, value: c_int) -> Result<bool, Raise> {
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
fn offer(call: &mut Call, index: c_int, value: c_int) -> u32 {
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
fn withdraw(lua: &mut Stack, index: c_int, offer: u32) {
    if offer != 0 && lua.get_slot(index, 1) == Type::Table {
        lua.push_nil();
        lua.set_item(-2, -i64::from(offer));
    }
    if offer != 0 {
        lua.pop(1);
    }
}

/// `ch:close()`
fn close(call: &mut Call) -> Outcome {
    let channel = this(call, 1)?;
    if let Source::Mail = channel.source {
        return Err("this channel is the runtime's: it can't be closed".into());
    }
    shut(call, 1);
    Ok(Answer::Values(0))
}

/// Closes the channel at the absolute `index`: receivers get nil and false, senders fail, what is stored stays.
pub(super) fn shut(call: &mut Call, index: c_int) {
    let Some(channel) = call.lua.object_mut::<Channel>(index) else {
        return;
    };
    channel.closed = true;
    let number = channel.number;
    for offer in call.state.tasks.close(number) {
        withdraw(&mut call.lua, index, offer);
    }
}

// ---- select

/// Where `select` keeps its cases while it waits.
const CASES: c_int = 1;

/// `channel.select{cases…, default = true}` or `channel.select(cases, true)`
fn select(call: &mut Call) -> Outcome {
    if call.lua.kind(CASES) != Type::Table {
        return Err(call.wrong_type(CASES, "table"));
    }
    let default = call.lua.truth(2) || {
        call.lua.get_field(CASES, "default");
        call.lua.truth(-1)
    };
    call.lua.truncate(1);
    let count = call.lua.len(CASES) as u32;
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

/// Pushes the channel of events or the inbox, the same one every time.
pub(super) fn push_mail_channel(call: &mut Call, number: ChannelNumber) {
    let key = if number == INBOX {
        Kept::Inbox
    } else {
        Kept::Events
    };
    if call.lua.get_kept(key) == Type::Nil {
        call.lua.pop(1);
        call.lua.push_object(Channel {
            number,
            source: Source::Mail,
            closed: false,
        });
        call.lua.push_copy(-1);
        call.lua.keep(key);
    }
}
