//! A table and its keys that no VM owns: made once for the program, read by the VMs that know its address.
//!
//! Lua only reads it: to a collector it is always black and old, so none visits it, and it is in no list that is swept.
//! Nobody may write to it or hand it to a program. Knows nothing of what it is for.

use std::ffi::{CStr, c_void};
use std::ptr;

use mlua::ffi::{lua_CFunction, lua_State};

use super::{COLLECTABLE, Node, Object, Slot, Table, Text, Thread, Userdata, global, tag};

/// The most entries: a power of two.
const ROOM: usize = 16;

/// The most bytes of a key, the last of them zero.
const LONGEST: usize = 16;

/// Of an object: what is always black and old.
const LASTS: u8 = 0x24;

/// Of a value: a C function without upvalues.
const LIGHT_FUNCTION: u8 = 0x16;

/// Of a value: there is none.
const EMPTY: u8 = 0x10;

/// In the flags of a table: the first six metamethods, of which Lua notes which a metatable has not. To note it here would
/// be to write.
const NOTED: u8 = 0x3f;

/// A string in no string table: no string of a program's is the same.
#[repr(C, align(8))]
struct Name {
    head: Text,
    text: [u8; LONGEST],
}

/// A table whose keys are strings and whose values are functions.
#[repr(C)]
pub(in crate::lua) struct Lasting {
    table: Table,
    nodes: [Node; ROOM],
    names: [Name; ROOM],
}

// SAFETY: nobody writes to it.
unsafe impl Send for Lasting {}
// SAFETY: as above.
unsafe impl Sync for Lasting {}

impl Lasting {
    /// A table for ever, with these entries in their order. `flags`: a bit for each of the first six metamethods
    /// that it has.
    pub fn new(entries: &[(&CStr, lua_CFunction)], flags: u8) -> &'static Lasting {
        assert!(entries.len() <= ROOM);
        let lasting = Box::leak(Box::new(Lasting {
            table: Table {
                next: ptr::null_mut(),
                tag: tag::TABLE,
                marked: LASTS,
                flags: NOTED & !flags,
                log2_nodes: ROOM.ilog2() as u8,
                items: 0,
                array: ptr::null_mut(),
                nodes: ptr::null_mut(),
                metatable: ptr::null_mut(),
                gray: ptr::null_mut(),
            },
            nodes: [const { empty() }; ROOM],
            names: [const { nameless() }; ROOM],
        }));
        lasting.table.nodes = lasting.nodes.as_mut_ptr();
        for (place, (name, function)) in entries.iter().enumerate() {
            let bytes = name.to_bytes_with_nul();
            let own = &mut lasting.names[place];
            own.text[..bytes.len()].copy_from_slice(bytes);
            own.head.short_length = (bytes.len() - 1) as i8;
            // Where a key is looked for its hash says: each has a place of its own.
            own.head.hash = place as u32;
            lasting.nodes[place] = Node {
                value: *function as usize as u64,
                value_tag: LIGHT_FUNCTION,
                key_tag: tag::SHORT_STRING | COLLECTABLE,
                next: 0,
                key: ptr::from_mut(own) as u64,
            };
        }
        lasting
    }

    /// The key of the entry in a place, from 0.
    pub fn name(&'static self, place: usize) -> *mut Text {
        (&raw const self.names[place]).cast_mut().cast()
    }

    /// The table.
    pub fn address(&'static self) -> *mut c_void {
        (&raw const self.table).cast_mut().cast()
    }

    /// Pushes the table, for nobody to write to. Uses a stack slot.
    ///
    /// # Safety
    /// `state` is a state of ours that runs, or of which nothing runs, with a free slot.
    pub unsafe fn push(&'static self, state: *mut lua_State) {
        // SAFETY: the caller's promise.
        unsafe {
            let thread = state.cast::<Thread>();
            (*thread).top.write(Slot {
                value: self.address() as u64,
                tag: u64::from(tag::TABLE | COLLECTABLE),
            });
            (*thread).top = (*thread).top.add(1);
        }
    }
}

const fn empty() -> Node {
    Node {
        value: 0,
        value_tag: EMPTY,
        key_tag: 0,
        next: 0,
        key: 0,
    }
}

const fn nameless() -> Name {
    Name {
        head: Text {
            next: ptr::null_mut(),
            tag: tag::SHORT_STRING,
            marked: LASTS,
            reserved: 0,
            short_length: 0,
            hash: 0,
            chain: ptr::null_mut(),
        },
        text: [0; LONGEST],
    }
}

/// Gives all that has the metatable at `old` the one at `new`: tables, objects, strings.
///
/// # Safety
/// `state` is a state of ours, in which nothing with the metatable at `old` has a finalizer: that would be in another list.
/// `new` is a table of its VM, which is kept for as long as that lives: those that get it may be older, and no collector is
/// told.
pub(in crate::lua) unsafe fn replace_metatable(
    state: *mut lua_State,
    old: *mut c_void,
    new: *mut c_void,
) {
    // SAFETY: the caller's promise; the list is of objects that live.
    unsafe {
        let global = global(state);
        let mut object = (*global).all;
        while !object.is_null() {
            let metatable = match (*object).tag {
                tag::TABLE => &raw mut (*object.cast::<Table>()).metatable,
                tag::USERDATA => &raw mut (*object.cast::<Userdata>()).metatable,
                _ => ptr::null_mut(),
            };
            if !metatable.is_null() && *metatable == old {
                *metatable = new;
            }
            object = (*object).next;
        }
        for metatable in &mut (*global).metatables {
            if metatable.cast::<c_void>() == old {
                *metatable = new.cast::<Object>();
            }
        }
    }
}
