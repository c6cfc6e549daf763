//! What a process was sent and has not received: routed to listeners, inbox and events.
//!
//! Messages stay encoded until a program receives them. Knows nothing of Lua, nor of who waits.

mod listeners;

use std::collections::VecDeque;

use crate::process::{Event, Letter, Message};

use super::handed::Handed;
use super::tasks::ChannelNumber;
use listeners::{Listener, Listeners, PER_LISTENER};

/// The channel of events.
pub const EVENTS: ChannelNumber = 1;

/// The channel of messages without a listener.
pub const INBOX: ChannelNumber = 2;

/// The first number for channels that programs make.
pub const FIRST_CHANNEL: ChannelNumber = 3;

/// What a process was sent.
#[derive(Debug, Default)]
pub struct Mail {
    inbox_is_open: bool,
    events_are_open: bool,
    /// Made for the first letter or listener: most of a swarm's processes hear of nothing but their timers.
    queues: Option<Box<Queues>>,
}

#[derive(Debug, Default)]
struct Queues {
    events: VecDeque<Box<Event>>,
    /// What the inbox holds; before it was opened, what nobody listens to yet.
    inbox: VecDeque<Message>,
    /// Messages whose topics never go to the inbox, until somebody listens.
    reserved: VecDeque<Message>,
    listeners: Listeners,
}

impl Mail {
    /// Takes a letter in; answers the channel that has one more value now, if the program has opened it.
    pub fn deliver(&mut self, letter: Letter) -> Option<ChannelNumber> {
        let queues = self.queues.get_or_insert_default();
        match letter {
            Letter::Event(event) => {
                queues.events.push_back(event);
                self.events_are_open.then_some(EVENTS)
            }
            Letter::Message(message) => {
                if let Some(listener) = queues.listeners.of_topic(message.topic()) {
                    listener.queue.push_back(message);
                    return Some(listener.channel);
                }
                if message.topic().starts_with(b"@") {
                    queues.reserved.push_back(message);
                    return None;
                }
                queues.inbox.push_back(message);
                self.inbox_is_open.then_some(INBOX)
            }
        }
    }

    /// Bytes that a listener of a topic would make the listeners take.
    pub fn bytes_with(&self, topic: &[u8]) -> usize {
        self.bytes() + PER_LISTENER + topic.len()
    }

    /// Bytes that the listeners take. What was sent counts in the mailbox.
    pub fn bytes(&self) -> usize {
        self.queues
            .as_ref()
            .map_or(0, |queues| queues.listeners.bytes())
    }

    /// Opens the channel of events.
    pub fn open_events(&mut self) {
        self.events_are_open = true;
    }

    /// Opens the inbox.
    pub fn open_inbox(&mut self) {
        self.inbox_is_open = true;
    }

    /// The listener of a topic.
    pub fn listener(&mut self, topic: &[u8]) -> Option<&mut Listener> {
        self.queues.as_mut()?.listeners.of_topic(topic)
    }

    /// Begins to listen to a topic. What has been sent for it and not received goes to its channel, in order.
    pub fn listen(&mut self, topic: &[u8], channel: ChannelNumber, wants_messages: bool) {
        let queues = self.queues.get_or_insert_default();
        let from = if topic.starts_with(b"@") {
            &mut queues.reserved
        } else {
            &mut queues.inbox
        };
        let (queue, rest) = std::mem::take(from)
            .into_iter()
            .partition(|message| message.topic() == topic);
        *from = rest;
        queues.listeners.add(Listener {
            topic: topic.into(),
            channel,
            wants_messages,
            queue,
        });
    }

    /// Ends listening; what was not received goes to the inbox, where it would have gone. False if nobody listened.
    pub fn unlisten(&mut self, channel: ChannelNumber) -> bool {
        let Some(queues) = &mut self.queues else {
            return false;
        };
        let Some(listener) = queues.listeners.remove(channel) else {
            return false;
        };
        queues.inbox.extend(listener.queue);
        true
    }

    /// Whether a channel is that of a listener.
    pub fn listens(&self, channel: ChannelNumber) -> bool {
        let queues = self.queues.as_ref();
        queues.is_some_and(|queues| queues.listeners.of_channel(channel).is_some())
    }

