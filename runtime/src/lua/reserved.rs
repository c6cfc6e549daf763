//! Frees the strings of Lua's reserved words, which only its compiler needs: our VMs load bytecode.
//!
//! A state keeps 23 of them for ever, 0.7 KB, and they fill its string table, which then doubles for a small program.
//! Knows the heads of three of Lua's structures (`lstate.h`, `lobject.h` of the Lua that this program is built with);
//! a test compares what it finds and frees.

use std::ffi::{c_int, c_void};

use mlua::ffi::{lua_Alloc, lua_State};

/// The head of Lua's `lua_State`.
#[repr(C)]
pub(super) struct StateHead {
    next: *mut c_void,
    header: [u8; 8],
    top: *mut c_void,
    pub(super) global: *mut Global,
}

/// The part of Lua's `global_State` up to the cache of strings that C code asked for.
#[repr(C)]
pub(super) struct Global {
    allocate: lua_Alloc,
    allocator: *mut c_void,
    total_bytes: isize,
    debt: isize,
    marked: isize,
    major_minor: isize,
    buckets: *mut *mut Text,
    strings: c_int,
    bucket_count: c_int,
    registry: [u64; 2],
    nil: [u64; 2],
    seed: u32,
    settings: [u8; 12],
    all: *mut c_void,
    lists: [*mut c_void; 8],
    fixed: *mut Text,
    generations: [*mut c_void; 7],
    open_threads: *mut c_void,
    panic: *mut c_void,
    /// What stands in the cache where nothing is cached.
    no_memory: *mut Text,
    pub(super) metamethods: [*mut Text; METAMETHODS],
    metatables: [*mut c_void; TYPES],
    cache: [*mut Text; CACHED],
}

/// How many metamethods Lua knows (`ltm.h`), and types with a metatable (`lua.h`).
pub(super) const METAMETHODS: usize = 25;
const TYPES: usize = 9;

/// Places in the cache: `STRCACHE_N` times `STRCACHE_M`, as `build.rs` sets them.
const CACHED: usize = 5;

/// The head of Lua's `TString`; a short string's bytes follow.
#[repr(C)]
pub(super) struct Text {
    next: *mut Text,
    tag: u8,
    marked: u8,
    /// Which reserved word a short string is; 0 for none.
    reserved: u8,
    /// Length of a short string.
    length: i8,
    hash: u32,
    /// The next string in its bucket.
    chain: *mut Text,
}

/// The tag of short strings.
pub(super) const SHORT_STRING: u8 = 0x04;

/// Bits of a tag that say what it is.
const TAG_BITS: u8 = 0x3f;

/// Frees the reserved words; answers how many.
///
/// # Safety
/// `state` is the main state of a Lua state that was just made, and will never compile a source.
pub(super) unsafe fn forget(state: *mut lua_State) -> usize {
    // SAFETY: the caller's promise. Nothing but the string table and the compiler knows reserved words.
    unsafe { free_fixed(state, |text| is_reserved(text)) }
}

/// Frees those of the strings that a state keeps for ever that `goes` says; answers how many.
///
/// # Safety
/// `state` is the main state of a Lua state that was just made. What goes is known to nothing but the string table and
/// those who will not ask for it any more.
pub(super) unsafe fn free_fixed(state: *mut lua_State, goes: impl Fn(*mut Text) -> bool) -> usize {
    let mut count = 0;
    // SAFETY: the structures are as the Lua that was built has them. What is in the list of fixed objects are short
    // strings; they are taken out of it and of the string table before they are freed.
    unsafe {
        let global = (*state.cast::<StateHead>()).global;
        // The cache finds strings by the address of their C text, whatever became of them.
        for cached in &mut (*global).cache {
            if goes(*cached) {
                *cached = (*global).no_memory;
            }
        }
        let mut link = &raw mut (*global).fixed;
        while !(*link).is_null() {
            let text = *link;
            if !goes(text) {
                link = &raw mut (*text).next;
                continue;
            }
            *link = (*text).next;
            unchain(global, text);
            let size = size_of::<Text>() + (*text).length as usize + 1;
            ((*global).allocate)((*global).allocator, text.cast(), size, 0);
            (*global).debt += size as isize;
            count += 1;
        }
    }
    count
}

/// # Safety
/// `text` is an object that lives.
unsafe fn is_reserved(text: *mut Text) -> bool {
    // SAFETY: every object begins with its tag; only of a short string the rest is looked at.
    unsafe { (*text).tag & TAG_BITS == SHORT_STRING && (*text).reserved != 0 }
}

/// Takes a string out of its bucket.
///
/// # Safety
/// The string is in the table of `global`.
unsafe fn unchain(global: *mut Global, text: *mut Text) {
    // SAFETY: the caller's promise; the number of buckets is a power of two.
    unsafe {
        let bucket = (*text).hash as usize & ((*global).bucket_count as usize - 1);
        let mut link = (*global).buckets.add(bucket);
        while *link != text {
            link = &raw mut (**link).chain;
        }
        *link = (*text).chain;
        (*global).strings -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mlua::ffi;
    use std::ffi::CStr;

    #[test]
    fn the_reserved_words_go_and_nothing_else() {
        // SAFETY: a state of our own; what runs in it was compiled in another one.
        unsafe {
            let state = ffi::luaL_newstate();
            let count = |state| {
                ffi::lua_gc(state, ffi::LUA_GCCOUNT) * 1024 + ffi::lua_gc(state, ffi::LUA_GCCOUNTB)
            };
            let before = count(state);
            let global = (*state.cast::<StateHead>()).global;
            let is = |text: *mut Text, what: &CStr| CStr::from_ptr(text.add(1).cast()) == what;
            // The structures are as we think: what stands at both ends of the part that matters is what it should be.
            assert!(is((*global).no_memory, c"not enough memory"));
            assert!(is((*global).metamethods[0], c"__index"));
            assert!(is((*global).metamethods[METAMETHODS - 1], c"__close"));
            assert!((*global).cache.iter().any(|cached| is_reserved(*cached)));
            assert_eq!(forget(state), 23);
            for cached in (*global).cache {
                assert!(std::ptr::eq(cached, (*global).no_memory) || !is_reserved(cached));
            }
            assert_eq!(before - count(state), 671);
            // They are strings like any other now: made anew, found again, collected.
            for _ in 0..2 {
                ffi::lua_pushstring(state, c"while".as_ptr());
                ffi::lua_pushstring(state, c"while".as_ptr());
                assert_eq!(ffi::lua_rawequal(state, -1, -2), 1);
                ffi::lua_settop(state, 0);
                ffi::lua_gc(state, ffi::LUA_GCCOLLECT);
            }
            ffi::lua_pushstring(state, c"__index".as_ptr());
            assert_eq!(forget(state), 0);
            ffi::lua_close(state);
        }
    }
}
