//! `pcall` and `xpcall`. As Lua's own, but an error whose position is in a prelude gets the program's (`mend.rs`), and an
//! error in a message handler is told.
//!
//! All are C functions that own nothing, so they may raise. What they call may wait; a message handler can't, because Lua
//! calls it in the midst of raising.

use std::ffi::c_int;

use mlua::ffi::{self, lua_KContext, lua_State};

use super::arena::Arena;
use super::head::Doom;
use super::mend::mend;

/// How often a message handler is called for the errors in itself, before the last of them is the error. Lua's own goes on
/// until the C stack is full, and then says only that.
const TRIES: usize = 10;

/// A message handler that only mends.
unsafe extern "C-unwind" fn mended(state: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with the error, and its frames are there; nothing is owned.
    unsafe {
        ffi::lua_settop(state, 1);
        mend(state, state);
        1
    }
}

/// The message handler of `xpcall`: calls the program's, which is its upvalue.
unsafe extern "C-unwind" fn handled(state: *mut lua_State) -> c_int {
    // SAFETY: as in `mended`. What is called is protected: an error in it would call us again.
    unsafe {
        ffi::lua_settop(state, 1);
        mend(state, state);
        for _ in 0..TRIES {
            ffi::lua_pushvalue(state, ffi::lua_upvalueindex(1));
            ffi::lua_insert(state, -2);
            if ffi::lua_pcall(state, 1, 1, 0) == ffi::LUA_OK {
                return 1;
            }
            if (*Arena::of(state)).why() != Doom::None {
                // What ends a doomed VM is on top, and goes on as what it is.
                ffi::lua_error(state);
            }
        }
        1
    }
}

/// Hands over what was called: `true` and its results, or `false` and the error.
unsafe extern "C-unwind" fn finish(
    state: *mut lua_State,
    status: c_int,
    below: lua_KContext,
) -> c_int {
    // SAFETY: Lua goes on here, or we do, with the results above `true` and `below` other values, or the error on top.
    unsafe {
        if status == ffi::LUA_OK || status == ffi::LUA_YIELD {
            return ffi::lua_gettop(state) - below as c_int;
        }
        ffi::lua_pushboolean(state, 0);
        ffi::lua_pushvalue(state, -2);
        2
    }
}

pub(super) unsafe extern "C-unwind" fn pcall(state: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us; nothing is owned. There are two slots more than the arguments.
    unsafe {
        ffi::luaL_checkany(state, 1);
        ffi::lua_pushcfunction(state, mended);
        ffi::lua_pushboolean(state, 1);
        ffi::lua_rotate(state, 1, 2);
        let count = ffi::lua_gettop(state) - 3;
        let status = ffi::lua_pcallk(state, count, ffi::LUA_MULTRET, 1, 1, Some(finish));
        finish(state, status, 1)
    }
}

pub(super) unsafe extern "C-unwind" fn xpcall(state: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us; nothing is owned.
    unsafe {
        ffi::luaL_checktype(state, 2, ffi::LUA_TFUNCTION);
        let count = ffi::lua_gettop(state) - 2;
        ffi::lua_pushvalue(state, 2);
        ffi::lua_pushcclosure(state, handled, 1);
        ffi::lua_replace(state, 2);
        ffi::lua_pushboolean(state, 1);
        ffi::lua_pushvalue(state, 1);
        // Below the arguments of what is called.
        ffi::lua_rotate(state, 3, 2);
        let status = ffi::lua_pcallk(state, count, ffi::LUA_MULTRET, 2, 2, Some(finish));
        finish(state, status, 2)
    }
}
