//! The values on a stack, read in place: every call of ours asks for a dozen, and each question that goes through Lua's
//! interface is a call that can't be inlined.

use std::ffi::{c_int, c_void};

use mlua::ffi::{self, lua_State};

use super::{COLLECTABLE, Object, STRING, Slot, TYPE, Table, Text, Thread, tag, userdata_bytes};

/// How many values the running function of `state` has.
///
/// # Safety
/// `state` is alive, and runs or is left as it ran.
#[inline]
pub(in crate::lua) unsafe fn height(state: *mut lua_State) -> c_int {
    // SAFETY: the caller's promise; below its values a function has its own slot.
    unsafe {
        let thread = state.cast::<Thread>();
        (*thread).top.offset_from((*(*thread).call).function) as c_int - 1
    }
}

/// The slot of the value at `index`, counted from 1; none past the top.
///
/// # Safety
/// As [`height`].
#[inline]
unsafe fn slot(state: *mut lua_State, index: c_int) -> Option<*const Slot> {
    debug_assert!(index > 0);
    // SAFETY: the caller's promise.
    unsafe {
        if index > height(state) {
            return None;
        }
        let thread = state.cast::<Thread>();
        Some((*(*thread).call).function.add(index as usize))
    }
}

/// The tag of a value.
///
/// # Safety
/// The slot has one.
#[inline]
unsafe fn tag_of(slot: *const Slot) -> u8 {
    // SAFETY: the caller's promise. The tag is one byte, and what is behind it was never written.
    unsafe { (&raw const (*slot).tag).cast::<u8>().read() }
}

/// The type of the value at `index`, counted from 1, as `lua_type` tells it.
///
/// # Safety
/// As [`height`].
#[inline]
pub(in crate::lua) unsafe fn type_at(state: *mut lua_State, index: c_int) -> c_int {
    // SAFETY: the caller's promise.
    match unsafe { slot(state, index) } {
        // SAFETY: a slot below the top has a value.
        Some(slot) => c_int::from(unsafe { tag_of(slot) } & TYPE),
        None => ffi::LUA_TNONE,
    }
}

/// The bytes of the string at `index`, counted from 1; none if it isn't one. They stay where they are for as long as the
/// string does.
///
/// # Safety
/// As [`height`].
#[inline]
pub(in crate::lua) unsafe fn string_at(state: *mut lua_State, index: c_int) -> Option<*const [u8]> {
    // SAFETY: the caller's promise; the tag says that a string is there.
    unsafe {
        let slot = slot(state, index)?;
        if tag_of(slot) & TYPE != STRING {
            return None;
        }
        let text = (*slot).value as *const Text;
        let behind = text.add(1);
        Some(match usize::try_from((*text).short_length) {
            Ok(length) => std::ptr::slice_from_raw_parts(behind.cast(), length),
            // The address of a long string's bytes is there instead.
            Err(_) => {
                let start = behind.cast::<*const u8>().read();
                std::ptr::slice_from_raw_parts(start, (*text).chain.addr())
            }
        })
    }
}

/// The bytes of the full userdata at `index`, counted from 1; none if it isn't one.
///
/// # Safety
/// As [`height`].
#[inline]
pub(in crate::lua) unsafe fn userdata_at(state: *mut lua_State, index: c_int) -> Option<*mut [u8]> {
    // SAFETY: the caller's promise; the tag says that a full userdata is there.
    unsafe {
        let slot = slot(state, index)?;
        if tag_of(slot) & !COLLECTABLE != tag::USERDATA {
            return None;
        }
        let (start, length) = userdata_bytes((*slot).value as *mut Object);
        Some(std::ptr::slice_from_raw_parts_mut(start.cast_mut(), length))
    }
}

/// The bits of the light userdata at `index`, counted from 1; none if it isn't one.
///
/// # Safety
/// As [`height`].
#[inline]
pub(in crate::lua) unsafe fn address_at(state: *mut lua_State, index: c_int) -> Option<u64> {
    // SAFETY: the caller's promise; the tag says that an address is there.
    unsafe {
        let slot = slot(state, index)?;
        (tag_of(slot) == tag::ADDRESS).then(|| (*slot).value)
    }
}

