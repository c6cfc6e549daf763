//! From bytes onto the stack.
//!
//! The bytes are believed in nothing: whatever they are, the answer is a value or an error.

use std::ffi::c_int;

use mlua::ffi::*;

use super::form::{Reader, hinted, tag};
use super::{Codec, DecodeError, MAX_DEPTH};
use crate::lua::metamethods;

/// Stack slots that a value without others inside takes at the most, while it is pushed: what `push_error` may use; and those
/// that a level of nesting takes beside: table and key, and one to keep the table with.
const MOST_SLOTS: c_int = 5;
const SLOTS: c_int = 3;

/// Most bytes of memory that a byte of an encoded value becomes. An empty table is four bytes, and takes 56 and its place in
/// another; a table of 65 pairs of small numbers is 135, and takes 3,100.
pub(super) const MOST_PER_BYTE: usize = 32;

/// Bytes that are decoded without a look at the room there is.
const CARELESS: usize = 256;

/// Bytes that a table, a string or an error takes beside what is in it, and those of an item and of a pair.
const HEAD: usize = 64;
const ITEM: usize = 16;
const PAIR: usize = 40;

/// Pushes the one value that `bytes` are.
///
/// # Safety
/// As [`Codec::decode`].
pub(super) unsafe fn one(
    codec: &Codec,
    state: *mut lua_State,
    bytes: &[u8],
) -> Result<(), DecodeError> {
    // SAFETY: the caller's promise; room is asked for before it is used, and what a failure leaves is taken away.
    unsafe {
        if lua_checkstack(state, MOST_SLOTS) == 0 {
            return Err(DecodeError::NoStack);
        }
        let Some(&first) = bytes.first() else {
            lua_pushnil(state);
            return Ok(());
        };
        let top = lua_gettop(state);
        // Only tables need the slot in which named tables are kept.
        let slot = matches!(first, tag::TABLE | tag::NAMED | tag::NESTED);
        if slot {
            lua_pushnil(state);
        }
        let mut decoder = Decoder::new(codec, state, bytes, top + 1);
        let mut done = decoder.value(0);
        if done.is_ok() && decoder.reader.left() > 0 {
            done = Err(DecodeError::Corrupt);
        }
        if done.is_err() {
            lua_settop(state, top);
        } else if slot {
            lua_copy(state, top + 2, top + 1);
            lua_settop(state, top + 1);
        }
        done
    }
}

/// Pushes all the values that `bytes` are.
///
/// # Safety
/// As [`Codec::decode_many`].
pub(super) unsafe fn many(
    codec: &Codec,
    state: *mut lua_State,
    bytes: &[u8],
) -> Result<c_int, DecodeError> {
    // SAFETY: the caller's promise; room is asked for before it is used, and what a failure leaves is taken away.
    unsafe {
        if lua_checkstack(state, MOST_SLOTS) == 0 {
            return Err(DecodeError::NoStack);
        }
        let top = lua_gettop(state);
        lua_pushnil(state);
        let mut decoder = Decoder::new(codec, state, bytes, top + 1);
        let mut count = 0;
        while decoder.reader.left() > 0 {
            let room = lua_checkstack(state, MOST_SLOTS) != 0;
            let done = if room {
                decoder.value(0)
            } else {
                Err(DecodeError::NoStack)
            };
            if let Err(error) = done {
                lua_settop(state, top);
                return Err(error);
            }
            count += 1;
        }
        lua_rotate(state, top + 1, -1);
        lua_settop(state, top + count);
        Ok(count)
    }
}

struct Decoder<'a> {
    codec: &'a Codec,
    state: *mut lua_State,
    reader: Reader<'a>,
    /// Whether there may be too little room for what is pushed, so that there is a look before each push.
    careful: bool,
    /// How many entries the hints may still ask room for, in all tables together: no more than there are bytes.
    room: usize,
    /// Tables begun in this numbering.
    tables: usize,
    /// What is added to their numbers: `NESTED` values have their own.
    base: usize,
    /// The stack slot of the table in which named tables are kept by number; nil until there is one.
    named: c_int,
}

