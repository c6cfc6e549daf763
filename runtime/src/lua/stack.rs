//! The Lua stack of one call, as safe Rust sees it: checked pushes and raw reads.
//!
//! Nothing here calls back into Lua or raises: reads and writes are raw, and while a [`Stack`] lives its VM's arena
//! is lenient, so that a push never fails for memory. That is why values with `Drop` may live beside a `Stack`.
//! Knows nothing of processes, nor of which functions exist.

use std::ffi::c_int;
use std::marker::PhantomData;

use mlua::ffi::{self, lua_State};

use super::callback::Function;
use super::codec;
use super::object::{self, Class, Object};
use crate::error::Error;
use crate::payload::Payload;

/// Slots that Lua guarantees a C function beyond its arguments (`LUA_MINSTACK`).
const FREE_SLOTS: c_int = 20;

/// Slots kept back for what one method pushes for its own use.
const OWN_SLOTS: c_int = 4;

/// The type of a Lua value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// No value at this index.
    None,
    /// `nil`
    Nil,
    /// `true` or `false`
    Boolean,
    /// Never given to programs.
    LightUserdata,
    /// An integer or a float.
    Number,
    /// A string of bytes.
    String,
    /// A table.
    Table,
    /// A function of Lua's or ours.
    Function,
    /// One of our objects.
    Userdata,
    /// A coroutine.
    Thread,
}

impl Type {
    fn of(code: c_int) -> Type {
        match code {
            ffi::LUA_TNIL => Type::Nil,
            ffi::LUA_TBOOLEAN => Type::Boolean,
            ffi::LUA_TLIGHTUSERDATA => Type::LightUserdata,
            ffi::LUA_TNUMBER => Type::Number,
            ffi::LUA_TSTRING => Type::String,
            ffi::LUA_TTABLE => Type::Table,
            ffi::LUA_TFUNCTION => Type::Function,
            ffi::LUA_TUSERDATA => Type::Userdata,
            ffi::LUA_TTHREAD => Type::Thread,
            _ => Type::None,
        }
    }

    /// The name as `type(v)` gives it; "no value" where there is none.
    pub fn name(self) -> &'static str {
        match self {
            Type::None => "no value",
            Type::Nil => "nil",
            Type::Boolean => "boolean",
            Type::LightUserdata | Type::Userdata => "userdata",
            Type::Number => "number",
            Type::String => "string",
            Type::Table => "table",
            Type::Function => "function",
            Type::Thread => "thread",
        }
    }
}

/// A number as Lua keeps it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// The integer subtype.
    Integer(i64),
    /// The float subtype.
    Float(f64),
}

/// The stack of the call under way. Index 1 is the first argument, -1 the top.
pub struct Stack<'a> {
    state: *mut lua_State,
    /// Slots that may still be pushed without asking.
    free: c_int,
    call: PhantomData<&'a mut lua_State>,
}

