//! What a process was sent and has not received: routed to listeners, inbox and events.
//!
//! Messages stay encoded until a program receives them. Knows nothing of Lua, nor of who waits.

mod listeners;

use std::collections::VecDeque;

use crate::process::{Event, Message};

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

/// A letter, and its number: what goes back from one channel to another keeps the order in which it came.
#[derive(Debug)]
pub struct Arrived<T> {
    number: u32,
    /// The letter.
    pub letter: T,
}

impl Arrived<Message> {
    fn handed(self, as_object: bool) -> Handed {
        let Arrived { number, letter } = self;
        Handed::Message {
            message: letter,
            number,
            as_object,
        }
    }
}

/// Puts letters in the order in which they came. Numbers go round, so they count from the `next` one.
fn in_order<T>(letters: &mut VecDeque<Arrived<T>>, next: u32) {
    let letters = letters.make_contiguous();
    letters.sort_by_key(|arrived| arrived.number.wrapping_sub(next));
}

#[derive(Debug, Default)]
struct Queues {
    /// How many letters have arrived, going round.
    arrived: u32,
    events: VecDeque<Arrived<Box<Event>>>,
    /// What the inbox holds; before it was opened, what nobody listens to yet.
    inbox: VecDeque<Arrived<Message>>,
    /// Messages whose topics never go to the inbox, until somebody listens.
    reserved: VecDeque<Arrived<Message>>,
    listeners: Listeners,
}

impl Queues {
    fn arrived<T>(&mut self, letter: T) -> Arrived<T> {
        let number = self.arrived;
        self.arrived = number.wrapping_add(1);
        Arrived { number, letter }
    }
}

impl Mail {
    /// Takes an event in; answers the channel that has one more value now, if the program has opened it.
    pub fn deliver_event(&mut self, event: Box<Event>) -> Option<ChannelNumber> {
        let queues = self.queues.get_or_insert_default();
        let event = queues.arrived(event);
        queues.events.push_back(event);
        self.events_are_open.then_some(EVENTS)
    }

    /// The same with a message.
    pub fn deliver(&mut self, message: Message) -> Option<ChannelNumber> {
        let queues = self.queues.get_or_insert_default();
        let message = queues.arrived(message);
        if let Some(listener) = queues.listeners.of_topic(message.letter.topic()) {
            listener.queue.push_back(message);
            return Some(listener.channel);
        }
        if message.letter.topic().starts_with(b"@") {
            queues.reserved.push_back(message);
            return None;
        }
        queues.inbox.push_back(message);
        self.inbox_is_open.then_some(INBOX)
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
            .partition(|message| message.letter.topic() == topic);
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
        in_order(&mut queues.inbox, queues.arrived);
        true
    }

    /// Whether a channel is that of a listener.
    pub fn listens(&self, channel: ChannelNumber) -> bool {
        let queues = self.queues.as_ref();
        queues.is_some_and(|queues| queues.listeners.of_channel(channel).is_some())
    }

    /// Takes back what was handed out and not received; all channels are closed, and their letters wait for new ones.
    pub fn take_back(&mut self, handed: Vec<Handed>) {
        (self.inbox_is_open, self.events_are_open) = (false, false);
        let Some(queues) = &mut self.queues else {
            return;
        };
        for listener in std::mem::take(&mut queues.listeners).into_all() {
            queues.inbox.extend(listener.queue);
        }
        for value in handed {
            match value {
                Handed::Message {
                    message: letter,
                    number,
                    ..
                } => queues.inbox.push_back(Arrived { number, letter }),
                Handed::Event {
                    event: letter,
                    number,
                } => queues.events.push_back(Arrived { number, letter }),
                Handed::Own | Handed::Strike(_) | Handed::Reply => {}
            }
        }
        in_order(&mut queues.inbox, queues.arrived);
        in_order(&mut queues.events, queues.arrived);
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
            EVENTS => {
                let Arrived { number, letter } = take_first(&mut queues.events)?;
                Some(Handed::Event {
                    event: letter,
                    number,
                })
            }
            INBOX => Some(take_first(&mut queues.inbox)?.handed(true)),
            _ => {
                let listener = queues.listeners.of_channel_mut(channel)?;
                let message = take_first(&mut listener.queue)?;
                Some(message.handed(listener.wants_messages))
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

    fn message(topic: &str, text: &str) -> Message {
        Message::new(None, topic.as_bytes(), text.as_bytes())
    }

    fn take(mail: &mut Mail, channel: ChannelNumber) -> String {
        match mail.take(channel) {
            Some(Handed::Message { message, .. }) => {
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
    fn what_goes_back_to_the_inbox_keeps_its_order() {
        let mut mail = Mail::default();
        // Numbers go round on the way.
        mail.queues.get_or_insert_default().arrived = u32::MAX - 3;
        mail.listen(b"task", FIRST_CHANNEL, false);
        mail.open_inbox();
        for (topic, text) in [
            ("task", "1"),
            ("a", "2"),
            ("task", "3"),
            ("b", "4"),
            ("task", "5"),
        ] {
            mail.deliver(message(topic, text));
        }
        let handed = mail.take(FIRST_CHANNEL).unwrap();
        assert!(mail.unlisten(FIRST_CHANNEL));
        for text in ["2", "3"] {
            assert_eq!(take(&mut mail, INBOX), text);
        }
        mail.listen(b"b", FIRST_CHANNEL + 1, true);
        mail.take_back(vec![handed]);
        assert!(!mail.is_subscribed());
        mail.open_inbox();
        for text in ["1", "4", "5"] {
            assert_eq!(take(&mut mail, INBOX), text);
        }
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
            Box::new(Event::Cancel {
                from: None,
                at,
                reason: "".into(),
                deadline: None,
            })
        };
        assert_eq!(mail.deliver_event(cancel()), None);
        mail.open_events();
        assert_eq!(mail.deliver_event(cancel()), Some(EVENTS));
        for _ in 0..2 {
            assert!(matches!(mail.take(EVENTS), Some(Handed::Event { .. })));
        }
        assert!(mail.is_empty(EVENTS));
    }
}
