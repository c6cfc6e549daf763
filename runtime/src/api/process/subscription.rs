//! What is common to the two ways of hearing a topic: `process.listen`, which makes a channel for it, and the globals
//! `subscribe` and `unsubscribe`, which bind a channel of the program's. See `docs/channel.md`.
//!
//! A channel that hears a topic is kept in the VM for as long as it does. Knows nothing of how mail is received.

use crate::api::channel::{self, Channel, Source};
use crate::api::mail::INBOX;
use crate::api::tasks::ChannelNumber;
use crate::api::{Call, Host};
use crate::error::{Error, kind};
use crate::lua::{Answer, Function, Kept, LibrariesBuilder, Outcome, Raise, Type};

use super::{LONGEST_NAME, too_long};

/// Registers the two globals.
pub(super) fn register(libraries: &mut LibrariesBuilder<Host>) {
    libraries.function("subscribe", Function::new(subscribe));
    libraries.function("unsubscribe", Function::new(unsubscribe));
}

/// The topic that is argument 1, or why nobody can listen to it.
pub(super) fn topic(call: &mut Call) -> Result<Result<Vec<u8>, Error>, Raise> {
    let topic = call.string(1)?;
    let problem = match topic {
        [] => "topic must not be empty".to_owned(),
        [b'@', ..] => "cannot listen to @ topics".to_owned(),
        _ if topic.len() > LONGEST_NAME => too_long("topic"),
        _ => return Ok(Ok(topic.to_vec())),
    };
    Ok(Err(Error::new(kind::INVALID, problem)))
}

/// Begins to listen to a topic with the channel on top of the stack, which has this number; pops it.
///
/// # Errors
/// The listeners take as much memory as they may (LimitExceeded).
pub(super) fn begin(
    call: &mut Call,
    topic: &[u8],
    number: ChannelNumber,
    wants_messages: bool,
) -> Result<(), Error> {
    let limit = call.state.process().mailbox().limit();
    if call.state.mail.bytes_with(topic) > limit {
        call.lua.pop(1);
        let text =
            "the listeners take as much memory as they may, a third of the host's memory_limit";
        return Err(Error::new(kind::LIMIT_EXCEEDED, text));
    }
    call.state.mail.listen(topic, number, wants_messages);
    if call.lua.get_kept(Kept::Listeners) == Type::Nil {
        call.lua.pop(1);
        call.lua.push_table(0, 1);
        call.lua.push_copy(-1);
        call.lua.keep(Kept::Listeners);
    }
    call.lua.insert(-2);
    call.lua.set_item(-2, number.into());
    call.lua.pop(1);
    Ok(())
}

/// Ends what a channel hears; what it has not received goes to the inbox. False if it hears nothing.
pub(in crate::api) fn end(call: &mut Call, number: ChannelNumber) -> bool {
    if !call.state.mail.unlisten(number) {
        return false;
    }
    call.state.hand_out(INBOX);
    call.lua.get_kept(Kept::Listeners);
    call.lua.push_nil();
    call.lua.set_item(-2, number.into());
    call.lua.pop(1);
    true
}

/// `subscribe(topic, ch)`: from now on the channel gets the values that are sent for the topic.
fn subscribe(call: &mut Call) -> Outcome {
    let topic = match topic(call)? {
        Ok(topic) => topic,
        Err(error) => return call.fail(error),
    };
    let Some(channel) = call.lua.object::<Channel>(2).copied() else {
        return Err(call.wrong_type(2, "channel"));
    };
    if !matches!(channel.source, Source::Program { .. }) {
        return call.invalid("a channel of the runtime can't be subscribed");
    }
    if channel.closed {
        return call.invalid("a closed channel can't be subscribed");
    }
    let taken = |text: &str| Error::new(kind::ALREADY_EXISTS, text);
    let listener = call.state.mail.listener(&topic);
    match listener.map(|listener| listener.channel) {
        Some(number) if number == channel.number => {
            return call.done(Ok(()));
        }
        Some(_) => return call.fail(taken("another channel hears this topic")),
        None if call.state.mail.listens(channel.number) => {
            return call.fail(taken("the channel hears another topic"));
        }
        None => {}
    }
    call.lua.push_copy(2);
    let begun = begin(call, &topic, channel.number, false);
    if begun.is_ok() {
        mark(call, 2, true);
        call.state.hand_out(channel.number);
    }
    call.done(begun)
}

/// Notes in the channel at `index` whether it hears a topic, if it is the program's.
fn mark(call: &mut Call, index: i32, hears: bool) {
    if let Some(Channel {
        source: Source::Program { hears_topic, .. },
        ..
    }) = call.lua.object_mut(index)
    {
        *hears_topic = hears;
    }
}

/// `unsubscribe(ch)`: true; or false, err if it hears no topic. A channel of the program's stays open.
fn unsubscribe(call: &mut Call) -> Outcome {
    let Some(channel) = call.lua.object::<Channel>(1).copied() else {
        return Err(call.wrong_type(1, "channel"));
    };
    if !end(call, channel.number) {
        call.lua.push_boolean(false);
        call.lua
            .push_error(&Error::new(kind::INVALID, "channel is not subscribed"));
        return Ok(Answer::Values(2));
    }
    mark(call, 1, false);
    if let Source::Mail = channel.source {
        channel::shut(call, 1);
    }
    call.lua.push_boolean(true);
    Ok(Answer::Values(1))
}
