//! The basic functions that must know of lazy libraries, objects and our metatable: `next`, `pairs`, `rawget`,
//! `rawset`, `getmetatable`, `setmetatable`, `tostring`, `require`.
//!
//! All are C functions that own nothing, so they may raise.

use std::ffi::c_int;

use mlua::ffi::{self, lua_CFunction, lua_State};

use super::stack::Kept;
use super::{globals, index, items, metamethods, types};

/// Replaces a library at `index` by a plain table with all that is in it, and fills the global table if that is it.
///
/// # Safety
/// Lua called us on `state`; there is a table at the absolute `index`; may raise for memory.
unsafe fn make_whole(state: *mut lua_State, at: c_int) {
    // SAFETY: the caller's promise.
    unsafe {
        if let Some(number) = items::library_at(state, at) {
            items::push_copy(state, number);
            ffi::lua_replace(state, at);
        } else if globals::is_at(state, at) && !has_own_metatable(state) {
            globals::fill(state);
        }
    }
}

/// Whether the program gave the global table a metatable; from then on nothing in it is lazy.
///
/// # Safety
/// `state` is a running state of ours.
unsafe fn has_own_metatable(state: *mut lua_State) -> bool {
    // SAFETY: reads raw, and leaves the stack as it was.
    unsafe {
        ffi::lua_rawgeti(state, ffi::LUA_REGISTRYINDEX, ffi::LUA_RIDX_GLOBALS);
        let lazy = ffi::lua_getmetatable(state, -1) != 0 && {
            ffi::lua_rawgeti(state, ffi::LUA_REGISTRYINDEX, Kept::Base.index());
            let same = ffi::lua_rawequal(state, -1, -2) != 0;
            ffi::lua_pop(state, 2);
            same
        };
        ffi::lua_pop(state, 1);
        !lazy
    }
}

unsafe extern "C-unwind" fn next(state: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us; nothing is owned.
    unsafe {
        ffi::luaL_checktype(state, 1, ffi::LUA_TTABLE);
        ffi::lua_settop(state, 2);
        make_whole(state, 1);
        if ffi::lua_next(state, 1) != 0 {
            return 2;
        }
        ffi::lua_pushnil(state);
        1
    }
}

unsafe extern "C-unwind" fn pairs_on(_: *mut lua_State, _: c_int, _: ffi::lua_KContext) -> c_int {
    4
}

unsafe extern "C-unwind" fn pairs(state: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us; nothing is owned. The metamethod may wait: it is called with a continuation.
    unsafe {
        ffi::luaL_checkany(state, 1);
        if ffi::luaL_getmetafield(state, 1, c"__pairs".as_ptr()) != ffi::LUA_TNIL {
            ffi::lua_pushvalue(state, 1);
            // Iterator, state, first control value, and what is closed when the loop ends.
            ffi::lua_callk(state, 1, 4, 0, Some(pairs_on));
            return 4;
        }
        ffi::luaL_checktype(state, 1, ffi::LUA_TTABLE);
        ffi::lua_settop(state, 1);
        make_whole(state, 1);
        ffi::lua_pushcfunction(state, next);
        ffi::lua_pushvalue(state, 1);
        ffi::lua_pushnil(state);
        3
    }
}

unsafe extern "C-unwind" fn rawget(state: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us; nothing is owned.
    unsafe {
        ffi::luaL_checktype(state, 1, ffi::LUA_TTABLE);
        ffi::luaL_checkany(state, 2);
        ffi::lua_settop(state, 2);
        if items::library_at(state, 1).is_some() {
            return index::index(state);
        }
        ffi::lua_pushvalue(state, 2);
        if ffi::lua_rawget(state, 1) == ffi::LUA_TNIL
            && globals::is_at(state, 1)
            && !has_own_metatable(state)
        {
            ffi::lua_settop(state, 2);
            return index::index(state);
        }
        1
    }
}

unsafe extern "C-unwind" fn rawset(state: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us; nothing is owned.
    unsafe {
        ffi::luaL_checktype(state, 1, ffi::LUA_TTABLE);
        ffi::luaL_checkany(state, 2);
        ffi::luaL_checkany(state, 3);
        ffi::lua_settop(state, 3);
        if let Some(number) = items::library_at(state, 1) {
            return index::raise_read_only(state, number);
        }
        if globals::is_at(state, 1) {
            globals::set(state);
        } else {
            ffi::lua_rawset(state, 1);
        }
        ffi::lua_settop(state, 1);
        1
    }
}

/// Whether the value at `index` has the base metatable, which programs are not to see.
///
/// # Safety
/// Lua called us on `state`; the index is absolute.
pub(super) unsafe fn has_base_metatable(state: *mut lua_State, index: c_int) -> bool {
    // SAFETY: reads raw, and leaves the stack as it was.
    unsafe {
        if ffi::lua_getmetatable(state, index) == 0 {
            return false;
        }
        ffi::lua_rawgeti(state, ffi::LUA_REGISTRYINDEX, Kept::Base.index());
        let same = ffi::lua_rawequal(state, -1, -2) != 0;
        ffi::lua_pop(state, 2);
        same
    }
}

