//! From the stack into bytes.
//!
//! Nothing here raises: what is called of Lua reads raw, so values that drop may live across it.

use std::ffi::{CStr, c_int};
use std::ptr;
use std::slice;

use mlua::ffi::*;

use super::form::{depth_of, hint, put_bytes, put_integer, put_string, put_varint, tag};
use super::look::{Look, look, look_typed, userdata};
use super::metatables::Metatables;
use super::seen::Seen;
use super::{Codec, EncodeError, Inline, MAX_DEPTH};
use crate::lua::layout;

/// Stack slots that a level of nesting takes: key, value, a metatable, and a key and value of that.
const SLOTS: c_int = 5;

/// Encodes the value at `index`.
///
/// # Safety
/// As [`Codec::encode`].
pub(super) unsafe fn one(
    codec: &Codec,
    state: *mut lua_State,
    index: c_int,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    // SAFETY: the caller's promise: the index is valid.
    unsafe {
        // A payload object alone is forwarded as it is, numbers and all.
        if lua_type(state, index) == LUA_TUSERDATA
            && let Some(Inline::Value(bytes)) = (codec.inline)(userdata(state, index))
        {
            if bytes.len() > codec.limit {
                return Err(EncodeError::TooLarge(codec.limit));
            }
            out.extend_from_slice(if bytes.is_empty() { &[tag::NIL] } else { bytes });
            return Ok(());
        }
        let index = lua_absindex(state, index);
        many(codec, state, index, index, out)
    }
}

/// Encodes the values from `first` to `last`.
///
/// # Safety
/// As [`Codec::encode_many`].
pub(super) unsafe fn many(
    codec: &Codec,
    state: *mut lua_State,
    first: c_int,
    last: c_int,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    let begun = out.len();
    // SAFETY: the caller's promise: the indices are valid. What a failed encoding left on the stack is taken away.
    unsafe {
        let top = lua_gettop(state);
        let end = begun.saturating_add(codec.limit);
        let mut encoder = Encoder {
            codec,
            state,
            out,
            end,
            seen: Seen::new(),
            metatables: Metatables::default(),
        };
        for index in first..=last {
            let looked = look(codec, state, index);
            if let Err(error) = encoder.value(index, looked, top, 0) {
                lua_settop(state, top);
                out.truncate(begun);
                return Err(error);
            }
        }
    }
    Ok(())
}

struct Encoder<'a> {
    codec: &'a Codec,
    state: *mut lua_State,
    out: &'a mut Vec<u8>,
    /// The length that `out` may not pass.
    end: usize,
    seen: Seen,
    metatables: Metatables,
}

