//! The mailbox of a process: letters in the order of arrival, and whether it still takes any.
//!
//! A small lock around one letter and a deque, rather than an intrusive list: a message is one allocation without room
//! for a link, and a link would cost a second one. The first letter lies inline, so that a process which gets one letter
//! at a time allocates nothing, and what the deque held goes to the receiver whole. Knows nothing of topics, nor who
//! wakes the process: push, **then** wake.

use std::collections::{VecDeque, vec_deque};
use std::iter::Chain;
use std::{mem, option};

use super::Letter;
use crate::sync::{AtomicU32, Mutex, Ordering::Relaxed};

/// The most that a mailbox's limit can be: leaves as much again to events, most of which are never refused.
const MOST_BYTES: usize = 1 << 31;

/// Where letters wait until the process takes them.
#[derive(Debug)]
pub struct Mailbox {
    waiting: Mutex<Waiting>,
    /// Bytes of all letters ever pushed, going round; what counts is the difference to `received`, which the limit keeps
    /// below 2^32. Written under the lock. A count only: orders nothing.
    pushed: AtomicU32,
    /// Bytes of all letters ever taken, going round as well. Written by the receiver alone, hence without
    /// read-modify-write: where it equals `pushed`, there is nothing to lock for.
    taken: AtomicU32,
    /// Bytes of all letters ever received. Written by the receiver alone.
    received: AtomicU32,
    limit: u32,
}

#[derive(Debug, Default)]
struct Waiting {
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

impl Waiting {
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
            waiting: Mutex::new(Waiting::default()),
            pushed: AtomicU32::new(0),
            taken: AtomicU32::new(0),
            received: AtomicU32::new(0),
            limit,
        }
    }

    /// Puts a letter at the end. What the runtime tells is never refused for its size, but what it brings may be. What
    /// programs ask finds half as much room again as messages. The caller wakes the process afterwards.
    pub fn push(&self, mut letter: Letter) -> Result<(), Refusal> {
        let mut waiting = self.waiting.lock();
        if let First::Closed = waiting.first {
            return Err(Refusal::Closed(letter));
        }
        // Grows only under the lock; `received` may make it smaller meanwhile, which is as well.
        let held = self.bytes().saturating_add(letter.size());
        let limit = self.limit as usize;
        if held > limit {
            match &letter {
                Letter::Message(_) => return Err(Refusal::Full(letter)),
                // Whoever filled it with messages has not made it deaf to cancels.
                Letter::Event(event) if event.is_asked() => {
                    if held > limit + limit / 2 {
                        return Err(Refusal::Full(letter));
                    }
                }
                Letter::Event(_) => letter.lighten(),
            }
        }
        let pushed = self.pushed.load(Relaxed).wrapping_add(letter.size() as u32);
        self.pushed.store(pushed, Relaxed);
        if let First::None = waiting.first {
            waiting.first = First::Letter(letter);
        } else {
            waiting.rest.push_back(letter);
        }
        Ok(())
    }

    /// Takes out all letters, in order. They count until they are said to be [received](Mailbox::received). Called by
    /// the body's step only.
    pub fn take(&self) -> Letters {
        // Whoever pushed a letter that this step must see woke the process afterwards, or told it in another way.
        let pushed = self.pushed.load(Relaxed);
        if self.taken.load(Relaxed) == pushed {
            return Letters::default();
        }
        let mut waiting = self.waiting.lock();
        self.taken.store(self.pushed.load(Relaxed), Relaxed);
        Letters {
            first: waiting.take_first(),
            rest: mem::take(&mut waiting.rest),
        }
    }

    /// Says that `bytes` of letters that were taken are gone, so that others find room. Called by the body's step only.
    pub fn received(&self, bytes: usize) {
        self.received.store(
            self.received.load(Relaxed).wrapping_add(bytes as u32),
            Relaxed,
        );
    }

    /// Closes it for good. The letters that nobody will receive come back, to be dropped outside the lock.
    pub fn close(&self) -> Letters {
        let mut waiting = self.waiting.lock();
        let first = waiting.take_first();
        waiting.first = First::Closed;
        Letters {
            first,
            rest: mem::take(&mut waiting.rest),
        }
    }

    /// The most bytes of letters that it holds, events aside.
    pub fn limit(&self) -> usize {
        self.limit as usize
    }

    /// Number of letters that were not taken yet, for reports.
    pub fn len(&self) -> usize {
        self.waiting.lock().len()
    }

    /// Whether no letter waits to be taken.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of the letters pushed and not yet said to be received.
    pub fn bytes(&self) -> usize {
        let received = self.received.load(Relaxed);
        self.pushed.load(Relaxed).wrapping_sub(received) as usize
    }
}

