//! The channels of what a process is sent: inbox, events, listeners. Knows nothing of receiving from them.

use crate::api::Call;
use crate::api::channel::{self, Channel, Source};
use crate::api::mail::{EVENTS, INBOX};
use crate::error::{Error, kind};
use crate::lua::{Answer, Kept, Outcome, Type};

use super::{LONGEST_NAME, too_long};

/// `process.inbox()`
pub(super) fn inbox(call: &mut Call) -> Outcome {
    call.state.mail.open_inbox();
    channel::push_mail_channel(call, INBOX);
    Ok(Answer::Values(1))
}

/// `process.events()`
pub(super) fn events(call: &mut Call) -> Outcome {
    call.state.mail.open_events();
    channel::push_mail_channel(call, EVENTS);
    Ok(Answer::Values(1))
}

/// `process.listen(topic[, {message = true}])`
pub(super) fn listen(call: &mut Call) -> Outcome {
    let topic = call.string(1)?;
    if topic.len() > LONGEST_NAME {
        return call.invalid(too_long("topic"));
    }
    let topic = topic.to_vec();
    if topic.is_empty() {
        return call.invalid("topic must not be empty");
    }
    if topic.starts_with(b"@") {
        return call.invalid("cannot listen to @ topics");
    }
    let wants_messages = call.is_table(2) && {
        call.lua.get_field(2, "message");
        call.lua.truth(-1)
    };
    let number = match call.state.mail.listener(&topic) {
        Some(listener) => {
            listener.wants_messages |= wants_messages;
            listener.channel
        }
        None => {
            let limit = call.state.process().mailbox().limit();
            if call.state.mail.bytes_with(&topic) > limit {
                let text = "the listeners take as much memory as they may, a third of the host's memory_limit";
                return call.fail(Error::new(kind::LIMIT_EXCEEDED, text));
            }
            let number = call.state.new_channel();
            call.state.mail.listen(&topic, number, wants_messages);
            keep_listener(call, number);
            number
        }
    };
    call.lua.get_kept(Kept::Listeners);
    call.lua.get_item(-1, number.into());
    Ok(Answer::Values(1))
}

/// Makes the channel of a listener, and keeps it for as long as the program listens.
fn keep_listener(call: &mut Call, number: u32) {
    if call.lua.get_kept(Kept::Listeners) == Type::Nil {
        call.lua.pop(1);
        call.lua.push_table(0, 1);
        call.lua.push_copy(-1);
        call.lua.keep(Kept::Listeners);
    }
    call.lua.push_object(Channel {
        number,
        source: Source::Mail,
        closed: false,
    });
    call.lua.set_item(-2, number.into());
    call.lua.pop(1);
}

/// `process.unlisten(channel)`: true; or false, err if it isn't a listener's.
pub(super) fn unlisten(call: &mut Call) -> Outcome {
    let Some(channel) = call.lua.object::<Channel>(1).copied() else {
        return Err(call.wrong_type(1, "channel"));
    };
    if !call.state.mail.unlisten(channel.number) {
        call.lua.push_boolean(false);
        call.lua
            .push_error(&Error::new(kind::INVALID, "channel is not subscribed"));
        return Ok(Answer::Values(2));
    }
    channel::shut(call, 1);
    call.state.hand_out(INBOX);
    call.lua.get_kept(Kept::Listeners);
    call.lua.push_nil();
    call.lua.set_item(-2, channel.number.into());
    call.lua.push_boolean(true);
    Ok(Answer::Values(1))
}
