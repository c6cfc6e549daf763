//! What a program came to, read from its VM before that runs again.
//!
//! Knows nothing of who wants it.

use std::ffi::c_int;

use mlua::ffi;

use super::stack::{Kept, Stack};
use super::vm::Vm;
use super::{failure, layout, object};
use crate::error::{Error, kind};
use crate::payload::Payload;

/// Results of a program that are looked at: a value, and an error.
const MOST_RESULTS: c_int = 2;

impl<S> Vm<S> {
    /// What the program came to, once [`Vm::run`] said that it returned: its first result, encoded; or the error that
    /// it returned as its second.
    ///
    /// # Errors
    /// That error (a string, or an error object), or that the result can't be encoded.
    pub fn result(&mut self) -> Result<Payload, Error> {
        self.drop_further_results();
        let state = self.main.as_ptr();
        let count = self.results;
        if count == 0 {
            return Ok(Payload::default());
        }
        // SAFETY: the main state has its results on top, and encoding only reads.
        unsafe {
            let first = ffi::lua_gettop(state) - count + 1;
            if count >= 2
                && let Some(error) = failure::returned(state, first + 1)
            {
                return Err(error);
            }
            let mut bytes = Vec::new();
            object::codec(self.memory_limit())
                .encode(state, first, &mut bytes)
                .map_err(|error| Error::new(kind::INVALID, format!("the result: {error}")))?;
            Ok(Payload::from_encoded(bytes))
        }
    }

    /// Lets go of the results that nobody asks for: a program may return more than a frame has room for, and who reads the
    /// first ones needs room.
    fn drop_further_results(&mut self) {
        let further = self.results - MOST_RESULTS;
        if further > 0 {
            self.results = MOST_RESULTS;
            // SAFETY: nothing of the VM runs, and so many results are on top.
            unsafe { ffi::lua_pop(self.main.as_ptr(), further) };
        }
    }

    /// Lets `look` read the first result, at the index it is given; `None` if there is none. Only to be called once [`Vm::run`]
    /// said that the program returned.
    pub fn look_at_result<R>(&mut self, look: impl FnOnce(&mut Stack, c_int) -> R) -> Option<R> {
        self.drop_further_results();
        let count = self.results;
        if count == 0 {
            return None;
        }
        let state = self.main.as_ptr();
        let arena = self.arena.as_ptr();
        // SAFETY: nothing of the VM runs, its arena is lenient while the stack lives, and the results are on top; what was
        // pushed on them is popped.
        unsafe {
            let top = ffi::lua_gettop(state);
            let before = (*arena).lenient.replace(true);
            let answer = look(&mut Stack::new(state), top - count + 1);
            ffi::lua_settop(state, top);
            (*arena).lenient.set(before);
            Some(answer)
        }
    }

    /// Lets go of what the VM keeps under `key`. Setting a place to nil needs no memory.
    pub fn let_go(&mut self, key: Kept) {
        let main = self.main.as_ptr();
        let forget = || {
            // SAFETY: writes raw, in a place that is free, and leaves the stack as it was. What was never kept has no place,
            // and is not given one.
            unsafe {
                if ffi::lua_rawgeti(main, ffi::LUA_REGISTRYINDEX, key.index()) != ffi::LUA_TNIL {
                    ffi::lua_pushnil(main);
                    ffi::lua_rawseti(main, ffi::LUA_REGISTRYINDEX, key.index());
                }
                ffi::lua_pop(main, 1);
            }
        };
        // SAFETY: nothing of the VM runs.
        unsafe { layout::with_room(main, 2, forget) };
    }

    /// Lets go of the results, and of all else but the program's function: nothing else is on the state of a program that
    /// has returned.
    pub fn drop_results(&mut self) {
        self.results = 0;
        self.has_returned = true;
        // SAFETY: nothing of the VM runs; there are no variables to be closed below what has returned.
        unsafe { ffi::lua_settop(self.main.as_ptr(), c_int::from(self.repeats)) };
    }
}
