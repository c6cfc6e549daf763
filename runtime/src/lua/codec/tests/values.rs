//! Every kind of value that crosses, and those that don't.

use super::*;

#[test]
fn scalars_cross() {
    crosses("return nil", "v == nil");
    crosses("return true", "v == true");
    crosses("return false", "v == false");
    for number in [
        "0",
        "7",
        "127",
        "128",
        "-1",
        "-128",
        "math.maxinteger",
        "math.mininteger",
    ] {
        crosses(
            &format!("return {number}"),
            &format!("v == {number} and math.type(v) == 'integer'"),
        );
    }
    for number in [
        "0.0", "1.0", "0.1", "-1e300", "5e-324", "1/0", "-1/0", "2^53",
    ] {
        crosses(
            &format!("return {number}"),
            &format!("v == {number} and math.type(v) == 'float'"),
        );
    }
    crosses("return -0.0", "v == 0 and 1 / v == -1/0");
    crosses("return 0/0", "v ~= v");
    crosses("return ''", "v == ''");
    crosses("return 'a\\0b\\0'", "v == 'a\\0b\\0' and #v == 4");
    for length in [39, 40, 41, 63, 64, 127, 128, 5000] {
        crosses(
            &format!("return ('x'):rep({length})"),
            &format!("v == ('x'):rep({length})"),
        );
    }
    let to = Vm::new();
    to.decode(&[]).unwrap();
    // SAFETY: a value is on top.
    assert_eq!(unsafe { lua_type(to.0, -1) }, LUA_TNIL);
}

#[test]
fn tables_cross() {
    let bytes = crosses(
        "return {id = 7, tick = 3}",
        "v.id == 7 and v.tick == 3 and next(v, next(v, next(v))) == nil",
    );
    assert_eq!(bytes.len(), 15);
    crosses("return {}", "next(v) == nil");
    crosses(
        "return {1, 2.5, 'x', true, {}}",
        "#v == 5 and v[1] == 1 and v[2] == 2.5 and v[3] == 'x' and v[4] and next(v[5]) == nil",
    );
    crosses(
        "return {1, nil, 3, nil, nil, 6}",
        "v[1] == 1 and v[2] == nil and v[3] == 3 and v[6] == 6",
    );
    crosses(
        "return {[1] = 1, [2] = 2, [4] = 4, [2^40 // 1 | 0] = 5, [-1] = 6}",
        "v[1] == 1 and v[2] == 2 and v[4] == 4 and v[1 << 40] == 5 and v[-1] == 6",
    );
    crosses(
        "local t = {} for i = 1, 100000 do t[i] = i * 3 end return t",
        "#v == 100000 and v[1] == 3 and v[99999] == 299997",
    );
    crosses(
        "local t = {} for i = 1, 10000 do t['k' .. i] = i end return t",
        "v.k1 == 1 and v.k10000 == 10000",
    );
    crosses(
        "local t = {} for i = 1, 1000 do t[i] = i end for i = 1, 1000, 3 do t[i] = nil end return t",
        "v[1] == nil and v[2] == 2 and v[4] == nil and v[999] == 999",
    );
    crosses(
        "local k = {7} return {[1.5] = 'f', [true] = 't', [false] = 'n', [k] = k, [2^60] = 'i', [-(2.0^80)] = 'big', [''] = 'e'}",
        "(function() assert(v[1.5] == 'f' and v[true] == 't' and v[false] == 'n' and v[1 << 60] == 'i' and v[-(2.0^80)] == 'big' and v[''] == 'e') for k, w in pairs(v) do if type(k) == 'table' then return k == w and k[1] == 7 end end end)()",
    );
}

#[test]
fn what_cannot_cross_becomes_nil() {
    for value in [
        "print",
        "function() end",
        "coroutine.create(print)",
        "io.stdout",
    ] {
        crosses(&format!("return {value}"), "v == nil");
        crosses(
            &format!("return {{a = {value}, b = 1}}"),
            "v.a == nil and v.b == 1",
        );
        crosses(
            &format!("return {{1, {value}, 3}}"),
            "v[1] == 1 and v[2] == nil and v[3] == 3",
        );
        crosses(
            &format!("local k = {value} return {{[k] = 1, [1] = 2, x = {{[k] = k}}}}"),
            "v[1] == 2 and next(v.x) == nil",
        );
    }
    // A table that is a key of nothing is no table that others refer to.
    crosses(
        "local t = {} return {a = {[t] = print}, b = t, c = t, {[t] = print}}",
        "v.b == v.c and type(v.b) == 'table' and next(v.a) == nil",
    );
    let vm = Vm::new();
    // SAFETY: the state is alive and has stack.
    unsafe { lua_pushlightuserdata(vm.0, 8 as *mut _) };
    assert_eq!(vm.encoded().unwrap(), [0]);
}

