//! Values that have no room, and how much room values take.

use super::*;

/// Bytes that the states here may have.
const MOST: usize = 10 << 20;

/// Bytes that a state has.
fn bytes(state: *mut lua_State) -> usize {
    // SAFETY: the state is alive.
    unsafe { lua_gc(state, LUA_GCCOUNT) as usize * 1024 }
}

const CAPPED: Codec = Codec {
    room: |state| MOST.saturating_sub(bytes(state)),
    ..CODEC
};

/// Lua that makes much of few bytes, for a list of so many.
const SHAPES: [&str; 7] = [
    "{}",
    "{{}}",
    "('%05d'):format(i)",
    "{a = i}",
    "(function() local t = {} return {t, t} end)()",
    "(function() local t = {} for k = 64, 128 do t[k] = 1 end t[1.5] = 1 return t end)()",
    "('x'):rep(50) .. i",
];

fn list_of(shape: &str, count: usize) -> Vec<u8> {
    let vm = Vm::new();
    let code = format!("local all = {{}} for i = 1, {count} do all[i] = {shape} end return all");
    vm.call(&code, 1);
    vm.encoded().unwrap()
}

#[test]
fn what_finds_no_room_is_an_error_and_leaves_nothing() {
    let long = Vm::new();
    long.call("return ('x'):rep(20000000)", 1);
    let mut values = vec![long.encoded().unwrap()];
    values.extend(SHAPES.map(|shape| list_of(shape, 300_000)));
    for (number, value) in values.iter().enumerate() {
        let to = Vm::new();
        // SAFETY: the state is ours, and has no cap of its own.
        let done = unsafe { CAPPED.decode(to.0, value) };
        assert_eq!(done, Err(DecodeError::NoRoom), "{number}");
        // SAFETY: as above.
        assert_eq!(unsafe { lua_gettop(to.0) }, 0);
        assert!(bytes(to.0) <= MOST, "{number}: {}", bytes(to.0));
    }
}

#[test]
fn garbage_makes_room() {
    let from = Vm::new();
    from.call("return ('x'):rep(7000000)", 1);
    let value = from.encoded().unwrap();
    let to = Vm::new();
    for _ in 0..5 {
        // SAFETY: the state is ours, and has no cap of its own.
        unsafe {
            CAPPED.decode(to.0, &value).unwrap();
            lua_settop(to.0, 0);
        }
        assert!(bytes(to.0) <= MOST);
    }
}

#[test]
fn a_byte_becomes_no_more_than_is_said() {
    for shape in SHAPES {
        let value = list_of(shape, 5000);
        let to = Vm::new();
        // SAFETY: the state is ours. Nothing is collected meanwhile, so that rehashing counts as well.
        unsafe {
            lua_gc(to.0, LUA_GCCOLLECT);
            lua_gc(to.0, LUA_GCSTOP);
        }
        let before = bytes(to.0);
        to.decode(&value).unwrap();
        let per_byte = (bytes(to.0) - before).div_ceil(value.len());
        assert!(
            per_byte <= crate::lua::codec::decode::MOST_PER_BYTE,
            "{shape}: {per_byte}"
        );
    }
}
