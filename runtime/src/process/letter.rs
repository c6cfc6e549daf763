//! What lands in a mailbox: messages from processes, and events from the runtime.
//!
//! Knows nothing of topics' meaning, channels, or who listens.

use crate::clock::Moment;
use crate::pid::Pid;

use super::Exit;

/// One thing in a mailbox. Sixteen bytes: a message is one allocation, an event another.
#[derive(Debug)]
pub enum Letter {
    /// Sent by a process, or by the runtime on somebody's behalf.
    Message(Message),
    /// Told by the runtime.
    Event(Box<Event>),
}

impl Letter {
    /// Bytes this letter counts for in a mailbox's share.
    pub fn size(&self) -> usize {
        match self {
            Letter::Message(message) => message.size(),
            Letter::Event(event) => event.size(),
        }
    }

    /// Lets go of what an event or a reply brings beside the news: it is delivered where there is no room for that.
    pub(super) fn lighten(&mut self) {
        if let Letter::Event(event) = self {
            match &mut **event {
                Event::Exit { exit, .. } | Event::LinkDown { exit, .. } => exit.lighten(),
                Event::Reply(reply) => reply.exit.lighten(),
                Event::Cancel { .. } => {}
            }
        }
    }
}

/// What the runtime tells a process.
#[derive(Clone, Debug)]
pub enum Event {
    /// A monitored process has ended.
    Exit {
        /// The process that ended.
        from: Pid,
        /// When.
        at: Moment,
        /// How.
        exit: Exit,
    },
    /// A process that this one is linked with has ended abnormally, and this one traps that.
    LinkDown {
        /// The process that ended.
        from: Pid,
        /// When.
        at: Moment,
        /// How.
        exit: Exit,
    },
    /// Somebody asks the process to end.
    Cancel {
        /// Who; `None` for the runtime.
        from: Option<Pid>,
        /// When it was asked.
        at: Moment,
        /// Why; may be empty.
        reason: Box<str>,
        /// By when, in Unix seconds, if that was said. Never enforced.
        deadline: Option<f64>,
    },
    /// A call that the process waits for was answered.
    Reply(Reply),
}

/// A call that a process waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Who waits.
    pub pid: Pid,
    /// Which of its calls it is.
    pub call: u32,
}

/// What a call came to.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Which of the process's calls it was.
    pub call: u32,
    /// The encoded result, or why there is none.
    pub exit: Exit,
}

impl Event {
    /// Whether a program asked for it to be told, as often as it likes.
    pub(super) fn is_asked(&self) -> bool {
        matches!(self, Event::Cancel { from: Some(_), .. })
    }

    /// Bytes that the event counts for, with what it brings.
    pub fn size(&self) -> usize {
        let more = match self {
            Event::Exit { exit, .. } | Event::LinkDown { exit, .. } => exit.size(),
            Event::Cancel { reason, .. } => reason.len(),
            Event::Reply(reply) => reply.exit.size(),
        };
        size_of::<Event>() + more
    }
}

/// Bytes before the topic: the sender's key (0: none), its origin, the topic's length.
const HEADER: usize = 16;

/// A message: sender, topic and encoded payload in one allocation.
#[derive(Clone, Debug)]
pub struct Message(Box<[u8]>);

impl Message {
    /// A message of `topic` with an encoded payload; `from` is `None` where no process sent it.
    ///
    /// # Panics
    /// If the topic is longer than 4 GiB.
    pub fn new(from: Option<Pid>, topic: &[u8], payload: &[u8]) -> Message {
        let (key, origin) = from.map_or((0, 0), |pid| (pid.key(), pid.origin()));
        let topic_len = u32::try_from(topic.len()).expect("a topic is shorter than 4 GiB");
        let mut bytes = Vec::with_capacity(HEADER + topic.len() + payload.len());
        bytes.extend_from_slice(&key.to_ne_bytes());
        bytes.extend_from_slice(&origin.to_ne_bytes());
        bytes.extend_from_slice(&topic_len.to_ne_bytes());
        bytes.extend_from_slice(topic);
        bytes.extend_from_slice(payload);
        Message(bytes.into_boxed_slice())
    }

    fn word(&self, at: usize) -> u32 {
        u32::from_ne_bytes(self.0[at..at + 4].try_into().expect("four bytes"))
    }

    /// The sender, if a process sent it.
    pub fn from(&self) -> Option<Pid> {
        let key = u64::from_ne_bytes(self.0[..8].try_into().expect("eight bytes"));
        let key = std::num::NonZeroU64::new(key)?;
        Some(Pid::from_key(key).with_origin(self.word(8)))
    }

    /// The topic.
    pub fn topic(&self) -> &[u8] {
        &self.0[HEADER..HEADER + self.word(12) as usize]
    }

    /// The encoded payload.
    pub fn payload(&self) -> &[u8] {
        &self.0[HEADER + self.word(12) as usize..]
    }

    /// The topic and, right behind it, the encoded payload.
    pub fn topic_and_payload(&self) -> &[u8] {
        &self.0[HEADER..]
    }

    /// Bytes the message takes.
    pub fn size(&self) -> usize {
        size_of::<Message>() + self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_gives_back_what_went_in() {
        let pid = Pid::new(42, 3, 7);
        let message = Message::new(Some(pid), b"tick", b"payload");
        assert_eq!(message.from(), Some(pid));
        assert_eq!(message.from().unwrap().origin(), 7);
        assert_eq!(
            (message.topic(), message.payload()),
            (&b"tick"[..], &b"payload"[..])
        );
        let anonymous = Message::new(None, b"", b"");
        assert_eq!(anonymous.from(), None);
        assert_eq!(
            (anonymous.topic(), anonymous.payload()),
            (&b""[..], &b""[..])
        );
    }

    #[test]
    fn a_letter_is_two_words() {
        assert_eq!(size_of::<Letter>(), 16);
    }
}
