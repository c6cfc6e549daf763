//! Leaves the names of metamethods that a program may never use out of its VM, until it sets a metatable.
//!
//! A state keeps the names of all its metamethods for ever, so that it finds them by address: `__le` of a table is what
//! the table has under *the* string `__le`. Eleven of them nobody asks for but a program that has metatables of its own;
//! they are 0.4 KB, and most processes of a swarm have none. In their place stands a string that is nobody's key. Who
//! gives a table a metatable calls [`bring_back`] first. (The other names are in the base metatable, or Lua's own
//! buffers and our weak tables use them.)

use std::ffi::{CStr, c_int};

use mlua::ffi::{self, lua_State};

use super::layout::{Text, global, tag};
use super::reserved;

/// The names that are left out, with their numbers (`ltm.h`).
const LEFT_OUT: [(usize, &CStr); 11] = [
    (4, c"__len"),
    (5, c"__eq"),
    (13, c"__band"),
    (14, c"__bor"),
    (15, c"__bxor"),
    (16, c"__shl"),
    (17, c"__shr"),
    (19, c"__bnot"),
    (20, c"__lt"),
    (21, c"__le"),
    (22, c"__concat"),
];

/// A string of Lua's that is in no string table, so that no program's string is the same. Lua only reads it: the name of
/// a metamethod is looked up by its hash and address, and no collection visits it.
#[repr(C, align(8))]
struct Nobody {
    next: usize,
    /// Tag, marks, number among the reserved words, length.
    head: [u8; 4],
    hash: u32,
    chain: usize,
    text: [u8; 8],
}

static NOBODY: Nobody = Nobody {
    next: 0,
    // Marked as what is always black and old.
    head: [tag::SHORT_STRING, 0x24, 0, 6],
    hash: 0,
    chain: 0,
    text: *b"__none\0\0",
};

const _: () = assert!(std::mem::offset_of!(Nobody, text) == size_of::<Text>());

/// What stands where a name was left out.
fn nobody() -> *mut Text {
    (&raw const NOBODY).cast_mut().cast()
}

/// Leaves the names out; answers how many.
///
/// # Safety
/// `state` is the main state of a Lua state that was just made, in which nobody sets a metatable of a program's without
/// [`bring_back`].
pub(super) unsafe fn leave_out(state: *mut lua_State) -> usize {
    // SAFETY: the caller's promise. The names are known to the string table and as metamethods, where nobody's string
    // takes their place before they are freed.
    unsafe {
        let global = global(state);
        let mut names = [std::ptr::null_mut(); LEFT_OUT.len()];
        for (name, (number, _)) in names.iter_mut().zip(LEFT_OUT) {
            *name = std::mem::replace(&mut (*global).event_names[number], nobody());
        }
        reserved::free_fixed(state, |text| names.contains(&text))
    }
}

