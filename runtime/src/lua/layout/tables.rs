//! Lua's tables: how many entries one can have, and what its keys are.
//!
//! Knows nothing of what is in them.

use std::ffi::c_void;

use super::{COLLECTABLE, Object, STRING, TYPE, Table};

/// How many items from 1 on lie in the array of a table. No function of Lua's tells.
///
/// # Safety
/// `table` is the address of a table that lives.
pub(in crate::lua) unsafe fn items(table: *const c_void) -> usize {
    // SAFETY: the caller's promise.
    unsafe { (*table.cast::<Table>()).items as usize }
}

/// How many entries there can be in a table as it is, whatever its length is said to be: a border of a sparse table, and
/// so `#t`, can be any number. Its memory grows with this, so a loop over so many is bounded by what the VM may have.
///
/// # Safety
/// As [`items`].
pub(in crate::lua) unsafe fn room(table: *const c_void) -> usize {
    // SAFETY: the caller's promise.
    unsafe { items(table) + (1 << (*table.cast::<Table>()).log2_nodes) }
}

/// Whether there may be entries beside those in the array.
///
/// # Safety
/// As [`items`].
pub(in crate::lua) unsafe fn has_nodes(table: *const c_void) -> bool {
    // SAFETY: the caller's promise; a table without nodes has Lua's one empty node.
    unsafe {
        let table = table.cast::<Table>();
        (*table).log2_nodes > 0 || (*(*table).nodes).value_tag & TYPE != 0
    }
}

/// Whether a table has an entry that it finds by the address of an object of the VM.
///
/// # Safety
/// `object` is a table that lives.
pub(in crate::lua) unsafe fn has_object_keys(object: *mut Object) -> bool {
    // SAFETY: the caller's promise; a table without nodes has Lua's one empty node.
    unsafe {
        let table = object.cast::<Table>();
        let nodes = std::slice::from_raw_parts((*table).nodes, 1 << (*table).log2_nodes);
        nodes.iter().any(|node| {
            node.value_tag & TYPE != 0
                && node.key_tag & COLLECTABLE != 0
                && node.key_tag & TYPE != STRING
        })
    }
}

#[cfg(test)]
mod tests {
    use mlua::ffi;

    use super::*;

    #[test]
    fn a_table_has_the_room_that_it_was_made_with() {
        // SAFETY: a state of our own, with room for a value.
        unsafe {
            let state = ffi::luaL_newstate();
            for (count, fields, all) in [(0, 0, 1), (7, 0, 8), (0, 9, 16), (1000, 3, 1004)] {
                ffi::lua_createtable(state, count, fields);
                let table = ffi::lua_topointer(state, -1);
                assert_eq!((items(table), room(table)), (count as usize, all));
                assert_eq!(has_nodes(table), fields > 0);
                ffi::lua_pop(state, 1);
            }
            ffi::lua_createtable(state, 2, 1);
            assert!(!has_nodes(ffi::lua_topointer(state, -1)));
            ffi::lua_pushboolean(state, 1);
            ffi::lua_setfield(state, -2, c"x".as_ptr());
            assert!(has_nodes(ffi::lua_topointer(state, -1)));
            ffi::lua_close(state);
        }
    }
}
