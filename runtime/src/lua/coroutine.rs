//! The coroutine library, which tells a program's yields from ours.
//!
//! The stock library can't: a wait inside a user coroutine would surface in its resumer, and a hook on the main state
//! never interrupts an inner coroutine. So each state remembers its resumer, and what is not the program's own yield
//! is passed on, coroutine by coroutine, to whoever resumed the task; resuming goes back down without values.
//! Knows nothing of tasks, channels or why a wait happens.

use std::ffi::{CStr, c_int};
use std::ptr::null_mut;

use mlua::ffi::{self, lua_CFunction, lua_KContext, lua_State};

use super::arena::Arena;
use super::mend::mend;
use super::preempt;
use super::template::{self, Unfit};

/// What the yield under way is. Set before every yield, read by whoever sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum Yield {
    /// `coroutine.yield`: for the resumer.
    #[default]
    User = 0,
    /// A function of ours waits: for the task's owner.
    Wait = 1,
    /// The slice is over: for the task's owner.
    Preempt = 2,
    /// `coroutine.yield` of a task: the others get a turn.
    Turn = 3,
}

/// Where a state keeps its resumer: its extra space. Null: nobody's, not running; [`ROOT`]: a task's own thread.
///
/// # Safety
/// `state` is alive and has an extra space of one pointer (as Lua is built).
pub(super) unsafe fn resumer(state: *mut lua_State) -> *mut *mut lua_State {
    // SAFETY: the caller's promise.
    unsafe { ffi::lua_getextraspace(state).cast() }
}

/// The resumer of the main state and of tasks: no one can resume them, also while they wait.
pub(super) const ROOT: *mut lua_State = std::ptr::without_provenance_mut(1);

/// Whether everything from here up to the task's own thread may yield. `lua_resume` hides its caller's
/// non-yieldable count, so each state is asked.
///
/// # Safety
/// `state` is the running state of its VM.
pub(super) unsafe fn chain_yieldable(mut state: *mut lua_State) -> bool {
    // SAFETY: the states of a chain are alive while the innermost one runs.
    unsafe {
        loop {
            if ffi::lua_isyieldable(state) == 0 {
                return false;
            }
            let up = *resumer(state);
            if up == ROOT || up.is_null() {
                return true;
            }
            state = up;
        }
    }
}

/// Resumes `co` from `state`, with `count` values on its stack; passes on what is not a yield of the program's.
///
/// # Safety
/// `state` runs; `co` is suspended, or waits below `state`, and is anchored on the stack of `state`.
unsafe fn drive(state: *mut lua_State, co: *mut lua_State, count: c_int, wrapped: bool) -> c_int {
    // SAFETY: the caller's promise; this frame owns nothing, since Lua jumps.
    unsafe {
        let arena = Arena::of(state);
        *resumer(co) = state;
        (*arena).kind.set(Yield::User as u8);
        preempt::run(co);
        let mut results = 0;
        let status = ffi::lua_resume(co, state, count, &mut results);
        preempt::run(state);
        if status == ffi::LUA_YIELD && (*arena).kind.get() != Yield::User as u8 {
            let go_on = if wrapped { wrap_on } else { resume_on };
            return ffi::lua_yieldk(state, 0, co as lua_KContext, Some(go_on));
        }
        *resumer(co) = null_mut();
        if status == ffi::LUA_OK || status == ffi::LUA_YIELD {
            return give(state, co, results, wrapped);
        }
        if wrapped {
            fail_wrapped(state, co)
        } else {
            fail(state, co)
        }
    }
}

unsafe extern "C-unwind" fn resume_on(s: *mut lua_State, _: c_int, co: lua_KContext) -> c_int {
    // SAFETY: Lua goes on where `drive` yielded; `co` waits below and is anchored where it was.
    unsafe { drive(s, co as *mut lua_State, 0, false) }
}

unsafe extern "C-unwind" fn wrap_on(s: *mut lua_State, _: c_int, co: lua_KContext) -> c_int {
    // SAFETY: as in `resume_on`.
    unsafe { drive(s, co as *mut lua_State, 0, true) }
}