/// What was taken out of a mailbox, in order.
#[derive(Debug, Default)]
pub struct Letters {
    first: Option<Letter>,
    rest: VecDeque<Letter>,
}

impl Letters {
    /// Number of letters.
    pub fn len(&self) -> usize {
        usize::from(self.first.is_some()) + self.rest.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.first.is_none()
    }
}

impl IntoIterator for Letters {
    type Item = Letter;
    type IntoIter = Chain<option::IntoIter<Letter>, vec_deque::IntoIter<Letter>>;

    fn into_iter(self) -> Self::IntoIter {
        self.first.into_iter().chain(self.rest)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::clock::Moment;
    use crate::pid::Pid;
    use crate::process::{Event, Message};

    fn message(topic: &str) -> Letter {
        Letter::Message(Message::new(None, topic.as_bytes(), b""))
    }

    fn topic(letter: &Letter) -> &str {
        match letter {
            Letter::Message(message) => std::str::from_utf8(message.topic()).unwrap(),
            Letter::Event(_) => "event",
        }
    }

    #[test]
    fn letters_come_out_in_the_order_they_went_in() {
        let mailbox = Mailbox::new(usize::MAX);
        let mut taken: Vec<Letter> = Vec::new();
        for batch in [&["a"][..], &["b", "c"], &["d", "e", "f"]] {
            for topic in batch {
                mailbox.push(message(topic)).unwrap();
            }
            taken.extend(mailbox.take());
        }
        let topics: Vec<_> = taken.iter().map(topic).collect();
        assert_eq!(topics, ["a", "b", "c", "d", "e", "f"]);
        assert!(mailbox.is_empty());
    }

    #[test]
    fn an_emptied_mailbox_holds_no_memory() {
        let mailbox = Mailbox::new(usize::MAX);
        for _ in 0..1000 {
            mailbox.push(message("x")).unwrap();
        }
        assert_eq!(mailbox.take().len(), 1000);
        assert_eq!(mailbox.waiting.lock().rest.capacity(), 0);
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

        let taken = mailbox.take();
        assert!(matches!(mailbox.push(message("3")), Err(Refusal::Full(_))));
        mailbox.received(taken.into_iter().map(|letter| letter.size()).sum());
        assert_eq!(mailbox.bytes(), 0);
        mailbox.push(message("3")).unwrap();
    }

    #[test]
    fn cancels_of_programs_find_some_room_beside_messages_and_those_of_the_runtime_always() {
        let cancel = |from| {
            Letter::Event(Box::new(Event::Cancel {
                from,
                at: Moment(0),
                reason: "".into(),
                deadline: None,
            }))
        };
        let size = cancel(None).size();
        let mailbox = Mailbox::new(4 * size);
        while mailbox.push(message("full")).is_ok() {}
        let program = Some(Pid::new(1, 1, 0));
        mailbox.push(cancel(program)).unwrap();
        while mailbox.push(cancel(program)).is_ok() {}
        assert!(mailbox.bytes() > 5 * size && mailbox.bytes() <= 6 * size);
        assert!(matches!(
            mailbox.push(cancel(program)),
            Err(Refusal::Full(_))
        ));
        mailbox.push(cancel(None)).unwrap();
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
