//! Values made by one state, encoded, decoded by another, and looked at there.

#[cfg(test)]
mod damage;
#[cfg(test)]
mod figures;
pub(in crate::lua) mod fuzz;
#[cfg(test)]
mod room;
#[cfg(test)]
mod values;

use std::ffi::{CStr, CString};
use std::slice;

use mlua::ffi::*;

use super::form::depth_of;
use super::*;
use crate::error::{Error, kind};

/// Userdata of these tests: a tag byte, then the bytes.
const ERROR: u8 = 1;
const PAYLOAD: u8 = 2;

fn inline(bytes: &[u8]) -> Option<Inline<'_>> {
    match bytes.split_first()? {
        (&ERROR, bytes) => Some(Inline::Error(bytes)),
        (&PAYLOAD, bytes) => Some(Inline::Value(bytes)),
        _ => None,
    }
}

unsafe fn push_object(state: *mut lua_State, tag: u8, bytes: &[u8]) {
    // SAFETY: called with room on the stack; the userdata has that many bytes.
    unsafe {
        let object = lua_newuserdatauv(state, bytes.len() + 1, 0).cast::<u8>();
        object.write(tag);
        object
            .add(1)
            .copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
    }
}

unsafe fn push_error(state: *mut lua_State, bytes: &[u8]) {
    // SAFETY: as promised to the codec.
    unsafe { push_object(state, ERROR, bytes) };
}

const CODEC: Codec = Codec {
    inline,
    push_error,
    room: |_| usize::MAX,
    others: Others::Nil,
    limit: 64 << 20,
};

/// A state with all libraries.
struct Vm(*mut lua_State);

impl Vm {
    fn new() -> Vm {
        let vm = Vm::bare();
        // SAFETY: the state is alive, and nothing is refused.
        unsafe { luaL_openlibs(vm.0) };
        vm
    }

    /// A state without libraries.
    fn bare() -> Vm {
        // SAFETY: a state of its own.
        Vm(unsafe { luaL_newstate() })
    }

    /// Pushes what `code` returns, called with what is on the stack.
    fn call(&self, code: &str, results: c_int) {
        let code = CString::new(code).unwrap();
        // SAFETY: the state is alive; errors are caught.
        unsafe {
            assert_eq!(luaL_loadstring(self.0, code.as_ptr()), LUA_OK, "{code:?}");
            lua_rotate(self.0, 1, 1);
            if lua_pcall(self.0, lua_gettop(self.0) - 1, results, 0) != LUA_OK {
                panic!("{:?} in {code:?}", CStr::from_ptr(lua_tostring(self.0, -1)));
            }
        }
    }

    fn top(&self) -> c_int {
        // SAFETY: the state is alive.
        unsafe { lua_gettop(self.0) }
    }

    fn clear(&self) {
        // SAFETY: the state is alive.
        unsafe { lua_settop(self.0, 0) };
    }

    /// The bytes of the value on top, which stays.
    fn encoded(&self) -> Result<Vec<u8>, EncodeError> {
        self.encoded_by(&CODEC)
    }

    fn encoded_by(&self, codec: &Codec) -> Result<Vec<u8>, EncodeError> {
        let mut out = b"before".to_vec();
        let top = self.top();
        // SAFETY: a value is on top; memory isn't refused.
        let done = unsafe { codec.encode(self.0, -1, &mut out) };
        assert_eq!((self.top(), &out[..6]), (top, &b"before"[..]));
        assert!(done.is_ok() || out.len() == 6);
        done.map(|()| out.split_off(6))
    }

    fn decode(&self, bytes: &[u8]) -> Result<(), DecodeError> {
        let top = self.top();
        // SAFETY: memory isn't refused.
        let done = unsafe { CODEC.decode(self.0, bytes) };
        assert_eq!(self.top(), top + done.is_ok() as c_int);
        done
    }
}

impl Drop for Vm {
    fn drop(&mut self) {
        // SAFETY: not used any more.
        unsafe { lua_close(self.0) };
    }
}

