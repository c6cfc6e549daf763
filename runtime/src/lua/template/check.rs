//! What a VM must not hold if others are to be copies of it.
//!
//! A copy lies at another address, and belongs to another process. So: no table that finds something by an object's
//! address, no coroutine, no object of ours that stands for something outside the VM.

use mlua::ffi::lua_State;

use super::unfit::Unfit;
use crate::lua::layout::{self, Object, tag};
use crate::lua::object::Class;

/// Whether copies of the VM would behave like the VM.
///
/// # Safety
/// `state` is the main state of a VM of ours of which nothing runs, after a full collection.
pub(super) unsafe fn check(state: *mut lua_State) -> Result<(), Unfit> {
    // SAFETY: the caller's promise; the lists are of objects that live.
    unsafe {
        let global = layout::global(state);
        if !(*global).with_finalizer.is_null() || !(*global).to_finalize.is_null() {
            return Err(Unfit::Object);
        }
        let main: *mut Object = state.cast();
        let mut object = (*global).all;
        while !object.is_null() {
            match (*object).tag {
                tag::TABLE if layout::has_object_keys(object) => return Err(Unfit::ObjectKeys),
                tag::THREAD if object != main => return Err(Unfit::Coroutine),
                tag::USERDATA if !is_plain(object) => return Err(Unfit::Object),
                _ => {}
            }
            object = (*object).next;
        }
        Ok(())
    }
}

/// Whether a userdata is an object of ours that is a mere value.
///
/// # Safety
/// `object` is a full userdata that lives.
unsafe fn is_plain(object: *mut Object) -> bool {
    // SAFETY: the caller's promise; every object of ours begins with its class.
    unsafe {
        let (bytes, length) = layout::userdata_bytes(object);
        length > 0 && Class::from_number(bytes.read()).is_some_and(Class::is_plain)
    }
}