/// Makes the names that were left out, if they were: a table is to get a metatable that may have more than the base
/// metatable has. Uses 2 stack slots.
///
/// # Safety
/// `state` is a state of ours, running or with a lenient arena; may raise for memory if it isn't lenient.
pub(super) unsafe fn bring_back(state: *mut lua_State) {
    // SAFETY: the caller's promise. The strings are kept by a table in the registry from before they are names on.
    unsafe {
        let global = global(state);
        if (*global).event_names[LEFT_OUT[0].0] != nobody() {
            return;
        }
        ffi::lua_createtable(state, LEFT_OUT.len() as c_int, 0);
        for (place, (_, name)) in LEFT_OUT.iter().enumerate() {
            ffi::lua_pushstring(state, name.as_ptr());
            ffi::lua_rawseti(state, -2, place as i64 + 1);
        }
        ffi::lua_pushvalue(state, -1);
        ffi::lua_rawsetp(state, ffi::LUA_REGISTRYINDEX, nobody().cast());
        for (place, (number, _)) in LEFT_OUT.iter().enumerate() {
            ffi::lua_rawgeti(state, -1, place as i64 + 1);
            (*global).event_names[*number] = ffi::lua_topointer(state, -1).cast_mut().cast();
            ffi::lua_pop(state, 1);
        }
        ffi::lua_pop(state, 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lua code in which every metamethod that is left out must be found.
    const USES: &CStr = c"
        local mt = {__index = function() return 7 end}
        local function of(n) return setmetatable({n = n}, mt) end
        local a, b = of(1), of(2)
        mt.__len = function() return 'len' end
        mt.__eq = function() return true end
        for _, name in ipairs {'band', 'bor', 'bxor', 'shl', 'shr', 'bnot', 'concat'} do
            mt['__' .. name] = function() return name end
        end
        mt.__lt = function(x, y) return x.n < y.n end
        mt.__le = function(x, y) return x.n <= y.n end
        for i = 1, 200 do
            local t = {'garbage' .. i}
            if i % 50 == 0 then collectgarbage() end
            assert(#a == 'len' and a == b and a < b and a <= b and not (b < a))
            assert((a & 1) == 'band' and (1 | a) == 'bor' and (a ~ b) == 'bxor' and (a << 1) == 'shl')
            assert((a >> 1) == 'shr' and ~a == 'bnot' and a .. 'x' == 'concat' and a.z == 7)
        end";

    #[test]
    fn what_was_left_out_comes_back() {
        // SAFETY: a state of our own; errors are caught.
        unsafe {
            let state = ffi::luaL_newstate();
            ffi::luaL_openlibs(state);
            let count = || {
                ffi::lua_gc(state, ffi::LUA_GCCOLLECT);
                ffi::lua_gc(state, ffi::LUA_GCCOUNT) * 1024 + ffi::lua_gc(state, ffi::LUA_GCCOUNTB)
            };
            let before = count();
            let names = (*global(state)).event_names;
            for (number, name) in LEFT_OUT {
                assert_eq!(CStr::from_ptr(names[number].add(1).cast()), name);
            }
            assert_eq!(leave_out(state), LEFT_OUT.len());
            assert_eq!(before - count(), 333);
            let kept = (*global(state)).event_names;
            assert_eq!(kept.iter().filter(|&&name| name == nobody()).count(), 11);
            for generational in [false, true] {
                if generational {
                    ffi::lua_gc(state, ffi::LUA_GCGEN);
                }
                // Twice: the second time does nothing.
                bring_back(state);
                bring_back(state);
                assert_eq!(ffi::luaL_loadstring(state, USES.as_ptr()), ffi::LUA_OK);
                let status = ffi::lua_pcall(state, 0, 0, 0);
                assert_eq!(status, ffi::LUA_OK);
            }
            let names = (*global(state)).event_names;
            assert!(names.iter().all(|name| *name != nobody()));
            ffi::lua_close(state);
        }
    }

    #[test]
    fn without_the_names_nothing_is_found_and_nothing_breaks() {
        // SAFETY: a state of our own; errors are caught.
        unsafe {
            let state = ffi::luaL_newstate();
            ffi::luaL_openlibs(state);
            leave_out(state);
            let code = c"
                for _, f in ipairs {function(t) return t < t end, function(t) return t .. t end, function(t) return t & t end} do
                    local ok, why = pcall(f, {})
                    assert(not ok and why:find('attempt to'), why)
                end
                assert(#{1, 2} == 2 and {} ~= {} and ('x'):rep(3000) .. 'y' ~= '' and (1 .. 'z') == '1z')
                local t = {__len = 1, __none = 2, __concat = 3}
                assert(t.__len == 1 and t.__none == 2 and next(t))";
            assert_eq!(ffi::luaL_loadstring(state, code.as_ptr()), ffi::LUA_OK);
            assert_eq!(ffi::lua_pcall(state, 0, 0, 0), ffi::LUA_OK);
            ffi::lua_close(state);
        }
    }
}
