//! The base metatable and the names of metamethods, as a VM has them until it sets a metatable of its program's.
//!
//! A state keeps the names of all its metamethods for ever, so that it finds them by address: `__len` of a table is what
//! the table has under *the* string `__len`. Together with the base metatable they are 1.3 KB, and most processes of a swarm
//! need them for nothing but the base metatable itself. So there is one of that for all VMs, outside of them, and under
//! the names stand its own keys, or a string that is nobody's. Who gives a table a metatable calls [`bring_back`] first,
//! which gives the VM a base metatable of its own. (The other names are Lua's own buffers' and our weak tables'.)

use std::ffi::{CStr, c_int};
use std::sync::OnceLock;

use mlua::ffi::{self, lua_CFunction, lua_State};

use super::layout::{Lasting, Text, global, replace_metatable, tag};
use super::stack::Kept;
use super::{arithmetic, index, reserved, types};

/// The names in the base metatable, with their numbers (`ltm.h`) and functions.
const BASE: [(usize, &CStr, lua_CFunction); 13] = [
    (0, c"__index", index::index),
    (1, c"__newindex", index::newindex),
    (23, c"__call", index::call),
    (6, arithmetic::FUNCTIONS[0].0, arithmetic::FUNCTIONS[0].1),
    (7, arithmetic::FUNCTIONS[1].0, arithmetic::FUNCTIONS[1].1),
    (8, arithmetic::FUNCTIONS[2].0, arithmetic::FUNCTIONS[2].1),
    (9, arithmetic::FUNCTIONS[3].0, arithmetic::FUNCTIONS[3].1),
    (10, arithmetic::FUNCTIONS[4].0, arithmetic::FUNCTIONS[4].1),
    (11, arithmetic::FUNCTIONS[5].0, arithmetic::FUNCTIONS[5].1),
    (12, arithmetic::FUNCTIONS[6].0, arithmetic::FUNCTIONS[6].1),
    (18, arithmetic::FUNCTIONS[7].0, arithmetic::FUNCTIONS[7].1),
    (20, types::ORDER[0].0, types::ORDER[0].1),
    (21, types::ORDER[1].0, types::ORDER[1].1),
];

/// Of the first six metamethods, those in the base metatable: a bit each.
const BASE_FLAGS: u8 = 0b11;

/// The base metatable of all VMs that have none of their own.
static SHARED: OnceLock<&'static Lasting> = OnceLock::new();

fn shared() -> &'static Lasting {
    SHARED.get_or_init(|| Lasting::new(&BASE.map(|(_, name, body)| (name, body)), BASE_FLAGS))
}

