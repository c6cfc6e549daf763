//! Compiled functions: those inside a function, and their constants.
//!
//! Knows nothing of instructions.

use std::ffi::{c_int, c_void};

use mlua::ffi::{self, lua_State};

use super::{Slot, tag};

/// The head of a function of Lua's with its upvalues (`LClosure`).
#[repr(C)]
struct Closure {
    next: *mut c_void,
    header: [u8; 8],
    gray_list: *mut c_void,
    proto: *mut Proto,
}

/// A compiled function, up to the functions inside it.
#[repr(C)]
pub(in crate::lua) struct Proto {
    next: *mut c_void,
    header: [u8; 8],
    upvalues: c_int,
    size_constants: c_int,
    size_code: c_int,
    size_lines: c_int,
    size_protos: c_int,
    size_local_names: c_int,
    rest: [c_int; 3],
    constants: *mut Slot,
    code: *mut c_void,
    protos: *mut *mut Proto,
}

/// The compiled function of the one on top of the stack.
///
/// # Safety
/// That is a function of Lua's, compiled or loaded in a state of the Lua that this program was built with. The answer lives
/// as long as the function.
pub(in crate::lua) unsafe fn function_on_top(state: *mut lua_State) -> *mut Proto {
    // SAFETY: the caller's promise.
    unsafe { (*ffi::lua_topointer(state, -1).cast::<Closure>()).proto }
}

impl Proto {
    /// Calls `visit` with a function and all those inside it, each before those inside it, in their order.
    ///
    /// # Safety
    /// `proto` lives as long as this runs.
    pub unsafe fn each(proto: *mut Proto, visit: &mut impl FnMut(*mut Proto)) {
        visit(proto);
        // SAFETY: the caller's promise.
        unsafe {
            for inner in 0..usize::try_from((*proto).size_protos).unwrap_or(0) {
                Proto::each(*(*proto).protos.add(inner), visit);
            }
        }
    }

    /// Makes a function forget the names of its local variables.
    ///
    /// # Safety
    /// `proto` lives, in a state whose allocator doesn't look at the sizes that are freed.
    pub unsafe fn drop_local_names(proto: *mut Proto) {
        // SAFETY: the caller's promise.
        unsafe { (*proto).size_local_names = 0 };
    }

    /// How many constants there are.
    ///
    /// # Safety
    /// `proto` lives.
    pub unsafe fn constants(proto: *mut Proto) -> usize {
        // SAFETY: the caller's promise.
        usize::try_from(unsafe { (*proto).size_constants }).unwrap_or(0)
    }

    /// The constant in a place, from 0, if it is an integer.
    ///
    /// # Safety
    /// `proto` lives and has that place.
    pub unsafe fn integer(proto: *mut Proto, place: usize) -> Option<u64> {
        // SAFETY: the caller's promise.
        let constant = unsafe { &*(*proto).constants.add(place) };
        (constant.tag as u8 == tag::INTEGER).then_some(constant.value)
    }

    /// Makes the constant in a place an address.
    ///
    /// # Safety
    /// `proto` lives and has that place, and nothing runs it.
    pub unsafe fn set_address(proto: *mut Proto, place: usize, bits: u64) {
        // SAFETY: the caller's promise. What is not collected needs no barrier.
        unsafe {
            (*proto).constants.add(place).write(Slot {
                value: bits,
                tag: u64::from(tag::ADDRESS),
            });
        }
    }
}
