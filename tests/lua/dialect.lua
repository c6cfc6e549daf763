-- A program of the dialect: what stock Lua would read or do in another way, and where Lua 5.5 is followed instead.

local test = require("test")
local time = require("time")
local json = require("json")
local shapes = require("shapes")

type Name = string
type Point = { x: number, y: number, label?: string, }
type Tree<T> = {
    value: T,
    children: {Tree<T>},
}
interface Shape
    function area(): number
    function scale(by: number): Shape
end

local cases: {[string]: () -> ()} = {}

-- A result of each kind, as text with its subtype.
local function seen(...: any): string
    local parts: string[] = {}
    for _, value in ipairs({ ... }) do parts[#parts + 1] = (math.type(value) or type(value)) .. " " .. tostring(value) end
    return table.concat(parts, ", ")
end

-- Annotations and casts.

function cases.annotations_leave_what_programs_do_as_it_is(): ()
    local a: number, b: string?, c = 1, nil, "c"
    local limit: number @min(0) @max(10) = 50
    local list: string[] = { "x" }
    local nested: any[][] = { { 1 }, {} }
    local map: {[string]: {Point}} = { here = { { x = 1, y = 2 } } }
    local fixed: readonly {string} = { "a" }
    local either: | "on" | "off" = "on"
    local callback: (item: string, ...number) -> (boolean, string?) = function(item: string, ...: number): (boolean, string?)
        return #item > 0, item .. select("#", ...)
    end
    local old_style: fun(a: number): number = function(n: number): number return n + 1 end
    test.equal({ a, b, c, limit, list[1], #nested, map.here[1].y, fixed[1], either, old_style(1) },
        { [1] = 1, [3] = "c", [4] = 50, [5] = "x", [6] = 2, [7] = 2, [8] = "a", [9] = "on", [10] = 2 })
    test.values({ true, "y2" }, callback("y", 1, 2))
end

function cases.returns_are_annotated_as_a_list_or_in_parentheses(): ()
    local function pair(): number, string return 1, "a" end
    local function same(): (number, string) return 1, "a" end
    local function nothing(): () end
    local function first<T, U: Point>(x: T, _: U?): T return x end
    test.values({ 1, "a" }, pair())
    test.values({ 1, "a" }, same())
    test.values({ n = 0 }, nothing())
    test.equal((function<T>(x: T): T return x end)(first("b")), "b")
end

function cases.casts_change_no_value(): ()
    local p = { x = 1, y = 2 } :: Point
    local text = (5 as any) as string
    local sum = p.x :: number + (p as Point).y * 2
    local there = (p!).x
    test.equal({ p.x, text, sum, there, -2 ^ 2 :: number }, { 1, 5, 5, 1, -4.0 })
    test.equal(#{ 1, 2 } :: any, 2)
end

function cases.a_cast_and_a_label_are_told_apart(): ()
    local n, x = 0, 1
    ::again::
    n = n + x ::number
    if n < 3 then goto again end
    test.equal(n, 3)
end

function cases.a_cast_ends_at_its_line_so_that_a_call_may_follow(): ()
    local called = false
    local function f(): any return function() called = true end end
    local g = f() as any
    (g)()
    test.equal(called, true)
end

function cases.interfaces_leave_nothing_behind(): () test.equal(Shape, nil) end

function cases.a_type_is_a_value_that_can_be_handed_on(): ()
    local types = { [Name] = "name", [Point] = "point" }
    test.equal({ types[Name], types[Point] }, { "name", "point" })
    assert(Tree ~= Point and Tree == Tree)
    do
        type Point = { z: number }
        test.equal(types[Point], nil)
    end
    test.equal(types[Point], "point")
end

function cases.a_builtin_type_is_called_with_a_value_and_answers_it(): ()
    test.equal({ string("x"), integer(3.0), number(1.5), boolean(false), any("y") }, { "x", 3.0, 1.5, false, "y" })
    test.raises("expected string, got number", function() return (string(5)) end)
    test.values({ "x", nil, n = 2 }, string:is("x"))
    local none, failure = integer:is("x")
    test.equal({ none, failure:kind() }, { nil, errors.INVALID })
    test.equal(string.upper("still a library"), "STILL A LIBRARY")
end

function cases.a_type_of_the_programs_is_called_too_and_asked(): ()
    local here = { x = 1, y = 2, more = true }
    assert(Point(here) == here)
    test.raises("y: required field missing", Point, { x = 1 })
    test.values({ here, nil, n = 2 }, Point:is(here))
    local none, failure = Point:is({ x = 1, y = "2" })
    test.equal({ none, failure:kind(), failure:details().field }, { nil, errors.INVALID, "y" })
    test.has(failure, "expected number, got string")
end

function cases.types_of_libraries_are_used_behind_their_name(): ()
    type Picture = { circles: {shapes.Circle} }
    local circle: shapes.Circle = shapes.unit()
    assert(shapes.Circle(circle) == circle)
    assert(Picture:is({ circles = { circle } }))
    local _, failure = Picture:is({ circles = { circle, { center = circle.center, radius = -1 } } })
    test.equal(failure:details().field, "circles[2].radius")
end

-- Words.

function cases.words_of_types_are_names_of_fields_and_methods(): ()
    local t = { is = 1, as = 2, interface = 3, keyof = 4, extends = 5, fun = 6, readonly = 7, asserts = 8, typeof = 9 }
    function t:with(): number return self.is + self.as + self.interface end
    function t.typeof(): number return t.keyof end
    test.equal({ t:with(), t.typeof(), t.fun + t.extends + t.readonly + t.asserts }, { 6, 4, 26 })
end

function cases.type_is_a_name_too(): ()
    local kind = type(5)
    local function describe(type: string): string return "a " .. type end
    local entry = { type = "cup" }
    local type = entry.type
    type = type .. "!"
    test.equal({ kind, describe("b"), type }, { "number", "a b", "cup!" })
end

function cases.global_is_a_name(): ()
    local global = { settings = { global = 1 } }
    global.settings.global = global.settings.global + 1
    local function read(global: number): number return global end
    for _, global in ipairs({ 5 }) do test.equal(global, 5) end
    test.equal({ global.settings.global, read(3) }, { 2, 3 })
end

function cases.escapes_are_luas_and_a_strange_one_is_its_letter(): ()
    test.equal({ "\x41\u{48}\z
        b\065\t", "\d+\.\w", '\-', #"\d" }, { "AHbA\9", "d+.w", "-", 1 })
end

function cases.long_integers_become_floats_and_zeros_may_lead(): ()
    test.equal(seen(007, 9223372036854775808, 0xffffffffffffffff, 1e3, .5, 3.), "integer 7, float 9.2233720368547758e+18, "
        .. "integer -1, float 1000, float 0.5, float 3")
end

function cases.a_parenthesis_on_a_new_line_is_a_call(): ()
    local function f(x: any): any return function(y: any): any return x .. y end end
    local got = f("a")
    ("b")
    test.equal(got, "ab")
end

function cases.break_and_goto_stand_anywhere_in_a_block(): ()
    local n = 0
    while true do
        n = n + 1
        if n == 3 then break; end
        do break end
        n = 10
    end
    test.equal(n, 1)
    for i = 1, 5 do
        for j = 1, 5 do
            if j == i then goto next end
            n = n + 1
        end
        ::next::
    end
    test.equal(n, 11)
end

-- Variables of loops.

function cases.the_variable_of_a_loop_may_be_assigned_and_its_count_goes_on(): ()
    local got: number[] = {}
    for i = 1, 3 do i = i * 10 got[#got + 1] = i end
    for i = 3, 1, -1 do
        if i == 2 then i = 0 end
        got[#got + 1] = i
    end
    for x = 0.5, 1.5 do x = x + 1; got[#got + 1] = x end
    test.equal(got, { 10, 20, 30, 3, 0, 1, 1.5, 2.5 })
end

function cases.each_round_has_its_own_variable(): ()
    local bumps: {() -> number} = {}
    for i = 1, 3 do
        local function bump(): number
            i = i + 10
            return i
        end
        bump()
        bumps[i - 10] = bump
    end
    test.equal({ bumps[1](), bumps[2](), bumps[1](), bumps[3]() }, { 21, 22, 31, 23 })
end

function cases.so_do_loops_in_loops_of_the_same_name(): ()
    local got: number[] = {}
    for i = 1, 2 do
        i = i * 100
        for i = i, i + 1 do
            i = -i
            got[#got + 1] = i
        end
        got[#got + 1] = i
    end
    test.equal(got, { -100, -101, 100, -200, -201, 200 })
end

function cases.the_variables_of_a_generic_loop_may_be_assigned(): ()
    local got: string[] = {}
    for key, value in ipairs({ "a", "b", "c" }) do
        key, value = key * 2, value .. "!"
        got[#got + 1] = key .. value
    end
    for word in ("x y"):gmatch("%a") do word = word .. word got[#got + 1] = word end
    for key in pairs({ k = 1 }) do
        local _ = (function() key = "changed" end)()
        got[#got + 1] = key
    end
    test.equal(got, { "2a!", "4b!", "6c!", "xx", "yy", "changed" })
end

function cases.continue_works_with_an_assigned_variable(): ()
    local got: number[] = {}
    for i = 1, 6 do
        if i % 2 == 0 then goto continue end
        i = i + 0.5
        got[#got + 1] = i
        ::continue::
    end
    test.equal(got, { 1.5, 3.5, 5.5 })
end

-- Numbers.

function cases.integral_floats_are_text_without_a_fraction(): ()
    local half: number = 10 / 2
    test.equal({ half .. "", tostring(half), "user-" .. half, ("%s"):format(half), table.concat({ half, 2 ^ 10 }, " ") },
        { "5", "5", "user-5", "5", "5 1024" })
    test.equal({ tostring(-3.0), tostring(1e14), tostring(1e15), tostring(0.1 + 0.2), tostring(1e100) },
        { "-3", "100000000000000", "1e+15", "0.30000000000000004", "1e+100" })
    test.equal({ json.encode({ total = half }), json.encode({ 1.5, 3.0 }) }, { '{"total":5}', "[1.5,3]" })
    test.equal(seen(json.decode("[5.0]")[1]):match("%S+$"), "5")
    test.equal(math.type(half), "float")
end

function cases.integral_floats_are_integers_as_keys_and_in_times(): ()
    local t = { [1.0] = "a", [2 ^ 1] = "b" }
    test.equal({ #t, t[1], t[2] }, { 2, "a", "b" })
    local at = os.time({ year = 2026.0, month = 4 / 2, day = 1, hour = 0 })
    test.equal({ math.type(at), math.type(os.time()) }, { "integer", "integer" })
    test.equal(os.time({ year = 2026, month = 2, day = 1 }), at)
    test.equal({ os.date("!*t", 0).year, os.date("!%Y-%m-%d", 0) }, { 1970, "1970-01-01" })
end

function cases.arithmetic_is_lua_5_5s(): ()
    test.equal(seen(7 / 2, 4 / 2, 2 ^ 2, 7 // 2, 7.0 // 2, -7 // 2, 7 % 3, -7 % 3, 5.5 % 2),
        "float 3.5, float 2, float 4, integer 3, float 3, integer -4, integer 1, integer 2, float 1.5")
    test.equal(seen(-(5), #"abc", "10" + 1, 10 .. "", math.maxinteger + 1 == math.mininteger),
        "integer -5, integer 3, integer 11, string 10, boolean true")
    test.equal({ 1.0 // 0, math.huge, 5 % math.huge }, { math.huge, 1 / 0, 5.0 })
    test.raises("divide by zero", function() return 1 // 0 end)
    test.raises("attempt to perform 'n%0'", function() return 1 % 0 end)
    test.equal(2 ^ 53 == (1 << 53) + 1, false)
    test.equal({ -1 >> 63, 1 << 64, 5 // 0.0 }, { 1, 0, math.huge })
    test.raises("number has no integer representation", function() return 2.5 & 1 end)
end

function cases.functions_of_math_are_lua_5_5s_and_the_old_ones_are_there(): ()
    test.equal(seen(math.floor(2.5), math.ceil(2.5), math.abs(-3), math.max(1, 2), math.random(1, 1), math.floor(2.0)),
        "integer 2, integer 3, integer 3, integer 2, integer 1, integer 2")
    test.equal({ math.log(8, 2), math.log10(100), math.pow(2, 3), math.mod(7, 3), math.fmod(7, 3) }, { 3.0, 2.0, 8.0, 1.0, 1 })
    test.equal({ math.frexp(8) }, { 0.5, 4 })
    test.equal({ math.ldexp(0.5, 4), math.atan2(0, 1), math.sinh(0), math.cosh(0), math.tanh(0) },
        { 8.0, 0.0, 0.0, 1.0, 0.0 })
end

function cases.tonumber_reads_all_of_luas_grammar(): ()
    test.equal(seen(tonumber("1e5"), tonumber(" 5\r"), tonumber("0x1F"), tonumber("zz", 36), tonumber("10")),
        "float 100000, integer 5, integer 31, integer 1295, integer 10")
    test.equal({ tonumber("5 x"), tonumber("") }, {})
end

-- Text.

function cases.formats_cut_fractions_off_and_take_any_value(): ()
    test.equal({ ("%d %i %x %X %o %c"):format(12.7, 2.2, 255.5, 255.5, 8.9, 65.3), ("%3d%%"):format(7.0) },
        { "12 2 ff FF 10 A", "  7%" })
    test.equal({ ("%s %s %s"):format(nil, true, 3.0), ("%5.2f|%e|%g"):format(1 / 3, 10, 0.1) },
        { "nil true 3", " 0.33|1.000000e+01|0.1" })
    test.has(("%s"):format({}), "table: ")
    test.equal(("%d"):format(1, 2, 3), "1")
    test.raises("bad argument #2 to 'format'", function() return (("%d %d"):format(1)) end)
end

function cases.case_is_unicodes(): ()
    test.equal({ ("straße é"):upper(), ("ÄÉ Ω"):lower(), string.upper("x1") }, { "STRASSE É", "äé ω", "X1" })
end

function cases.patterns_are_lua_5_5s_and_know_zero_bytes(): ()
    test.equal({ ("a\0b"):find("%z") }, { 2, 2 })
    test.equal({ ("abc"):find("") }, { 1, 0 })
    test.equal({ ("THE (quick) fox"):find("%f[%a]%a+%f[%A]"), ("x y"):match("%g+"), ("ab"):rep(2, "-") }, { 1, "x", "ab-ab" })
    test.equal(string.gfind("k=v", "(%w+)=(%w+)")(), "k")
end

function cases.error_objects_are_text_where_text_is_needed(): ()
    local err = errors.new({ message = "file not found", kind = errors.NOT_FOUND })
    test.equal({ string.find(err, "not"), string.match(err, "%a+"), (string.gsub(err, "file", "door")), string.len(err) },
        { 6, "file", "door not found", 14 })
    test.equal({ string.sub(err, 1, 4), string.format("%s", err), "no: " .. err, tostring(err), string.upper(err) },
        { "file", "file not found", "no: file not found", "file not found", "FILE NOT FOUND" })
    test.equal({ err:kind(), err:message() }, { "NotFound", "file not found" })
end

-- What there is.

function cases.what_leads_outside_or_is_newer_than_the_dialect_is_absent(): ()
    for _, name in ipairs({ "load", "loadstring", "dofile", "loadfile", "io", "debug", "utf8", "collectgarbage", "rawlen",
        "warn" }) do
        test.equal(_G[name], nil)
    end
    local known: {string} = {}
    for name in pairs(os) do known[#known + 1] = name end
    table.sort(known)
    test.equal({ table.concat(known, " "), os.platform }, { "clock date difftime platform time", "wippy" })
    test.equal({ _VERSION, package.path, package.cpath, type(package.seeall) },
        { "Lua 5.3 - Wippy Modification", "", "", "function" })
    test.has(package.loadlib("x", "y"), "not supported")
end

function cases.globals_are_assigned_without_being_declared(): ()
    _ = 5
    test.equal(_, 5)
    function is_even(n: integer): boolean return n == 0 or is_odd(n - 1) end
    function is_odd(n: integer): boolean return n ~= 0 and is_even(n - 1) end
    test.equal(is_even(10), true)
end

-- Tables.

function cases.lists_are_lenient(): ()
    local list: {any} = {}
    test.equal({ table.remove(list), table.remove(list, 5) }, {})
    table.insert(list, 3, "far")
    test.equal({ list[3], table.getn({ 1, 2 }), table.maxn({ [7] = 1 }) }, { "far", 2, 7 })
    test.equal({ unpack({ 1, 2 }) }, { table.unpack({ 1, 2 }) })
    test.equal({ table.concat({ 1, 2.0, "x" }, ","), table.pack(nil, 2).n, table.move({ 1, 2 }, 1, 2, 2)[3] }, { "1,2,x", 2, 2 })
    test.equal(table.create(4, 0), {})
end

function cases.metamethods_are_lua_5_5s(): ()
    local meta = {
        __idiv = function() return "idiv" end,
        __band = function() return "band" end,
        __len = function() return 7 end,
        __pairs = function() return next, { only = 1 } end,
        __lt = function() return true end,
        __close = function() end,
    }
    local one, other = setmetatable({}, meta), setmetatable({}, meta)
    test.equal({ one // other, one & other, #one, next({}), one < other }, { "idiv", "band", 7, nil, true })
    for key in pairs(one) do test.equal(key, "only") end
    test.raises("attempt to compare", function() return one <= other end)
    local held <close>, fixed <const> = one, 5
    assert(held and fixed)
end

-- Errors.

function cases.assert_takes_any_value_as_its_message(): ()
    local what = { code = 5 }
    local fine, failure = pcall(assert, false, what)
    assert(not fine and failure == what)
    test.values({ false, "assertion failed!" }, pcall(assert, nil))
    local err = errors.new("m")
    assert(select(2, pcall(assert, false, err)) == err)
    test.values({ 1, what }, assert(1, what))
end

function cases.xpcall_hands_arguments_on(): ()
    test.values({ true, 1, 2 }, xpcall(function(...: any): (any, any) return ... end, error, 1, 2))
    test.values({ false, "handled" }, xpcall(error, function(): string return "handled" end))
end

function cases.values_of_mixed_types_are_not_compared(): ()
    test.raises("attempt to compare", function() return 1 < "2" end)
    test.raises("attempt to compare number with nil", function() return 1 < (nil as any) end)
end

function cases.recursion_without_end_is_an_error_that_can_be_caught(): ()
    local function deep(n: integer): integer return 1 + deep(n + 1) end
    test.raises("stack overflow", deep, 1)
end

-- Waiting.

local function wait<T>(value: T): T
    time.sleep("1ms")
    return value
end

function cases.waits_work_in_all_that_calls_back(): ()
    test.values({ true, "caught" }, pcall(wait, "caught"))
    local iterated: number[] = {}
    local function upto(last: number, n: number): number?
        if n < last then return wait(n + 1) end
        return nil
    end
    for n in upto, 3, 0 do iterated[#iterated + 1] = n end
    local slow = setmetatable({}, {
        __index = function(_, key: string): string return wait(key .. "!") end,
        __add = function(): number return wait(5) end,
        __call = function(_, x: any): any return wait(x) end,
    })
    local sorted = { 3, 1, 2 }
    table.sort(sorted, function(a: number, b: number): boolean return wait(a < b) end)
    local replaced = ("a-b"):gsub("%a", function(letter: string): string return wait(letter:upper()) end)
    test.equal({ iterated, slow.key, slow + 1, slow("x"), sorted, replaced },
        { { 1, 2, 3 }, "key!", 5, "x", { 1, 2, 3 }, "A-B" })
end

function cases.a_wait_in_a_coroutine_is_no_yield_to_who_resumed_it(): ()
    local co = coroutine.wrap(function(a: number): number
        local b: number = coroutine.yield(wait(a + 1)) as number
        return wait(b * 2)
    end)
    test.equal({ co(1), co(5) }, { 2, 10 })
    local thread, is_main = coroutine.running()
    test.equal({ type(thread), type(is_main), coroutine.isyieldable() }, { "thread", "boolean", true })
    local done = channel.new(1)
    coroutine.spawn(function()
        local generate = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(wait(i)) end end)
        done:send(generate() + generate() + generate())
    end)
    test.equal(done:receive(), 6)
end

return test.suite(cases)
