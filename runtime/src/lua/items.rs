//! What is on the shelf, as values in a VM: made when it is asked for, and the same every time.
//!
//! A library's table holds nothing but its number, under a key that no program can name; what is in it comes from the
//! shelf. Knows nothing of who asks.

use std::ffi::{c_int, c_void};

use mlua::ffi::{self, lua_State};

use super::layout;
use super::shelf::{Item, Library, Shelf};
use super::stack::Kept;

/// The key of a library's number in its table: an address, which programs can't name.
static NUMBER: u8 = 0;

/// The name that the string at `index`, counted from 1, is; empty for anything else.
///
/// # Safety
/// `state` is alive, and the value stays on the stack for as long as the answer is used.
#[inline]
pub(super) unsafe fn name_at<'a>(state: *mut lua_State, index: c_int) -> &'a [u8] {
    // SAFETY: the caller's promise.
    unsafe { layout::string_at(state, index).map_or(&[], |name| &*name) }
}

/// The library whose table is at `index`, counted from 1. Its number is all that is in it.
///
/// # Safety
/// `state` is a state of ours that runs.
#[inline]
pub(super) unsafe fn library_at(state: *mut lua_State, index: c_int) -> Option<u8> {
    // SAFETY: the caller's promise.
    let number = unsafe { layout::only_at(state, index, (&raw const NUMBER).cast()) };
    number.map(|number| number as u8)
}

/// Pushes a new table for library `number`. Uses 3 stack slots.
///
/// # Safety
/// `state` is a running state of ours; may raise for memory.
pub(super) unsafe fn push_library(state: *mut lua_State, number: u8) {
    // SAFETY: the caller's promise.
    unsafe {
        ffi::lua_createtable(state, 0, 1);
        ffi::lua_pushinteger(state, number.into());
        ffi::lua_rawsetp(state, -2, (&raw const NUMBER).cast());
        ffi::lua_rawgeti(state, ffi::LUA_REGISTRYINDEX, Kept::Base.index());
        ffi::lua_setmetatable(state, -2);
    }
}

/// Pushes the table of a library that no global name keeps, the same one every time. Uses 3 stack slots.
///
/// # Safety
/// As [`push_library`].
pub(super) unsafe fn push_kept_library(state: *mut lua_State, number: u8) {
    // SAFETY: the caller's promise.
    unsafe {
        let key = (&raw const Shelf::of(state).libraries[number as usize]).cast::<c_void>();
        if ffi::lua_rawgetp(state, ffi::LUA_REGISTRYINDEX, key) != ffi::LUA_TNIL {
            return;
        }
        ffi::lua_pop(state, 1);
        push_library(state, number);
        ffi::lua_pushvalue(state, -1);
        ffi::lua_rawsetp(state, ffi::LUA_REGISTRYINDEX, key);
    }
}

/// Pushes what `item` stands for; the same value every time. Uses 4 stack slots and those of what it calls.
///
/// # Safety
/// As [`push_library`]; the item is on the VM's shelf.
pub(super) unsafe fn push(state: *mut lua_State, item: &Item) {
    // SAFETY: the caller's promise.
    unsafe {
        match item {
            Item::Function(body) => ffi::lua_pushcfunction(state, *body),
            Item::Integer(value) => ffi::lua_pushinteger(state, *value),
            Item::Float(value) => ffi::lua_pushnumber(state, *value),
            Item::Type(value) => value.push(state),
            Item::Text(text) => {
                ffi::lua_pushlstring(state, text.as_ptr().cast(), text.len());
            }
            Item::Library(number) => push_kept_library(state, *number),
            Item::Globals => {
                ffi::lua_rawgeti(state, ffi::LUA_REGISTRYINDEX, ffi::LUA_RIDX_GLOBALS);
            }
            Item::Made(_) | Item::Lua(..) => push_once(state, item),
        }
    }
}

/// Pushes a value that is made once a VM and then kept in the registry, under the item's address.
///
/// # Safety
/// As [`push`].
unsafe fn push_once(state: *mut lua_State, item: &Item) {
    let key = std::ptr::from_ref(item).cast::<c_void>();
    // SAFETY: the caller's promise. What is called are parts of this program that neither wait nor call the
    // program's functions.
    unsafe {
        if ffi::lua_rawgetp(state, ffi::LUA_REGISTRYINDEX, key) != ffi::LUA_TNIL {
            return;
        }
        ffi::lua_pop(state, 1);
        match item {
            Item::Made(make) => {
                ffi::lua_pushcfunction(state, *make);
                ffi::lua_call(state, 0, 1);
            }
            Item::Lua(chunk, natives) => {
                chunk.push(state, &[]);
                for native in natives {
                    ffi::lua_pushcfunction(state, *native);
                }
                ffi::lua_call(state, natives.len() as c_int, 1);
            }
            _ => unreachable!("only what is made is kept"),
        }
        ffi::lua_pushvalue(state, -1);
        ffi::lua_rawsetp(state, ffi::LUA_REGISTRYINDEX, key);
    }
}

/// Pushes `library[key]` for the string at `key`, or nil.
///
/// # Safety
/// As [`push_library`].
#[inline]
pub(super) unsafe fn push_member(state: *mut lua_State, library: &Library, key: &[u8]) {
    // SAFETY: the caller's promise.
    unsafe {
        match library.items.get(key) {
            Some(item) => push(state, item),
            None => ffi::lua_pushnil(state),
        }
    }
}

/// Pushes the function that a prelude returned, the same one every time. Uses 4 stack slots and the natives'.
///
/// # Safety
/// As [`push_library`].
pub(super) unsafe fn push_prelude(state: *mut lua_State, name: &str) {
    // SAFETY: the caller's promise.
    unsafe { push_once(state, &Shelf::of(state).preludes[name]) }
}

/// Pushes a plain table with all that is in library `number`, the same one every time: for those who walk over it.
///
/// # Safety
/// As [`push_library`].
pub(super) unsafe fn push_copy(state: *mut lua_State, number: u8) {
    // SAFETY: the caller's promise.
    unsafe {
        let library = &Shelf::of(state).libraries[number as usize];
        let key = (&raw const library.items).cast::<c_void>();
        if ffi::lua_rawgetp(state, ffi::LUA_REGISTRYINDEX, key) != ffi::LUA_TNIL {
            return;
        }
        ffi::lua_pop(state, 1);
        ffi::lua_createtable(state, 0, library.items.len() as c_int);
        for name in &library.names {
            ffi::lua_pushlstring(state, name.as_ptr().cast(), name.len());
            push(state, &library.items[name.as_bytes()]);
            ffi::lua_rawset(state, -3);
        }
        ffi::lua_pushvalue(state, -1);
        ffi::lua_rawsetp(state, ffi::LUA_REGISTRYINDEX, key);
    }
}
