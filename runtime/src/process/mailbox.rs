//! The mailbox of a process: letters in the order of arrival, and whether it still takes any.
//!
//! A small lock around one letter and a deque, rather than an intrusive list: a message is one allocation without room
//! for a link, and a link would cost a second one. The first letter lies inline, so that a process which gets one letter
//! at a time allocates nothing, and what the deque held goes to the receiver whole. Knows nothing of topics, nor who
//! wakes the process: push, **then** wake.

use std::collections::VecDeque;
use std::mem;

use super::Letter;
use crate::sync::{AtomicU32, Mutex, Ordering::Relaxed};

/// The most that a mailbox's limit can be: leaves events, which are never refused, as much again.
const MOST_BYTES: usize = 1 << 31;

/// Where letters wait until the process takes them.
#[derive(Debug)]
pub struct Mailbox {
    letters: Mutex<Letters>,
    /// Bytes of all letters ever pushed, going round; what counts is the difference to `received`, which the limit keeps
    /// below 2^32. Written under the lock. A count only: orders nothing.
    pushed: AtomicU32,
    /// Bytes of all letters ever received. Written by the receiver alone, hence without read-modify-write.
    received: AtomicU32,
    limit: u32,
}

#[derive(Debug, Default)]
struct Letters {
    first: First,
    rest: VecDeque<Letter>,
}

/// The oldest letter of a mailbox. Three answers in sixteen bytes.
#[derive(Debug, Default)]
enum First {
    /// There is none, nor any other.
    #[default]
    None,
    Letter(Letter),
    /// There is none, and never will be.
    Closed,
}

impl Letters {
    fn take_first(&mut self) -> Option<Letter> {
        match mem::take(&mut self.first) {
            First::Letter(letter) => Some(letter),
            other => {
                self.first = other;
                None
            }
        }
    }

    fn len(&self) -> usize {
        usize::from(matches!(self.first, First::Letter(_))) + self.rest.len()
    }
}

/// Why a letter was not taken; it comes back.
#[derive(Debug)]
pub enum Refusal {
    /// The process is ending or has ended.
    Closed(Letter),
    /// The message would pass the mailbox's limit.
    Full(Letter),
}

impl Mailbox {
    /// An open, empty mailbox that refuses messages which would make it hold more than `limit` bytes (2 GiB at most).
    pub fn new(limit: usize) -> Mailbox {
        let limit = limit.min(MOST_BYTES) as u32;
        Mailbox {
            letters: Mutex::new(Letters::default()),
            pushed: AtomicU32::new(0),
            received: AtomicU32::new(0),
            limit,
        }
    }

    /// Puts a letter at the end. Events are never refused for their size. The caller wakes the process afterwards.
    pub fn push(&self, letter: Letter) -> Result<(), Refusal> {
        let size = letter.size();
        let limited = matches!(letter, Letter::Message(_));
        let mut letters = self.letters.lock();
        if let First::Closed = letters.first {
            return Err(Refusal::Closed(letter));
        }
        // Grows only under the lock; `received` may make it smaller meanwhile, which is as well.
        if limited && self.bytes().saturating_add(size) > self.limit as usize {
            return Err(Refusal::Full(letter));
        }
        self.pushed
            .store(self.pushed.load(Relaxed).wrapping_add(size as u32), Relaxed);
        if let First::None = letters.first {
            letters.first = First::Letter(letter);
        } else {
            letters.rest.push_back(letter);
        }
        Ok(())
    }

    /// Moves all letters to the end of `target`. They count until they are said to be [received](Mailbox::received).
    pub fn drain_into(&self, target: &mut VecDeque<Letter>) {
        let mut letters = self.letters.lock();
        let Some(first) = letters.take_first() else {
            return;
        };
        let mut rest = mem::take(&mut letters.rest);
        drop(letters);
        if rest.is_empty() {
            target.push_back(first);
        } else if target.is_empty() {
            rest.push_front(first);
            *target = rest;
        } else {
            target.push_back(first);
            target.append(&mut rest);
        }
    }

