//! How a VM's garbage collector is set: for a small heap, and for one that has grown large.
//!
//! Without finalizers a collection neither calls nor raises, so it may happen while nothing of the VM runs. Knows nothing
//! of programs.

use std::ffi::c_int;
use std::ptr::NonNull;

use mlua::ffi::{self, lua_State};

use super::arena::Arena;

/// Bytes above which a VM's collections are done in parts, and below which they are whole again.
const INCREMENTAL_ABOVE: usize = 256 * 1024;
const GENERATIONAL_BELOW: usize = 128 * 1024;

/// How far a heap may grow, in percent of what was live, before a young collection. In a block that is full sooner it
/// means nothing (`tight.rs`); it is for VMs that are larger. A program with 200 KB live is a few percent slower than at
/// 100 %, in half the memory.
const MINOR_GROWTH: c_int = 20;

/// Collects what booting left and sets the collector for a small heap.
///
/// # Safety
/// Nothing of the VM runs.
pub(super) unsafe fn settle(state: *mut lua_State) {
    // SAFETY: the caller's promise; without finalizers this neither calls nor raises. Restarting comes before the
    // mode, or it would start a cycle at once.
    unsafe {
        ffi::lua_gc(state, ffi::LUA_GCRESTART);
        ffi::lua_gc(state, ffi::LUA_GCPARAM, ffi::LUA_GCPMINORMUL, MINOR_GROWTH);
        ffi::lua_gc(state, ffi::LUA_GCCOLLECT);
        ffi::lua_gc(state, ffi::LUA_GCGEN);
        (*Arena::of(state)).begin_collecting();
    }
}

/// Above [`INCREMENTAL_ABOVE`] collections are done in parts: a generational one can't be interrupted.
///
/// # Safety
/// `main` is the main state of the VM whose arena this is, and nothing of it runs.
#[inline]
pub(super) unsafe fn tend(mut arena: NonNull<Arena>, main: *mut lua_State) {
    // SAFETY: the caller's promise; without finalizers a collection neither calls nor raises, and a change of mode only
    // frees.
    unsafe {
        let arena = arena.as_mut();
        let used = arena.used();
        if !arena.incremental.get() && used > INCREMENTAL_ABOVE {
            arena.incremental.set(true);
            ffi::lua_gc(main, ffi::LUA_GCINC);
        } else if arena.incremental.get() && used < GENERATIONAL_BELOW {
            arena.incremental.set(false);
            // What was large and is small again gives back what it holds.
            arena.trim();
            ffi::lua_gc(main, ffi::LUA_GCGEN);
        }
    }
}

/// Collects all garbage.
///
/// # Safety
/// `main` is the main state of a VM of which nothing runs.
pub(super) unsafe fn collect(main: *mut lua_State) {
    // SAFETY: the caller's promise; without finalizers a collection neither calls nor raises.
    unsafe { ffi::lua_gc(main, ffi::LUA_GCCOLLECT) };
}
