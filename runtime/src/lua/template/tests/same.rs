//! Whatever a top level leaves, a copy finds it as a VM of its own boot does.

use super::*;

/// Top levels, each with a `check` that answers something about what they left. Churned garbage between two answers
/// lets the collector run over what was copied.
const PROGRAMS: [(&str, &str); 19] = [
    ("nothing", "local function check() return 1 end"),
    (
        "nested tables",
        "local t = {a = {b = {c = {1, 2, {d = 'e'}}}}, [1] = true, [2.5] = 'x', [-3] = 'y', [1 << 40] = 'z'}
         for i = 1, 50 do t[i * 7] = i end
         local function check()
           local sum = 0
           for i = 1, 50 do sum = sum + t[i * 7] end
           return {sum, t.a.b.c[3].d, t[1], t[2.5], t[-3], t[1 << 40], #t.a.b.c}
         end",
    ),
    (
        "a table that was emptied",
        "local t = {} for i = 1, 30 do t['k' .. i] = i end for i = 1, 30 do t['k' .. i] = nil end
         local function check() for i = 1, 40 do t['n' .. i] = i end local n = 0
           for k, v in pairs(t) do n = n + v end return n end",
    ),
    (
        "shared upvalues",
        "local n, list = 0, {}
         local function more() n = n + 1 list[#list + 1] = n return n end
         local function look() return n end
         for i = 1, 3 do more() end
         local deep = (function() local a = {7} return function() return function() a[1] = a[1] + n return a[1] end end end)()
         local function check() more() return {look(), #list, deep()(), deep()()} end",
    ),
    (
        "upvalues of every kind",
        "local a, b, c, d, e, f = nil, true, false, 1.5, 'text', {}
         local function check() f[1] = e return {a == nil, b, c, d, e, f[1]} end
         local function set() a, b, c, d, e = 1, nil, nil, nil, nil end",
    ),
    (
        "metatables",
        "local Point = {} Point.__index = Point
         Point.__add = function(a, b) return setmetatable({x = a.x + b.x}, Point) end
         Point.__eq = function(a, b) return a.x == b.x end
         Point.__lt = function(a, b) return a.x < b.x end
         Point.__len = function(a) return a.x end
         Point.__call = function(a, y) return a.x * y end
         Point.__concat = function(a, b) return 'joined' end
         Point.__tostring = function(a) return 'P' .. a.x end
         function Point.new(x) return setmetatable({x = x}, Point) end
         local p, q = Point.new(3), Point.new(4)
         local function check()
           local r = p + q
           return {r.x, p == Point.new(3), p < q, #p, p(5), p .. q, tostring(r)}
         end",
    ),
    (
        "strings",
        "local short, long = 'short', string.rep('long', 100)
         local parts = {} for i = 1, 40 do parts[i] = 'part' .. i .. string.rep('x', i) end
         local joined = table.concat(parts, ',')
         local index = {[long] = 1, [short] = 2, [joined] = 3}
         local function check()
           local again = {} for i = 1, 40 do again[i] = 'part' .. i .. string.rep('x', i) end
           return {index[string.rep('long', 100)], index['sho' .. 'rt'], index[table.concat(again, ',')], parts[7] == again[7], #joined}
         end",
    ),
    (
        "keywords",
        "local t = {['end'] = 1, ['while'] = 2}
         local function check() return {t['e' .. 'nd'], t['whi' .. 'le'], t['re' .. 'turn'] == nil, ('goto'):upper()} end",
    ),
    (
        "varargs",
        "local function pass(...) return select('#', ...), ... end
         local packed = table.pack(pass(1, nil, 'x'))
         local function check(...) return {packed.n, packed[1], packed[4], (pass(...)), select('#', ...)} end",
    ),
    (
        "globals and libraries",
        "Global, Other = {1, 2}, 'text' print = nil
         local format, up = string.format, ('x'):upper()
         local cat = table.concat
         for name in pairs(string) do end
         local function check() return {#Global, Other, print == nil, format('%d-%s', 3, up), cat({1, 2}, '+'),
           math.max(1, 9), ('abc'):sub(2), _G.Other, rawget(_G, 'Other'), string == _G.string} end",
    ),
    (
        "a strict global table",
        "setmetatable(_G, {__index = function(_, name) return 'no ' .. name end})
         local function check() return {nothing, type(string), tostring(1)} end",
    ),
    (
        "weak tables",
        "local kept = {'kept'}
         local cache = setmetatable({a = {}, b = kept}, {__mode = 'v'})
         local keys = setmetatable({x = 1, y = kept}, {__mode = 'k'})
         local both = setmetatable({x = kept}, {__mode = 'kv'})
         local function check()
           cache.c = {} cache.d = kept keys[{}] = 1 both[kept] = {}
           local before = {cache.b[1], keys.y[1], both.x[1]}
           return before
         end
         local function gone() return {cache.a == nil, cache.d == kept} end",
    ),
    (
        "objects of values",
        "local n = host.number() local function check() return host.read(n) end",
    ),
    (
        "protected errors",
        "local ok, message = pcall(error, {code = 7}) local _, text = pcall(error, 'text', 0)
         local function check() return {ok, message.code, text} end",
    ),
    (
        "sorted",
        "local t = {} for i = 1, 100 do t[i] = (i * 37) % 101 end table.sort(t)
         local function check() table.sort(t, function(a, b) return a > b end) return {t[1], t[50], t[100]} end",
    ),
    (
        "functions as values of integer keys",
        "local t = {} for i = 1, 10 do t[i] = function() return i end end
         local function check() local s = 0 for i = 1, 10 do s = s + t[i]() end return s end",
    ),
    (
        "deep recursion at top level",
        "local function down(n) if n == 0 then return 0 end return 1 + down(n - 1) end
         local depth = down(500)
         local function check() return {depth, down(300)} end",
    ),
    (
        "constants in vain",
        "local unused = {f = function() end} unused = nil
         local t <const> = 5 local u <close> = setmetatable({}, {__close = function() Closed = true end})
         local function check() return {t, Closed} end",
    ),
    (
        "waits in the program",
        "local function check() host.wait() local co = coroutine.wrap(function(x) local y = coroutine.yield(x + 1) return y end)
           return {co(1), co('last')} end",
    ),
];

/// A program that asks `check` again and again, with garbage between.
fn program(top: &str) -> String {
    format!(
        "{top}
         return function()
           local first, keep = check(1, 2), {{}}
           for round = 1, 60 do
             for i = 1, 20 do keep[i % 7] = {{round, tostring(i), function() return keep end}} end
             if round % 20 == 0 then host.bump() end
           end
           return {{first, check(1, 2), host.bump()}}
         end"
    )
}

#[test]
fn a_copy_finds_what_a_fresh_vm_finds() {
    for (name, top) in PROGRAMS {
        let entry = Entry::new(&program(top));
        let fresh = result(&entry.code(false));
        let code = entry.template();
        assert_eq!(fresh, result(&code), "{name}");
        assert!(fresh.is_ok(), "{name}: {fresh:?}");
    }
}

#[test]
fn a_thousand_copies_in_blocks_of_many_sizes_find_the_same() {
    for (name, top) in PROGRAMS {
        let entry = Entry::new(&program(top));
        let fresh = result(&entry.code(false));
        let code = entry.template();
        let smallest = code.environment.template().unwrap().bytes();
        let mut vms: Vec<_> = (0..1000)
            .map(|number| {
                code.environment.expect_block(smallest + number % 80 * 128);
                Vm::new(&code, Payload::default(), LIMIT).unwrap()
            })
            .collect();
        for vm in &mut vms {
            assert_eq!(fresh, run(vm, &mut TestHost::running()), "{name}");
        }
        drop(vms);
        assert_eq!(entry.slab.in_use(), 0);
    }
}

#[test]
fn a_copy_in_the_smallest_block_that_holds_it_runs() {
    let entry = Entry::new(&program(PROGRAMS[1].1));
    let code = entry.template();
    let bytes = code.environment.template().unwrap().bytes();
    code.environment
        .block
        .store(bytes, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(result(&entry.code(false)), result(&code));
}

#[test]
fn copies_survive_full_and_incremental_collections() {
    for (name, top) in PROGRAMS {
        let entry = Entry::new(&program(top));
        let fresh = result(&entry.code(false));
        let code = entry.template();
        for mode in [mlua::ffi::LUA_GCINC, mlua::ffi::LUA_GCGEN] {
            let mut vm = Vm::new(&code, Payload::default(), LIMIT).unwrap();
            vm.collect_in(mode);
            assert_eq!(fresh, run(&mut vm, &mut TestHost::running()), "{name}");
            vm.collect_in(mode);
        }
    }
}

#[test]
fn imports_ran_in_the_template() {
    let entry = Entry::new(
        "local n = lib.count() return function() return {n, lib.count(), lib.name, other()} end",
    )
    .import(
        "lib",
        "local n = 0 return {name = 'lib', count = function() n = n + 1 return n end}",
    )
    .import("other", "return function() return lib.count() end");
    let code = entry.template();
    let fresh = result(&entry.code(false));
    assert_eq!(fresh, result(&code));
    assert_eq!(fresh, result(&code));
}