/// Hands over what `co` returned or yielded.
///
/// # Safety
/// `co` has `count` values on top, `state` runs.
unsafe fn give(state: *mut lua_State, co: *mut lua_State, count: c_int, wrapped: bool) -> c_int {
    // SAFETY: the caller's promise.
    unsafe {
        if ffi::lua_checkstack(state, count + 1) == 0 {
            // `co` goes on without them, if it is not over: it has done nothing wrong.
            ffi::lua_settop(co, -count - 1);
            if !wrapped {
                ffi::lua_pushboolean(state, 0);
            }
            ffi::lua_pushstring(state, c"too many results to resume".as_ptr());
            return if wrapped { raise(state) } else { 2 };
        }
        if !wrapped {
            ffi::lua_pushboolean(state, 1);
        }
        ffi::lua_xmove(co, state, count);
        count + c_int::from(!wrapped)
    }
}

/// `false` and the error that is on top of `co`.
///
/// # Safety
/// `co` has the error on top, `state` runs.
unsafe fn fail(state: *mut lua_State, co: *mut lua_State) -> c_int {
    // SAFETY: the caller's promise; a C function has room for more than two values.
    unsafe {
        ffi::lua_pushboolean(state, 0);
        ffi::lua_xmove(co, state, 1);
        mend(state, co);
        2
    }
}

/// Closes `co` and raises the error that it has ended with.
///
/// # Safety
/// `co` has ended with an error, `state` runs; no frame up to Lua's owns anything.
unsafe fn fail_wrapped(state: *mut lua_State, co: *mut lua_State) -> c_int {
    // SAFETY: the caller's promise. The error goes back into the slot that it came from.
    unsafe {
        ffi::lua_xmove(co, state, 1);
        mend(state, co);
        ffi::lua_xmove(state, co, 1);
        close_now(state, co);
        ffi::lua_xmove(co, state, 1);
        raise(state)
    }
}

/// Raises the error on top, with the position before it if it is a string.
///
/// # Safety
/// `state` runs, with an error on top; no frame up to Lua's owns anything.
unsafe fn raise(state: *mut lua_State) -> c_int {
    // SAFETY: the caller's promise.
    unsafe {
        if ffi::lua_type(state, -1) == ffi::LUA_TSTRING {
            ffi::luaL_where(state, 1);
            ffi::lua_insert(state, -2);
            ffi::lua_concat(state, 2);
        }
        ffi::lua_error(state)
    }
}

/// Closes `co`, running its `__close` handlers, which may be preempted as `co` but not left.
///
/// # Safety
/// `state` runs, `co` doesn't.
unsafe fn close_now(state: *mut lua_State, co: *mut lua_State) -> c_int {
    // SAFETY: the caller's promise.
    unsafe {
        *resumer(co) = state;
        preempt::run(co);
        let status = ffi::lua_closethread(co, state);
        preempt::run(state);
        *resumer(co) = null_mut();
        status
    }
}

/// Like Lua's own, but a coroutine that waits somewhere below a task is "normal".
///
/// # Safety
/// Both states are alive, `state` runs.
unsafe fn status(state: *mut lua_State, co: *mut lua_State) -> &'static CStr {
    // SAFETY: the caller's promise; asking for a frame reads.
    unsafe {
        if state == co {
            return c"running";
        }
        if !(*resumer(co)).is_null() {
            return c"normal";
        }
        match ffi::lua_status(co) {
            ffi::LUA_YIELD => c"suspended",
            ffi::LUA_OK => {
                let mut frame: ffi::lua_Debug = std::mem::zeroed();
                if ffi::lua_getstack(co, 0, &mut frame) != 0 {
                    c"normal"
                } else if ffi::lua_gettop(co) == 0 {
                    c"dead"
                } else {
                    c"suspended"
                }
            }
            _ => c"dead",
        }
    }
}

/// The coroutine that is argument 1; raises if it isn't one.
///
/// # Safety
/// Lua called us on `state`; no frame up to Lua's owns anything.
unsafe fn argument(state: *mut lua_State) -> *mut lua_State {
    // SAFETY: the caller's promise.
    unsafe {
        let co = ffi::lua_tothread(state, 1);
        if co.is_null() {
            ffi::luaL_checktype(state, 1, ffi::LUA_TTHREAD);
        }
        co
    }
}

/// Moves the top `count` values to `co`; a message if it can't take them now.
///
/// # Safety
/// `state` runs and has the values on top.
unsafe fn load(
    state: *mut lua_State,
    co: *mut lua_State,
    count: c_int,
) -> Result<(), &'static CStr> {
    // SAFETY: the caller's promise.
    unsafe {
        match status(state, co).to_bytes() {
            b"suspended" => {}
            b"dead" => return Err(c"cannot resume dead coroutine"),
            _ => return Err(c"cannot resume non-suspended coroutine"),
        }
        if ffi::lua_checkstack(co, count) == 0 {
            return Err(c"too many arguments to resume");
        }
        ffi::lua_xmove(state, co, count);
        Ok(())
    }
}

