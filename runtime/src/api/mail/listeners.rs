//! The topics that a program listens to, found by topic and by channel.
//!
//! Knows nothing of other mail.

use std::collections::VecDeque;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::Arrived;
use crate::api::tasks::ChannelNumber;
use crate::process::Message;

/// Listeners that are looked through one by one. Where there are more, they are looked up.
const FEW: usize = 8;

/// Bytes that a listener takes beside its topic: itself, its places, and what these keep free.
pub const PER_LISTENER: usize = 256;

/// A topic that the program listens to.
#[derive(Debug)]
pub struct Listener {
    /// The topic.
    pub topic: Arc<[u8]>,
    /// Its channel.
    pub channel: ChannelNumber,
    /// Whether the program gets message objects rather than values.
    pub wants_messages: bool,
    pub(super) queue: VecDeque<Arrived<Message>>,
}

/// What a program listens to, in no order.
#[derive(Debug, Default)]
pub(super) struct Listeners {
    all: Vec<Listener>,
    /// Made for the first beyond [`FEW`], and kept.
    places: Option<Box<Places>>,
    bytes: usize,
}

/// Where each listener is.
#[derive(Debug, Default)]
struct Places {
    of_topics: FxHashMap<Arc<[u8]>, usize>,
    of_channels: FxHashMap<ChannelNumber, usize>,
}

impl Places {
    fn note(&mut self, listener: &Listener, place: usize) {
        self.of_topics.insert(listener.topic.clone(), place);
        self.of_channels.insert(listener.channel, place);
    }
}

impl Listeners {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Bytes that they take, without the messages in their queues.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The listener of a topic.
    pub fn of_topic(&mut self, topic: &[u8]) -> Option<&mut Listener> {
        let Some(places) = &self.places else {
            return self.all.iter_mut().find(|it| *it.topic == *topic);
        };
        let place = *places.of_topics.get(topic)?;
        self.all.get_mut(place)
    }

    /// The place of a channel's listener.
    fn place(&self, channel: ChannelNumber) -> Option<usize> {
        match &self.places {
            None => self.all.iter().position(|it| it.channel == channel),
            Some(places) => places.of_channels.get(&channel).copied(),
        }
    }

    /// The listener with this channel.
    pub fn of_channel(&self, channel: ChannelNumber) -> Option<&Listener> {
        self.all.get(self.place(channel)?)
    }

    /// The same, to change it.
    pub fn of_channel_mut(&mut self, channel: ChannelNumber) -> Option<&mut Listener> {
        let place = self.place(channel)?;
        self.all.get_mut(place)
    }

    /// All of them, in no order.
    pub fn into_all(self) -> Vec<Listener> {
        self.all
    }

    /// Adds a listener. There is none of its topic or channel.
    pub fn add(&mut self, listener: Listener) {
        self.bytes += PER_LISTENER + listener.topic.len();
        self.all.push(listener);
        if self.places.is_none() && self.all.len() > FEW {
            let places = self.places.insert(Box::default());
            for (place, listener) in self.all.iter().enumerate() {
                places.note(listener, place);
            }
        } else if let (Some(places), Some(last)) = (&mut self.places, self.all.last()) {
            places.note(last, self.all.len() - 1);
        }
    }

    /// Takes out the listener with this channel.
    pub fn remove(&mut self, channel: ChannelNumber) -> Option<Listener> {
        let place = self.place(channel)?;
        let removed = self.all.swap_remove(place);
        self.bytes -= PER_LISTENER + removed.topic.len();
        if let Some(places) = &mut self.places {
            places.of_topics.remove(&removed.topic);
            places.of_channels.remove(&channel);
            if let Some(moved) = self.all.get(place) {
                places.note(moved, place);
            }
        }
        if self.all.is_empty() {
            *self = Listeners::default();
        }
        Some(removed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listeners_are_found_whether_they_are_few_or_many() {
        let mut listeners = Listeners::default();
        let topic = |channel: ChannelNumber| format!("topic {channel}").into_bytes();
        let add = |listeners: &mut Listeners, channel| {
            listeners.add(Listener {
                topic: topic(channel).into(),
                channel,
                wants_messages: false,
                queue: VecDeque::new(),
            });
        };
        // Every third goes at once, so that the others move.
        for channel in 3..100 {
            add(&mut listeners, channel);
            if channel % 3 == 0 {
                assert_eq!(listeners.remove(channel).unwrap().channel, channel);
            }
            for channel in 3..=channel {
                let there = channel % 3 != 0;
                let found = listeners.of_topic(&topic(channel)).map(|it| it.channel);
                assert_eq!(found, there.then_some(channel));
                assert_eq!(listeners.of_channel(channel).is_some(), there);
            }
        }
        assert!(listeners.bytes() > 64 * PER_LISTENER);
        for channel in (3..100).rev() {
            assert_eq!(listeners.remove(channel).is_some(), channel % 3 != 0);
        }
        assert!(listeners.is_empty() && listeners.bytes() == 0);
    }
}
