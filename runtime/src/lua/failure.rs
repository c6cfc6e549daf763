//! What an error in a VM is to Rust, once nothing of the VM runs any more.
//!
//! Reads raw: `__tostring` is not called. Knows nothing of who asks.

use std::ffi::{CStr, c_int};

use mlua::ffi::{self, lua_State};

use super::object::{self, ErrorObject};
use super::{codec, layout, trace};
use crate::error::{Error, kind};

/// The error at the top of `state`, as Rust sees it. Reads raw: nothing may be called any more.
///
/// # Safety
/// `state` has just ended with an error, and its frames are still there.
pub(super) unsafe fn raised(state: *mut lua_State) -> Error {
    // SAFETY: the caller's promise.
    unsafe {
        let mut error = error_at(state, -1).unwrap_or_else(|| {
            let what = CStr::from_ptr(ffi::luaL_typename(state, -1)).to_string_lossy();
            plain(format!("(error object is a {what} value)"))
        });
        if error.stack.is_empty() {
            error.stack = trace::trace(state);
        }
        error
    }
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

/// An error as `error("text")` makes it.
fn plain(message: String) -> Error {
    Error {
        retryable: None,
        ..Error::new(kind::INTERNAL, message)
    }
}
