//! Channels: the Lua module `channel`, and how any channel is sent to, received from and closed.
//!
//! A channel that a program makes keeps its values in the VM; those of events, inbox and listeners hand out what is in
//! the mail; those of timers what their clock has struck. See `docs/channel.md`.

mod receive;
mod select;
mod send;
mod values;

use std::ffi::c_int;

use crate::lua::{
    Answer, Class, Function, Kept, LibrariesBuilder, Module, Object, Outcome, Raise, Type,
};

use super::mail::INBOX;
use super::tasks::ChannelNumber;
use super::{Call, Host, time};

pub(super) use send::shut;

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
    /// What the program sends: a queue in its table of values, from `first` on.
    Program {
        /// Values that fit without a receiver.
        capacity: u32,
        /// Position of the oldest value.
        first: u32,
        /// How many values there are.
        count: u32,
        /// Whether it gets the values that are sent for a topic, too.
        hears_topic: bool,
    },
    /// The mail.
    Mail,
    /// A timer.
    Timer(time::Strikes),
    /// A future, which is in its first place.
    Future,
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
        ("select", Function::new(select::select)),
    ]);
    libraries.library(module);
    libraries.class(
        Class::Channel,
        [
            ("send", Function::new(send::send)),
            ("receive", Function::new(receive::receive)),
            ("close", Function::new(send::close)),
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
        false => call.truncated(1, "capacity")?,
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
        hears_topic: false,
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
    if call.lua.top() < 2 {
        call.lua.push_nil();
    }
    call.lua.push_object_with(SendCase, &[], 2);
    call.lua.push_copy(1);
    call.lua.set_slot(-2, CASE_CHANNEL);
    call.lua.push_copy(2);
    call.lua.set_slot(-2, CASE_VALUE);
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
