//! Frees the strings of Lua's reserved words, which only its compiler needs: our VMs load bytecode.
//!
//! A state keeps 23 of them for ever, 0.7 KB, and they fill its string table, which then doubles for a small program.
//! A test compares what is found and freed.

use mlua::ffi::lua_State;

use super::layout::{self, Global, Text, tag};

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
        let global = layout::global(state);
        // The cache finds strings by the address of their C text, whatever became of them.
        for cached in &mut (*global).string_cache {
            if goes(*cached) {
                *cached = (*global).memory_message;
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
            let size = size_of::<Text>() + (*text).short_length as usize + 1;
            ((*global).allocate)((*global).arena, text.cast(), size, 0);
            (*global).debt += size as isize;
            count += 1;
        }
    }
    count
}

/// No longer counts the strings that a state keeps for ever: a table of them all doubles once it counts as many strings as
/// it has buckets, and with so many more than buckets it is hardly slower. A program of some sixty names stays in half a
/// kilobyte that way.
///
/// # Safety
/// `state` is the main state of a Lua state that was just made, and will not be closed: only then all are counted back.
pub(super) unsafe fn leave_uncounted(state: *mut lua_State) {
    // SAFETY: the structures are as the Lua that was built has them. All fixed objects are strings in the table, so the count
    // stays above zero: they don't go.
    unsafe {
        let global = layout::global(state);
        let mut text = (*global).fixed;
        while !text.is_null() {
            (*global).strings_used -= 1;
            text = (*text).next;
        }
    }
}

/// # Safety
/// `text` is an object that lives.
unsafe fn is_reserved(text: *mut Text) -> bool {
    // SAFETY: every object begins with its tag; only of a short string the rest is looked at.
    unsafe { (*text).tag & TAG_BITS == tag::SHORT_STRING && (*text).reserved != 0 }
}

/// Takes a string out of its bucket.
///
/// # Safety
/// The string is in the table of `global`.
unsafe fn unchain(global: *mut Global, text: *mut Text) {
    // SAFETY: the caller's promise; the number of buckets is a power of two.
    unsafe {
        let bucket = (*text).hash as usize & ((*global).strings_size as usize - 1);
        let mut link = (*global).strings.add(bucket);
        while *link != text {
            link = &raw mut (**link).chain;
        }
        *link = (*text).chain;
        (*global).strings_used -= 1;
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
            let global = layout::global(state);
            let is = |text: *mut Text, what: &CStr| CStr::from_ptr(text.add(1).cast()) == what;
            // The structures are as we think: what stands at both ends of the part that matters is what it should be.
            assert!(is((*global).memory_message, c"not enough memory"));
            assert!(is((*global).event_names[0], c"__index"));
            assert!(is((*global).event_names[24], c"__close"));
            assert!(
                (*global)
                    .string_cache
                    .iter()
                    .any(|cached| is_reserved(*cached))
            );
            assert_eq!(forget(state), 23);
            for cached in (*global).string_cache {
                assert!(std::ptr::eq(cached, (*global).memory_message) || !is_reserved(cached));
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
