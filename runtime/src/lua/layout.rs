//! Lua's own structures, as far as we must look into them (`lstate.h`, `lobject.h`).
//!
//! The interpreter is built by us from sources that don't change under us; a test compares these mirrors with a living
//! state. Knows nothing of what is looked for.

use std::ffi::{c_int, c_void};
use std::ptr;

use mlua::ffi::{self, lua_Alloc, lua_State};

/// Tags of collectable objects, as they stand in their heads, and of two sorts of values.
pub(super) mod tag {
    /// Of a value: an address that is not collected (a light userdata).
    pub const ADDRESS: u8 = 0x02;
    /// Of a value: an integer.
    pub const INTEGER: u8 = 0x03;
    pub const SHORT_STRING: u8 = 0x04;
    #[cfg(test)]
    pub const LONG_STRING: u8 = 0x14;
    pub const TABLE: u8 = 0x05;
    pub const LUA_FUNCTION: u8 = 0x06;
    #[cfg(test)]
    pub const C_FUNCTION: u8 = 0x26;
    pub const USERDATA: u8 = 0x07;
    pub const THREAD: u8 = 0x08;
    pub const UPVALUE: u8 = 0x09;
    #[cfg(test)]
    pub const PROTO: u8 = 0x0a;
}

/// In the tag of a value: it is collectable.
const COLLECTABLE: u8 = 0x40;

/// The part of a tag that says the type, without its variants.
const TYPE: u8 = 0x0f;

/// Strings: the type, whatever the variant.
const STRING: u8 = 0x04;

/// Slots behind a stack's end (`EXTRA_STACK`).
const EXTRA_STACK: usize = 5;

/// What every collectable object begins with.
#[repr(C)]
pub(super) struct Object {
    pub next: *mut Object,
    pub tag: u8,
    pub marked: u8,
    /// Of a short string: its number among the reserved words, or 0.
    pub reserved: u8,
}

/// The head of a string; a short one's bytes follow.
#[repr(C)]
pub(super) struct Text {
    pub next: *mut Text,
    pub tag: u8,
    marked: u8,
    /// Of a short string: its number among the reserved words, or 0.
    pub reserved: u8,
    /// Length of a short string; below zero for a long one.
    pub short_length: i8,
    pub hash: u32,
    /// Of a short string, the next one in its bucket; of a long one, the length.
    pub chain: *mut Text,
}

#[repr(C)]
struct Table {
    next: *mut Object,
    tag: u8,
    marked: u8,
    flags: u8,
    log2_nodes: u8,
    items: u32,
    array: *mut c_void,
    nodes: *mut Node,
    metatable: *mut c_void,
    gray: *mut Object,
}

#[repr(C)]
struct Node {
    value: u64,
    value_tag: u8,
    key_tag: u8,
    next: c_int,
    key: u64,
}

/// The head of a full userdata.
#[repr(C)]
struct Userdata {
    next: *mut Object,
    tag: u8,
    marked: u8,
    places: u16,
    bytes: usize,
    metatable: *mut c_void,
}

#[repr(C)]
struct Upvalue {
    next: *mut Object,
    head: [u8; 8],
    /// Leads to `slot` once it is closed.
    value: *mut Slot,
    slot: Slot,
}

/// A state, up to its stack.
#[repr(C)]
struct Thread {
    next: *mut Object,
    head: [u8; 8],
    top: *mut Slot,
    global: *mut Global,
    call: *mut Frame,
    stack_last: *mut Slot,
    stack: *mut Slot,
}

