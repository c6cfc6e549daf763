//! Which of the metatables that an encoder meets stay here: those that hold a function, or name a finalizer.
//!
//! Each is looked through once, however many tables have it: it can be as large as the VM. Knows nothing of bytes.

use std::ffi::{c_int, c_void};
use std::ptr;
use std::slice;

use mlua::ffi::*;
use rustc_hash::FxHashMap;

/// What was found in the metatables that were met.
pub(super) struct Metatables {
    /// The last one, and whether it is functional: a thousand objects are mostly of one class.
    last: (*const c_void, bool),
    /// Those before it.
    others: FxHashMap<*const c_void, bool>,
}

impl Default for Metatables {
    fn default() -> Metatables {
        Metatables {
            last: (ptr::null(), false),
            others: FxHashMap::default(),
        }
    }
}

impl Metatables {
    /// Whether the metatable at `index`, the top, holds a function, or a finalizer whatever it be: then it stays here.
    ///
    /// # Safety
    /// There is a table at the absolute `index`, the top of the stack, and there are two free slots. No table was changed
    /// since the encoding began.
    pub(super) unsafe fn is_functional(&mut self, state: *mut lua_State, index: c_int) -> bool {
        // SAFETY: the caller's promise.
        let address = unsafe { lua_topointer(state, index) };
        if self.last.0 != address {
            let known = self.others.get(&address).copied();
            // SAFETY: the caller's promise.
            let functional = known.unwrap_or_else(|| unsafe { holds_function(state, index) });
            if !self.last.0.is_null() {
                self.others.insert(self.last.0, self.last.1);
            }
            self.last = (address, functional);
        }
        self.last.1
    }
}

/// # Safety
/// As [`Metatables::is_functional`].
unsafe fn holds_function(state: *mut lua_State, index: c_int) -> bool {
    // SAFETY: the caller's promise. A key is only read as a string where it is one.
    unsafe {
        lua_pushnil(state);
        while lua_next(state, index) != 0 {
            let (key, value) = (lua_type(state, -2), lua_type(state, -1));
            let mut found = key == LUA_TFUNCTION || value == LUA_TFUNCTION;
            if key == LUA_TSTRING {
                let mut length = 0;
                let name = lua_tolstring(state, -2, &mut length);
                found |= slice::from_raw_parts(name.cast::<u8>(), length) == b"__gc";
            }
            if found {
                lua_settop(state, index);
                return true;
            }
            lua_settop(state, -2);
        }
    }
    false
}
