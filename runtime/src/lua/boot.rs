//! What runs inside a VM before its program does: libraries, the file's top level, the arguments.
//!
//! All of it runs under `lua_resume`, so that it may wait, be preempted and run out of memory like the program itself.
//! The functions here are C functions that own nothing when they raise.

use std::ffi::c_int;

use mlua::ffi::{self, lua_KContext, lua_State};

use super::arena::Arena;
use super::codec::DecodeError;
use super::environment::{Import, Method};
use super::stack::Stack;
use super::{metatable, object};
use crate::error::{Error, kind};

/// Sets up the VM, runs imports and the entry's file, and returns the program's function.
pub(super) unsafe extern "C-unwind" fn boot(state: *mut lua_State) -> c_int {
    // SAFETY: resumed as the first thing in a fresh VM; nothing is owned.
    unsafe {
        metatable::install(state);
        run_from(state, 0)
    }
}

/// A file has returned: the one before `next`.
unsafe extern "C-unwind" fn ran(state: *mut lua_State, _: c_int, next: lua_KContext) -> c_int {
    // SAFETY: the file's first result is on top; nothing is owned.
    unsafe {
        let recipe = &(*Arena::of(state)).environment().recipe;
        let file = next as usize - 1;
        match recipe.imports.get(file) {
            Some(import) => set_aliases(state, import),
            None => return program(state),
        }
        run_from(state, next)
    }
}

/// Runs the files from number `next` on: the imports, then the entry's own.
///
/// # Safety
/// As [`boot`].
unsafe fn run_from(state: *mut lua_State, next: lua_KContext) -> c_int {
    // SAFETY: the chunks live as long as the VM's environment; called with a continuation, so that a file may wait.
    unsafe {
        let recipe = &(*Arena::of(state)).environment().recipe;
        match recipe.imports.get(next as usize) {
            Some(import) => import.chunk.push(state, &import.types),
            None => recipe.chunk.push(state, &recipe.types),
        }
        ffi::lua_callk(state, 0, 1, next + 1, Some(ran));
        ran(state, ffi::LUA_OK, next + 1)
    }
}

/// Gives the value on top its global names, and pops it.
///
/// # Safety
/// As [`ran`].
unsafe fn set_aliases(state: *mut lua_State, import: &Import) {
    // SAFETY: raw, so that no metamethod of the program's runs; two free slots are Lua's promise to a C function.
    unsafe {
        ffi::lua_rawgeti(state, ffi::LUA_REGISTRYINDEX, ffi::LUA_RIDX_GLOBALS);
        for alias in &import.aliases {
            ffi::lua_pushlstring(state, alias.as_ptr().cast(), alias.len());
            ffi::lua_pushvalue(state, -3);
            ffi::lua_rawset(state, -3);
        }
        ffi::lua_pop(state, 2);
    }
}

/// Finds the program in what the file returned (on top), and returns it.
///
/// # Safety
/// As [`ran`].
unsafe fn program(state: *mut lua_State) -> c_int {
    // SAFETY: reads raw; the error is pushed with a lenient arena, and nothing is owned when it is raised.
    unsafe {
        if ffi::lua_type(state, -1) == ffi::LUA_TFUNCTION {
            return 1;
        }
        let arena = Arena::of(state);
        let method = &(*arena).environment().recipe.method;
        if ffi::lua_type(state, -1) == ffi::LUA_TTABLE && push_method(state, method) {
            return 1;
        }
        push_missing(state, method);
        ffi::lua_error(state)
    }
}

/// Pushes the function that `method` names in the table on top, if there is one.
///
/// # Safety
/// As [`ran`].
unsafe fn push_method(state: *mut lua_State, method: &Method) -> bool {
    let names: &[&str] = match method {
        Method::Named(name) => &[name.as_str()],
        Method::Usual => &["main", "run"],
    };
    // SAFETY: reads raw.
    unsafe {
        names.iter().any(|name| {
            ffi::lua_pushlstring(state, name.as_ptr().cast(), name.len());
            if ffi::lua_rawget(state, -2) == ffi::LUA_TFUNCTION {
                return true;
            }
            ffi::lua_pop(state, 1);
            false
        })
    }
}

/// Pushes the error that there is no such method.
///
/// # Safety
/// As [`ran`].
unsafe fn push_missing(state: *mut lua_State, method: &Method) {
    let name = match method {
        Method::Named(name) => name,
        Method::Usual => "main",
    };
    let error = Error::new(
        kind::NOT_FOUND,
        format!("method \"{name}\" not found in module"),
    );
    // SAFETY: the arena is lenient while the stack is used.
    unsafe {
        let arena = Arena::of(state);
        let before = (*arena).lenient.replace(true);
        Stack::new(state).push_error(&error);
        (*arena).lenient.set(before);
    }
}

/// Returns the values that the encoded arguments stand for; the light userdata that is its argument points to them.
pub(super) unsafe extern "C-unwind" fn arguments(state: *mut lua_State) -> c_int {
    // SAFETY: resumed by `Vm` with a pointer to a slice that outlives the resume; nothing is owned when it raises.
    unsafe {
        let encoded = *ffi::lua_touserdata(state, 1).cast::<&[u8]>();
        ffi::lua_settop(state, 0);
        let arena = Arena::of(state);
        let before = (*arena).lenient.replace(true);
        let failed = object::CODEC.decode_many(state, encoded).err();
        (*arena).lenient.set(before);
        match failed {
            None => {}
            Some(DecodeError::NoRoom) => {
                let text = c"the arguments do not fit into the process's memory";
                return ffi::luaL_error(state, text.as_ptr());
            }
            Some(_) => {
                return ffi::luaL_error(state, c"the arguments do not fit on the stack".as_ptr());
            }
        }
        ffi::lua_gettop(state)
    }
}