unsafe extern "C-unwind" fn co_resume(state: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us; nothing is owned.
    unsafe {
        let co = argument(state);
        let count = ffi::lua_gettop(state) - 1;
        match load(state, co, count) {
            Ok(()) => drive(state, co, count, false),
            Err(message) => {
                ffi::lua_pushboolean(state, 0);
                ffi::lua_pushstring(state, message.as_ptr());
                2
            }
        }
    }
}

unsafe extern "C-unwind" fn wrapped(state: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us; `co_wrap` put the coroutine into the upvalue.
    unsafe {
        let co = ffi::lua_tothread(state, ffi::lua_upvalueindex(1));
        let count = ffi::lua_gettop(state);
        match load(state, co, count) {
            Ok(()) => drive(state, co, count, true),
            Err(message) => ffi::luaL_error(state, c"%s".as_ptr(), message.as_ptr()),
        }
    }
}

/// Pushes a new thread that will run the function at `index`.
///
/// # Safety
/// `state` runs, with 2 free slots; there is a function at `index`. May raise where the arena isn't lenient.
pub(super) unsafe fn push_thread(state: *mut lua_State, index: c_int) -> *mut lua_State {
    // SAFETY: the caller's promise. A new state inherits extra space and hook of the one that makes it.
    unsafe {
        let co = ffi::lua_newthread(state);
        *resumer(co) = null_mut();
        ffi::lua_sethook(co, None, 0, 0);
        ffi::lua_pushvalue(state, index);
        ffi::lua_xmove(state, co, 1);
        co
    }
}

unsafe extern "C-unwind" fn co_create(state: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us; nothing is owned.
    unsafe {
        ffi::luaL_checktype(state, 1, ffi::LUA_TFUNCTION);
        if (*Arena::of(state)).is_prepared() {
            // A template holds no coroutine; and only the main state's instructions are counted.
            template::end(state, Unfit::Coroutine);
            ffi::lua_error(state);
        }
        push_thread(state, 1);
        1
    }
}

unsafe extern "C-unwind" fn co_wrap(state: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us; nothing is owned.
    unsafe {
        co_create(state);
        ffi::lua_pushcclosure(state, wrapped, 1);
        1
    }
}

unsafe extern "C-unwind" fn co_status(state: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us; nothing is owned.
    unsafe {
        let co = argument(state);
        ffi::lua_pushstring(state, status(state, co).as_ptr());
        1
    }
}

unsafe extern "C-unwind" fn co_running(state: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us; nothing is owned.
    unsafe {
        let main = ffi::lua_pushthread(state);
        ffi::lua_pushboolean(state, main);
        2
    }
}

unsafe extern "C-unwind" fn co_isyieldable(state: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us; nothing is owned.
    unsafe {
        let co = ffi::lua_tothread(state, 1);
        let asked = if co.is_null() { state } else { co };
        ffi::lua_pushboolean(state, ffi::lua_isyieldable(asked));
        1
    }
}

/// In a user coroutine, a yield for its resumer. In a task's own thread, a turn for the others: nothing is returned.
unsafe extern "C-unwind" fn co_yield(state: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us; nothing is owned. The root's yield is answered by resuming it without values.
    unsafe {
        let arena = Arena::of(state);
        if *resumer(state) == ROOT {
            ffi::lua_settop(state, 0);
            (*arena).kind.set(Yield::Turn as u8);
        } else {
            (*arena).kind.set(Yield::User as u8);
        }
        ffi::lua_yield(state, ffi::lua_gettop(state))
    }
}

unsafe extern "C-unwind" fn co_close(state: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us; nothing is owned.
    unsafe {
        let co = argument(state);
        let is = status(state, co);
        if is != c"dead" && is != c"suspended" {
            return ffi::luaL_error(state, c"cannot close a %s coroutine".as_ptr(), is.as_ptr());
        }
        if close_now(state, co) == ffi::LUA_OK {
            ffi::lua_pushboolean(state, 1);
            return 1;
        }
        fail(state, co)
    }
}

/// The functions of the library that need nothing of the layer above.
pub(super) const FUNCTIONS: [(&str, lua_CFunction); 8] = [
    ("create", co_create),
    ("resume", co_resume),
    ("yield", co_yield),
    ("status", co_status),
    ("wrap", co_wrap),
    ("running", co_running),
    ("isyieldable", co_isyieldable),
    ("close", co_close),
];
