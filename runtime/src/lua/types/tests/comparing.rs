//! Comparing types, and that nothing else compares otherwise than it did.

use super::*;
use crate::lua::fuzz::stock;

#[test]
fn types_of_one_class_are_equal() {
    pass(
        "assert(A == B and A ~= C)",
        "assert(A == A and A == B and not (A ~= B) and B == A)
         assert(A ~= C and not (A == C) and C ~= B)
         assert(A ~= 1 and A ~= 'A' and A ~= nil and A ~= {} and A ~= 0x6d6f6f6e00000003)
         local function equal(a, b) return a == b end
         assert(equal(A, B) and not equal(A, C) and coroutine.wrap(equal)(A, B))
         local list = {C, A}
         assert(list[2] == B and list[1] ~= B)",
    );
}

#[test]
fn equal_types_are_two_keys() {
    pass(
        "local names = {[A] = 'a', [B] = 'b', x = 1} Names = {[C] = 'c'}",
        "assert(names[A] == 'a' and names[B] == 'b' and names[C] == nil and names.x == 1)
         assert(Names[C] == 'c' and Names[A] == nil)
         local count, seen = 0, {}
         for i = 1, 100 do seen['k' .. i] = i end
         for key, value in pairs(names) do seen[key] = value count = count + 1 end
         assert(count == 3 and seen[A] == 'a' and seen[B] == 'b')
         names[A] = nil
         assert(names[A] == nil and names[B] == 'b' and next({[A] = 1}) == A)
         local weak = setmetatable({[A] = A}, {__mode = 'kv'})
         for i = 1, 2000 do local t = {i} end
         assert(weak[A] == A)",
    );
}

#[test]
fn templates_keep_types_as_values() {
    pass(
        "local list, named = {A, B, C}, {user = {A, {C}}} local function up() return B, C end
         Kept = {inner = A.inner, is = A.is, whole = whole}",
        "assert(list[1] == A and tostring(list[2]) == 'T11' and list[3] == C)
         assert(tostring(named.user[1]) == 'T10' and tostring(named.user[2][1]) == 'T12')
         local b, c = up()
         assert(tostring(b) == 'T11' and tostring(c) == 'T12')
         assert(tostring(Kept.inner) == 'T11' and Kept.is(1) == 10 and Kept.whole == whole)",
    );
}

#[test]
fn less_reaches_the_layer_above() {
    pass(
        "assert(A < C and not (C < A))",
        "assert(A <= B and B <= A and not (A < B) and not (B < A))
         assert(A < C and C > A and A <= C and C >= A and not (C <= A) and not (C < B))
         assert(string < A and string <= A and A > string and not (A <= string))
         local function less(a, b) return a < b end
         assert(coroutine.wrap(less)(A, C))
         local list = {C, A, C, B, A}
         table.sort(list, less)
         assert(list[1] == A and list[3] == A and list[4] == C)
         for _, other in ipairs {1, 'x', {}, true, type, table} do
           local ok, why = pcall(less, A, other)
           assert(not ok and why:find('^app:test:%d+: not two types$'), why)
           ok, why = pcall(less, other, A)
           assert(not ok and why:find('^app:test:%d+: not two types$'), why)
         end",
    );
}

#[test]
fn a_metamethod_of_the_other_operand_is_called() {
    pass(
        "",
        "local mt = {__lt = function(a, b) coroutine.yield('waits') return 'yes' end, __le = function() return nil end}
         local t = setmetatable({}, mt)
         local co = coroutine.wrap(function() return 'x' < t, t < 'x', 'x' <= t, t < A end)
         assert(co() == 'waits' and co() == 'waits' and co() == 'waits')
         local a, b, c, d = co()
         assert(a == true and b == true and c == false and d == true)
         mt.__lt = setmetatable({}, {__call = function(_, a, b) return a == 'x' and b == t end})
         assert('x' < t and not (t < 'x'))",
    );
}

/// Values by their source: the last has a name of its own.
const VALUES: [&str; 9] = [
    "nil",
    "true",
    "1",
    "2.5",
    "'x'",
    "{}",
    "type",
    "coroutine.create(type)",
    "named",
];

#[test]
fn errors_of_what_is_no_type_are_luas() {
    let mut source = String::from(
        "local named = setmetatable({}, {__name = 'Named'}) local texts, ok, why = {}, nil, nil ",
    );
    for one in VALUES {
        for other in VALUES {
            for operator in ["<", "<=", ">", ">="] {
                source += &format!(
                    "ok, why = pcall(function() local a, b = {one}, {other} return a {operator} b end)
                     texts[#texts + 1] = tostring(why):gsub('^.-:%d+: ', '') "
                );
            }
        }
    }
    let expected = stock(&format!("{source} return table.concat(texts, '|')"), &[]).unwrap();
    let expected = String::from_utf8(expected).unwrap();
    assert!(expected.contains("attempt to compare string with Named"));
    assert!(expected.contains("attempt to compare two table values"));
    pass(
        "",
        &format!("{source} assert(table.concat(texts, '|') == [[{expected}]])"),
    );
    pass(
        "",
        "local ok, why = pcall(function() return 'x' < {} end)
         assert(why == 'app:test:2: attempt to compare string with table', why)
         -- A C function that compares is no place.
         ok, why = pcall(table.sort, {'x', 1})
         assert(why == 'attempt to compare number with string', why)",
    );
}