/// The integer that the table at `index`, counted from 1, has under this address, if that is all it has.
///
/// # Safety
/// As [`height`].
#[inline]
pub(in crate::lua) unsafe fn only_at(
    state: *mut lua_State,
    index: c_int,
    key: *const c_void,
) -> Option<u64> {
    // SAFETY: the caller's promise; the tag says that a table is there, and every table has a first node.
    unsafe {
        let slot = slot(state, index)?;
        if tag_of(slot) & !COLLECTABLE != tag::TABLE {
            return None;
        }
        let node = (*((*slot).value as *const Table)).nodes;
        let has_key = (*node).key_tag == tag::ADDRESS && (*node).key == key.addr() as u64;
        (has_key && (*node).value_tag == tag::INTEGER).then(|| (*node).value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_what_luas_own_functions_say() {
        // SAFETY: a state of our own.
        unsafe {
            let state = ffi::luaL_newstate();
            ffi::lua_pushnil(state);
            ffi::lua_pushboolean(state, 0);
            ffi::lua_pushboolean(state, 1);
            ffi::lua_pushlightuserdata(state, state.cast());
            ffi::lua_pushinteger(state, 7);
            ffi::lua_pushnumber(state, 0.5);
            for length in [0, 1, 40, 41, 100_000] {
                let text = vec![b'x'; length];
                ffi::lua_pushlstring(state, text.as_ptr().cast(), length);
            }
            ffi::lua_createtable(state, 0, 0);
            ffi::lua_pushcfunction(state, nothing);
            ffi::lua_pushinteger(state, 1);
            ffi::lua_pushcclosure(state, nothing, 1);
            ffi::lua_newuserdatauv(state, 24, 0);
            ffi::lua_newuserdatauv(state, 0, 0);
            ffi::lua_newuserdatauv(state, 100, 3);
            ffi::lua_newthread(state);
            assert_eq!(height(state), ffi::lua_gettop(state));
            for index in 1..=height(state) + 1 {
                let kind = ffi::lua_type(state, index);
                assert_eq!(type_at(state, index), kind, "at {index}");
                let mut length = 0;
                let text = (kind == ffi::LUA_TSTRING)
                    .then(|| ffi::lua_tolstring(state, index, &mut length));
                let found = string_at(state, index).map(|text| (text.cast(), text.len()));
                assert_eq!(found, text.map(|start| (start, length)), "at {index}");
                let is_address = kind == ffi::LUA_TLIGHTUSERDATA;
                let address = ffi::lua_touserdata(state, index).addr() as u64;
                assert_eq!(address_at(state, index), is_address.then_some(address));
                let data =
                    (kind == ffi::LUA_TUSERDATA).then(|| ffi::lua_touserdata(state, index).cast());
                let found = userdata_at(state, index);
                assert_eq!(found.map(|found| found.cast::<u8>()), data, "at {index}");
                if let Some(found) = found {
                    assert_eq!(found.len(), ffi::lua_rawlen(state, index));
                }
            }
            ffi::lua_close(state);
        }
    }

    #[test]
    fn a_table_with_one_integer_under_an_address_is_recognised() {
        static KEY: u8 = 0;
        static OTHER: u8 = 0;
        let (key, other) = ((&raw const KEY).cast(), (&raw const OTHER).cast());
        // SAFETY: a state of our own.
        unsafe {
            let state = ffi::luaL_newstate();
            ffi::lua_createtable(state, 0, 0);
            assert_eq!(only_at(state, 1, key), None);
            ffi::lua_pushinteger(state, 42);
            ffi::lua_rawsetp(state, 1, key);
            assert_eq!(only_at(state, 1, key), Some(42));
            assert_eq!(only_at(state, 1, other), None);
            assert_eq!(only_at(state, 2, key), None);
            ffi::lua_pushstring(state, c"text".as_ptr());
            ffi::lua_rawsetp(state, 1, key);
            assert_eq!(only_at(state, 1, key), None);
            ffi::lua_pushinteger(state, 42);
            assert_eq!(only_at(state, 2, key), None);
            ffi::lua_close(state);
        }
    }

    unsafe extern "C-unwind" fn nothing(_: *mut lua_State) -> c_int {
        0
    }
}