/// The real metatable of a program's own tables; of a string a table with the library as `__index`, as programs
/// expect; of anything else of ours nothing.
unsafe extern "C-unwind" fn getmetatable(state: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us; nothing is owned.
    unsafe {
        ffi::luaL_checkany(state, 1);
        let kind = ffi::lua_type(state, 1);
        if kind == ffi::LUA_TSTRING {
            ffi::lua_createtable(state, 0, 1);
            globals::push_string_library(state);
            ffi::lua_setfield(state, -2, c"__index".as_ptr());
        } else if kind != ffi::LUA_TTABLE
            || has_base_metatable(state, 1)
            || ffi::lua_getmetatable(state, 1) == 0
        {
            ffi::lua_pushnil(state);
        } else {
            ffi::luaL_getmetafield(state, 1, c"__metatable".as_ptr());
        }
        1
    }
}

/// As Lua's, but a `__gc` in the metatable is not seen: a finalizer runs with hooks off, so that it could neither be
/// preempted nor killed. And libraries keep theirs.
unsafe extern "C-unwind" fn setmetatable(state: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us; nothing is owned.
    unsafe {
        ffi::luaL_checktype(state, 1, ffi::LUA_TTABLE);
        let kind = ffi::lua_type(state, 2);
        if kind != ffi::LUA_TNIL {
            ffi::luaL_checktype(state, 2, ffi::LUA_TTABLE);
        }
        ffi::lua_settop(state, 2);
        if let Some(number) = items::library_at(state, 1) {
            return index::raise_read_only(state, number);
        }
        if globals::is_at(state, 1) && !has_own_metatable(state) {
            globals::fill(state);
        } else if ffi::luaL_getmetafield(state, 1, c"__metatable".as_ptr()) != ffi::LUA_TNIL {
            return ffi::luaL_error(state, c"cannot change a protected metatable".as_ptr());
        }
        ffi::lua_settop(state, 2);
        if kind == ffi::LUA_TNIL {
            ffi::lua_setmetatable(state, 1);
            return 1;
        }
        metamethods::bring_back(state);
        // Lua looks for `__gc` just once, when the metatable is set. Nothing in between asks for memory, so that nothing is
        // raised while the program's metatable is without it.
        ffi::lua_pushstring(state, c"__gc".as_ptr());
        ffi::lua_pushvalue(state, 3);
        let finalizer = ffi::lua_rawget(state, 2) != ffi::LUA_TNIL;
        if finalizer {
            ffi::lua_pushvalue(state, 3);
            ffi::lua_pushnil(state);
            ffi::lua_rawset(state, 2);
        }
        ffi::lua_pushvalue(state, 2);
        ffi::lua_setmetatable(state, 1);
        if finalizer {
            ffi::lua_pushvalue(state, 3);
            ffi::lua_pushvalue(state, 4);
            ffi::lua_rawset(state, 2);
        }
        ffi::lua_settop(state, 1);
        1
    }
}

/// As Lua's, but objects that share the base metatable have their text from their class, types from the layer above, and a
/// `__tostring` may wait: it is called with a continuation.
pub(super) unsafe extern "C-unwind" fn tostring(state: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us; nothing is owned.
    unsafe {
        ffi::luaL_checkany(state, 1);
        if ffi::lua_type(state, 1) == ffi::LUA_TUSERDATA
            && let Some(body) = index::methods(state, 1).and_then(|methods| methods.tostring)
        {
            ffi::lua_settop(state, 1);
            return body(state);
        }
        if ffi::lua_type(state, 1) == ffi::LUA_TLIGHTUSERDATA
            && let Some(body) = types::text(state)
        {
            ffi::lua_settop(state, 1);
            return body(state);
        }
        if ffi::luaL_getmetafield(state, 1, c"__tostring".as_ptr()) != ffi::LUA_TNIL {
            ffi::lua_pushvalue(state, 1);
            ffi::lua_callk(state, 1, 1, 0, Some(tostring_on));
            return tostring_on(state, ffi::LUA_OK, 0);
        }
        ffi::luaL_tolstring(state, 1, std::ptr::null_mut());
        1
    }
}

unsafe extern "C-unwind" fn tostring_on(
    state: *mut lua_State,
    _: c_int,
    _: ffi::lua_KContext,
) -> c_int {
    // SAFETY: Lua goes on where `tostring` called the metamethod, with its result on top; nothing is owned.
    unsafe {
        if ffi::lua_isstring(state, -1) == 0 {
            return ffi::luaL_error(state, c"'__tostring' must return a string".as_ptr());
        }
        1
    }
}

/// A module or import is a global; `require` finds it, and says so if there is none.
unsafe extern "C-unwind" fn require(state: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us; nothing is owned.
    unsafe {
        ffi::luaL_checklstring(state, 1, std::ptr::null_mut());
        ffi::lua_settop(state, 1);
        ffi::lua_rawgeti(state, ffi::LUA_REGISTRYINDEX, ffi::LUA_RIDX_GLOBALS);
        ffi::lua_pushvalue(state, 1);
        if ffi::lua_rawget(state, 2) == ffi::LUA_TNIL {
            ffi::lua_pop(state, 1);
            globals::push_named(state);
        }
        if ffi::lua_type(state, -1) == ffi::LUA_TNIL {
            return ffi::luaL_error(
                state,
                c"module '%s' not found: list it in the entry's `modules` or `imports`".as_ptr(),
                ffi::lua_tostring(state, 1),
            );
        }
        1
    }
}

/// What every program finds.
pub(super) const FUNCTIONS: [(&str, lua_CFunction); 8] = [
    ("next", next),
    ("pairs", pairs),
    ("rawget", rawget),
    ("rawset", rawset),
    ("getmetatable", getmetatable),
    ("setmetatable", setmetatable),
    ("tostring", tostring),
    ("require", require),
];
