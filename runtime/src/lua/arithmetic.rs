//! The arithmetic metamethods of strings: `"10" + 1`. As Lua's own, but the metamethod of the other operand is called with
//! a continuation, so that it can be preempted and may wait.
//!
//! All are C functions that own nothing, so they may raise. Knows nothing of other metamethods.

use std::ffi::{CStr, c_int};

use mlua::ffi::{self, lua_CFunction, lua_KContext, lua_State};

use super::base;
use super::shelf::Shelf;

/// The names of the metamethods, in the order of the shelf's functions.
const NAMES: [&CStr; 8] = [
    c"__add", c"__sub", c"__mul", c"__mod", c"__pow", c"__div", c"__idiv", c"__unm",
];

/// The metamethods by name.
pub(super) const FUNCTIONS: [(&CStr, lua_CFunction); 8] = [
    (NAMES[0], operate::<0>),
    (NAMES[1], operate::<1>),
    (NAMES[2], operate::<2>),
    (NAMES[3], operate::<3>),
    (NAMES[4], operate::<4>),
    (NAMES[5], operate::<5>),
    (NAMES[6], operate::<6>),
    (NAMES[7], operate::<7>),
];

/// Lua's own, in the same order.
pub(super) fn stock() -> [lua_CFunction; 8] {
    let found = super::stock::arithmetic();
    NAMES.map(|name| found[name.to_str().expect("ASCII")])
}

unsafe extern "C-unwind" fn operated(_: *mut lua_State, _: c_int, _: lua_KContext) -> c_int {
    1
}

unsafe extern "C-unwind" fn operate<const N: usize>(state: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with two operands, one of them with the base metatable; nothing is owned. All names begin with
    // the two underscores that are left out.
    unsafe {
        let is_other = !matches!(ffi::lua_type(state, 2), ffi::LUA_TSTRING | ffi::LUA_TNUMBER);
        if is_other && base::has_base_metatable(state, 2) {
            // Its metamethod is this one.
            let (one, other) = (ffi::luaL_typename(state, 1), ffi::luaL_typename(state, 2));
            let operation = NAMES[N].as_ptr().add("__".len());
            let format = c"attempt to %s a '%s' with a '%s'";
            return ffi::luaL_error(state, format.as_ptr(), operation, one, other);
        }
        if is_other && ffi::luaL_getmetafield(state, 2, NAMES[N].as_ptr()) != ffi::LUA_TNIL {
            ffi::lua_insert(state, 1);
            ffi::lua_settop(state, 3);
            ffi::lua_callk(state, 2, 1, 0, Some(operated));
            return 1;
        }
        (Shelf::of(state).arithmetic[N])(state)
    }
}
