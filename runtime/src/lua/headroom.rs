//! How much more a VM may hold, for those who would rather know than see it doomed.
//!
//! Without finalizers a collection neither calls nor raises, and what a call of ours still needs is on its stack: so
//! there may be one in the midst of a call. Knows nothing of what the room is for.

use mlua::ffi::{self, lua_State};

use super::arena::Arena;
use super::head::Doom;
use super::preempt;

/// The part of a VM's cap that what others sent it must leave free, or the program's next step would end it.
/// (A guess; any small part will do.)
const PROGRAMS_PART: usize = 16;

/// Bytes that the VM may get before it has more than its cap.
///
/// # Safety
/// `state` is a state of ours.
pub(super) unsafe fn left(state: *mut lua_State) -> usize {
    // SAFETY: every state of ours lives in an arena.
    unsafe {
        let arena = Arena::of(state);
        (*arena).cap().saturating_sub((*arena).used())
    }
}

/// The same once all garbage is gone.
///
/// # Safety
/// As [`left`]; Lua called us on `state`.
pub(super) unsafe fn collected(state: *mut lua_State) -> usize {
    // SAFETY: the caller's promise, and see above.
    unsafe {
        ffi::lua_gc(state, ffi::LUA_GCCOLLECT);
        left(state)
    }
}

/// Ends the VM as one that asked for more memory than its cap, though it did not ask Lua.
///
/// # Safety
/// As [`collected`].
pub(super) unsafe fn exhaust(state: *mut lua_State) {
    // SAFETY: the caller's promise: the VM runs, on this thread.
    unsafe { Arena::doom(Arena::of(state), Doom::OverCap) };
    preempt::arm_running();
}

/// Bytes that what others sent may take.
///
/// # Safety
/// As [`left`].
pub(super) unsafe fn for_mail(state: *mut lua_State) -> usize {
    // SAFETY: the caller's promise.
    unsafe { left(state).saturating_sub((*Arena::of(state)).cap() / PROGRAMS_PART) }
}
