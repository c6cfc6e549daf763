//! What a value on the stack is to the codec, before a byte of it is written: what can be sent, what becomes nil.
//!
//! Reads raw, and nothing raises. Knows nothing of bytes.

use std::ffi::c_int;
use std::slice;

use mlua::ffi::*;

use super::form::tag;
use super::{Codec, Inline, Others};

/// What a value is, for us.
pub(super) enum Look<'a> {
    /// Nil, or what becomes nil.
    Nil,
    False,
    True,
    Number,
    String,
    Table,
    Inline(Inline<'a>),
    /// What can't be sent, where its text stands for it.
    Other,
}

/// What the value at `index` is.
///
/// # Safety
/// `index` is absolute and valid, and its value stays where it is as long as the answer is used.
#[inline]
pub(super) unsafe fn look<'v>(codec: &Codec, state: *mut lua_State, index: c_int) -> Look<'v> {
    // SAFETY: the caller's promise.
    unsafe { look_typed(codec, state, index, lua_type(state, index)) }
}

/// The same where the type is known.
///
/// # Safety
/// As [`look`]; the value has that type.
#[inline]
pub(super) unsafe fn look_typed<'v>(
    codec: &Codec,
    state: *mut lua_State,
    index: c_int,
    kind: c_int,
) -> Look<'v> {
    // SAFETY: the caller's promise.
    unsafe {
        match kind {
            LUA_TBOOLEAN if lua_toboolean(state, index) == 0 => Look::False,
            LUA_TBOOLEAN => Look::True,
            LUA_TNUMBER => Look::Number,
            LUA_TSTRING => Look::String,
            LUA_TTABLE => Look::Table,
            LUA_TUSERDATA => match (codec.inline)(userdata(state, index)) {
                Some(Inline::Value([] | [tag::NIL])) => Look::Nil,
                None => other(codec),
                Some(inline) => Look::Inline(inline),
            },
            LUA_TNIL => Look::Nil,
            _ => other(codec),
        }
    }
}

#[inline]
fn other<'v>(codec: &Codec) -> Look<'v> {
    match codec.others {
        Others::Nil => Look::Nil,
        Others::Text => Look::Other,
    }
}

/// The bytes of the userdata at `index`.
///
/// # Safety
/// There is one, and it stays alive as long as the answer is used.
#[inline]
pub(super) unsafe fn userdata<'a>(state: *mut lua_State, index: c_int) -> &'a [u8] {
    // SAFETY: the caller's promise; a full userdata has as many bytes as its raw length says. The address of an empty one
    // is not null either.
    unsafe {
        let bytes = lua_touserdata(state, index).cast::<u8>();
        slice::from_raw_parts(bytes, lua_rawlen(state, index))
    }
}
