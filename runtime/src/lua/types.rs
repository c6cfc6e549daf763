//! What programs do with type values, handed on to the functions that the layer above gave: the metamethods of the base
//! metatable where the value is a type.
//!
//! All are C functions that own nothing, so they may raise. Knows nothing of what types are.

use std::ffi::{CStr, c_int};

use mlua::ffi::{self, lua_CFunction, lua_KContext, lua_State};
use rustc_hash::FxHashMap;

use super::callback::Function;
use super::shelf::Shelf;
use super::type_value::TypeValue;
use super::{base, items, layout};

/// What the layer above has type values do. `X` is a type value.
pub struct TypeFunctions<S, const N: usize, const M: usize> {
    /// `X(…)`: gets `X` and the arguments.
    pub call: Function<S>,
    /// `X[key]` where `key` names no method: gets `X` and `key`.
    pub index: Function<S>,
    /// `X < y` or `x < Y`: one of its two arguments is a type value.
    pub less: Function<S>,
    /// The same for `<=`.
    pub less_or_equal: Function<S>,
    /// `tostring(X)`: gets `X`.
    pub text: Function<S>,
    /// `X:name(…)`: gets `X` and the arguments.
    pub methods: [(&'static str, Function<S>); N],
    /// The same, and `X.name(…)` gets `X` too.
    pub bound: [(&'static str, Function<S>); M],
}

impl<S, const N: usize, const M: usize> TypeFunctions<S, N, M> {
    /// For the shelf.
    pub(super) fn into_types(self) -> Types {
        let method = |name: &'static str, body: Function<S>, is_bound| {
            let body = body.entry();
            (name.as_bytes(), Method { body, is_bound })
        };
        let methods = self.methods.map(|(name, body)| method(name, body, false));
        let bound = self.bound.map(|(name, body)| method(name, body, true));
        Types {
            call: self.call.entry(),
            index: self.index.entry(),
            text: self.text.entry(),
            order: [self.less.entry(), self.less_or_equal.entry()],
            methods: methods.into_iter().chain(bound).collect(),
        }
    }
}

/// The functions of the layer above, without the type of their host state.
pub(super) struct Types {
    pub(super) call: lua_CFunction,
    pub(super) index: lua_CFunction,
    pub(super) text: lua_CFunction,
    /// In the order of [`ORDER`].
    pub(super) order: [lua_CFunction; 2],
    pub(super) methods: FxHashMap<&'static [u8], Method>,
}

/// A method of type values.
pub(super) struct Method {
    pub(super) body: lua_CFunction,
    /// Whether it knows its type too when it is called without it.
    pub(super) is_bound: bool,
}

/// Slots that a C function may count on beside its arguments, and one for a value that is put before them.
const SLOTS: c_int = 21;

/// `__index` of the type value at 1, with the key at 2.
///
/// # Safety
/// Lua called us on `state` as that metamethod; nothing is owned up to Lua's frame.
pub(super) unsafe fn index(state: *mut lua_State) -> c_int {
    // SAFETY: the caller's promise.
    unsafe {
        let Some(types) = &Shelf::of(state).types else {
            ffi::lua_pushnil(state);
            return 1;
        };
        match types.methods.get(items::name_at(state, 2)) {
            // A light function costs nothing: as `X:is(v)` passes the type itself, it needs no closure that knows it.
            Some(method) if !method.is_bound || layout::is_called_by_self(state) => {
                ffi::lua_pushcfunction(state, method.body);
            }
            Some(method) => {
                ffi::lua_pushvalue(state, 1);
                ffi::lua_pushcfunction(state, method.body);
                ffi::lua_pushcclosure(state, bound, 2);
            }
            None => {
                ffi::lua_settop(state, 2);
                return (types.index)(state);
            }
        }
        1
    }
}

/// A method that was asked for without being called, as in `local is = X.is`. Puts its type before the arguments, unless
/// that was done: `X.is(X, v)`.
unsafe extern "C-unwind" fn bound(state: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us, with the type and the method as upvalues; nothing is owned.
    unsafe {
        ffi::luaL_checkstack(state, SLOTS, std::ptr::null());
        ffi::lua_pushvalue(state, ffi::lua_upvalueindex(1));
        let top = layout::height(state);
        if top > 2 && TypeValue::at(state, 1) == TypeValue::at(state, top) {
            ffi::lua_pop(state, 1);
        } else {
            ffi::lua_insert(state, 1);
        }
        match ffi::lua_tocfunction(state, ffi::lua_upvalueindex(2)) {
            Some(method) => method(state),
            None => 0,
        }
    }
}

/// The C function on top of the stack, and of a method that was asked for without being called, the method itself. Uses a
/// slot.
///
/// # Safety
/// `state` is a state of ours, with a value on top.
pub(super) unsafe fn method_on_top(state: *mut lua_State) -> Option<lua_CFunction> {
    // SAFETY: the caller's promise; every closure of that function has its method as its second upvalue.
    unsafe {
        let body = ffi::lua_tocfunction(state, -1)?;
        if !std::ptr::fn_addr_eq(body, bound as lua_CFunction) {
            return Some(body);
        }
        ffi::lua_getupvalue(state, -1, 2);
        let method = ffi::lua_tocfunction(state, -1);
        ffi::lua_pop(state, 1);
        method
    }
}

/// What calling a type value does, if there is something that does it.
///
/// # Safety
/// `state` is a state of ours that runs.
pub(super) unsafe fn call(state: *mut lua_State) -> Option<lua_CFunction> {
    // SAFETY: the caller's promise.
    unsafe { Shelf::of(state).types.as_ref() }.map(|types| types.call)
}

/// What `tostring` does with a type value, if there is something that does it.
///
/// # Safety
/// `state` is a state of ours that runs.
pub(super) unsafe fn text(state: *mut lua_State) -> Option<lua_CFunction> {
    // SAFETY: the caller's promise.
    unsafe { Shelf::of(state).types.as_ref() }.map(|types| types.text)
}

/// The names of the metamethods that compare.
const NAMES: [&CStr; 2] = [c"__lt", c"__le"];

/// The metamethods that compare, by name.
pub(super) const ORDER: [(&CStr, lua_CFunction); 2] =
    [(NAMES[0], order::<0>), (NAMES[1], order::<1>)];

unsafe extern "C-unwind" fn ordered(_: *mut lua_State, _: c_int, _: lua_KContext) -> c_int {
    1
}

/// `__lt` and `__le` of all that has the base metatable. Where no operand is a type, it is as if there were none.
unsafe extern "C-unwind" fn order<const N: usize>(state: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with two operands; nothing is owned.
    unsafe {
        let is_type = |index| TypeValue::at(state, index).is_some();
        if (is_type(1) || is_type(2))
            && let Some(types) = &Shelf::of(state).types
        {
            return (types.order[N])(state);
        }
        if !base::has_base_metatable(state, 2)
            && ffi::luaL_getmetafield(state, 2, NAMES[N].as_ptr()) != ffi::LUA_TNIL
        {
            ffi::lua_insert(state, 1);
            ffi::lua_settop(state, 3);
            ffi::lua_callk(state, 2, 1, 0, Some(ordered));
            return 1;
        }
        let (one, other) = (type_name(state, 1), type_name(state, 2));
        if CStr::from_ptr(one) == CStr::from_ptr(other) {
            return ffi::luaL_error(state, c"attempt to compare two %s values".as_ptr(), one);
        }
        ffi::luaL_error(state, c"attempt to compare %s with %s".as_ptr(), one, other)
    }
}

/// The name that Lua's own errors call the type of the value at `index` by. Uses a slot, and leaves it used.
///
/// # Safety
/// `state` is a state of ours that runs, and the value stays on its stack for as long as the answer is used.
unsafe fn type_name(state: *mut lua_State, index: c_int) -> *const std::ffi::c_char {
    // SAFETY: the caller's promise; what a metatable calls itself stays on the stack.
    unsafe {
        if ffi::luaL_getmetafield(state, index, c"__name".as_ptr()) == ffi::LUA_TSTRING {
            return ffi::lua_tostring(state, -1);
        }
        ffi::luaL_typename(state, index)
    }
}

#[cfg(test)]
mod tests;
