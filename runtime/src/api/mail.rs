//! What a process was sent and has not received: routed to listeners, inbox and events.
//!
//! Messages stay encoded until a program receives them. Knows nothing of Lua, nor of who waits.

use std::collections::VecDeque;

use crate::process::{Event, Letter, Message};

use super::tasks::ChannelNumber;

/// The channel of events.
pub const EVENTS: ChannelNumber = 1;

/// The channel of messages without a listener.
pub const INBOX: ChannelNumber = 2;

/// The first number for channels that programs make.
pub const FIRST_CHANNEL: ChannelNumber = 3;

/// A topic that the program listens to.
#[derive(Debug)]
pub struct Listener {
    /// The topic.
    pub topic: Box<[u8]>,
    /// Its channel.
    pub channel: ChannelNumber,
    /// Whether the program gets message objects rather than values.
    pub wants_messages: bool,
    queue: VecDeque<Message>,
}

/// What a process was sent.
#[derive(Debug, Default)]
pub struct Mail {
    events: VecDeque<Box<Event>>,
    /// What the inbox holds; before it was opened, what nobody listens to yet.
    inbox: VecDeque<Message>,
    /// Messages whose topics never go to the inbox, until somebody listens.
    reserved: VecDeque<Message>,
    listeners: Vec<Listener>,
    inbox_is_open: bool,
    events_are_open: bool,
}

impl Mail {
    /// Takes a letter in; answers the channel that has one more value now, if the program has opened it.
    pub fn deliver(&mut self, letter: Letter) -> Option<ChannelNumber> {
        match letter {
            Letter::Event(event) => {
                self.events.push_back(event);
                self.events_are_open.then_some(EVENTS)
            }
            Letter::Message(message) => {
                let listener = self
                    .listeners
                    .iter_mut()
                    .find(|it| *it.topic == *message.topic());
                if let Some(listener) = listener {
                    listener.queue.push_back(message);
                    return Some(listener.channel);
                }
                if message.topic().starts_with(b"@") {
                    self.reserved.push_back(message);
                    return None;
                }
                self.inbox.push_back(message);
                self.inbox_is_open.then_some(INBOX)
            }
        }
    }

    /// Opens the channel of events; false if it was open.
    pub fn open_events(&mut self) -> bool {
        !std::mem::replace(&mut self.events_are_open, true)
    }

    /// Opens the inbox; false if it was open.
    pub fn open_inbox(&mut self) -> bool {
        !std::mem::replace(&mut self.inbox_is_open, true)
    }

    /// The listener of a topic.
    pub fn listener(&mut self, topic: &[u8]) -> Option<&mut Listener> {
        self.listeners
            .iter_mut()
            .find(|listener| *listener.topic == *topic)
    }

    /// Begins to listen to a topic. What has been sent for it and not received goes to its channel, in order.
    pub fn listen(&mut self, topic: &[u8], channel: ChannelNumber, wants_messages: bool) {
        let from = if topic.starts_with(b"@") {
            &mut self.reserved
        } else {
            &mut self.inbox
        };
        let (queue, rest) = std::mem::take(from)
            .into_iter()
            .partition(|message| message.topic() == topic);
        *from = rest;
        self.listeners.push(Listener {
            topic: topic.into(),
            channel,
            wants_messages,
            queue,
        });
    }

    /// Ends listening; what was not received goes to the inbox, where it would have gone. False if nobody listened.
    pub fn unlisten(&mut self, channel: ChannelNumber) -> bool {
        let Some(at) = self
            .listeners
            .iter()
            .position(|listener| listener.channel == channel)
        else {
            return false;
        };
        self.inbox.extend(self.listeners.remove(at).queue);
        true
    }

    /// How many values a channel has.
    pub fn count(&self, channel: ChannelNumber) -> usize {
        match channel {
            EVENTS => self.events.len(),
            INBOX => self.inbox.len(),
            _ => self
                .by_channel(channel)
                .map_or(0, |listener| listener.queue.len()),
        }
    }

    fn by_channel(&self, channel: ChannelNumber) -> Option<&Listener> {
        self.listeners
            .iter()
            .find(|listener| listener.channel == channel)
    }

    /// Takes the oldest event.
    pub fn take_event(&mut self) -> Option<Box<Event>> {
        let event = self.events.pop_front();
        give_back(&mut self.events);
        event
    }

    /// Takes the oldest message of the inbox or of a listener; says whether the program gets it as an object.
    pub fn take_message(&mut self, channel: ChannelNumber) -> Option<(Message, bool)> {
        if channel == INBOX {
            let message = self.inbox.pop_front()?;
            give_back(&mut self.inbox);
            return Some((message, true));
        }
        let listener = self
            .listeners
            .iter_mut()
            .find(|listener| listener.channel == channel)?;
        let message = listener.queue.pop_front()?;
        give_back(&mut listener.queue);
        Some((message, listener.wants_messages))
    }

    /// Whether anything can come from outside that the program would see.
    pub fn is_subscribed(&self) -> bool {
        self.inbox_is_open || self.events_are_open || !self.listeners.is_empty()
    }
}

/// Lets an emptied queue go if a burst had made it large.
fn give_back<T>(queue: &mut VecDeque<T>) {
    /// Messages that a queue may keep room for, so that a process that is sent to all the time doesn't allocate.
    const KEPT: usize = 64;
    if queue.is_empty() && queue.capacity() > KEPT {
        *queue = VecDeque::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(topic: &str, text: &str) -> Letter {
        Letter::Message(Message::new(None, topic.as_bytes(), text.as_bytes()))
    }

    fn take(mail: &mut Mail, channel: ChannelNumber) -> String {
        let (message, _) = mail.take_message(channel).unwrap();
        String::from_utf8(message.payload().to_vec()).unwrap()
    }

    #[test]
    fn what_came_before_the_inbox_was_opened_is_not_lost() {
        let mut mail = Mail::default();
        assert_eq!(mail.deliver(message("a", "1")), None);
        assert!(mail.open_inbox());
        assert_eq!(mail.deliver(message("b", "2")), Some(INBOX));
        assert_eq!(mail.count(INBOX), 2);
        assert_eq!(
            (take(&mut mail, INBOX), take(&mut mail, INBOX)),
            ("1".into(), "2".into())
        );
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
        assert_eq!((mail.count(FIRST_CHANNEL), mail.count(INBOX)), (3, 1));
        assert_eq!(take(&mut mail, FIRST_CHANNEL), "1");
        assert_eq!(take(&mut mail, INBOX), "2");
    }

    #[test]
    fn topics_with_an_at_sign_stay_out_of_the_inbox() {
        let mut mail = Mail::default();
        mail.open_inbox();
        assert_eq!(mail.deliver(message("@control", "1")), None);
        assert_eq!(mail.deliver(message("b", "2")), Some(INBOX));
        assert_eq!(mail.count(INBOX), 1);
        assert_eq!(take(&mut mail, INBOX), "2");
        assert!(mail.take_message(INBOX).is_none());
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
        assert!(mail.open_events());
        assert!(!mail.open_events());
        assert_eq!(mail.deliver(cancel()), Some(EVENTS));
        assert_eq!(mail.count(EVENTS), 2);
    }
}
