//! How much a table has room for, whatever its length is said to be.
//!
//! A border of a sparse table, and so `#t`, can be any number: two dozen entries are enough for 2^40. Knows the head of
//! Lua's `Table` (`lobject.h` of the Lua that this program is built with); a test compares.

use std::ffi::{c_uint, c_void};

use mlua::ffi::{self, lua_State};

/// Where a table keeps the binary logarithm of the number of its hash part's nodes: `lsizenode`, a byte.
const NODES_OFFSET: usize = 11;

/// Where a table says how many items from 1 on lie in its array: `asize`, an `unsigned int`. No function of Lua's tells.
const ARRAY_SIZE_OFFSET: usize = 12;

/// How many items from 1 on lie in the array of a table.
///
/// # Safety
/// `table` is the address of a table that is alive.
pub(super) unsafe fn array_size(table: *const c_void) -> usize {
    // SAFETY: the caller's promise; the field is where the sources say.
    unsafe {
        table
            .cast::<u8>()
            .add(ARRAY_SIZE_OFFSET)
            .cast::<c_uint>()
            .read() as usize
    }
}

/// How many entries there can be in the table at `index` as it is. Its memory grows with this, so a loop over so many is
/// bounded by what the VM may have.
///
/// # Safety
/// There is a table at `index` of `state`.
pub(super) unsafe fn room(state: *mut lua_State, index: std::ffi::c_int) -> usize {
    // SAFETY: the caller's promise; the field is where the sources say, and no table has 2^63 nodes.
    unsafe {
        let table = ffi::lua_topointer(state, index);
        let nodes = table.cast::<u8>().add(NODES_OFFSET).read();
        array_size(table) + (1 << nodes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_the_room_that_it_was_made_with() {
        // SAFETY: a state of our own, with room for a value.
        unsafe {
            let state = ffi::luaL_newstate();
            for (items, fields, room_for) in [(0, 0, 1), (7, 0, 8), (0, 8, 8), (100, 30, 132)] {
                ffi::lua_createtable(state, items, fields);
                assert_eq!(room(state, -1), room_for, "{items} {fields}");
                assert_eq!(array_size(ffi::lua_topointer(state, -1)), items as usize);
                ffi::lua_pop(state, 1);
            }
            ffi::lua_close(state);
        }
    }
}