    /// Whether a channel has nothing.
    pub fn is_empty(&self, channel: ChannelNumber) -> bool {
        let Some(queues) = &self.queues else {
            return true;
        };
        match channel {
            EVENTS => queues.events.is_empty(),
            INBOX => queues.inbox.is_empty(),
            _ => {
                let listener = queues.listeners.of_channel(channel);
                listener.is_none_or(|listener| listener.queue.is_empty())
            }
        }
    }

    /// Takes the oldest that a channel has.
    pub fn take(&mut self, channel: ChannelNumber) -> Option<Handed> {
        let queues = self.queues.as_mut()?;
        match channel {
            EVENTS => take_first(&mut queues.events).map(Handed::Event),
            INBOX => Some(Handed::Message(take_first(&mut queues.inbox)?, true)),
            _ => {
                let listener = queues.listeners.of_channel_mut(channel)?;
                let message = take_first(&mut listener.queue)?;
                Some(Handed::Message(message, listener.wants_messages))
            }
        }
    }

    /// Whether anything can come from outside that the program would see.
    pub fn is_subscribed(&self) -> bool {
        let listens = |queues: &Queues| !queues.listeners.is_empty();
        self.inbox_is_open || self.events_are_open || self.queues.as_deref().is_some_and(listens)
    }
}

/// Takes the oldest; lets an emptied queue go if a burst had made it large.
fn take_first<T>(queue: &mut VecDeque<T>) -> Option<T> {
    /// Letters that a queue may keep room for, so that a process that is sent to all the time doesn't allocate.
    const KEPT: usize = 64;
    let first = queue.pop_front();
    if queue.is_empty() && queue.capacity() > KEPT {
        *queue = VecDeque::new();
    }
    first
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(topic: &str, text: &str) -> Letter {
        Letter::Message(Message::new(None, topic.as_bytes(), text.as_bytes()))
    }

    fn take(mail: &mut Mail, channel: ChannelNumber) -> String {
        match mail.take(channel) {
            Some(Handed::Message(message, _)) => {
                String::from_utf8(message.payload().to_vec()).unwrap()
            }
            other => panic!("no message: {other:?}"),
        }
    }

    #[test]
    fn what_came_before_the_inbox_was_opened_is_not_lost() {
        let mut mail = Mail::default();
        assert_eq!(mail.deliver(message("a", "1")), None);
        mail.open_inbox();
        assert_eq!(mail.deliver(message("b", "2")), Some(INBOX));
        assert_eq!(
            (take(&mut mail, INBOX), take(&mut mail, INBOX)),
            ("1".into(), "2".into())
        );
        assert!(mail.is_empty(INBOX));
    }

    #[test]
    fn a_later_listener_gets_what_waits_for_its_topic() {
        let mut mail = Mail::default();
        mail.open_inbox();
        for (topic, text) in [("task", "1"), ("other", "2"), ("task", "3")] {
            mail.deliver(message(topic, text));
        }
        mail.listen(b"task", FIRST_CHANNEL, false);
        assert_eq!(mail.deliver(message("task", "4")), Some(FIRST_CHANNEL));
        for text in ["1", "3", "4"] {
            assert_eq!(take(&mut mail, FIRST_CHANNEL), text);
        }
        assert!(mail.is_empty(FIRST_CHANNEL) && !mail.is_empty(INBOX));
        assert_eq!(take(&mut mail, INBOX), "2");
        assert!(mail.is_empty(INBOX));
    }

    #[test]
    fn topics_with_an_at_sign_stay_out_of_the_inbox() {
        let mut mail = Mail::default();
        mail.open_inbox();
        assert_eq!(mail.deliver(message("@control", "1")), None);
        assert_eq!(mail.deliver(message("b", "2")), Some(INBOX));
        assert_eq!(take(&mut mail, INBOX), "2");
        assert!(mail.take(INBOX).is_none());
    }

    #[test]
    fn events_before_they_were_asked_for_are_kept() {
        let mut mail = Mail::default();
        let cancel = || {
            let at = crate::clock::Moment(0);
            Letter::Event(Box::new(Event::Cancel {
                from: None,
                at,
                reason: "".into(),
                deadline: None,
            }))
        };
        assert_eq!(mail.deliver(cancel()), None);
        mail.open_events();
        assert_eq!(mail.deliver(cancel()), Some(EVENTS));
        for _ in 0..2 {
            assert!(matches!(mail.take(EVENTS), Some(Handed::Event(_))));
        }
        assert!(mail.is_empty(EVENTS));
    }
}
