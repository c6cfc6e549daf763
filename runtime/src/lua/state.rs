//! An empty Lua state in an arena: what every VM begins with, and every template.
//!
//! Knows nothing of what will run in it.

use std::ptr::NonNull;
use std::sync::Arc;

use mlua::ffi::{self, lua_State};

use super::arena::Arena;
use super::environment::Environment;
use super::{coroutine, metamethods, preempt, reserved};

/// Makes an empty state in an arena that was just begun; destroys the arena if there is no memory. The collector is off
/// until booting is over.
///
/// # Safety
/// The environment outlives the arena.
pub(super) unsafe fn begin(
    arena: NonNull<Arena>,
    environment: &Arc<Environment>,
) -> Option<NonNull<lua_State>> {
    let head = arena.as_ptr();
    // SAFETY: the caller's promise.
    unsafe {
        (*head).environment = Arc::as_ptr(environment).cast();
        (*head).on_doom = Some(|_| preempt::arm_running());
        let state = ffi::lua_newstate(Arena::allocate, head.cast(), environment.seed);
        let Some(state) = NonNull::new(state) else {
            Arena::destroy(arena);
            return None;
        };
        *coroutine::resumer(state.as_ptr()) = coroutine::ROOT;
        ffi::lua_gc(state.as_ptr(), ffi::LUA_GCSTOP);
        reserved::forget(state.as_ptr());
        metamethods::leave_out(state.as_ptr());
        reserved::leave_uncounted(state.as_ptr());
        Some(state)
    }
}
