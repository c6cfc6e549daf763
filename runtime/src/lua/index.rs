//! How a VM finds what a program names: the metamethods of its base metatable.
//!
//! All functions here are C functions that own nothing, so they may raise. Knows nothing of how values are made.

use std::ffi::c_int;

use mlua::ffi::{self, lua_State};

use super::shelf::{Methods, Shelf};
use super::{globals, items, layout, types};

/// `__index`: of the global table, a library, a string, an object or a type.
pub(super) unsafe extern "C-unwind" fn index(state: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with two arguments.
    unsafe {
        let key = items::name_at(state, 2);
        match layout::type_at(state, 1) {
            ffi::LUA_TUSERDATA => {
                match methods(state, 1).and_then(|found| found.methods.get(key)) {
                    Some(method) => ffi::lua_pushcfunction(state, *method),
                    None => ffi::lua_pushnil(state),
                }
            }
            ffi::LUA_TSTRING => {
                let shelf = Shelf::of(state);
                items::push_member(state, &shelf.libraries[shelf.string as usize], key);
            }
            ffi::LUA_TTABLE => match items::library_at(state, 1) {
                Some(number) => {
                    items::push_member(state, &Shelf::of(state).libraries[number as usize], key)
                }
                None => globals::push(state, key),
            },
            ffi::LUA_TLIGHTUSERDATA => return types::index(state),
            _ => ffi::lua_pushnil(state),
        }
        1
    }
}

/// `__newindex`: a library is read-only; a global that Lua would have provided is the program's own from now on.
pub(super) unsafe extern "C-unwind" fn newindex(state: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with three arguments; nothing is owned.
    unsafe {
        if ffi::lua_type(state, 1) != ffi::LUA_TTABLE {
            let what = ffi::luaL_typename(state, 1);
            return ffi::luaL_error(state, c"attempt to index a %s value".as_ptr(), what);
        }
        if let Some(number) = items::library_at(state, 1) {
            return raise_read_only(state, number);
        }
        globals::set(state);
        0
    }
}

/// Raises that a library is read-only.
///
/// # Safety
/// Lua called us on `state`; nothing is owned up to Lua's frame.
pub(super) unsafe fn raise_read_only(state: *mut lua_State, number: u8) -> c_int {
    // SAFETY: the caller's promise; `%s` needs a terminated string, so the name is pushed.
    unsafe {
        let name = Shelf::of(state).libraries[number as usize].name;
        let name = ffi::lua_pushlstring(state, name.as_ptr().cast(), name.len());
        ffi::luaL_error(
            state,
            c"attempt to modify the read-only table '%s'".as_ptr(),
            name,
        )
    }
}

/// `__call`: of a library whose table can be called, or a type.
pub(super) unsafe extern "C-unwind" fn call(state: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with the callee first; nothing is owned.
    unsafe {
        let body = match ffi::lua_type(state, 1) {
            ffi::LUA_TTABLE => items::library_at(state, 1)
                .and_then(|number| Shelf::of(state).libraries[number as usize].call),
            ffi::LUA_TLIGHTUSERDATA => match types::call(state) {
                // The type is among its arguments.
                Some(body) => return body(state),
                None => None,
            },
            _ => None,
        };
        let Some(body) = body else {
            let what = ffi::luaL_typename(state, 1);
            return ffi::luaL_error(state, c"attempt to call a %s value".as_ptr(), what);
        };
        ffi::lua_remove(state, 1);
        body(state)
    }
}

/// The methods of the object at `index`, counted from 1.
///
/// # Safety
/// There is a full userdata of ours.
pub(super) unsafe fn methods<'a>(state: *mut lua_State, index: c_int) -> Option<&'a Methods> {
    // SAFETY: every full userdata begins with its class.
    unsafe {
        let class = layout::userdata_at(state, index)?.cast::<u8>().read();
        Shelf::of(state).classes.get(class as usize)?.as_ref()
    }
}
