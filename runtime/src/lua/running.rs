//! A VM that runs on this thread: its state is the one that a signal would interrupt, and its functions find its host.
//!
//! Knows nothing of how it is run.

use std::ptr::null_mut;

use mlua::ffi::lua_State;

use super::arena::Arena;
use super::coroutine::Yield;
use super::preempt;

/// Dropped when the VM has stopped, also where a panic of ours goes through Lua: nobody may follow what was the running
/// state into a VM that is no more.
pub(super) struct Running {
    arena: *mut Arena,
    outer: *mut lua_State,
}

impl Running {
    /// Says that `state` runs from now on, for this host.
    ///
    /// # Safety
    /// `state` is one of the VM whose arena this is, and both live longer than the answer; so does the host, which has the
    /// type that the VM's functions expect, and which nobody else uses.
    pub(super) unsafe fn begin<S>(
        arena: *mut Arena,
        state: *mut lua_State,
        host: *mut S,
    ) -> Running {
        // SAFETY: the caller's promise.
        unsafe {
            (*arena).owner = host.cast();
            (*arena).kind.set(Yield::User as u8);
        }
        Running {
            arena,
            outer: preempt::run(state),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        preempt::run(self.outer);
        // SAFETY: the arena lives, as who began has promised.
        unsafe { (*self.arena).owner = null_mut() };
    }
}