#[test]
fn cycles_and_sharing_are_kept() {
    crosses("local t = {} t.self = t return t", "v.self == v");
    crosses(
        "local t = {} t[1] = t t[t] = t return t",
        "v[1] == v and v[v] == v",
    );
    crosses(
        "local a, b = {}, {} a.b = b b.a = a return {a, b, a}",
        "v[1] == v[3] and v[1].b == v[2] and v[2].a == v[1] and v[1] ~= v[2]",
    );
    crosses(
        "local t = {} for i = 1, 100 do t[i] = {i} end for i = 1, 100 do t[100 + i] = t[101 - i] end return t",
        "(function() for i = 1, 100 do if v[100 + i] ~= v[101 - i] or v[i][1] ~= i then return false end end return true end)()",
    );
    let bytes = crosses(
        "local t = {} for i = 1, 8 do t[i] = {} end return {t, t[8], t[7], t}",
        "v[1][8] == v[2] and v[1][7] == v[3] and v[1] == v[4] and #v[1] == 8",
    );
    assert!(bytes.len() < 60);
}

#[test]
fn metatables_without_functions_are_kept() {
    crosses(
        "return setmetatable({}, {__index = {x = 1}})",
        "v.x == 1 and rawget(v, 'x') == nil",
    );
    crosses(
        "local m = {__name = 'M'} return {setmetatable({}, m), setmetatable({}, m), m}",
        "getmetatable(v[1]) == v[3] and getmetatable(v[2]) == v[3] and v[3].__name == 'M'",
    );
    crosses(
        "local t = {} return setmetatable(t, t)",
        "getmetatable(v) == v",
    );
    crosses(
        "local m = {} m.__index = m return setmetatable({a = 1}, m)",
        "getmetatable(v).__index == getmetatable(v) and v.a == 1",
    );
    crosses(
        "return setmetatable({1, x = 2}, {__mode = 'k', __metatable = 'locked'})",
        "v[1] == 1 and v.x == 2 and getmetatable(v) == 'locked'",
    );
    for meta in [
        "{__index = function() end, a = 1}",
        "{__tostring = print}",
        "{[print] = 1}",
        "{method = function() end}",
    ] {
        crosses(
            &format!("return setmetatable({{x = 1}}, {meta})"),
            "v.x == 1 and getmetatable(v) == nil",
        );
    }
    crosses(
        "local C = {f = print} C.__index = C local t = {} for i = 1, 1000 do t[i] = setmetatable({i}, C) end return t",
        "#v == 1000 and v[1000][1] == 1000 and getmetatable(v[5]) == nil",
    );
    crosses(
        "local m = {} local t = setmetatable({x = 1}, m) m.__gc = true return t",
        "v.x == 1 and getmetatable(v) == nil",
    );
    // Raw all the way: no metamethod of the table itself runs.
    crosses(
        "return setmetatable({1}, {__len = 5, __pairs = 5, __newindex = {}, __index = {}})",
        "rawlen(v) == 1 and v[1] == 1",
    );
}

#[test]
fn what_cannot_be_sent_may_leave_its_text() {
    let vm = Vm::new();
    vm.call(
        "local f = function() end
         fields = {f, 2, f, name = f, co = coroutine.create(f), [f] = 1, [{}] = 2, file = io.stdout}
         said = tostring(f)
         return fields",
        1,
    );
    let texts = Codec {
        others: Others::Text,
        ..CODEC
    };
    let bytes = vm.encoded_by(&texts).unwrap();
    vm.clear();
    vm.decode(&bytes).unwrap();
    vm.call(
        "local v = ...
         assert(v[1] == said and v[2] == 2 and v[3] == said and v.name == said)
         assert(v.co == tostring(fields.co) and v.file:find('^userdata: 0x'))
         local count = 0
         for _ in pairs(v) do count = count + 1 end
         return count",
        1,
    );
    // The three items, three fields, and the table that is a key.
    // SAFETY: a number is on top.
    assert_eq!(unsafe { lua_tointegerx(vm.0, -1, std::ptr::null_mut()) }, 7);
}