/// The names that are left out, with their numbers.
const LEFT_OUT: [(usize, &CStr); 9] = [
    (4, c"__len"),
    (5, c"__eq"),
    (13, c"__band"),
    (14, c"__bor"),
    (15, c"__bxor"),
    (16, c"__shl"),
    (17, c"__shr"),
    (19, c"__bnot"),
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

/// Puts the names of the base metatable in the places of a VM's own, and nobody's in those of the names that are left out;
/// answers how many were freed.
///
/// # Safety
/// `state` is the main state of a Lua state that was just made, in which nobody sets a metatable of a program's without
/// [`bring_back`].
pub(super) unsafe fn leave_out(state: *mut lua_State) -> usize {
    // SAFETY: the caller's promise. The names are known to the string table and as metamethods, where others take their
    // place before they are freed.
    unsafe {
        let names = &mut (*global(state)).event_names;
        let left_out = LEFT_OUT.map(|(number, _)| (number, nobody()));
        let base = BASE.iter().enumerate();
        let base = base.map(|(place, (number, ..))| (*number, shared().name(place)));
        let mut freed = Vec::with_capacity(LEFT_OUT.len() + BASE.len());
        for (number, other) in left_out.into_iter().chain(base) {
            freed.push(std::mem::replace(&mut names[number], other));
        }
        reserved::free_fixed(state, |text| freed.contains(&text))
    }
}

/// Pushes the base metatable that VMs begin with, for nobody to write to. Uses a stack slot.
///
/// # Safety
/// `state` is a state of ours in which the names were left out, with a free slot.
pub(super) unsafe fn push_base(state: *mut lua_State) {
    // SAFETY: the caller's promise.
    unsafe { shared().push(state) }
}

/// Gives the VM the names that were left out, and a base metatable of its own, unless that was done: a table is to get a
/// metatable that may have more than the base metatable has. Uses 4 stack slots.
///
/// # Safety
/// `state` is a state of ours, running or with a lenient arena; may raise for memory if it isn't lenient.
pub(super) unsafe fn bring_back(state: *mut lua_State) {
    // SAFETY: the caller's promise. The strings are kept by a table in the registry from before they are names on, and the
    // base metatable is kept there too; until both are, nothing is changed.
    unsafe {
        let global = global(state);
        if (*global).event_names[LEFT_OUT[0].0] != nobody() {
            return;
        }
        let left_out = LEFT_OUT.map(|(number, name)| (number, name, None));
        let base = BASE.map(|(number, name, body)| (number, name, Some(body)));
        let all = || left_out.iter().chain(&base).zip(1..);
        ffi::lua_createtable(state, (LEFT_OUT.len() + BASE.len()) as c_int, 0);
        ffi::lua_createtable(state, 0, BASE.len() as c_int);
        for ((_, name, body), place) in all() {
            ffi::lua_pushstring(state, name.as_ptr());
            ffi::lua_pushvalue(state, -1);
            ffi::lua_rawseti(state, -4, place);
            match body {
                Some(body) => {
                    ffi::lua_pushcfunction(state, *body);
                    ffi::lua_rawset(state, -3);
                }
                None => ffi::lua_pop(state, 1),
            }
        }
        ffi::lua_pushvalue(state, -2);
        ffi::lua_rawsetp(state, ffi::LUA_REGISTRYINDEX, nobody().cast());
        let own = ffi::lua_topointer(state, -1).cast_mut();
        ffi::lua_rawseti(state, ffi::LUA_REGISTRYINDEX, Kept::Base.index());
        for ((number, ..), place) in all() {
            ffi::lua_rawgeti(state, -1, place);
            (*global).event_names[*number] = ffi::lua_topointer(state, -1).cast_mut().cast();
            ffi::lua_pop(state, 1);
        }
        ffi::lua_pop(state, 1);
        replace_metatable(state, shared().address(), own);
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
            let count = || {
                ffi::lua_gc(state, ffi::LUA_GCCOLLECT);
                ffi::lua_gc(state, ffi::LUA_GCCOUNT) * 1024 + ffi::lua_gc(state, ffi::LUA_GCCOUNTB)
            };
            let before = count();
            let names = (*global(state)).event_names;
            let base = BASE.map(|(number, name, _)| (number, name));
            for (number, name) in LEFT_OUT.into_iter().chain(base) {
                assert_eq!(CStr::from_ptr(names[number].add(1).cast()), name);
            }
            assert_eq!(leave_out(state), LEFT_OUT.len() + BASE.len());
            assert_eq!(before - count(), 672);
            let kept = (*global(state)).event_names;
            assert_eq!(kept.iter().filter(|&&name| name == nobody()).count(), 9);
            bring_back(state);
            ffi::luaL_openlibs(state);
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
            for (place, (number, ..)) in BASE.iter().enumerate() {
                assert_ne!(names[*number], shared().name(place));
            }
            ffi::lua_close(state);
        }
    }

    #[test]
    fn without_the_names_nothing_is_found_and_nothing_breaks() {
        // SAFETY: a state of our own; errors are caught.
        unsafe {
            let state = ffi::luaL_newstate();
            leave_out(state);
            ffi::luaL_openlibs(state);
            let code = c"
                for _, f in ipairs {function(t) return t < t end, function(t) return t .. t end, function(t) return t & t end} do
                    local ok, why = pcall(f, {})
                    assert(not ok and string.find(why, 'attempt to'), why)
                end
                assert(#{1, 2} == 2 and {} ~= {} and string.rep('x', 3000) .. 'y' ~= '' and (1 .. 'z') == '1z')
                local t = {__len = 1, __none = 2, __concat = 3}
                assert(t.__len == 1 and t.__none == 2 and next(t))";
            assert_eq!(ffi::luaL_loadstring(state, code.as_ptr()), ffi::LUA_OK);
            assert_eq!(ffi::lua_pcall(state, 0, 0, 0), ffi::LUA_OK);
            ffi::lua_close(state);
        }
    }
}
