//! The channels of what a process is sent: inbox, events, listeners. Knows nothing of receiving from them.

use crate::api::Call;
use crate::api::channel::{self, Channel, Source};
use crate::api::mail::{EVENTS, INBOX};
use crate::error::{Error, kind};
use crate::lua::{Answer, Kept, Outcome};

use super::subscription;

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
    let topic = match subscription::topic(call)? {
        Ok(topic) => topic,
        Err(error) => return call.fail(error),
    };
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
            let number = call.state.new_channel();
            call.lua.push_object(Channel {
                number,
                source: Source::Mail,
                closed: false,
            });
            if let Err(error) = subscription::begin(call, &topic, number, wants_messages) {
                return call.fail(error);
            }
            number
        }
    };
    call.lua.get_kept(Kept::Listeners);
    call.lua.get_item(-1, number.into());
    Ok(Answer::Values(1))
}

/// `process.unlisten(channel)`: true; or false, err if it isn't a listener's.
pub(super) fn unlisten(call: &mut Call) -> Outcome {
    let Some(channel) = call.lua.object::<Channel>(1).copied() else {
        return Err(call.wrong_type(1, "channel"));
    };
    if !subscription::end(call, channel.number) {
        call.lua.push_boolean(false);
        call.lua
            .push_error(&Error::new(kind::INVALID, "channel is not subscribed"));
        return Ok(Answer::Values(2));
    }
    channel::shut(call, 1);
    call.lua.push_boolean(true);
    Ok(Answer::Values(1))
}