impl Stack<'_> {
    /// # Safety
    /// `state` is the state that Lua calls us on, its arena is lenient for as long as the answer lives, and nobody
    /// else touches the state meanwhile.
    pub(super) unsafe fn new<'a>(state: *mut lua_State) -> Stack<'a> {
        Stack {
            state,
            free: FREE_SLOTS - OWN_SLOTS,
            call: PhantomData,
        }
    }

    pub(super) fn raw(&self) -> *mut lua_State {
        self.state
    }

    /// How many values there are.
    pub fn top(&self) -> c_int {
        // SAFETY: `state` is alive (see `new`); this reads.
        unsafe { ffi::lua_gettop(self.state) }
    }

    /// Makes room for `count` more values; false if the stack cannot grow that far.
    #[must_use]
    pub fn reserve(&mut self, count: usize) -> bool {
        let Ok(count) = c_int::try_from(count) else {
            return false;
        };
        let Some(wanted) = count.checked_add(OWN_SLOTS) else {
            return false;
        };
        // SAFETY: `state` is alive; `lua_checkstack` answers 0 rather than raise.
        let grown = unsafe { ffi::lua_checkstack(self.state, wanted) } != 0;
        if grown {
            self.free = self.free.max(count);
        }
        grown
    }

    /// Accounts for one more value on the stack.
    fn grow(&mut self) {
        if self.free == 0 {
            assert!(self.reserve(FREE_SLOTS as usize), "the Lua stack is full");
        }
        self.free -= 1;
    }

    /// Turns an index from the top into one from the bottom, and checks that there may be a value.
    fn index(&self, index: c_int) -> c_int {
        let top = self.top();
        let absolute = if index < 0 { top + index + 1 } else { index };
        assert!(absolute > 0, "no stack index {index} with {top} values");
        // Past the top there is no value, but not every function bears an index far past it.
        absolute.min(top + 1)
    }

    /// Like [`Stack::index`], for what needs a value.
    fn filled(&self, index: c_int) -> c_int {
        let absolute = self.index(index);
        assert!(absolute <= self.top(), "no value at stack index {index}");
        absolute
    }

    fn table(&self, index: c_int) -> c_int {
        let absolute = self.filled(index);
        assert_eq!(self.kind(absolute), Type::Table);
        absolute
    }

    // ---- reading

    /// The type of the value at `index`; [`Type::None`] past the top.
    pub fn kind(&self, index: c_int) -> Type {
        if (1..=FREE_SLOTS).contains(&index) {
            // SAFETY: Lua guarantees a C function that many slots, so asking for their types is always allowed.
            return Type::of(unsafe { ffi::lua_type(self.state, index) });
        }
        if index > self.top() {
            return Type::None;
        }
        // SAFETY: the index is within the stack (`index` asserts it for negative ones).
        Type::of(unsafe { ffi::lua_type(self.state, self.index(index)) })
    }

    /// Whether the value is `nil` or not there at all.
    pub fn is_nothing(&self, index: c_int) -> bool {
        matches!(self.kind(index), Type::Nil | Type::None)
    }

    /// The truth of the value: false for `nil`, `false` and none.
    pub fn truth(&self, index: c_int) -> bool {
        // SAFETY: reads at a checked index; none counts as false.
        !self.is_nothing(index) && unsafe { ffi::lua_toboolean(self.state, self.index(index)) } != 0
    }

    /// The bytes of a string; `None` for anything else, numbers included.
    pub fn bytes(&self, index: c_int) -> Option<&[u8]> {
        if self.kind(index) != Type::String {
            return None;
        }
        let mut length = 0;
        // SAFETY: the value is a string, so this converts and allocates nothing. The bytes live as long as the
        // value is on the stack, and nothing can be popped while `self` is borrowed.
        unsafe {
            let start = ffi::lua_tolstring(self.state, self.index(index), &mut length);
            Some(std::slice::from_raw_parts(start.cast(), length))
        }
    }

    /// The text of a string, with what is not UTF-8 replaced.
    pub fn text(&self, index: c_int) -> Option<std::borrow::Cow<'_, str>> {
        self.bytes(index).map(String::from_utf8_lossy)
    }

    /// A number; `None` for anything else, numeric strings included.
    pub fn number(&self, index: c_int) -> Option<Number> {
        if self.kind(index) != Type::Number {
            return None;
        }
        let index = self.index(index);
        // SAFETY: the value is a number: nothing is converted in place.
        unsafe {
            Some(if ffi::lua_isinteger(self.state, index) != 0 {
                Number::Integer(ffi::lua_tointegerx(self.state, index, std::ptr::null_mut()))
            } else {
                Number::Float(ffi::lua_tonumberx(self.state, index, std::ptr::null_mut()))
            })
        }
    }

    /// Turns a number at `index` into its text, in place; says whether there is a string now.
    pub fn coerce(&mut self, index: c_int) -> bool {
        match self.kind(index) {
            Type::String => true,
            Type::Number => {
                // SAFETY: converts the value in place; the arena is lenient.
                unsafe { ffi::lua_tolstring(self.state, self.index(index), std::ptr::null_mut()) };
                true
            }
            _ => false,
        }
    }

    /// What names a table, function, thread or object for as long as it lives.
    pub fn identity(&self, index: c_int) -> usize {
        // SAFETY: reads at a checked index.
        unsafe { ffi::lua_topointer(self.state, self.filled(index)) as usize }
    }

    /// Whether two values are the same, without metamethods.
    pub fn same(&self, one: c_int, other: c_int) -> bool {
        // SAFETY: reads at checked indices.
        unsafe { ffi::lua_rawequal(self.state, self.filled(one), self.filled(other)) != 0 }
    }

    /// The object of type `T` at `index`, if that is what is there.
    pub fn object<T: Object>(&self, index: c_int) -> Option<&T> {
        if self.kind(index) != Type::Userdata {
            return None;
        }
        // SAFETY: a userdata at a checked index; the answer lives no longer than the borrow of the stack.
        unsafe { object::read::<T>(self.state, self.index(index)).map(|found| &*found) }
    }

    /// Like [`Stack::object`], to change it.
    pub fn object_mut<T: Object>(&mut self, index: c_int) -> Option<&mut T> {
        if self.kind(index) != Type::Userdata {
            return None;
        }
        // SAFETY: as in `object`, and the stack is borrowed for as long as the answer lives.
        unsafe { object::read::<T>(self.state, self.index(index)).map(|found| &mut *found) }
    }

    /// The bytes behind the `T` of an object that was pushed with some.
    pub fn object_bytes<T: Object>(&self, index: c_int) -> Option<&[u8]> {
        self.object::<T>(index)?;
        // SAFETY: the object was checked to be a `T` by the line before.
        Some(unsafe { object::bytes::<T>(self.state, self.index(index)) })
    }

    /// The error object at `index`, if that is what is there.
    pub fn error(&self, index: c_int) -> Option<Error> {
        codec::decode_error(self.object_bytes::<object::ErrorObject>(index)?).ok()
    }

    /// The name that the running function was called by, and whether as a method.
    pub fn called_as(&self) -> Option<(String, bool)> {
        // SAFETY: asking about the running frame reads; nothing is pushed.
        unsafe { super::trace::called_as(self.state) }
    }

    /// Whether a wait is possible here: no C function up to the task's own thread waits for this call to return.
    pub fn can_wait(&self) -> bool {
        // SAFETY: the state of the call is the running one.
        unsafe { super::coroutine::chain_yieldable(self.state) }
    }

    // ---- writing

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
    /// Where the bytes are no payload, or the stack is full.
    pub fn push_payload(&mut self, encoded: &[u8]) -> Result<(), Error> {
        self.grow();
        // SAFETY: `grow` made room; `decode` asks for what it needs itself; the arena is lenient.
        unsafe { object::CODEC.decode(self.state, encoded) }
            .map_err(|error| Error::new(crate::error::kind::INTERNAL, error.to_string()))
    }

    /// Encodes the value at `index`.
    ///
    /// # Errors
    /// Where it is nested too deep or too large; the text says so.
    pub fn encode(&self, index: c_int, out: &mut Vec<u8>) -> Result<(), Error> {
        // SAFETY: a value at a checked index; encoding reads raw and leaves the stack as it was.
        unsafe { object::CODEC.encode(self.state, self.filled(index), out) }
            .map_err(|error| Error::new(crate::error::kind::INVALID, error.to_string()))
    }

    /// Encodes the values from `first` to `last`, one after the other.
    ///
    /// # Errors
    /// As [`Stack::encode`].
    pub fn encode_many(&self, first: c_int, last: c_int, out: &mut Vec<u8>) -> Result<(), Error> {
        assert!(first >= 1 && last <= self.top());
        // SAFETY: values at checked indices; encoding reads raw and leaves the stack as it was.
        unsafe { object::CODEC.encode_many(self.state, first, last, out) }
            .map_err(|error| Error::new(crate::error::kind::INVALID, error.to_string()))
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
        unsafe { ffi::lua_pushcfunction(self.state, super::base::tostring) }
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

    // ---- tables, raw

    /// Whether the value at `index` is one of our libraries' tables: read-only, and nothing in it to be seen raw.
    pub fn is_library(&self, index: c_int) -> bool {
        self.kind(index) == Type::Table
            // SAFETY: a table at a checked index; `OWN_SLOTS` are free.
            && unsafe { super::index::library_at(self.state, self.index(index)).is_some() }
    }

    /// Whether the value at `index` has a metatable.
    pub fn has_metatable(&mut self, index: c_int) -> bool {
        let index = self.filled(index);
        // SAFETY: a checked index; `OWN_SLOTS` are free, and what is pushed is popped.
        unsafe {
            let has = ffi::lua_getmetatable(self.state, index) != 0;
            if has {
                ffi::lua_pop(self.state, 1);
            }
            has
        }
    }

    /// Replaces the key on top by `table[key]`, raw.
    pub fn get_value(&mut self, table: c_int) -> Type {
        let table = self.table(table);
        // SAFETY: a table at a checked index, and a key on top.
        Type::of(unsafe { ffi::lua_rawget(self.state, table) })
    }

    /// The raw length of the table at `index`.
    pub fn len(&self, index: c_int) -> usize {
        // SAFETY: reads at a checked index.
        unsafe { ffi::lua_rawlen(self.state, self.table(index)) }
    }

    /// Pushes `table[position]`, raw.
    pub fn get_item(&mut self, table: c_int, position: i64) -> Type {
        let table = self.table(table);
        self.grow();
        // SAFETY: a table at a checked index, and room for the answer.
        Type::of(unsafe { ffi::lua_rawgeti(self.state, table, position) })
    }

    /// Sets `table[position]` to the top value, raw, and pops it.
    pub fn set_item(&mut self, table: c_int, position: i64) {
        let table = self.table(table);
        self.free += 1;
        // SAFETY: a table at a checked index below the value; the arena is lenient.
        unsafe { ffi::lua_rawseti(self.state, table, position) }
    }

    /// Pushes `table[key]`, raw.
    pub fn get_field(&mut self, table: c_int, key: &str) -> Type {
        let table = self.table(table);
        self.push_bytes(key);
        // SAFETY: a table at a checked index; the key on top is replaced by the value.
        Type::of(unsafe { ffi::lua_rawget(self.state, table) })
    }

    /// Sets `table[key]` to the top value, raw, and pops it.
    pub fn set_field(&mut self, table: c_int, key: &str) {
        let table = self.table(table);
        self.push_bytes(key);
        self.insert(-2);
        self.free += 2;
        // SAFETY: a table at a checked index, with key and value on top; the key is a string.
        unsafe { ffi::lua_rawset(self.state, table) }
    }

    /// Calls `each` for every pair of the table at `index`, raw, with the key at -2 and the value at -1. What `each`
    /// pushes is popped. It must not change the table.
    pub fn for_each(&mut self, table: c_int, mut each: impl FnMut(&mut Self)) {
        let table = self.table(table);
        self.push_nil();
        loop {
            self.grow();
            // SAFETY: a table at a checked index, with room; the key is `nil` or the one the last round left, and
            // still in the table, so this cannot raise.
            if unsafe { ffi::lua_next(self.state, table) } == 0 {
                self.free += 2;
                return;
            }
            let height = self.top();
            each(self);
            self.truncate(height);
            self.pop(1);
        }
    }

    // ---- slots of objects, and of the VM

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
        unsafe { super::trace::place(self.state, level) }
    }

    /// The most bytes that the VM may have; what is built for it beside it need not be larger.
    pub fn memory_limit(&self) -> usize {
        // SAFETY: every state of ours lives in an arena, which outlives the call.
        unsafe {
            (*super::arena::Arena::of(self.state))
                .environment()
                .recipe
                .memory_limit
        }
    }

    /// Where the call comes from, innermost first, one line each.
    pub fn trace(&self) -> String {
        // SAFETY: asking about frames reads; nothing is pushed.
        unsafe { super::trace::trace(self.state) }
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

/// What the VM keeps for the layer above, under a number each.
///
/// One after the other in the registry's array part, so that a slot costs nine bytes.
#[derive(Clone, Copy, Debug)]
#[repr(i64)]
pub enum Kept {
    /// The metatable shared by libraries, strings and objects.
    Base = 0,
    /// The channel of events.
    Events = 1,
    /// The channel of messages without a listener.
    Inbox = 2,
    /// Channels by number, weakly: what timers fire into.
    Channels = 3,
    /// Listen channels, by number.
    Listeners = 4,
    /// The threads of spawned coroutines, by task number.
    Tasks = 5,
}

impl Kept {
    /// The registry index; Lua itself uses what is below the first.
    pub(super) const fn index(self) -> i64 {
        ffi::LUA_RIDX_LAST + 1 + self as i64
    }
}
