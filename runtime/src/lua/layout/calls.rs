//! By what instruction a function of ours was called, which no function of Lua's tells. Knows nothing of who asks.

use mlua::ffi::lua_State;

use super::{COLLECTABLE, Frame, Thread, tag};

/// `OP_SELF` (`lopcodes.h`): `a:b(…)` looks for `b`.
const SELF: u32 = 20;

/// Bits of an instruction that say what it does.
const OPERATION: u32 = 0x7f;

/// Whether the running metamethod `__index` is asked for a method that is called at once, with its object first.
///
/// # Safety
/// `state` runs a C function that Lua called.
pub(in crate::lua) unsafe fn is_called_by_self(state: *mut lua_State) -> bool {
    // SAFETY: the caller's promise: below its frame there is another. That of a function in Lua has left where it is, behind
    // the instruction that called.
    unsafe {
        let frame: *const Frame = (*(*state.cast::<Thread>()).call).previous;
        let function = (*(*frame).function).tag as u8;
        function == tag::LUA_FUNCTION | COLLECTABLE
            && *(*frame).next_instruction.sub(1) & OPERATION == SELF
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::{CStr, c_int};

    use mlua::ffi;

    use super::*;

    unsafe extern "C-unwind" fn index(state: *mut lua_State) -> c_int {
        // SAFETY: Lua calls us.
        unsafe {
            let by_self = is_called_by_self(state);
            ffi::lua_pushcfunction(state, if by_self { yes } else { no });
            1
        }
    }

    unsafe extern "C-unwind" fn yes(state: *mut lua_State) -> c_int {
        // SAFETY: Lua calls us.
        unsafe { ffi::lua_pushboolean(state, 1) };
        1
    }

    unsafe extern "C-unwind" fn no(state: *mut lua_State) -> c_int {
        // SAFETY: Lua calls us.
        unsafe { ffi::lua_pushboolean(state, 0) };
        1
    }

    unsafe extern "C-unwind" fn get(state: *mut lua_State) -> c_int {
        // SAFETY: Lua calls us with a table.
        unsafe { ffi::lua_getfield(state, 1, c"x".as_ptr()) };
        1
    }

    #[test]
    fn a_method_that_is_called_is_told_from_a_field() {
        let code: &CStr = c"
            local t = setmetatable({}, {__index = index})
            local u = setmetatable({}, {__index = t})
            local function vararg(...) return t:x(...), t.x(...) end
            assert(t:x() and t:x(1, 2) and u:x())
            assert(not t.x() and not t.x(t, 1) and not t['x']() and not u.x())
            local x, name = t.x, 'x'
            assert(not x(t) and not t[name](t) and not t[1]() and not get(t)())
            local a, b = vararg(1, 2, 3)
            assert(a and not b)
            assert(coroutine.wrap(function() return t:x() end)())
            assert(not coroutine.wrap(get)(t)() and not select(2, pcall(get, t))())";
        // SAFETY: a state of our own; errors are caught.
        unsafe {
            let state = ffi::luaL_newstate();
            ffi::luaL_openlibs(state);
            for (name, body) in [(c"index", index as ffi::lua_CFunction), (c"get", get)] {
                ffi::lua_pushcfunction(state, body);
                ffi::lua_setglobal(state, name.as_ptr());
            }
            assert_eq!(ffi::luaL_loadstring(state, code.as_ptr()), ffi::LUA_OK);
            let status = ffi::lua_pcall(state, 0, 0, 0);
            let text =
                (status != ffi::LUA_OK).then(|| CStr::from_ptr(ffi::lua_tostring(state, -1)));
            assert_eq!(text, None);
            ffi::lua_close(state);
        }
    }
}
