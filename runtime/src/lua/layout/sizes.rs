//! What the bytes of a VM are, by type of object, for measuring.

use std::collections::BTreeMap;

use super::*;

#[repr(C)]
struct Proto {
    next: *mut Object,
    head: [u8; 8],
    upvalues: c_int,
    constants: c_int,
    code: c_int,
    lines: c_int,
    protos: c_int,
    rest: [c_int; 4],
    pointers: [usize; 9],
}

/// How many there are and how many bytes they have, by name.
///
/// # Safety
/// `state` is the main state of a VM of which nothing runs.
pub(in crate::lua) unsafe fn sizes(
    state: *mut lua_State,
) -> BTreeMap<&'static str, (usize, usize)> {
    let mut sizes = BTreeMap::new();
    let mut add = |name, bytes: usize| {
        let entry: &mut (usize, usize) = sizes.entry(name).or_default();
        entry.0 += 1;
        entry.1 += bytes;
    };
    // SAFETY: the caller's promise.
    unsafe {
        let global = global(state);
        add("string table", (*global).strings_size as usize * 8);
        add("arena head", 0);
        add("global and main state", size_of::<Global>() + 200);
        let thread = state.cast::<Thread>();
        let slots = (*thread).stack_last.offset_from((*thread).stack) as usize + EXTRA_STACK;
        add("stack", slots * size_of::<Slot>());
        for (fixed, first) in [(true, (*global).fixed.cast()), (false, (*global).all)] {
            let mut object = first;
            while !object.is_null() {
                let (name, bytes) = size(object);
                add(if fixed { "fixed strings" } else { name }, bytes);
                object = (*object).next;
            }
        }
    }
    sizes
}

/// # Safety
/// `object` lives.
unsafe fn size(object: *mut Object) -> (&'static str, usize) {
    // SAFETY: the caller's promise; the tag says what it is.
    unsafe {
        match (*object).tag {
            tag::SHORT_STRING => {
                let length = (*object.cast::<Text>()).short_length as usize;
                ("short strings", (24 + length + 1).next_multiple_of(8))
            }
            tag::LONG_STRING => ("long strings", size_of::<Text>() + 24),
            tag::TABLE => {
                let table = object.cast::<Table>();
                let nodes = match (*table).log2_nodes {
                    0 => 0,
                    log2 => (1 << log2) * size_of::<Node>(),
                };
                let items = (*table).items as usize * 9 + 4;
                ("tables", 56 + nodes + items)
            }
            tag::PROTO => {
                let proto = &*object.cast::<Proto>();
                let bytes = size_of::<Proto>()
                    + proto.upvalues as usize * 16
                    + proto.constants as usize * 16
                    + proto.protos as usize * 8;
                ("protos", bytes)
            }
            tag::LUA_FUNCTION => ("closures", 40),
            tag::C_FUNCTION => ("closures", 48),
            tag::UPVALUE => ("upvalues", 40),
            tag::USERDATA => ("userdata", userdata_bytes(object).1 + 32),
            _ => ("others", 0),
        }
    }
}
