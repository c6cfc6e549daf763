//! Bodies for a fuzzer: bytes that no encoder wrote, and values that no test thought of.

use super::*;

/// Decodes and, if that works, encodes and decodes again; nothing may crash or change the stack.
pub fn decode(bytes: &[u8]) {
    let vm = Vm::bare();
    if vm.decode(bytes).is_ok() {
        match vm.encoded() {
            Ok(again) => vm.decode(&again).unwrap(),
            Err(error) => assert_eq!(error, EncodeError::TooDeep),
        }
    }
    let _ = depth_of(bytes);
    let _ = decode_error(bytes);
    vm.clear();
    // SAFETY: memory isn't refused.
    let _ = unsafe { CODEC.decode_many(vm.0, bytes) };
}

/// Makes a value as `bytes` say, sends it, and compares what arrives with what was sent.
pub fn round_trip(bytes: &[u8]) {
    let vm = Vm::new();
    // SAFETY: Lua copies the bytes, and has stack for a few values.
    unsafe { lua_pushlstring(vm.0, bytes.as_ptr().cast(), bytes.len()) };
    vm.call(include_str!("make.lua"), 1);
    let encoded = match vm.encoded() {
        Ok(encoded) => encoded,
        Err(error) => return assert_eq!(error, EncodeError::TooDeep),
    };
    assert!(depth_of(&encoded).is_ok());
    vm.decode(&encoded).unwrap();
    vm.call(include_str!("same.lua"), 1);
    // SAFETY: a value is on top, a string or nil.
    let difference = unsafe { lua_tostring(vm.0, -1) };
    assert!(difference.is_null(), "{:?}: {encoded:?}", unsafe {
        // SAFETY: it is no null, and on the stack.
        CStr::from_ptr(difference)
    });
}
