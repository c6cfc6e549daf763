//! When a VM collects to stay inside its block, and when it gets memory outside instead.
//!
//! A full block is mostly full of garbage: a worker of `examples/mass-spawn` leaves 350 bytes a tick behind. So before a
//! VM outgrows its block Lua is told that there is no memory, collects, and asks again (`arena/requests.rs`). At the size
//! of a block that takes a microsecond, hardly more than a young collection. A process that ticks pays that once a tick;
//! one that is always at work would pay it all the time, so there are only a few such collections in a while, and who
//! needs more gets memory outside. Memory is what the many have to save; the busy are few.
//!
//! An emergency collection may come wherever Lua allocates, also where it never collects otherwise. Our functions bear
//! it: the whole test suite was run once with every new piece refused at first.
//!
//! So it is the block, not the collector's own growth, that says how much garbage a process of a swarm keeps, and blocks
//! can be small: what is live when the first copy of an entry waits, and a little.

use std::time::Duration;

use mlua::ffi::{self, lua_State};

use super::arena::{Arena, HEAD};
use super::environment::Environment;
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

/// Looks at what a VM has when it first waits, garbage left out.
///
/// # Safety
/// `state` is the main state of a VM of that environment, of which nothing runs.
pub(super) unsafe fn measure(environment: &Environment, state: *mut lua_State) {
    // SAFETY: the caller's promise; without finalizers a collection neither calls nor raises.
    unsafe {
        ffi::lua_gc(state, ffi::LUA_GCCOLLECT);
        let arena = Arena::of(state);
        if !(*arena).is_outgrown() {
            environment.note_first_wait(HEAD + (*arena).used());
        }
    }
}