/// A call under way, up to where it is.
#[repr(C)]
struct Frame {
    function: *mut Slot,
    /// The end of its part of the stack.
    top: *mut Slot,
    previous: *mut Frame,
    next: *mut Frame,
    /// Of a function in Lua.
    next_instruction: *const u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
struct Slot {
    value: u64,
    tag: u64,
}

/// What the states of a VM share, up to the main state.
#[repr(C)]
pub(super) struct Global {
    pub allocate: lua_Alloc,
    pub arena: *mut c_void,
    bytes: isize,
    pub debt: isize,
    marked: [isize; 2],
    /// The buckets of the table of short strings, a power of two.
    pub strings: *mut *mut Text,
    pub strings_used: c_int,
    pub strings_size: c_int,
    registry: Slot,
    nil: Slot,
    seed: u32,
    parameters: [u8; 6],
    current_white: u8,
    modes: [u8; 5],
    /// Objects without a finalizer.
    pub all: *mut Object,
    sweep: *mut c_void,
    /// Objects with one.
    pub with_finalizer: *mut Object,
    gray_lists: [*mut Object; 5],
    /// Objects whose finalizer is to be called.
    pub to_finalize: *mut Object,
    /// Objects that are never collected: short strings.
    pub fixed: *mut Text,
    generations: [*mut Object; 7],
    with_upvalues: *mut c_void,
    panic: *mut c_void,
    /// What stands in the cache of strings where nothing is cached.
    pub memory_message: *mut Text,
    /// The names of metamethods (`ltm.h`).
    pub event_names: [*mut Text; 25],
    metatables: [*mut Object; 9],
    /// Strings by the address of the C text that they were made of.
    pub string_cache: [*mut Text; STRING_CACHE],
    warn: [*mut c_void; 2],
    /// The main state's extra space; the state follows.
    extra: *mut c_void,
}

/// Entries of the cache of strings (`STRCACHE_N` times `STRCACHE_M`, as `build.rs` sets them).
const STRING_CACHE: usize = 5;

/// The global state of `state`.
///
/// # Safety
/// `state` is alive.
pub(super) unsafe fn global(state: *mut lua_State) -> *mut Global {
    // SAFETY: the caller's promise.
    unsafe { (*state.cast::<Thread>()).global }
}

/// What `lua_getallocf` gives beside the function; every call of ours asks, so it is read in place.
///
/// # Safety
/// `state` is alive. Made to be called in a signal handler too.
#[inline]
pub(super) unsafe fn allocator_data(state: *mut lua_State) -> *mut c_void {
    // SAFETY: the caller's promise.
    unsafe { (*global(state)).arena }
}

/// Calls `look` with `slots` free places on the stack of `state`; not if there is no memory for them.
///
/// A state that was left in a hook has none: to ask Lua for them makes the frame of the function in it larger for good,
/// and whoever asks after every slice fills the whole stack. So the frame gets its size back.
///
/// # Safety
/// `state` is alive and doesn't run; `look` leaves its stack as it was.
pub(super) unsafe fn with_room<R>(
    state: *mut lua_State,
    slots: c_int,
    look: impl FnOnce() -> R,
) -> Option<R> {
    // SAFETY: the caller's promise. The stack may move when it grows; frames don't.
    unsafe {
        let thread = state.cast::<Thread>();
        let frame = (*thread).call;
        let top = (*frame).top.offset_from((*thread).stack);
        if ffi::lua_checkstack(state, slots) == 0 {
            return None;
        }
        let answer = look();
        (*frame).top = (*thread).stack.offset(top);
        Some(answer)
    }
}

/// Empties the cache that maps addresses of C strings to strings.
///
/// # Safety
/// Nothing of the VM runs.
pub(super) unsafe fn clear_string_cache(state: *mut lua_State) {
    // SAFETY: the message is what Lua itself fills the cache with.
    unsafe {
        let global = global(state);
        (*global).string_cache = [(*global).memory_message; STRING_CACHE];
    }
}

/// Overwrites what closed upvalues hold beside their tags: part of a pointer from when they were open.
///
/// # Safety
/// Nothing of the VM runs.
pub(super) unsafe fn clear_stale_tags(state: *mut lua_State) {
    // SAFETY: the caller's promise; the list is of objects that live.
    unsafe {
        let mut object = (*global(state)).all;
        while !object.is_null() {
            if (*object).tag == tag::UPVALUE {
                let upvalue = object.cast::<Upvalue>();
                let own = &raw mut (*upvalue).slot;
                if (*upvalue).value == own {
                    (*own).tag &= 0xff;
                }
            }
            object = (*object).next;
        }
    }
}

/// Overwrites the slots of the stack that hold nothing. Their tags say nil, their payloads anything.
///
/// # Safety
/// Nothing of the VM runs.
pub(super) unsafe fn clear_dead_slots(state: *mut lua_State) {
    // SAFETY: the slots from the top to the end, and some behind it, are the stack's. Zero is nil.
    unsafe {
        let thread = state.cast::<Thread>();
        let end = (*thread).stack_last.add(EXTRA_STACK);
        let dead = end.offset_from((*thread).top);
        ptr::write_bytes((*thread).top, 0, usize::try_from(dead).unwrap_or(0));
    }
}

/// The address of a userdata's own bytes, and how many there are.
///
/// # Safety
/// `object` is a full userdata that lives.
pub(super) unsafe fn userdata_bytes(object: *mut Object) -> (*const u8, usize) {
    // Places are aligned to 16 bytes in C's eyes.
    const PLACES: usize = (size_of::<Userdata>() + size_of::<usize>()).next_multiple_of(16);
    // SAFETY: the caller's promise. Without places there is no link of the collector's either.
    unsafe {
        let userdata = object.cast::<Userdata>();
        let places = (*userdata).places as usize;
        let skip = match places {
            0 => size_of::<Userdata>(),
            _ => PLACES + places * size_of::<Slot>(),
        };
        (object.cast::<u8>().add(skip), (*userdata).bytes)
    }
}

mod calls;
mod lasting;
mod protos;
mod tables;
mod values;

#[cfg(test)]
pub(super) mod sizes;

pub(super) use calls::is_called_by_self;
pub(super) use lasting::{Lasting, replace_metatable};
pub(super) use protos::{Proto, function_on_top};
pub(super) use tables::{has_nodes, has_object_keys, items, room};
pub(super) use values::{address_at, height, only_at, string_at, type_at, userdata_at};

#[cfg(test)]
mod tests {
    use mlua::ffi;

