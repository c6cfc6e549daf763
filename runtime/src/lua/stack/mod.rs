//! The Lua stack of one call, as safe Rust sees it: checked pushes and raw reads.
//!
//! Nothing here calls back into Lua or raises: reads and writes are raw, and while a [`Stack`] lives its VM's arena
//! is lenient, so that a push never fails for memory. That is why values with `Drop` may live beside a `Stack`.
//! Knows nothing of processes, nor of which functions exist.

mod slots;
mod table;
#[cfg(test)]
mod tests;
mod write;

use std::ffi::c_int;
use std::marker::PhantomData;

use mlua::ffi::{self, lua_State};

use super::arena::Arena;
use super::codec::{self, Held};
use super::head::Doom;
use super::object::{self, Object};
use super::type_value::TypeValue;
use super::{layout, preempt};
use crate::error::Error;

/// Slots that Lua guarantees a C function beyond its arguments (`LUA_MINSTACK`).
const FREE_SLOTS: c_int = 20;

/// Slots kept back for what one method pushes for its own use.
const OWN_SLOTS: c_int = 4;

/// The type of a Lua value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::enum_variant_names)] // A type is a value, too.
pub enum Type {
    /// No value at this index.
    None,
    /// `nil`
    Nil,
    /// `true` or `false`
    Boolean,
    /// A type: a light userdata, the only sort that programs get.
    TypeValue,
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
            ffi::LUA_TLIGHTUSERDATA => Type::TypeValue,
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
            Type::TypeValue => "type",
            Type::Userdata => "userdata",
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
        // SAFETY: `state` runs (see `new`); this reads.
        unsafe { layout::height(self.state) }
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

    /// The type of the value at `index`; [`Type::None`] past the top.
    pub fn kind(&self, index: c_int) -> Type {
        let index = if index > 0 { index } else { self.index(index) };
        // SAFETY: the state runs; past the top it says so.
        Type::of(unsafe { layout::type_at(self.state, index) })
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
        // SAFETY: the bytes live as long as the value is on the stack, and nothing can be popped while `self` is borrowed.
        unsafe { layout::string_at(self.state, self.index(index)).map(|bytes| &*bytes) }
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

    /// The type value at `index`, if that is what is there.
    pub fn type_value(&self, index: c_int) -> Option<TypeValue> {
        // SAFETY: reads at a checked index.
        unsafe { TypeValue::at(self.state, self.index(index)) }
    }

    /// What names a table, function, thread or object for as long as it lives.
    pub fn identity(&self, index: c_int) -> usize {
        // SAFETY: reads at a checked index.
        unsafe { ffi::lua_topointer(self.state, self.filled(index)) as usize }
    }

    /// Whether two values are the same, without metamethods. Type values are if they are of one class.
    pub fn same(&self, one: c_int, other: c_int) -> bool {
        // SAFETY: reads at checked indices.
        unsafe { ffi::lua_rawequal(self.state, self.filled(one), self.filled(other)) != 0 }
    }

    /// The object of type `T` at `index`, if that is what is there.
    pub fn object<T: Object>(&self, index: c_int) -> Option<&T> {
        // SAFETY: a checked index; the answer lives no longer than the borrow of the stack.
        unsafe { object::read::<T>(self.state, self.index(index)).map(|found| &*found) }
    }

    /// Like [`Stack::object`], to change it.
    pub fn object_mut<T: Object>(&mut self, index: c_int) -> Option<&mut T> {
        // SAFETY: as in `object`, and the stack is borrowed for as long as the answer lives.
        unsafe { object::read::<T>(self.state, self.index(index)).map(|found| &mut *found) }
    }

    /// The bytes behind the `T` of an object that was pushed with some.
    pub fn object_bytes<T: Object>(&self, index: c_int) -> Option<&[u8]> {
        self.object::<T>(index)?;
        // SAFETY: the object was checked to be a `T` by the line before.
        Some(unsafe { object::bytes::<T>(self.state, self.index(index)) })
    }

    /// What the bytes behind the `T` at `index` encode, without decoding them.
    pub fn held<T: Object>(&self, index: c_int) -> Held {
        Held::of(self.object_bytes::<T>(index).unwrap_or_default())
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

    /// Whether a call that takes long is to answer [`super::Answer::pause`] now: its step has been asked to end, and can,
    /// or the VM is to end. Cheap enough for every thousandth of what a loop does.
    pub fn must_pause(&self) -> bool {
        // SAFETY: the state of the call is the running one, in an arena that outlives the call.
        unsafe {
            preempt::is_asked(self.state)
                && (super::coroutine::chain_yieldable(self.state)
                    || preempt::is_given_up()
                    || (*Arena::of(self.state)).why() != Doom::None)
        }
    }

    /// Whether a wait is possible here: no C function up to the task's own thread waits for this call to return.
    pub fn can_wait(&self) -> bool {
        // SAFETY: the state of the call is the running one.
        unsafe { super::coroutine::chain_yieldable(self.state) }
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
    /// Futures by the number of their channel, weakly: who is left of those that were called for.
    Futures = 6,
}

impl Kept {
    /// The registry index; Lua itself uses what is below the first.
    pub(super) const fn index(self) -> i64 {
        ffi::LUA_RIDX_LAST + 1 + self as i64
    }
}
