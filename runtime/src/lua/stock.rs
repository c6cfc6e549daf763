//! The functions of Lua's own libraries, taken from a scratch state.
//!
//! Only those that need no upvalue, so that they are the same in every VM. Knows nothing of which of them programs get.

use std::ffi::CStr;

use mlua::ffi::{self, lua_CFunction};
use rustc_hash::FxHashMap;

/// The functions of one of Lua's own libraries that need no upvalue, taken from a scratch state.
pub(super) fn functions(library: &str) -> FxHashMap<String, lua_CFunction> {
    let open: lua_CFunction = match library {
        "_G" => ffi::luaopen_base,
        "string" => ffi::luaopen_string,
        "table" => ffi::luaopen_table,
        "math" => ffi::luaopen_math,
        _ => panic!("no library of Lua's is taken as {library}"),
    };
    // SAFETY: a state of our own, with the general allocator; opening a library needs no protection unless memory
    // runs out, which ends the program as any Rust allocation would.
    unsafe { found_by(|state| ffi::luaL_requiref(state, c"it".as_ptr(), open, 0)) }
}

/// The metamethods of strings.
pub(super) fn arithmetic() -> FxHashMap<String, lua_CFunction> {
    // SAFETY: as in `functions`.
    unsafe {
        found_by(|state| {
            ffi::luaL_requiref(state, c"string".as_ptr(), ffi::luaopen_string, 0);
            ffi::lua_pushstring(state, c"".as_ptr());
            ffi::lua_getmetatable(state, -1);
        })
    }
}

/// The C functions in the table that `open` leaves on top of a scratch state.
///
/// # Safety
/// `open` leaves a table on top.
unsafe fn found_by(open: impl FnOnce(*mut ffi::lua_State)) -> FxHashMap<String, lua_CFunction> {
    let mut found = FxHashMap::default();
    // SAFETY: the state is ours alone; the keys of a library are strings, which `lua_tostring` leaves alone.
    unsafe {
        let state = ffi::luaL_newstate();
        assert!(!state.is_null(), "memory for a scratch state");
        open(state);
        ffi::lua_pushnil(state);
        while ffi::lua_next(state, -2) != 0 {
            if let Some(body) = ffi::lua_tocfunction(state, -1) {
                let upvalue = ffi::lua_getupvalue(state, -1, 1);
                if upvalue.is_null() {
                    let name = CStr::from_ptr(ffi::lua_tostring(state, -2));
                    found.insert(name.to_string_lossy().into_owned(), body);
                } else {
                    ffi::lua_pop(state, 1);
                }
            }
            ffi::lua_pop(state, 1);
        }
        ffi::lua_close(state);
    }
    found
}