/// What `make` returns crosses to another state, where `check` is called with it and returns true.
fn crosses(make: &str, check: &str) -> Vec<u8> {
    let (from, to) = (Vm::new(), Vm::new());
    from.call(make, 1);
    let bytes = from.encoded().unwrap();
    assert!(depth_of(&bytes).is_ok(), "{make}");
    to.decode(&bytes).unwrap();
    to.call(&format!("local v = ... return {check}"), 1);
    // SAFETY: a value is on top.
    let answer = unsafe { lua_toboolean(to.0, -1) };
    assert_eq!(answer, 1, "{make} -> {check}: {bytes:?}");
    bytes
}

#[test]
fn a_large_string_crosses_up_to_the_limit() {
    let vm = Vm::new();
    vm.call("return ('0123456789'):rep(5000000)", 1);
    let bytes = vm.encoded().unwrap();
    assert_eq!(bytes.len(), 50_000_005);
    vm.clear();
    vm.decode(&bytes).unwrap();
    vm.call("local v = ... return v == ('0123456789'):rep(5000000)", 1);
    // SAFETY: a value is on top.
    assert_eq!(unsafe { lua_toboolean(vm.0, -1) }, 1);
    let small = Codec {
        limit: 1000,
        ..CODEC
    };
    for (make, fits) in [
        ("return ('x'):rep(997)", true),
        ("return ('x'):rep(998)", false),
        ("return {('x'):rep(990)}", true),
        ("return {('x'):rep(500), ('y'):rep(500)}", false),
        (
            "local t = {} for i = 1, 1000 do t[i] = i % 100 end return t",
            false,
        ),
        (
            "local t = {} for i = 1, 500 do t[i] = {} end return t",
            false,
        ),
    ] {
        vm.clear();
        vm.call(make, 1);
        assert_eq!(
            vm.encoded_by(&small).err(),
            (!fits).then_some(EncodeError::TooLarge(1000)),
            "{make}"
        );
    }
}

#[test]
fn depth_is_limited_and_said() {
    let nested =
        |levels| format!("local t = {{'core'}} for i = 2, {levels} do t = {{t}} end return t");
    let core = |levels| {
        format!("(function() for i = 2, {levels} do v = v[1] end return v[1] == 'core' end)()")
    };
    for levels in [1, 2, 127, 128] {
        crosses(&nested(levels), &core(levels));
    }
    let vm = Vm::new();
    for levels in [129, 100_000] {
        vm.clear();
        vm.call(&nested(levels), 1);
        let error = vm.encoded().unwrap_err();
        assert_eq!(error.to_string(), "value is nested deeper than 128 tables");
    }
    vm.clear();
    vm.call(
        "local t = {} for i = 1, 200 do t = setmetatable({}, t) end return t",
        1,
    );
    assert_eq!(vm.encoded(), Err(EncodeError::TooDeep));
    vm.clear();
    let endless = [6u8, 1, 0].repeat(100_000);
    assert_eq!(vm.decode(&endless), Err(DecodeError::TooDeep));
    assert_eq!(vm.decode(&[10; 100_000]), Err(DecodeError::TooDeep));
}

#[test]
fn errors_cross_as_errors() {
    let mut error = Error::new(kind::TIMEOUT, "late");
    error.context = "fetch".into();
    let mut bytes = vec![];
    encode_error(&error, &mut bytes);
    let (from, to) = (Vm::new(), Vm::new());
    // SAFETY: the states are alive and have stack.
    unsafe {
        push_object(from.0, ERROR, &bytes);
        from.call("local e = ... return {e, {e}, err = e}", 1);
        to.decode(&from.encoded().unwrap()).unwrap();
        to.call(
            "local t = ... assert(#t == 2 and type(t[2][1]) == 'userdata') return t.err",
            1,
        );
        let object = lua_touserdata(to.0, -1).cast::<u8>();
        let object = slice::from_raw_parts(object, lua_rawlen(to.0, -1));
        assert_eq!(object[0], ERROR);
        assert_eq!(decode_error(&object[1..]).unwrap(), error);
    }
}

