//! What an error in a VM is to Rust, once nothing of the VM runs any more.
//!
//! Reads raw: `__tostring` is not called. Knows nothing of who asks.

use std::ffi::{CStr, c_int};
use std::ptr::null_mut;

use mlua::ffi::{self, lua_State};

use super::arena::Arena;
use super::head::Doom;
use super::object::{self, ErrorObject};
use super::{codec, layout, mend, trace};
use crate::error::{Error, kind};

/// The error at the top of `state`, as Rust sees it. Reads raw: nothing may be called any more.
///
/// # Safety
/// `state` has just ended with an error, and its frames are still there.
pub(super) unsafe fn raised(state: *mut lua_State) -> Error {
    // SAFETY: the caller's promise.
    unsafe {
        let mut error = on_top(state);
        if let Some(text) = mend::mended(state, error.message.as_bytes()) {
            error.message = String::from_utf8_lossy(&text).into_owned();
        }
        if error.stack.is_empty() {
            error.stack = trace::trace(state);
        }
        error
    }
}

/// The error at the top of `state`, as it is.
///
/// # Safety
/// As [`raised`].
unsafe fn on_top(state: *mut lua_State) -> Error {
    // SAFETY: the caller's promise.
    unsafe { error_at(state, -1).unwrap_or_else(|| plain(text_of_other(state))) }
}

/// Closes the variables of a thread that has ended with `error` and that are still to be closed, as Lua does where an
/// error is caught. Answers the error that it comes to: one raised in a `__close` takes the place of the one before.
///
/// The methods run on the dead thread. They can't be preempted there, nor wait: no more than those that `coroutine.close`
/// runs.
///
/// # Safety
/// As [`raised`], which made the error; `state` is the thread's, named as the one that runs, and the VM has its host.
pub(super) unsafe fn close(state: *mut lua_State, error: Error) -> Error {
    // SAFETY: the caller's promise. What is called is protected, and the error is on top again afterwards.
    let (before, mut last, why) = unsafe {
        let before = on_top(state);
        ffi::lua_closethread(state, null_mut());
        (before, on_top(state), (*Arena::of(state)).why())
    };
    // What ends a doomed VM is no error of the program's.
    if last == before || why != Doom::None {
        return error;
    }
    if last.stack.is_empty() {
        // Where it was raised is gone with its frame; this is where the variables were closed.
        last.stack = error.stack;
    }
    last
}

/// What a second result says, if it is an error.
///
/// # Safety
/// There is a value at `index`.
pub(super) unsafe fn returned(state: *mut lua_State, index: c_int) -> Option<Error> {
    // SAFETY: the caller's promise.
    unsafe {
        let mut error = error_at(state, index)?;
        if ffi::lua_type(state, index) == ffi::LUA_TSTRING {
            error.retryable = Some(false);
        }
        Some(error)
    }
}

/// The error that a string or an error object is; `None` for anything else.
///
/// # Safety
/// There is a value at `index` of a state of ours.
unsafe fn error_at(state: *mut lua_State, index: c_int) -> Option<Error> {
    // SAFETY: the caller's promise. A string is read in place; objects of ours begin with their class.
    unsafe {
        let index = ffi::lua_absindex(state, index);
        if let Some(bytes) = layout::string_at(state, index) {
            return Some(plain(String::from_utf8_lossy(&*bytes).into_owned()));
        }
        object::read::<ErrorObject>(state, index)?;
        codec::decode_error(object::bytes::<ErrorObject>(state, index)).ok()
    }
}

/// The text of an error on top of `state` that is neither a string nor an error object.
///
/// # Safety
/// As [`raised`].
unsafe fn text_of_other(state: *mut lua_State) -> String {
    // SAFETY: the caller's promise. A number is written to a buffer as large as Lua asks for (`LUA_N2SBUFFSZ`), and
    // terminated.
    unsafe {
        match ffi::lua_type(state, -1) {
            ffi::LUA_TBOOLEAN => (ffi::lua_toboolean(state, -1) != 0).to_string(),
            ffi::LUA_TNUMBER => {
                let mut text = [0; 64];
                ffi::lua_numbertocstring(state, -1, text.as_mut_ptr());
                CStr::from_ptr(text.as_ptr()).to_string_lossy().into_owned()
            }
            _ => {
                let what = CStr::from_ptr(ffi::luaL_typename(state, -1)).to_string_lossy();
                format!("(error object is a {what} value)")
            }
        }
    }
}

/// An error as `error("text")` makes it.
fn plain(message: String) -> Error {
    Error {
        retryable: None,
        ..Error::new(kind::INTERNAL, message)
    }
}
