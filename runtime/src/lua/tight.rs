//! When a VM collects to stay inside its block, and when it gets memory outside instead.
//!
//! A full block is mostly full of garbage: a swarm's worker leaves 350 bytes a tick behind. So before a VM outgrows its
//! block Lua is told that there is no memory, collects, and asks again (`arena/requests.rs`). At the size of a block that
//! takes a microsecond, which is nothing to a process that ticks, and a lot to one that is always at work: so only a few
//! such collections are done in a while. Memory is what the many have to save; the busy are few.

use std::time::Duration;

use super::arena::Arena;
use crate::clock::Moment;

/// How many collections there are in a [`WHILE`] before the VM outgrows its block …
const COLLECTIONS: u8 = 16;

/// … and how long that is. A worker of `examples/mass-spawn` collects in 0.6 to 1.2 µs, a VM of 16 KB in 3 µs: half a
/// percent of the time at most. Ping-pong makes a block's garbage in microseconds, and outgrows its block at once.
const WHILE: Duration = Duration::from_millis(10);

impl Arena {
    /// Booting is over: from now on Lua may be told to collect.
    pub(super) fn begin_collecting(&self) {
        self.collections.set(COLLECTIONS);
    }

    /// Counts collections anew if there were some and it is time: then `recount` is when it will be time again.
    pub(super) fn recount_collections(&self, now: Moment, recount: &mut Moment) {
        if self.collections.get() < COLLECTIONS && now >= *recount {
            *recount = now.after(WHILE);
            self.collections.set(COLLECTIONS);
        }
    }
}