#[test]
fn payload_objects_cross_as_what_they_hold() {
    let from = Vm::new();
    from.call("local t = {x = 1} t.self = t return {t, t}", 1);
    let inner = from.encoded().unwrap();
    from.clear();
    // SAFETY: the state is alive and has stack.
    unsafe { push_object(from.0, PAYLOAD, &inner) };
    assert_eq!(from.encoded().unwrap(), inner);
    from.call("local p = ... local t = {} return {t, p, t, {p, t}, t}", 1);
    let bytes = from.encoded().unwrap();
    let to = Vm::new();
    to.decode(&bytes).unwrap();
    to.call("local v = ... local a, b = v[2], v[4][1] assert(v[1] == v[3] and v[3] == v[4][2] and v[5] == v[1] and next(v[1]) == nil) for _, p in ipairs {a, b} do assert(p[1] == p[2] and p[1].self == p[1] and p[1].x == 1) end", 0);
    for (value, check) in [
        ("nil", "v[1] == nil and v.n == 2"),
        ("5", "v[1] == 5"),
        ("'s'", "v[1] == 's'"),
        ("0/0", "v[1] ~= v[1]"),
    ] {
        from.clear();
        from.call(&format!("return {value}"), 1);
        let inner = from.encoded().unwrap();
        from.clear();
        // SAFETY: as above.
        unsafe { push_object(from.0, PAYLOAD, &inner) };
        from.call("local p = ... return {p, n = 2, [p] = 3}", 1);
        to.clear();
        to.decode(&from.encoded().unwrap()).unwrap();
        to.call(&format!("local v = ... assert({check})"), 0);
    }
    // Wrapped again and again, it reaches the limit of depth where it is sent, not where it arrives.
    let mut bytes = inner;
    let mut wraps = 0;
    let error = loop {
        from.clear();
        // SAFETY: as above.
        unsafe { push_object(from.0, PAYLOAD, &bytes) };
        from.call("return {(...)}", 1);
        match from.encoded() {
            Ok(more) => bytes = more,
            Err(error) => break error,
        }
        to.clear();
        to.decode(&bytes).unwrap();
        wraps += 1;
    };
    assert_eq!((error, wraps), (EncodeError::TooDeep, 63));
    from.clear();
    // SAFETY: as above.
    unsafe { push_object(from.0, PAYLOAD, &[6, 1]) };
    from.call("return {(...)}", 1);
    assert_eq!(from.encoded(), Err(EncodeError::Corrupt));
}

#[test]
fn many_values_cross_together() {
    let (from, to) = (Vm::new(), Vm::new());
    for (make, count, check) in [
        ("return", 0, "select('#', ...) == 0"),
        (
            "local t = {} return t, nil, {t}, 5, nil",
            5,
            "select('#', ...) == 5 and (...) == select(3, ...)[1] and select(4, ...) == 5",
        ),
        (
            "local t = {} for i = 1, 10000 do t[i] = i end return table.unpack(t)",
            10_000,
            "select('#', ...) == 10000 and select(10000, ...) == 10000",
        ),
    ] {
        from.clear();
        from.call(make, LUA_MULTRET);
        let mut bytes = vec![];
        // SAFETY: the states are alive; memory isn't refused.
        unsafe {
            CODEC
                .encode_many(from.0, 1, from.top(), &mut bytes)
                .unwrap();
            to.clear();
            assert_eq!(CODEC.decode_many(to.0, &bytes), Ok(count));
            assert_eq!(to.top(), count);
            to.call(&format!("assert({check})"), 0);
            if count > 0 {
                to.clear();
                bytes.push(14);
                assert_eq!(CODEC.decode_many(to.0, &bytes), Err(DecodeError::Corrupt));
                assert_eq!(to.top(), 0);
            }
        }
    }
    // More than the stack can ever hold.
    let bytes = vec![0x81; 300_000];
    // SAFETY: as above.
    let done = unsafe { CODEC.decode_many(to.0, &bytes) };
    assert_eq!(done, Err(DecodeError::NoStack));
    assert_eq!(to.top(), 0);
}
