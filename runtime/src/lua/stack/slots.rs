//! What objects and the VM itself keep for us.

use std::ffi::c_int;

use mlua::ffi;

use super::{Kept, Stack, Type};
use crate::lua::arena::Arena;
use crate::lua::object::{self, Class};
use crate::lua::{headroom, trace};

impl Stack<'_> {
    /// Pushes the Lua value in place `slot` (from 1) of the object at `index`.
    pub fn get_slot(&mut self, index: c_int, slot: c_int) -> Type {
        let index = self.filled(index);
        assert_eq!(self.kind(index), Type::Userdata);
        self.grow();
        // SAFETY: a userdata at a checked index; a place it does not have reads as none (nil is pushed).
        Type::of(unsafe { ffi::lua_getiuservalue(self.state, index, slot) })
    }

    /// Puts the top value into place `slot` (from 1) of the object at `index`, and pops it.
    pub fn set_slot(&mut self, index: c_int, slot: c_int) {
        let index = self.filled(index);
        assert_eq!(self.kind(index), Type::Userdata);
        self.free += 1;
        // SAFETY: a userdata at a checked index, and a value above it.
        let set = unsafe { ffi::lua_setiuservalue(self.state, index, slot) };
        assert!(set != 0, "the object has no place {slot}");
    }

    /// Pushes what the VM keeps for us under `key`.
    pub fn get_kept(&mut self, key: Kept) -> Type {
        self.grow();
        // SAFETY: the registry is a table; there is room.
        Type::of(unsafe { ffi::lua_rawgeti(self.state, ffi::LUA_REGISTRYINDEX, key.index()) })
    }

    /// Keeps the top value in the VM under `key`, and pops it.
    pub fn keep(&mut self, key: Kept) {
        self.free += 1;
        // SAFETY: the registry is a table; the arena is lenient.
        unsafe {
            ffi::lua_rawseti(self.state, ffi::LUA_REGISTRYINDEX, key.index());
        }
    }

    /// Pushes a table with weak values.
    pub fn push_weak_table(&mut self) {
        self.push_table(0, 1);
        self.push_table(0, 1);
        self.push_bytes("v");
        self.set_field(-2, "__mode");
        self.free += 1;
        // SAFETY: two tables on top; the upper becomes the lower's metatable.
        unsafe { ffi::lua_setmetatable(self.state, -2) };
    }

    /// `source:line:` of the function that called us `level` levels up (1: our caller), or nothing where there is
    /// no line to tell.
    pub fn place(&self, level: c_int) -> Option<(String, u32)> {
        // SAFETY: asking about frames reads; nothing is pushed.
        unsafe { trace::place(self.state, level) }
    }

    /// The most bytes that the VM may have.
    pub fn memory_limit(&self) -> usize {
        // SAFETY: every state of ours lives in an arena, which outlives the call.
        unsafe { (*Arena::of(self.state)).cap() }
    }

    /// Bytes that the VM may get before it has more than it may, garbage counted in. What is built for it beside it need not
    /// be larger.
    pub fn room(&self) -> usize {
        // SAFETY: `state` is a state of ours.
        unsafe { headroom::left(self.state) }
    }

    /// The same once all garbage is gone.
    pub fn collected_room(&mut self) -> usize {
        // SAFETY: the state of the call under way.
        unsafe { headroom::collected(self.state) }
    }

    /// Ends the VM as one that is out of memory, before what doesn't fit is made. The call is to raise an error.
    pub fn exhaust(&mut self) {
        // SAFETY: the state of the call under way.
        unsafe { headroom::exhaust(self.state) }
    }

    /// Whether `bytes` that another process sent find room, and leave the program some; collects if need be.
    pub fn has_room_for_mail(&mut self, bytes: usize) -> bool {
        // SAFETY: as above.
        unsafe {
            headroom::for_mail(self.state) >= bytes || {
                headroom::collected(self.state);
                headroom::for_mail(self.state) >= bytes
            }
        }
    }

    /// Where the call comes from, innermost first, one line each.
    pub fn trace(&self) -> String {
        // SAFETY: asking about frames reads; nothing is pushed.
        unsafe { trace::trace(self.state) }
    }

    /// The class of the object at `index`, for messages; `None` where it is no object of ours.
    pub fn class(&self, index: c_int) -> Option<Class> {
        if self.kind(index) != Type::Userdata {
            return None;
        }
        // SAFETY: a userdata at a checked index; every userdata in a VM begins with our header.
        unsafe { object::class(self.state, self.index(index)) }
    }
}
