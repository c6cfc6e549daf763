//! Building a VM that is to be a template: boot it in a block of its own, stop it, and make it like any other build.
//!
//! The top level runs here on the thread of whoever spawns the entry's first process, so it is bounded, and what belongs
//! to a process ends it. Knows nothing of images.

use std::cell::Cell;
use std::ffi::c_int;
use std::ptr::{NonNull, null_mut};
use std::sync::Arc;
use std::time::Duration;

use mlua::ffi::{self, lua_Debug, lua_State};

use super::unfit::Unfit;
use crate::error::Error;
use crate::lua::arena::{Arena, LARGEST_ARENA};
use crate::lua::coroutine::{self, Yield};
use crate::lua::environment::Environment;
use crate::lua::head::Doom;
use crate::lua::{boot, collector, failure, layout, preempt, state};

/// Instructions that a top level may run while it is prepared, some ten milliseconds: the spawner waits for it, twice. A
/// guess; top levels that only define things run a few hundred.
const INSTRUCTIONS: c_int = 2_000_000;

/// Instructions between two looks at the clock. A single one may call a function that fills half a megabyte.
const LOOK: c_int = 2_000;

/// How long a top level may keep its thread busy: far more than its instructions take, were they not such calls.
const PATIENCE: Duration = Duration::from_millis(50);

