//! What futures wait for, or got and nobody has looked at yet: outside the VM, where a reply finds them at any time.
//!
//! A future may be gone, for the VM's objects have no finalizers; so now and then somebody looks which are left. Knows
//! nothing of Lua.

use std::mem;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::api::Ongoing;
use crate::api::tasks::ChannelNumber;
use crate::process::Exit;

/// The promises of a process, by the number of their future's channel.
#[derive(Default)]
pub struct Promises {
    all: FxHashMap<ChannelNumber, Promise>,
    /// Bytes of what came and nobody has looked at.
    held: usize,
    /// How many there were, and how many bytes they held, when they were last looked through.
    kept: Load,
}

#[derive(Clone, Copy, Default)]
struct Load {
    count: usize,
    bytes: usize,
}

/// What one future waits for, or got.
enum Promise {
    Pending {
        call: u32,
        ongoing: Arc<dyn Ongoing>,
    },
    Fulfilled(Reply),
}

/// What a call came to.
pub struct Reply {
    /// The result, or why there is none.
    pub exit: Exit,
    /// Bytes that it still takes of the mailbox's share.
    pub bytes: usize,
    /// Whether somebody has received it from the future's channel.
    pub is_taken: bool,
}

/// How far a promise is.
pub enum Progress {
    /// Its call is not over, as far as is known.
    Pending,
    /// It is kept here no more.
    Fulfilled(Reply),
    /// There is none: it was another process's, which had the same VM.
    Unknown,
}

/// Why the promises are to be looked through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// There are many.
    Count,
    /// What came is large: it is worth a collection, for the VM knows nothing of that.
    Bytes,
}

/// Promises, and bytes of replies, below which nobody looks. (Guesses: that many live futures are nothing unusual; so
/// many bytes are worth the time that a collection takes.)
const FEW: usize = 64;
const LIGHT: usize = 1 << 20;

impl Promises {
    /// Notes that a future waits for a call.
    pub fn begin(&mut self, future: ChannelNumber, call: u32, ongoing: Arc<dyn Ongoing>) {
        let promise = Promise::Pending { call, ongoing };
        self.all.insert(future, promise);
    }

    /// A call has come to something. Answers false if its future is known to be gone.
    #[must_use]
    pub fn fulfil(&mut self, future: ChannelNumber, reply: Reply) -> bool {
        let Some(promise) = self.all.get_mut(&future) else {
            return false;
        };
        self.held += reply.bytes;
        *promise = Promise::Fulfilled(reply);
        true
    }

    /// Whether a future's call is not over, as far as is known.
    pub fn is_pending(&self, future: ChannelNumber) -> bool {
        matches!(self.all.get(&future), Some(Promise::Pending { .. }))
    }

    /// Takes what a future got, if it got anything.
    pub fn take(&mut self, future: ChannelNumber) -> Progress {
        if self.is_pending(future) {
            return Progress::Pending;
        }
        match self.all.remove(&future) {
            Some(Promise::Fulfilled(reply)) => {
                self.held -= reply.bytes;
                Progress::Fulfilled(reply)
            }
            Some(Promise::Pending { .. }) | None => Progress::Unknown,
        }
    }

    /// Ends a promise whose call is not over; answers which call that is.
    pub fn end(&mut self, future: ChannelNumber) -> Option<(u32, Arc<dyn Ongoing>)> {
        if !self.is_pending(future) {
            return None;
        }
        match self.all.remove(&future) {
            Some(Promise::Pending { call, ongoing }) => Some((call, ongoing)),
            _ => None,
        }
    }

    /// Bytes of what came and nobody has looked at, which count in the mailbox.
    pub fn held(&self) -> usize {
        self.held
    }

    /// Bytes that they take beside those.
    pub fn bytes(&self) -> usize {
        self.all.capacity() * size_of::<(ChannelNumber, Promise)>()
    }

    /// Whether, and why, it is time to look which futures are left.
    pub fn due(&self) -> Option<Due> {
        if self.held >= LIGHT.max(2 * self.kept.bytes) {
            Some(Due::Bytes)
        } else if self.all.len() >= FEW.max(2 * self.kept.count) {
            Some(Due::Count)
        } else {
            None
        }
    }

    /// Forgets those of futures that are gone; answers the bytes that they held.
    #[must_use]
    pub fn retain(&mut self, mut is_left: impl FnMut(ChannelNumber) -> bool) -> usize {
        let before = self.held;
        let held = &mut self.held;
        self.all.retain(|number, promise| {
            let is_left = is_left(*number);
            if let (false, Promise::Fulfilled(reply)) = (is_left, promise) {
                *held -= mem::take(&mut reply.bytes);
            }
            is_left
        });
        self.all.shrink_to(2 * self.all.len());
        self.kept = Load {
            count: self.all.len(),
            bytes: self.held,
        };
        before - self.held
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::Payload;

    struct Call;

    impl Ongoing for Call {
        fn cancel(&self) {}
    }

    fn reply(bytes: usize) -> Reply {
        Reply {
            exit: Exit::Normal(Payload::default()),
            bytes,
            is_taken: false,
        }
    }

    fn pending(futures: std::ops::Range<ChannelNumber>) -> Promises {
        let mut promises = Promises::default();
        futures.for_each(|future| promises.begin(future, future + 100, Arc::new(Call)));
        promises
    }

    #[test]
    fn a_promise_is_pending_then_fulfilled_once_then_unknown() {
        let mut promises = pending(1..2);
        assert!(matches!(promises.take(1), Progress::Pending));
        assert!(promises.fulfil(1, reply(10)));
        assert_eq!((promises.is_pending(1), promises.held()), (false, 10));
        assert!(promises.end(1).is_none());
        assert!(matches!(promises.take(1), Progress::Fulfilled(_)));
        assert!(matches!(promises.take(1), Progress::Unknown));
        assert_eq!(promises.held(), 0);
    }

    #[test]
    fn one_that_was_ended_gets_nothing_any_more() {
        let mut promises = pending(1..2);
        assert_eq!(promises.end(1).map(|(call, _)| call), Some(101));
        assert!(!promises.fulfil(1, reply(10)));
        assert_eq!(promises.held(), 0);
    }

    #[test]
    fn they_are_looked_through_when_their_number_or_their_bytes_have_doubled() {
        let mut promises = pending(0..63);
        assert_eq!(promises.due(), None);
        promises.begin(63, 0, Arc::new(Call));
        assert_eq!(promises.due(), Some(Due::Count));
        assert_eq!(promises.retain(|number| number % 2 == 0), 0);
        assert_eq!(promises.due(), None);
        assert!(promises.fulfil(0, reply(LIGHT - 1)) && promises.fulfil(2, reply(1)));
        assert_eq!(promises.due(), Some(Due::Bytes));
        assert_eq!(promises.retain(|number| number != 2), 1);
        assert!(promises.due().is_none() && promises.fulfil(4, reply(LIGHT - 2)));
        assert!(promises.due().is_none() && promises.fulfil(6, reply(1)));
        assert_eq!(promises.due(), Some(Due::Bytes));
        assert_eq!(promises.retain(|_| false), 2 * LIGHT - 2);
        assert_eq!((promises.held(), promises.bytes()), (0, 0));
    }
}
