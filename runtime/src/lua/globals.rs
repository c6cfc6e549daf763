//! The global table: what a program names is put there when it names it.
//!
//! Which names it was given the head of the arena says, so that what a program sets to nil stays nil. Knows nothing of
//! metatables.

use std::ffi::c_int;

use mlua::ffi::{self, lua_State};

use super::arena::Arena;
use super::items;
use super::shelf::{Item, Shelf};

/// Pushes the global `key` if it is one that the program may see and that it was not given yet, puts it into the
/// global table, and remembers that it was given: set to nil it stays nil. Pushes nil otherwise.
///
/// # Safety
/// As [`items::push_library`].
pub(super) unsafe fn push(state: *mut lua_State, key: &[u8]) {
    // SAFETY: the caller's promise.
    unsafe {
        let arena = Arena::of(state);
        let environment = (*arena).environment();
        let Some(&bit) = environment.shelf.global_by_name.get(key) else {
            return ffi::lua_pushnil(state);
        };
        let (name, global) = &environment.shelf.globals[bit];
        let mask = 1u128 << bit;
        if (*arena).was_given(bit) || (global.listed && environment.modules & mask == 0) {
            return ffi::lua_pushnil(state);
        }
        match global.item {
            // The global table keeps it: a second place in the registry would only cost bytes.
            Item::Library(number) => items::push_library(state, number),
            _ => items::push(state, &global.item),
        }
        (*arena).give(bit);
        ffi::lua_rawgeti(state, ffi::LUA_REGISTRYINDEX, ffi::LUA_RIDX_GLOBALS);
        ffi::lua_pushlstring(state, name.as_ptr().cast(), name.len());
        ffi::lua_pushvalue(state, -3);
        ffi::lua_rawset(state, -3);
        ffi::lua_pop(state, 1);
    }
}

/// Pushes the global that the string at 1 names, as [`push`].
///
/// # Safety
/// As [`items::push_library`].
pub(super) unsafe fn push_named(state: *mut lua_State) {
    // SAFETY: the caller's promise.
    unsafe { push(state, items::name_at(state, 1)) }
}

/// Pushes the table of the string library, as the global name has it if it has.
///
/// # Safety
/// As [`items::push_library`].
pub(super) unsafe fn push_string_library(state: *mut lua_State) {
    // SAFETY: the caller's promise.
    unsafe {
        let number = Shelf::of(state).string;
        push(state, b"string");
        ffi::lua_pop(state, 1);
        ffi::lua_rawgeti(state, ffi::LUA_REGISTRYINDEX, ffi::LUA_RIDX_GLOBALS);
        ffi::lua_pushstring(state, c"string".as_ptr());
        let is_table = ffi::lua_rawget(state, -2) == ffi::LUA_TTABLE;
        ffi::lua_remove(state, -2);
        if !is_table || items::library_at(state, ffi::lua_absindex(state, -1)) != Some(number) {
            ffi::lua_pop(state, 1);
            items::push_kept_library(state, number);
        }
    }
}

/// Sets a global, raw, from the key and value on top; pops both.
///
/// # Safety
/// The global table is argument 1, key and value are on top; may raise.
pub(super) unsafe fn set(state: *mut lua_State) {
    // SAFETY: the caller's promise.
    unsafe {
        let arena = Arena::of(state);
        if let Some(&bit) = Shelf::of(state)
            .global_by_name
            .get(items::name_at(state, ffi::lua_absindex(state, -2)))
        {
            (*arena).give(bit);
        }
        ffi::lua_rawset(state, 1);
    }
}

/// Puts all globals that were not given yet into the global table: somebody wants to see it whole.
///
/// # Safety
/// As [`items::push_library`].
pub(super) unsafe fn fill(state: *mut lua_State) {
    // SAFETY: the caller's promise; the names outlive the VM.
    unsafe {
        for (name, _) in &Shelf::of(state).globals {
            push(state, name.as_bytes());
            ffi::lua_pop(state, 1);
        }
    }
}

/// Whether the value at `index` is the global table. Uses 1 stack slot.
///
/// # Safety
/// `state` is alive and `index` valid.
pub(super) unsafe fn is_at(state: *mut lua_State, index: c_int) -> bool {
    // SAFETY: reads raw.
    unsafe {
        ffi::lua_rawgeti(state, ffi::LUA_REGISTRYINDEX, ffi::LUA_RIDX_GLOBALS);
        let same = ffi::lua_rawequal(state, index, -1) != 0;
        ffi::lua_pop(state, 1);
        same
    }
}