impl Encoder<'_> {
    /// Appends the value at `index`. `top` is the top of the stack, `depth` how many tables are around the value.
    ///
    /// # Safety
    /// As [`look`], which made `looked` of this value.
    #[inline]
    unsafe fn value(
        &mut self,
        index: c_int,
        looked: Look<'_>,
        top: c_int,
        depth: usize,
    ) -> Result<(), EncodeError> {
        // SAFETY: the caller's promise.
        unsafe {
            match looked {
                Look::Nil => self.out.push(tag::NIL),
                Look::False => self.out.push(tag::FALSE),
                Look::True => self.out.push(tag::TRUE),
                Look::Number if lua_isinteger(self.state, index) != 0 => {
                    put_integer(self.out, lua_tointegerx(self.state, index, ptr::null_mut()));
                }
                Look::Number => {
                    let number = lua_tonumberx(self.state, index, ptr::null_mut());
                    self.out.push(tag::FLOAT);
                    self.out.extend_from_slice(&number.to_le_bytes());
                }
                Look::String => {
                    let mut length = 0;
                    let bytes = lua_tolstring(self.state, index, &mut length);
                    self.expect_room(length)?;
                    put_string(self.out, slice::from_raw_parts(bytes.cast(), length));
                }
                Look::Table => self.table(index, top, depth)?,
                Look::Inline(inline) => self.inline(inline, depth)?,
                Look::Other => {
                    let name = CStr::from_ptr(luaL_typename(self.state, index)).to_string_lossy();
                    let address = lua_topointer(self.state, index);
                    put_string(self.out, format!("{name}: {address:p}").as_bytes());
                }
            }
        }
        self.expect_room(0)
    }

    /// An error where `bytes` more would be too many.
    #[inline]
    fn expect_room(&self, bytes: usize) -> Result<(), EncodeError> {
        if self.end < self.out.len() || self.end - self.out.len() < bytes {
            return Err(EncodeError::TooLarge(self.codec.limit));
        }
        Ok(())
    }

    /// Appends what a userdata holds.
    fn inline(&mut self, inline: Inline<'_>, depth: usize) -> Result<(), EncodeError> {
        match inline {
            Inline::Error(bytes) => {
                self.expect_room(bytes.len())?;
                self.out.push(tag::ERROR);
                put_bytes(self.out, bytes);
            }
            Inline::Value(bytes) => {
                self.expect_room(bytes.len())?;
                let own = depth_of(bytes).map_err(|_| EncodeError::Corrupt)?;
                if own == 0 {
                    self.out.extend_from_slice(bytes);
                    return Ok(());
                }
                if depth + 1 + own > MAX_DEPTH {
                    return Err(EncodeError::TooDeep);
                }
                self.out.push(tag::NESTED);
                self.out.extend_from_slice(bytes);
                self.out.push(tag::END);
            }
        }
        Ok(())
    }

    /// Appends the table at `index`, or its number.
    ///
    /// # Safety
    /// As `value`; a table is there.
    unsafe fn table(&mut self, index: c_int, top: c_int, depth: usize) -> Result<(), EncodeError> {
        // SAFETY: the caller's promise; room on the stack is asked for before it is used.
        unsafe {
            let address = lua_topointer(self.state, index);
            if let Some((number, offset)) = self.seen.find_or_add(address, self.out.len()) {
                self.out[offset] = tag::NAMED;
                self.out.push(tag::BACK);
                put_varint(self.out, number as u64);
                return Ok(());
            }
            if depth >= MAX_DEPTH {
                return Err(EncodeError::TooDeep);
            }
            if lua_checkstack(self.state, SLOTS) == 0 {
                return Err(EncodeError::NoStack);
            }
            let hints = self.out.len() + 1;
            self.out.extend_from_slice(&[tag::TABLE, 0, 0]);
            let items = self.items(index, top, depth)?;
            self.out[hints] = hint(items);
            let pairs = self.pairs(index, top, depth, items)?;
            self.out[hints + 1] = hint(pairs);
            self.metatable(index, top, depth)?;
            self.out.push(tag::END);
        }
        Ok(())
    }

    /// Appends the items from 1 on that lie in a table's array, up to the first nil; says how many.
    ///
    /// # Safety
    /// As `table`.
    unsafe fn items(
        &mut self,
        index: c_int,
        top: c_int,
        depth: usize,
    ) -> Result<usize, EncodeError> {
        // SAFETY: the caller's promise.
        unsafe {
            let size = layout::items(lua_topointer(self.state, index));
            for item in 0..size {
                let kind = lua_rawgeti(self.state, index, item as lua_Integer + 1);
                if kind == LUA_TNIL {
                    lua_settop(self.state, top);
                    return Ok(item);
                }
                let looked = look_typed(self.codec, self.state, top + 1, kind);
                self.value(top + 1, looked, top + 1, depth + 1)?;
                lua_settop(self.state, top);
            }
            Ok(size)
        }
    }

    /// Appends what a table holds beside its first `items`; says how many entries that were.
    ///
    /// # Safety
    /// As `table`; the items lie in the table's array.
    unsafe fn pairs(
        &mut self,
        index: c_int,
        top: c_int,
        depth: usize,
        items: usize,
    ) -> Result<usize, EncodeError> {
        let (key, value) = (top + 1, top + 2);
        let mut pairs = 0;
        // SAFETY: the caller's promise. The table isn't changed while it is walked, and the walk begins with its array, in
        // order: so `lua_next` doesn't raise, and goes on after the items.
        unsafe {
            match items {
                0 => lua_pushnil(self.state),
                items => lua_pushinteger(self.state, items as lua_Integer),
            }
            while lua_next(self.state, index) != 0 {
                let looked_at_key = look(self.codec, self.state, key);
                let looked = look(self.codec, self.state, value);
                if !matches!(looked, Look::Nil) && !matches!(looked_at_key, Look::Nil | Look::Other)
                {
                    if pairs == 0 {
                        self.out.push(tag::PAIRS);
                    }
                    self.value(key, looked_at_key, value, depth + 1)?;
                    self.value(value, looked, value, depth + 1)?;
                    pairs += 1;
                }
                lua_settop(self.state, key);
            }
        }
        Ok(pairs)
    }

    /// Appends the metatable of the table at `index`, if it has one that can be sent.
    ///
    /// # Safety
    /// As `table`.
    unsafe fn metatable(
        &mut self,
        index: c_int,
        top: c_int,
        depth: usize,
    ) -> Result<(), EncodeError> {
        // SAFETY: the caller's promise; the slots were asked for.
        unsafe {
            if lua_getmetatable(self.state, index) == 0 {
                return Ok(());
            }
            if !self.metatables.is_functional(self.state, top + 1) {
                self.out.push(tag::META);
                self.value(top + 1, Look::Table, top + 1, depth + 1)?;
            }
            lua_settop(self.state, top);
        }
        Ok(())
    }
}