impl<'a> Decoder<'a> {
    /// # Safety
    /// As [`Codec::decode`].
    unsafe fn new(
        codec: &'a Codec,
        state: *mut lua_State,
        bytes: &'a [u8],
        named: c_int,
    ) -> Decoder<'a> {
        let careful = bytes.len() > CARELESS
            // SAFETY: the caller's promise.
            && unsafe { (codec.room)(state) } < bytes.len().saturating_mul(MOST_PER_BYTE);
        Decoder {
            codec,
            state,
            reader: Reader::new(bytes),
            careful,
            // Hints are up to an eighth too large.
            room: bytes.len() + bytes.len() / 8,
            tables: 0,
            base: 0,
            named,
        }
    }

    /// Pushes the next value.
    ///
    /// # Safety
    /// As [`Codec::decode`]; there are `MOST_SLOTS` free slots.
    unsafe fn value(&mut self, depth: usize) -> Result<(), DecodeError> {
        let state = self.state;
        // SAFETY: the caller's promise.
        unsafe {
            match self.reader.byte()? {
                tag::NIL => lua_pushnil(state),
                tag::FALSE => lua_pushboolean(state, 0),
                tag::TRUE => lua_pushboolean(state, 1),
                tag::INTEGER => lua_pushinteger(state, self.reader.integer()?),
                small @ tag::SMALL_INTEGER.. => {
                    lua_pushinteger(state, (small - tag::SMALL_INTEGER) as lua_Integer);
                }
                tag::FLOAT => lua_pushnumber(state, self.reader.float()?),
                tag::STRING => {
                    let bytes = self.reader.sized()?;
                    self.expect_room(bytes.len())?;
                    push_string(state, bytes);
                }
                short @ tag::SHORT_STRING..tag::SMALL_INTEGER => {
                    let length = (short - tag::SHORT_STRING) as usize;
                    self.expect_room(length)?;
                    push_string(state, self.reader.take(length)?);
                }
                tag::TABLE => self.table(depth, false)?,
                tag::NAMED => self.table(depth, true)?,
                tag::BACK => self.back()?,
                tag::ERROR => {
                    let bytes = self.reader.sized()?;
                    self.expect_room(bytes.len())?;
                    (self.codec.push_error)(state, bytes);
                }
                tag::NESTED => self.nested(depth)?,
                _ => return Err(DecodeError::Corrupt),
            }
        }
        Ok(())
    }

    /// An error where what takes `bytes` beside its head finds no room, also when all garbage is gone. What was decoded so
    /// far is on the stack.
    ///
    /// # Safety
    /// As `value`.
    #[inline]
    unsafe fn expect_room(&self, bytes: usize) -> Result<(), DecodeError> {
        let wanted = bytes + HEAD;
        // SAFETY: the caller's promise.
        unsafe {
            if !self.careful || (self.codec.room)(self.state) >= wanted {
                return Ok(());
            }
            lua_gc(self.state, LUA_GCCOLLECT);
            if (self.codec.room)(self.state) >= wanted {
                return Ok(());
            }
        }
        Err(DecodeError::NoRoom)
    }

    /// Pushes a table.
    ///
    /// # Safety
    /// As `value`.
    unsafe fn table(&mut self, depth: usize, named: bool) -> Result<(), DecodeError> {
        let state = self.state;
        // SAFETY: the caller's promise; room for what is inside is asked for. Nothing is refused, so nothing raises.
        unsafe {
            self.deeper(depth)?;
            let (items, pairs) = (hinted(self.reader.byte()?), hinted(self.reader.byte()?));
            // A byte an item and two a pair is the least there can be, whatever the hints say.
            let items = items.min(self.reader.left()).min(self.room);
            let pairs = pairs.min(self.reader.left() / 2).min(self.room - items);
            self.room -= items + pairs;
            self.expect_room(items * ITEM + pairs.next_power_of_two() * PAIR)?;
            lua_createtable(state, items as c_int, pairs as c_int);
            if named {
                self.name();
            }
            self.tables += 1;
            let mut item = 0;
            loop {
                match self.reader.peek()? {
                    tag::PAIRS => {
                        self.reader.byte()?;
                        return self.pairs(depth);
                    }
                    tag::META => return self.meta(depth),
                    tag::END => {
                        self.reader.byte()?;
                        return Ok(());
                    }
                    _ => {
                        item += 1;
                        self.value(depth + 1)?;
                        lua_rawseti(state, -2, item);
                    }
                }
            }
        }
    }

    /// Sets the other entries of the table on top, and what follows them.
    ///
    /// # Safety
    /// As `table`.
    unsafe fn pairs(&mut self, depth: usize) -> Result<(), DecodeError> {
        let state = self.state;
        loop {
            let next = self.reader.peek()?;
            // SAFETY: the caller's promise. A key that Lua would refuse isn't set.
            unsafe {
                match next {
                    tag::META => return self.meta(depth),
                    tag::END => {
                        self.reader.byte()?;
                        return Ok(());
                    }
                    _ => {}
                }
                self.value(depth + 1)?;
                self.value(depth + 1)?;
                let can_be_refused = !(tag::SHORT_STRING..).contains(&next);
                if can_be_refused && is_no_key(state) {
                    lua_settop(state, -3);
                } else {
                    lua_rawset(state, -3);
                }
            }
        }
    }

    /// Sets the metatable of the table on top, which ends it.
    ///
    /// # Safety
    /// As `table`.
    unsafe fn meta(&mut self, depth: usize) -> Result<(), DecodeError> {
        self.reader.byte()?;
        // SAFETY: the caller's promise; only a table is made a metatable.
        unsafe {
            self.value(depth + 1)?;
            if lua_type(self.state, -1) != LUA_TTABLE {
                return Err(DecodeError::Corrupt);
            }
            metamethods::bring_back(self.state);
            lua_setmetatable(self.state, -2);
        }
        self.end()
    }

    /// Keeps the table on top under its number.
    ///
    /// # Safety
    /// As `table`.
    unsafe fn name(&mut self) {
        // SAFETY: the caller's promise; three slots are more than the table and this need.
        unsafe {
            if lua_type(self.state, self.named) != LUA_TTABLE {
                lua_createtable(self.state, 0, 1);
                lua_copy(self.state, -1, self.named);
                lua_settop(self.state, -2);
            }
            lua_pushvalue(self.state, -1);
            lua_rawseti(
                self.state,
                self.named,
                (self.base + self.tables) as lua_Integer,
            );
        }
    }

    /// Pushes a table that was named.
    ///
    /// # Safety
    /// As `value`.
    unsafe fn back(&mut self) -> Result<(), DecodeError> {
        let number = self.reader.varint()?;
        // SAFETY: the caller's promise; only a named table's number that this numbering has is looked for.
        unsafe {
            if number >= self.tables as u64 || lua_type(self.state, self.named) != LUA_TTABLE {
                return Err(DecodeError::Corrupt);
            }
            let number = (self.base as u64 + number) as lua_Integer;
            if lua_rawgeti(self.state, self.named, number) != LUA_TTABLE {
                return Err(DecodeError::Corrupt);
            }
        }
        Ok(())
    }

    /// Pushes a value with a numbering of its own.
    ///
    /// # Safety
    /// As `value`.
    unsafe fn nested(&mut self, depth: usize) -> Result<(), DecodeError> {
        let (tables, base) = (self.tables, self.base);
        (self.tables, self.base) = (0, base + tables);
        // SAFETY: the caller's promise.
        unsafe {
            self.deeper(depth)?;
            self.value(depth + 1)?;
        }
        (self.tables, self.base) = (tables, base);
        self.end()
    }

    /// An error where a value at `depth` can't have another inside.
    ///
    /// # Safety
    /// As `value`.
    unsafe fn deeper(&mut self, depth: usize) -> Result<(), DecodeError> {
        if depth >= MAX_DEPTH {
            return Err(DecodeError::TooDeep);
        }
        // SAFETY: the caller's promise. Of these slots the table, its key and its keeping take three.
        match unsafe { lua_checkstack(self.state, SLOTS + MOST_SLOTS) } {
            0 => Err(DecodeError::NoStack),
            _ => Ok(()),
        }
    }

    fn end(&mut self) -> Result<(), DecodeError> {
        match self.reader.byte()? {
            tag::END => Ok(()),
            _ => Err(DecodeError::Corrupt),
        }
    }
}

/// Whether the value below the top is nil or NaN, which no table has as a key.
///
/// # Safety
/// There are two values on the stack.
unsafe fn is_no_key(state: *mut lua_State) -> bool {
    // SAFETY: the caller's promise; nothing is converted, since only a number is read as one.
    unsafe {
        match lua_type(state, -2) {
            LUA_TNIL => true,
            LUA_TNUMBER => lua_tonumberx(state, -2, std::ptr::null_mut()).is_nan(),
            _ => false,
        }
    }
}

/// # Safety
/// There is a free slot; no memory is refused.
#[inline]
unsafe fn push_string(state: *mut lua_State, bytes: &[u8]) {
    // SAFETY: the caller's promise; Lua copies the bytes.
    unsafe { lua_pushlstring(state, bytes.as_ptr().cast(), bytes.len()) };
}