/// How long this thread has been busy. Not the clock on the wall: a machine with much else to do is no reason to do without
/// a template for good.
fn busy() -> Duration {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: writes to `time`; every thread has such a clock.
    let result = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    assert_eq!(result, 0, "a thread knows how long it was busy");
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

thread_local! {
    /// What the top level that is prepared on this thread has left.
    static LEFT: Cell<(c_int, Duration)> = const { Cell::new((0, Duration::ZERO)) };
}

/// How far the heap grows between collections while a template boots, in percent.
const GROWTH: c_int = 10;

/// Values of the arena's `preparing`: a VM like all others …
const NOT: u8 = 0;

/// … one that is being prepared; above it are the numbers of [`Unfit`], once the preparation is to end.
const GOING_ON: u8 = 1;

/// What came of preparing.
pub(super) enum Stop {
    /// There is no template, for this reason.
    Unfit(Unfit),
    /// The top level raised this error, or has no method.
    Failed(Error),
}

impl From<Unfit> for Stop {
    fn from(unfit: Unfit) -> Stop {
        Stop::Unfit(unfit)
    }
}

/// A VM stopped after boot. What it holds outside its block is freed when this is dropped; the block is the caller's.
pub(super) struct Build {
    pub arena: NonNull<Arena>,
    pub main: NonNull<lua_State>,
    /// Which of the block's words are used.
    pub used: Vec<bool>,
}

impl Build {
    /// Boots a VM in `block`, and stops it where its program would begin.
    ///
    /// # Safety
    /// [`LARGEST_ARENA`] bytes at `block`, aligned to 128 and all zero, are the build's as long as it lives; so is the
    /// environment. `host` is a host state of the type that the entry's functions expect, which nobody else uses.
    pub(super) unsafe fn new<S>(
        block: NonNull<u8>,
        environment: &Arc<Environment>,
        host: *mut S,
    ) -> Result<Build, Stop> {
        // SAFETY: the block is the arena's; it is destroyed when the build is dropped.
        unsafe {
            let arena = Arena::begin(block, LARGEST_ARENA, LARGEST_ARENA);
            (*arena.as_ptr()).begin_template();
            let main = state::begin(arena, environment).ok_or(Unfit::NoMemory)?;
            let mut build = Build {
                arena,
                main,
                used: Vec::new(),
            };
            (*arena.as_ptr()).on_doom = None;
            build.collect_while_booting();
            build.boot(host)?;
            build.settle();
            build.seal()?;
            Ok(build)
        }
    }

    /// Lets the collector run from the start, often: what is garbage when the top level is over leaves holes, and every
    /// copy would have them. (Other VMs boot with the collector off.)
    ///
    /// # Safety
    /// The state is fresh.
    unsafe fn collect_while_booting(&self) {
        let main = self.main.as_ptr();
        // SAFETY: nothing of the VM runs.
        unsafe {
            ffi::lua_gc(main, ffi::LUA_GCRESTART);
            ffi::lua_gc(main, ffi::LUA_GCPARAM, ffi::LUA_GCPMINORMUL, GROWTH);
            ffi::lua_gc(main, ffi::LUA_GCGEN);
        }
    }

    /// Runs imports and top level.
    ///
    /// # Safety
    /// As [`Build::new`]; called once.
    unsafe fn boot<S>(&self, host: *mut S) -> Result<(), Stop> {
        let (arena, main) = (self.arena.as_ptr(), self.main.as_ptr());
        // SAFETY: the state is fresh. No state of this VM is named as the running one, since there is nobody who would
        // resume it if it were interrupted; the spawner's is again, before anybody frees this one.
        unsafe {
            ffi::lua_pushcfunction(main, boot::boot);
            LEFT.set((INSTRUCTIONS / LOOK, busy() + PATIENCE));
            ffi::lua_sethook(main, Some(stop), ffi::LUA_MASKCOUNT, LOOK);
            (*arena).preparing.set(GOING_ON);
            (*arena).owner = host.cast();
            let outer = preempt::run(null_mut());
            let mut results = 0;
            let status = ffi::lua_resume(main, null_mut(), 0, &mut results);
            preempt::run(outer);
            (*arena).owner = null_mut();
            let ended = (*arena).preparing.replace(NOT);
            ffi::lua_sethook(main, None, 0, 0);
            if let Some(unfit) = Unfit::from_number(ended) {
                return Err(unfit.into());
            }
            match ((*arena).why(), status) {
                (Doom::None, ffi::LUA_OK) => Ok(()),
                (Doom::None, ffi::LUA_YIELD) => Err(Unfit::Waits.into()),
                (Doom::None, _) => Err(Stop::Failed(failure::raised(main))),
                (Doom::Panicked, _) => Err(Unfit::Panicked.into()),
                (Doom::OverCap | Doom::Killed | Doom::Stuck, _) => Err(Unfit::TooLarge.into()),
            }
        }
    }

    /// Collects all that boot left, and overwrites what is not collected but means nothing any more.
    ///
    /// # Safety
    /// Boot has left the program's function alone on the main state.
    unsafe fn settle(&self) {
        let main = self.main.as_ptr();
        // SAFETY: nothing of the VM runs, and what is written here needs no memory: the registry has that place, and
        // the stack a free slot.
        unsafe {
            ffi::lua_gc(main, ffi::LUA_GCINC);
            // Twice, because the box that a large buffer leaves goes with the second.
            ffi::lua_gc(main, ffi::LUA_GCCOLLECT);
            ffi::lua_gc(main, ffi::LUA_GCCOLLECT);
            // Lua leaves some of the C stack behind the `false` here.
            ffi::lua_pushinteger(main, 0);
            ffi::lua_rawseti(main, ffi::LUA_REGISTRYINDEX, 1);
            ffi::lua_pushinteger(main, 0);
            ffi::lua_pop(main, 1);
            ffi::lua_pushboolean(main, 0);
            ffi::lua_rawseti(main, ffi::LUA_REGISTRYINDEX, 1);
            layout::clear_string_cache(main);
            layout::clear_stale_tags(main);
            collector::settle(main);
            layout::clear_dead_slots(main);
        }
    }

    /// Gives the head of the arena the values that a VM's has, where a build's differ.
    ///
    /// # Safety
    /// Nothing of the VM runs, or will.
    unsafe fn seal(&mut self) -> Result<(), Unfit> {
        // SAFETY: the arena is ours alone.
        unsafe {
            let arena = &mut *self.arena.as_ptr();
            self.used = arena.end_template().ok_or(Unfit::TooLarge)?;
            arena.on_doom = Some(|_| preempt::arm_running());
            arena.kind.set(Yield::User as u8);
            Ok(())
        }
    }
}

impl Drop for Build {
    fn drop(&mut self) {
        // SAFETY: nobody uses the VM any more.
        unsafe { Arena::destroy(self.arena) }
    }
}

impl Arena {
    /// Whether the VM is being prepared, also while it is about to end that.
    pub(in crate::lua) fn is_prepared(&self) -> bool {
        self.preparing.get() != NOT
    }
}

/// Ends the preparation that `state` runs in: at the next instruction, if nothing jumps before.
///
/// # Safety
/// `state` is the running state of a VM that is being prepared.
pub(in crate::lua) unsafe fn end(state: *mut lua_State, why: Unfit) {
    // SAFETY: the caller's promise.
    unsafe {
        (*Arena::of(state)).preparing.set(why as u8);
        ffi::lua_sethook(state, Some(stop), ffi::LUA_MASKCOUNT, 1);
    }
}

/// Called now and then while a top level is prepared, and when its preparation is to end.
unsafe extern "C-unwind" fn stop(state: *mut lua_State, _frame: *mut lua_Debug) {
    // SAFETY: Lua calls us on the running state of a VM that is being prepared; nothing here owns anything.
    unsafe {
        let arena = Arena::of(state);
        if (*arena).preparing.get() == GOING_ON {
            let (looks, until) = LEFT.get();
            if looks > 0 && busy() < until {
                LEFT.set((looks - 1, until));
                return;
            }
            (*arena).preparing.set(Unfit::TooLong as u8);
        }
        if coroutine::chain_yieldable(state) {
            ffi::lua_sethook(state, None, 0, 0);
            ffi::lua_yield(state, 0);
            return;
        }
        // A C function waits for this one to return: raise, here and at every instruction until it has.
        ffi::lua_sethook(state, Some(stop), ffi::LUA_MASKCOUNT, 1);
        ffi::lua_pushnil(state);
        ffi::lua_error(state);
    }
}
