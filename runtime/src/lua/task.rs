//! The threads of the tasks that a program spawned, kept in its VM by number until they end.
//!
//! The program's own task, number 0, runs on the main state and is not among them. Knows nothing of when a task runs.

use std::ffi::c_int;

use mlua::ffi::{self, lua_State};

use super::coroutine;
use super::layout;
use super::stack::{Kept, Stack, Type};

/// Which task of a VM: 0 is the program's own, others were spawned.
pub type TaskNumber = u32;

impl Stack<'_> {
    /// Makes the function at the absolute `index`, with the values above it as arguments, a task of its own, under a
    /// number that no other task has; pushes its thread and drops function and arguments.
    pub fn push_task(&mut self, index: c_int, number: TaskNumber) {
        let arguments = self.top() - index;
        assert!(arguments >= 0, "there is a function at {index}");
        assert!(
            self.reserve(arguments as usize + 4),
            "room for a task's arguments"
        );
        if self.get_kept(Kept::Tasks) == Type::Nil {
            self.pop(1);
            self.push_table(1, 0);
            self.push_copy(-1);
            self.keep(Kept::Tasks);
        }
        let state = self.raw();
        // SAFETY: the arena is lenient; the new thread gets the function and its arguments, and is anchored.
        unsafe {
            let thread = coroutine::push_thread(state, index);
            *coroutine::resumer(thread) = coroutine::ROOT;
            assert!(
                ffi::lua_checkstack(thread, arguments + 1) != 0,
                "room for a task's arguments"
            );
            for argument in 1..=arguments {
                ffi::lua_pushvalue(state, index + argument);
            }
            ffi::lua_xmove(state, thread, arguments);
            ffi::lua_pushvalue(state, -1);
            ffi::lua_rawseti(state, -3, number.into());
            ffi::lua_replace(state, index);
            ffi::lua_settop(state, index);
        }
    }
}

/// The thread of a task, if there is memory to look for it.
///
/// # Safety
/// `main` is the main state of a VM of which nothing runs.
pub(super) unsafe fn thread(main: *mut lua_State, task: TaskNumber) -> Option<*mut lua_State> {
    let look = || {
        // SAFETY: reads raw, in places that are free, and leaves the stack as it was.
        unsafe {
            ffi::lua_rawgeti(main, ffi::LUA_REGISTRYINDEX, Kept::Tasks.index());
            ffi::lua_rawgeti(main, -1, task.into());
            let thread = ffi::lua_tothread(main, -1);
            ffi::lua_pop(main, 2);
            thread
        }
    };
    // SAFETY: the caller's promise.
    unsafe { layout::with_room(main, 2, look) }.filter(|thread| !thread.is_null())
}

/// Lets go of a task that has returned: for a program that still has its thread, that is a dead coroutine. Setting a
/// field to nil needs no memory.
///
/// # Safety
/// As [`thread`]; no function is left on the task's own.
pub(super) unsafe fn forget(main: *mut lua_State, task: TaskNumber) {
    let forget = || {
        // SAFETY: as in `thread`; the task's thread is anchored while it is written to, and nothing runs on it.
        unsafe {
            ffi::lua_rawgeti(main, ffi::LUA_REGISTRYINDEX, Kept::Tasks.index());
            ffi::lua_rawgeti(main, -1, task.into());
            let thread = ffi::lua_tothread(main, -1);
            ffi::lua_pop(main, 1);
            if !thread.is_null() {
                // With results on its stack it would count as one that has not begun.
                ffi::lua_settop(thread, 0);
                *coroutine::resumer(thread) = std::ptr::null_mut();
            }
            ffi::lua_pushnil(main);
            ffi::lua_rawseti(main, -2, task.into());
            ffi::lua_pop(main, 1);
        }
    };
    // SAFETY: the caller's promise.
    unsafe { layout::with_room(main, 2, forget) };
}