    use super::*;

    #[test]
    fn the_mirrors_are_what_lua_has() {
        // SAFETY: a state of our own; memory runs out only if the test's does.
        unsafe {
            let state = ffi::luaL_newstate();
            let global = global(state);
            assert_eq!(global.add(1).cast::<lua_State>(), state);
            let mut data = ptr::null_mut();
            ffi::lua_getallocf(state, &mut data);
            assert_eq!(allocator_data(state), data);
            let own = 7_u8;
            ffi::lua_setallocf(
                state,
                ffi::lua_getallocf(state, &mut data),
                (&raw const own).cast_mut().cast(),
            );
            assert_eq!(allocator_data(state), (&raw const own).cast_mut().cast());
            ffi::lua_setallocf(state, ffi::lua_getallocf(state, &mut data), ptr::null_mut());
            ffi::lua_createtable(state, 0, 1);
            let table = (*global).all;
            assert_eq!(ffi::lua_topointer(state, -1), table.cast());
            assert_eq!((*table).tag, tag::TABLE);
            assert!(!has_object_keys(table));
            ffi::lua_pushlstring(state, c"key".as_ptr(), 3);
            ffi::lua_pushboolean(state, 1);
            ffi::lua_rawset(state, -3);
            assert!(!has_object_keys(table));
            ffi::lua_createtable(state, 0, 0);
            ffi::lua_pushboolean(state, 1);
            ffi::lua_rawset(state, -3);
            assert!(has_object_keys(table));
            for places in [0, 2] {
                let start = ffi::lua_newuserdatauv(state, 24, places);
                let found = userdata_bytes((*global).all);
                assert_eq!(found, (start.cast_const().cast(), 24));
            }
            ffi::lua_close(state);
        }
    }

    unsafe extern "C-unwind" fn leave(state: *mut lua_State, _: *mut ffi::lua_Debug) {
        // SAFETY: Lua calls us between two instructions of a coroutine.
        unsafe { ffi::lua_yield(state, 0) };
    }

    #[test]
    fn room_in_a_state_that_was_left_in_a_hook_costs_nothing() {
        // SAFETY: a state of our own, in which a thread is left after every instruction.
        unsafe {
            let state = ffi::luaL_newstate();
            let thread = ffi::lua_newthread(state);
            let source = c"local n = 0 while n < 400 do n = n + 1 end return n";
            assert_eq!(ffi::luaL_loadstring(thread, source.as_ptr()), ffi::LUA_OK);
            ffi::lua_sethook(thread, Some(leave), ffi::LUA_MASKCOUNT, 1);
            let (mut results, mut left) = (0, 0);
            while ffi::lua_resume(thread, state, 0, &mut results) == ffi::LUA_YIELD {
                let top = ffi::lua_gettop(thread);
                let answer = with_room(thread, 20, || {
                    for _ in 0..20 {
                        ffi::lua_pushboolean(thread, 1);
                    }
                    ffi::lua_pop(thread, 20);
                    7
                });
                assert_eq!((answer, ffi::lua_gettop(thread)), (Some(7), top));
                left += 1;
            }
            assert_eq!(ffi::lua_tointegerx(thread, -1, ptr::null_mut()), 400);
            assert!(left > 400, "left {left} times");
            let head = thread.cast::<Thread>();
            let slots = (*head).stack_last.offset_from((*head).stack);
            assert!(slots < 100, "a stack of {slots}");
            ffi::lua_close(state);
        }
    }
}
