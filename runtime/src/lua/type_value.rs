//! A type value: what `type User = {…}` makes in a program, two numbers in a light userdata. Nothing is allocated
//! for it; it takes what an integer takes, a variable or a constant, and is the same in a template and its copies.
//!
//! Programs have no other light userdata. To Lua itself (`headers/string.h`, which `build.rs` puts before the system's)
//! their type is called "type", and those of one class are equal; as keys of a table they are not. Knows nothing of what
//! types are.

use std::ffi::c_int;
use std::ptr;

use mlua::ffi::{self, lua_State};

use super::layout;

/// A type value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TypeValue {
    /// The same for types that are equal in a program's eyes.
    pub class: u32,
    /// Which type it is, in a table of the layer above.
    pub number: u32,
}

impl TypeValue {
    /// The bits of its light userdata.
    pub(super) fn bits(self) -> u64 {
        u64::from(self.class) << 32 | u64::from(self.number)
    }

    fn from_bits(bits: u64) -> TypeValue {
        TypeValue {
            class: (bits >> 32) as u32,
            number: bits as u32,
        }
    }

    /// Pushes it.
    ///
    /// # Safety
    /// `state` runs or is left as it ran, with a free slot.
    pub(super) unsafe fn push(self, state: *mut lua_State) {
        let address = ptr::without_provenance_mut(self.bits() as usize);
        // SAFETY: the caller's promise; nobody follows the address.
        unsafe { ffi::lua_pushlightuserdata(state, address) }
    }

    /// The type value at `index`, counted from 1, if there is one.
    ///
    /// # Safety
    /// As [`Self::push`], but for the slot.
    #[inline]
    pub(super) unsafe fn at(state: *mut lua_State, index: c_int) -> Option<TypeValue> {
        // SAFETY: the caller's promise.
        unsafe { layout::address_at(state, index) }.map(TypeValue::from_bits)
    }
}
