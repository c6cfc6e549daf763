//! Lua values as bytes: from a stack into a payload, and back onto another VM's stack.
//!
//! Knows nothing of messages, nor of what our userdata is: that is asked of whoever makes a [`Codec`]. Tables are read
//! and written raw, no metamethod ever runs.
//!
//! The form: one tag byte a value, then what the tag says; numbers are little-endian or varints (7 bits a byte, lowest
//! first). A table is `TABLE`, two hints of its size, the items from 1 on, then, if there are any, `PAIRS` with keys and
//! values in turn, then, if there is one, `META` with its metatable, then `END`. Tables are numbered in the order of their
//! tags; one that is met again has the tag `NAMED`, and `BACK` with its number stands for it. `NESTED` is a value
//! with numbers of its own, up to an `END`. No bytes at all are nil.

mod decode;
mod encode;
mod error;
mod form;
mod look;
mod metatables;
mod plain;
mod seen;
#[cfg(any(test, fuzzing))]
pub(super) mod tests;

use std::ffi::c_int;
use std::fmt;

use mlua::ffi::lua_State;

pub use error::{decode_error, encode_error};
pub use form::Held;
pub use plain::Plain;

/// How deep tables may be nested, the outermost one included. Bounds our own recursion too.
pub const MAX_DEPTH: usize = 128;

/// What a userdata holds, if it can be sent.
#[derive(Clone, Copy, Debug)]
pub enum Inline<'a> {
    /// An error object: what [`encode_error`] wrote.
    Error(&'a [u8]),
    /// A payload object: an encoded value, which is sent in the place of the object.
    Value(&'a [u8]),
}

/// What becomes of functions, coroutines and whatever else can't be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Others {
    /// They become nil, and a key with them goes with its value.
    Nil,
    /// Values become a text that names them, as `tostring` makes it. Keys go all the same.
    Text,
}

/// How values of one kind of VM are encoded and decoded.
#[derive(Clone, Copy, Debug)]
pub struct Codec {
    /// What the userdata is that consists of these bytes; none if it becomes nil. Called in the midst of encoding.
    pub inline: for<'a> fn(&'a [u8]) -> Option<Inline<'a>>,
    /// Pushes exactly one value: the error object for what [`encode_error`] wrote. Called in the midst of decoding, with
    /// room for five values on the stack; must not raise.
    pub push_error: unsafe fn(*mut lua_State, &[u8]),
    /// Bytes that a decoded value may take in the memory of a state.
    pub room: unsafe fn(*mut lua_State) -> usize,
    /// What becomes of what can't be sent.
    pub others: Others,
    /// Most bytes that a call of `encode` or `encode_many` may write.
    pub limit: usize,
}

/// Why a value can't be encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EncodeError {
    /// Tables are nested deeper than [`MAX_DEPTH`].
    TooDeep,
    /// It is larger than so many bytes.
    TooLarge(usize),
    /// The Lua stack has no room left.
    NoStack,
    /// A payload object holds something else than an encoded value.
    Corrupt,
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EncodeError::TooDeep => write!(f, "value is nested deeper than {MAX_DEPTH} tables"),
            EncodeError::TooLarge(limit) => write!(f, "value is larger than {limit} bytes"),
            EncodeError::NoStack => f.write_str("value does not fit on the Lua stack"),
            EncodeError::Corrupt => f.write_str("payload object is corrupt"),
        }
    }
}

impl std::error::Error for EncodeError {}

/// Why bytes can't be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// They end in the midst of a value.
    Truncated,
    /// They are not what an encoder writes.
    Corrupt,
    /// Tables are nested deeper than [`MAX_DEPTH`].
    TooDeep,
    /// The Lua stack has no room left.
    NoStack,
    /// The VM's memory has no room for it.
    NoRoom,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DecodeError::Truncated => f.write_str("encoded value is cut short"),
            DecodeError::Corrupt => f.write_str("encoded value is corrupt"),
            DecodeError::TooDeep => write!(f, "value is nested deeper than {MAX_DEPTH} tables"),
            DecodeError::NoStack => f.write_str("value does not fit on the Lua stack"),
            DecodeError::NoRoom => f.write_str(
                "value does not fit into the process's memory: raise its host's memory_limit, or send less",
            ),
        }
    }
}

impl std::error::Error for DecodeError {}

impl Codec {
    /// Appends the value at `index` to `out`. On an error `out` is what it was. The stack stays as it is; what
    /// becomes of functions, coroutines and whatever else can't be sent is said by `others`.
    ///
    /// # Safety
    /// `index` is a valid index of `state`, which runs this call inside a C function; no memory is refused to it.
    pub unsafe fn encode(
        &self,
        state: *mut lua_State,
        index: c_int,
        out: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        // SAFETY: the caller's promise.
        unsafe { encode::one(self, state, index, out) }
    }

    /// Appends the values at the absolute indices `first` to `last` to `out`, as one sequence: a table that several of
    /// them share is shared again on the other side. Otherwise as [`Codec::encode`].
    ///
    /// # Safety
    /// As [`Codec::encode`]; the indices are positive, and all values from `first` to `last` are on the stack.
    pub unsafe fn encode_many(
        &self,
        state: *mut lua_State,
        first: c_int,
        last: c_int,
        out: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        // SAFETY: the caller's promise.
        unsafe { encode::many(self, state, first, last, out) }
    }

    /// Pushes the value that `bytes` encode. On an error nothing is pushed. May collect.
    ///
    /// # Safety
    /// `state` runs this call inside a C function; no memory is refused to it.
    pub unsafe fn decode(&self, state: *mut lua_State, bytes: &[u8]) -> Result<(), DecodeError> {
        // SAFETY: the caller's promise.
        unsafe { decode::one(self, state, bytes) }
    }

    /// Pushes all the values that `bytes` encode, as [`Codec::encode_many`] wrote them, and says how many. On an error
    /// nothing is pushed.
    ///
    /// # Safety
    /// As [`Codec::decode`].
    pub unsafe fn decode_many(
        &self,
        state: *mut lua_State,
        bytes: &[u8],
    ) -> Result<c_int, DecodeError> {
        // SAFETY: the caller's promise.
        unsafe { decode::many(self, state, bytes) }
    }
}