    /// Says that `bytes` of letters that were drained are gone, so that others find room. Called by the body's step only.
    pub fn received(&self, bytes: usize) {
        self.received.store(
            self.received.load(Relaxed).wrapping_add(bytes as u32),
            Relaxed,
        );
    }

    /// Closes it for good. The letters that nobody will receive come back, to be dropped outside the lock.
    pub fn close(&self) -> Unreceived {
        let mut letters = self.letters.lock();
        let first = letters.take_first();
        letters.first = First::Closed;
        Unreceived {
            first,
            rest: mem::take(&mut letters.rest),
        }
    }

    /// Number of letters that were not drained yet, for reports.
    pub fn len(&self) -> usize {
        self.letters.lock().len()
    }

    /// Whether no letter waits to be drained.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of the letters pushed and not yet said to be received.
    pub fn bytes(&self) -> usize {
        let received = self.received.load(Relaxed);
        self.pushed.load(Relaxed).wrapping_sub(received) as usize
    }
}

/// What was in a mailbox when it closed.
#[derive(Debug)]
pub struct Unreceived {
    first: Option<Letter>,
    rest: VecDeque<Letter>,
}

impl Unreceived {
    /// Number of letters.
    pub fn len(&self) -> usize {
        usize::from(self.first.is_some()) + self.rest.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.first.is_none()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::clock::Moment;
    use crate::process::{Event, Message};

    fn message(topic: &str) -> Letter {
        Letter::Message(Message::new(None, topic.as_bytes(), b""))
    }

    fn topics<'a>(letters: &'a VecDeque<Letter>) -> Vec<&'a str> {
        let topic = |letter: &'a Letter| match letter {
            Letter::Message(message) => std::str::from_utf8(message.topic()).unwrap(),
            Letter::Event(_) => "event",
        };
        letters.iter().map(topic).collect()
    }

    #[test]
    fn letters_come_out_in_the_order_they_went_in() {
        let mailbox = Mailbox::new(usize::MAX);
        let mut taken = VecDeque::new();
        for batch in [&["a"][..], &["b", "c"], &["d", "e", "f"]] {
            for topic in batch {
                mailbox.push(message(topic)).unwrap();
            }
            mailbox.drain_into(&mut taken);
        }
        assert_eq!(topics(&taken), ["a", "b", "c", "d", "e", "f"]);
        assert!(mailbox.is_empty());
    }

    #[test]
    fn a_drained_mailbox_holds_no_memory() {
        let mailbox = Mailbox::new(usize::MAX);
        for _ in 0..1000 {
            mailbox.push(message("x")).unwrap();
        }
        mailbox.drain_into(&mut VecDeque::new());
        assert_eq!(mailbox.letters.lock().rest.capacity(), 0);
    }

    #[test]
    fn a_full_mailbox_refuses_messages_until_some_were_received() {
        let size = message("x").size();
        let mailbox = Mailbox::new(2 * size);
        mailbox.push(message("1")).unwrap();
        mailbox.push(message("2")).unwrap();
        assert!(matches!(mailbox.push(message("3")), Err(Refusal::Full(_))));
        let cancel = Event::Cancel {
            from: None,
            at: Moment(0),
            reason: "".into(),
            deadline: None,
        };
        mailbox.push(Letter::Event(Box::new(cancel))).unwrap();

        let mut taken = VecDeque::new();
        mailbox.drain_into(&mut taken);
        assert!(matches!(mailbox.push(message("3")), Err(Refusal::Full(_))));
        mailbox.received(taken.drain(..).map(|letter| letter.size()).sum());
        assert_eq!(mailbox.bytes(), 0);
        mailbox.push(message("3")).unwrap();
    }

    #[test]
    fn a_closed_mailbox_refuses_and_gives_back() {
        let mailbox = Mailbox::new(usize::MAX);
        mailbox.push(message("1")).unwrap();
        mailbox.push(message("2")).unwrap();
        assert_eq!(mailbox.close().len(), 2);
        assert!(matches!(
            mailbox.push(message("3")),
            Err(Refusal::Closed(_))
        ));
    }
}
