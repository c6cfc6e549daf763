//! `ipairs`, `table.unpack` and `table.concat`, which read a list by its metamethods: Lua's own for lists without a
//! metatable; for others they are preludes, since what a C function calls can be neither preempted nor left.
//!
//! All are C functions that own nothing, so they may raise. Knows nothing of other libraries.

use std::ffi::c_int;
use std::ptr::null_mut;

use mlua::ffi::{self, lua_CFunction, lua_KContext, lua_State};
use rustc_hash::FxHashMap;

use super::chunk::Chunk;
use super::items;
use super::shelf::{Item, Shelf};
use super::stock;

/// Lua's own functions.
pub(super) struct Stock {
    ipairs: lua_CFunction,
    unpack: lua_CFunction,
    concat: lua_CFunction,
}

impl Stock {
    pub(super) fn new() -> Stock {
        let table = stock::functions("table");
        Stock {
            ipairs: stock::functions("_G")["ipairs"],
            unpack: table["unpack"],
            concat: table["concat"],
        }
    }

    /// What the functions here call for a list with a metatable, by name.
    pub(super) fn preludes(&self) -> FxHashMap<&'static str, Item> {
        let basic = stock::functions("_G");
        let (kind, raise) = (basic["type"], basic["error"]);
        let number_kind = stock::functions("math")["type"];
        let prelude = |name: &'static str, source: &str, natives: Vec<lua_CFunction>| {
            (name, Item::Lua(Chunk::prelude(source, name), natives))
        };
        [
            prelude(IPAIRS, include_str!("prelude/ipairs.lua"), vec![]),
            prelude(
                UNPACK,
                include_str!("prelude/unpack.lua"),
                vec![self.unpack, number_kind, raise],
            ),
            prelude(
                CONCAT,
                include_str!("prelude/concat.lua"),
                vec![self.concat, number_kind, kind, raise],
            ),
        ]
        .into_iter()
        .collect()
    }
}

const IPAIRS: &str = "ipairs";
const UNPACK: &str = "table.unpack";
const CONCAT: &str = "table.concat";

/// Whether there is a table with a metatable at 1.
///
/// # Safety
/// Lua called us on `state`.
unsafe fn has_metatable(state: *mut lua_State) -> bool {
    // SAFETY: the caller's promise; leaves the stack as it was.
    unsafe {
        let has =
            ffi::lua_type(state, 1) == ffi::LUA_TTABLE && ffi::lua_getmetatable(state, 1) != 0;
        if has {
            ffi::lua_pop(state, 1);
        }
        has
    }
}

/// The prelude has returned: all that is on the stack is what it answered.
unsafe extern "C-unwind" fn returned(state: *mut lua_State, _: c_int, _: lua_KContext) -> c_int {
    // SAFETY: reads.
    unsafe { ffi::lua_gettop(state) }
}

/// Calls the prelude of this name with all that is on the stack.
///
/// # Safety
/// Lua called us on `state`; nothing is owned up to Lua's frame.
unsafe fn call(state: *mut lua_State, prelude: &str) -> c_int {
    // SAFETY: the caller's promise; there are the slots that pushing a prelude takes, since few arguments are.
    unsafe {
        items::push_prelude(state, prelude);
        ffi::lua_insert(state, 1);
        let count = ffi::lua_gettop(state) - 1;
        ffi::lua_callk(state, count, ffi::LUA_MULTRET, 0, Some(returned));
        returned(state, ffi::LUA_OK, 0)
    }
}

/// Replaces the argument at `index`, if it is given, by the integer that it is.
///
/// # Safety
/// As [`call`].
unsafe fn to_integer(state: *mut lua_State, index: c_int) {
    // SAFETY: the caller's promise.
    unsafe {
        if ffi::lua_isnoneornil(state, index) == 0 {
            let value = ffi::luaL_checkinteger(state, index);
            ffi::lua_pushinteger(state, value);
            ffi::lua_replace(state, index);
        }
    }
}

pub(super) unsafe extern "C-unwind" fn ipairs(state: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us; nothing is owned.
    unsafe {
        if !has_metatable(state) {
            return (Shelf::of(state).lists.ipairs)(state);
        }
        items::push_prelude(state, IPAIRS);
        ffi::lua_pushvalue(state, 1);
        ffi::lua_pushinteger(state, 0);
        3
    }
}

pub(super) unsafe extern "C-unwind" fn unpack(state: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us; nothing is owned.
    unsafe {
        if !has_metatable(state) {
            return (Shelf::of(state).lists.unpack)(state);
        }
        ffi::lua_settop(state, 3);
        let first = ffi::luaL_optinteger(state, 2, 1);
        ffi::lua_pushinteger(state, first);
        ffi::lua_replace(state, 2);
        to_integer(state, 3);
        call(state, UNPACK)
    }
}

pub(super) unsafe extern "C-unwind" fn concat(state: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us; nothing is owned.
    unsafe {
        if !has_metatable(state) {
            return (Shelf::of(state).lists.concat)(state);
        }
        ffi::lua_settop(state, 4);
        if ffi::lua_isnoneornil(state, 2) == 0 {
            ffi::luaL_checklstring(state, 2, null_mut());
        }
        let first = ffi::luaL_optinteger(state, 3, 1);
        ffi::lua_pushinteger(state, first);
        ffi::lua_replace(state, 3);
        to_integer(state, 4);
        call(state, CONCAT)
    }
}
