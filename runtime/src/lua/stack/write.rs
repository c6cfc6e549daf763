//! Pushing values, and moving those that are there.

use std::ffi::c_int;

use mlua::ffi;

use super::Stack;
use crate::error::{Error, kind};
use crate::lua::callback::Function;
use crate::lua::codec::{Codec, DecodeError, Others};
use crate::lua::object::{self, Object};
use crate::lua::type_value::TypeValue;
use crate::lua::{base, codec};
use crate::payload::Payload;

impl Stack<'_> {
    /// Pushes `nil`.
    pub fn push_nil(&mut self) {
        self.grow();
        // SAFETY: `grow` made room.
        unsafe { ffi::lua_pushnil(self.state) }
    }

    /// Pushes a boolean.
    pub fn push_boolean(&mut self, value: bool) {
        self.grow();
        // SAFETY: `grow` made room.
        unsafe { ffi::lua_pushboolean(self.state, value.into()) }
    }

    /// Pushes an integer.
    pub fn push_integer(&mut self, value: i64) {
        self.grow();
        // SAFETY: `grow` made room.
        unsafe { ffi::lua_pushinteger(self.state, value) }
    }

    /// Pushes a float.
    pub fn push_float(&mut self, value: f64) {
        self.grow();
        // SAFETY: `grow` made room.
        unsafe { ffi::lua_pushnumber(self.state, value) }
    }

    /// Pushes a type value.
    pub fn push_type(&mut self, value: TypeValue) {
        self.grow();
        // SAFETY: `grow` made room.
        unsafe { value.push(self.state) }
    }

    /// Pushes a string.
    pub fn push_bytes(&mut self, value: impl AsRef<[u8]>) {
        self.grow();
        let value = value.as_ref();
        // SAFETY: `grow` made room; the arena is lenient; Lua copies the bytes.
        unsafe { ffi::lua_pushlstring(self.state, value.as_ptr().cast(), value.len()) };
    }

    /// Pushes a new table with room for `list` items and `fields` others.
    pub fn push_table(&mut self, list: usize, fields: usize) {
        self.grow();
        let size = |count: usize| c_int::try_from(count).unwrap_or(c_int::MAX >> 8);
        // SAFETY: `grow` made room; the arena is lenient.
        unsafe { ffi::lua_createtable(self.state, size(list), size(fields)) }
    }

    /// Pushes the value at `index` once more.
    pub fn push_copy(&mut self, index: c_int) {
        let index = self.filled(index);
        self.grow();
        // SAFETY: `grow` made room; the index is checked.
        unsafe { ffi::lua_pushvalue(self.state, index) }
    }

    /// Pushes a new object.
    pub fn push_object<T: Object>(&mut self, value: T) {
        self.push_object_with(value, &[], 0);
    }

    /// Pushes a new object with `bytes` behind it and `slots` places for Lua values, all `nil`.
    pub fn push_object_with<T: Object>(&mut self, value: T, bytes: &[u8], slots: c_int) {
        self.grow();
        // SAFETY: `grow` made room (and `OWN_SLOTS` more); the arena is lenient.
        unsafe { object::push(self.state, value, bytes, slots) }
    }

    /// Pushes a new object whose bytes are those of the `From` at `index` from `start` on.
    pub fn push_object_from<From: Object, T: Object>(
        &mut self,
        index: c_int,
        start: usize,
        value: T,
    ) {
        let index = self.filled(index);
        self.grow();
        let bytes: *const [u8] = &self.object_bytes::<From>(index).unwrap_or_default()[start..];
        // SAFETY: the bytes live in the object at `index`, which stays where it is and keeps them alive; room as in
        // `push_object_with`.
        unsafe { object::push(self.state, value, &*bytes, 0) }
    }

    /// Pushes the value that the bytes behind the `T` at `index` encode.
    ///
    /// # Errors
    /// As [`Stack::push_payload`].
    pub fn push_decoded<T: Object>(&mut self, index: c_int) -> Result<(), Error> {
        let index = self.filled(index);
        let bytes: *const [u8] = self.object_bytes::<T>(index).unwrap_or_default();
        // SAFETY: as in `push_object_from`.
        self.push_payload(unsafe { &*bytes })
    }

    /// Pushes an error object.
    pub fn push_error(&mut self, error: &Error) {
        let mut bytes = Vec::with_capacity(64);
        codec::encode_error(error, &mut bytes);
        self.push_object_with(object::ErrorObject, &bytes, 0);
    }

    /// Pushes the value that a payload encodes.
    ///
    /// # Errors
    /// Where the VM has no memory for it (LimitExceeded), the bytes are no payload, or the stack is full.
    pub fn push_payload(&mut self, encoded: &[u8]) -> Result<(), Error> {
        self.grow();
        // SAFETY: `grow` made room; `decode` asks for what it needs itself; the arena is lenient.
        let done = unsafe { object::CODEC.decode(self.state, encoded) };
        done.map_err(|error| {
            self.free += 1;
            let kind = match error {
                DecodeError::NoRoom => kind::LIMIT_EXCEEDED,
                _ => kind::INTERNAL,
            };
            Error::new(kind, error.to_string())
        })
    }

    /// Encodes the value at `index`.
    ///
    /// # Errors
    /// Where it is nested too deep or too large; the text says so.
    pub fn encode(&self, index: c_int, out: &mut Vec<u8>) -> Result<(), Error> {
        // SAFETY: a value at a checked index; encoding reads raw and leaves the stack as it was.
        unsafe { object::codec(self.memory_limit()).encode(self.state, self.filled(index), out) }
            .map_err(|error| Error::new(kind::INVALID, error.to_string()))
    }

    /// Encodes the values from `first` to `last`, one after the other.
    ///
    /// # Errors
    /// As [`Stack::encode`].
    pub fn encode_many(&self, first: c_int, last: c_int, out: &mut Vec<u8>) -> Result<(), Error> {
        assert!(first >= 1 && last <= self.top());
        // SAFETY: values at checked indices; encoding reads raw and leaves the stack as it was.
        unsafe { object::codec(self.memory_limit()).encode_many(self.state, first, last, out) }
            .map_err(|error| Error::new(kind::INVALID, error.to_string()))
    }

    /// Encodes the value at `index` as a payload of its own.
    ///
    /// # Errors
    /// As [`Stack::encode`].
    pub fn payload(&self, index: c_int) -> Result<Payload, Error> {
        let mut bytes = Vec::with_capacity(32);
        self.encode(index, &mut bytes)?;
        Ok(Payload::from_encoded(bytes))
    }

    /// The same, but functions and whatever else can't be sent become their texts rather than nil.
    ///
    /// # Errors
    /// As [`Stack::encode`].
    pub fn payload_with_texts(&self, index: c_int) -> Result<Payload, Error> {
        let codec = Codec {
            others: Others::Text,
            ..object::codec(self.memory_limit())
        };
        let mut bytes = Vec::with_capacity(32);
        // SAFETY: as in `encode`.
        unsafe { codec.encode(self.state, self.filled(index), &mut bytes) }
            .map_err(|error| Error::new(kind::INVALID, error.to_string()))?;
        Ok(Payload::from_encoded(bytes))
    }

    /// Pushes the bytes `part` of the string at `index` as a string, copying them once.
    ///
    /// # Panics
    /// If there is no string, or it is shorter.
    pub fn push_part(&mut self, index: c_int, part: std::ops::Range<usize>) {
        let index = self.filled(index);
        self.grow();
        let part: *const [u8] = &self.bytes(index).expect("a part of a string")[part];
        // SAFETY: the bytes live in the string at `index`, which stays there and keeps them alive and in place;
        // `grow` made room, and the arena is lenient.
        unsafe { ffi::lua_pushlstring(self.state, part.cast(), part.len()) };
    }

    /// Pushes the function `tostring`.
    pub fn push_tostring(&mut self) {
        self.grow();
        // SAFETY: `grow` made room; a function without upvalues needs no memory.
        unsafe { ffi::lua_pushcfunction(self.state, base::tostring) }
    }

    /// Makes the top `count` values the upvalues of a new function with this body, and pushes that instead.
    pub fn push_closure<S>(&mut self, body: Function<S>, count: c_int) {
        assert!((1..=i32::from(u8::MAX)).contains(&count) && count <= self.top());
        self.free += count - 1;
        // SAFETY: there are that many values; the arena is lenient. A VM's functions are all for the same host
        // state: libraries, code and VM carry its type.
        unsafe { ffi::lua_pushcclosure(self.state, body.entry(), count) }
    }

    /// Pushes upvalue `number` (from 1) of the running function.
    pub fn push_upvalue(&mut self, number: c_int) {
        self.grow();
        // SAFETY: `grow` made room; reading an upvalue that isn't there gives none, which pushes as nil.
        unsafe {
            let place = ffi::lua_upvalueindex(number);
            if ffi::lua_type(self.state, place) == ffi::LUA_TNONE {
                return ffi::lua_pushnil(self.state);
            }
            ffi::lua_pushvalue(self.state, place);
        }
    }

    /// Sets upvalue `number` (from 1) of the running function to the top value, and pops it.
    pub fn set_upvalue(&mut self, number: c_int) {
        self.free += 1;
        let place = ffi::lua_upvalueindex(number);
        // SAFETY: asking for the type of an upvalue that isn't there gives none; then nothing is written.
        unsafe {
            assert_ne!(ffi::lua_type(self.state, place), ffi::LUA_TNONE);
            ffi::lua_replace(self.state, place);
        }
    }

    /// Drops `count` values.
    pub fn pop(&mut self, count: c_int) {
        assert!((0..=self.top()).contains(&count));
        // SAFETY: there are that many.
        unsafe { ffi::lua_settop(self.state, -count - 1) }
        self.free += count;
    }

    /// Drops all values above the first `count`.
    pub fn truncate(&mut self, count: c_int) {
        let top = self.top();
        if count < top {
            self.pop(top - count);
        }
    }

    /// Moves the top value to `index`, shifting up what is above.
    pub fn insert(&mut self, index: c_int) {
        let index = self.filled(index);
        // SAFETY: a checked index.
        unsafe { ffi::lua_rotate(self.state, index, 1) }
    }

    /// Moves the top value to `index`, in place of what is there.
    pub fn replace(&mut self, index: c_int) {
        let index = self.filled(index);
        self.free += 1;
        // SAFETY: a checked index.
        unsafe { ffi::lua_replace(self.state, index) }
    }
}
