//! The metatables of a VM: the base metatable, and one each for the classes that have their own.
//!
//! One metatable serves the global table, all library tables, strings, types and most objects, because a metatable each would
//! be most of a small VM. Knows nothing of what its functions do.

use std::ffi::c_int;

use mlua::ffi::{self, lua_State};

use super::metamethods;
use super::shelf::{Methods, Shelf};
use super::stack::Kept;

/// Gives strings, type values and the global table the base metatable. Uses 4 stack slots.
///
/// # Safety
/// `state` is the fresh main state of a VM; may raise for memory.
pub(super) unsafe fn install(state: *mut lua_State) {
    // SAFETY: the caller's promise.
    unsafe {
        metamethods::push_base(state);
        ffi::lua_pushlstring(state, c"".as_ptr(), 0);
        ffi::lua_pushvalue(state, -2);
        ffi::lua_setmetatable(state, -2);
        ffi::lua_pop(state, 1);
        ffi::lua_pushlightuserdata(state, std::ptr::null_mut());
        ffi::lua_pushvalue(state, -2);
        ffi::lua_setmetatable(state, -2);
        ffi::lua_pop(state, 1);
        ffi::lua_rawgeti(state, ffi::LUA_REGISTRYINDEX, ffi::LUA_RIDX_GLOBALS);
        ffi::lua_pushvalue(state, -2);
        ffi::lua_setmetatable(state, -2);
        ffi::lua_pop(state, 1);
        ffi::lua_rawseti(state, ffi::LUA_REGISTRYINDEX, Kept::Base.index());
    }
}

/// Pushes the metatable for objects of a class. Uses 4 stack slots.
///
/// # Safety
/// `state` is a state of ours with 4 free slots, and its arena is lenient.
pub(super) unsafe fn push(state: *mut lua_State, class: c_int) {
    // SAFETY: the caller's promise.
    unsafe {
        let methods = Shelf::of(state)
            .classes
            .get(class as usize)
            .and_then(Option::as_ref);
        let Some(methods) = methods.filter(|methods: &&Methods| methods.own_metatable) else {
            ffi::lua_rawgeti(state, ffi::LUA_REGISTRYINDEX, Kept::Base.index());
            return;
        };
        // Below zero, where nothing else is kept: an integer is found faster than an address.
        let key = -i64::from(class);
        if ffi::lua_rawgeti(state, ffi::LUA_REGISTRYINDEX, key) != ffi::LUA_TNIL {
            return;
        }
        ffi::lua_pop(state, 1);
        push_own(state, methods);
        ffi::lua_pushvalue(state, -1);
        ffi::lua_rawseti(state, ffi::LUA_REGISTRYINDEX, key);
    }
}

/// Pushes a new metatable with methods and metamethods. Uses 4 stack slots.
///
/// # Safety
/// As [`push`].
unsafe fn push_own(state: *mut lua_State, methods: &Methods) {
    // SAFETY: the caller's promise.
    unsafe {
        metamethods::bring_back(state);
        ffi::lua_createtable(state, 0, 1 + methods.metamethods.len() as c_int);
        for (name, body) in &methods.metamethods {
            ffi::lua_pushlstring(state, name.as_ptr().cast(), name.len());
            ffi::lua_pushcfunction(state, *body);
            ffi::lua_rawset(state, -3);
        }
        ffi::lua_createtable(state, 0, methods.methods.len() as c_int);
        for (name, body) in &methods.methods {
            ffi::lua_pushlstring(state, name.as_ptr().cast(), name.len());
            ffi::lua_pushcfunction(state, *body);
            ffi::lua_rawset(state, -3);
        }
        ffi::lua_pushstring(state, c"__index".as_ptr());
        ffi::lua_rotate(state, -2, 1);
        ffi::lua_rawset(state, -3);
    }
}
