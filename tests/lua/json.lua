-- The module json: what is written, what is read, and what schemas say.

local test = require("test")
local json = require("json")

local cases, others = {}, {}

-- What follows, a value and its text, is written so.
local function writes(...)
    for at = 1, select("#", ...), 2 do
        local value, text = select(at, ...)
        test.values({ text }, json.encode(value))
    end
end

-- What follows, a text and its value, is read so.
local function reads(...)
    for at = 1, select("#", ...), 2 do
        local text, value = select(at, ...)
        test.values({ value, n = 1 }, json.decode(text))
    end
end

-- The value can't be written; the error says why and what was being done.
local function refuses(part, value)
    test.fails(errors.INTERNAL, part, json.encode(value))
    local _, err = json.encode(value)
    test.has(errors.wrap(err, "x"):stack(), "x")
end

local function nested(depth)
    local value = {}
    for _ = 2, depth do value = { value } end
    return value
end

function cases.plain_values_are_written()
    writes(nil, "null", true, "true", false, "false", "text", '"text"')
    test.values({ "null" }, json.encode())
    writes(0, "0", -7, "-7", math.maxinteger, "9223372036854775807", math.mininteger, "-9223372036854775808")
end

function cases.floats_are_written_short()
    writes(3.0, "3", -3.0, "-3", 0.1, "0.1", -0.0, "-0", 1.5e300, "1.5e+300")
    writes(1e20, "100000000000000000000", 1e21, "1e+21", 1e-6, "0.000001", 1e-7, "1e-7", 2.0 ^ 53, "9007199254740992")
    writes(1 / 0, "null", -1 / 0, "null", 0 / 0, "null")
end

function cases.strings_are_escaped_where_json_needs_it_and_not_for_html()
    writes('"\\/\n\t\r\b\f\0\31\127', '"\\"\\\\/\\n\\t\\r\\b\\f\\u0000\\u001f\127"')
    writes("<a href='x'>&", '"<a href=\'x\'>&"', "é 😀\u{2028}", '"é 😀\u{2028}"')
    writes("a\xffb\xc3", '"a\u{FFFD}b\u{FFFD}"', { ["\xff"] = 1 }, '{"\u{FFFD}":1}')
    writes(string.rep('"', 1000), '"' .. string.rep('\\"', 1000) .. '"')
end

function cases.lists_are_arrays()
    writes({}, "[]", { 1, "x", true, { 2 } }, '[1,"x",true,[2]]', { {}, {} }, "[[],[]]")
    local emptied = { x = 1 }
    emptied.x = nil
    writes(emptied, "[]")
    local backwards = {}
    for at = 20, 1, -1 do backwards[at] = at end
    local forwards = {}
    for at = 1, 20 do forwards[at] = at end
    test.equal(json.encode(backwards), json.encode(forwards))
    forwards[20] = nil
    test.equal(#json.decode(json.encode(forwards)), 19)
    writes({ 1, [print] = 2 }, "[1]", { 1, n = nil }, "[1]")
end

function cases.a_list_with_holes_is_refused()
    refuses("sparse array: item 2 is nil", { 1, nil, 3 })
    refuses("cannot encode sparse array", { nil, 2 })
    refuses("cannot encode sparse array", { [3] = 1 })
    refuses("cannot encode sparse array", { 1, 2, [1 << 40] = 3 })
    refuses("cannot encode sparse array", { list = { [2] = 1 } })
    refuses("cannot encode sparse array: item 1 is nil", { [2] = 1 })
end

function cases.fields_are_in_the_order_of_their_names()
    writes({ b = 1, a = { d = {}, c = "x" }, aa = 3 }, '{"a":{"c":"x","d":[]},"aa":3,"b":1}')
    local fields, expected = {}, {}
    for at = 1, 500 do
        local name = string.format("%03d", at * 337 % 1000)
        fields[name] = at
    end
    for name in json.encode(fields):gmatch('"(%d+)":') do expected[#expected + 1] = name end
    test.equal(#expected, 500)
    for at = 2, 500 do assert(expected[at - 1] < expected[at]) end
    writes({ ["a!"] = 1, a = 2 }, '{"a":2,"a!":1}')
end

function cases.keys_that_are_no_items_are_names()
    writes({ [1.5] = "a", [-1] = "b", [0] = "c", [true] = "d" }, '{"-1":"b","0":"c","1.5":"a","true":"d"}')
    writes({ [false] = 1, [{}] = 2, [print] = 3 }, '{"false":1}', { [print] = 1 }, "[]")
    writes({ [1 / 0] = 1, ["x\n"] = 2 }, '{"inf":1,"x\\n":2}', { [1.5] = 1, ["1.5"] = 2 }, '{"1.5":1,"1.5":2}')
end

function cases.items_and_fields_together_are_refused()
    for _, value in ipairs({ { 1, x = 2 }, { 1, 2, 3, x = 1 }, { [1] = 1, [true] = 2 }, { [0] = 0, 1 }, { 1, [1.5] = 2 },
        { x = 1, [7] = 1 } }) do
        refuses("cannot encode mixed-key table", value)
    end
end

function cases.cycles_are_refused_and_siblings_are_not()
    local cycle = { a = {} }
    cycle.a.b = { cycle }
    refuses("recursively nested tables", cycle)
    local list = {}
    list[1] = list
    refuses("recursively nested tables", list)
    local shared = { 1 }
    writes({ shared, shared }, "[[1],[1]]", { a = shared, b = { shared } }, '{"a":[1],"b":[[1]]}')
end

function cases.nesting_has_a_limit()
    writes(nested(128), string.rep("[", 128) .. string.rep("]", 128))
    refuses("exceeded maximum nesting depth", nested(129))
    local fields = {}
    for _ = 1, 128 do fields = { x = fields } end
    refuses("exceeded maximum nesting depth", fields)
end

function cases.what_json_has_not_is_null()
    writes(print, "null", coroutine.create(print), "null", channel.new(), "null", payload.new(1), "null")
    writes({ f = print, l = { print } }, '{"f":null,"l":[null]}')
end

function cases.errors_are_written_whole()
    writes(errors.new("m"), '"m"', errors.wrap(errors.new('a "b"'), "while"), '"while: a \\"b\\""')
    writes({ err = errors.new("m") }, '{"err":"m"}')
end

function cases.metamethods_are_not_called()
    local raises = function() error("called") end
    writes(setmetatable({ 1 }, { __index = raises, __len = raises, __pairs = raises, __tostring = raises }), "[1]")
end

function cases.failures_say_what_was_being_done()
    local _, err = json.encode({ 1, nil, 3 })
    test.equal(json.encode(err), '"encode failed: cannot encode sparse array: item 2 is nil"')
    _, err = json.decode("{")
    test.has(json.encode(err), "decode failed: ")
end

function cases.plain_values_are_read()
    reads("null", nil, " true ", true, "\t\r\nfalse", false, '"text"', "text", '""', "")
end

function cases.numbers_are_integers_if_they_are_written_so_and_fit()
    reads("0", 0, "-7", -7, "9223372036854775807", math.maxinteger, "-9223372036854775808", math.mininteger)
    reads("1.0", 1.0, "1e2", 100.0, "-2.5", -2.5, "9223372036854775808", 2.0 ^ 63, "1" .. string.rep("0", 30), 1e30)
    reads("0.1", 0.1, "2.2250738585072014e-308", 2.2250738585072014e-308, "17.976931348623157e307", 1.7976931348623157e308)
    test.equal(tostring(json.decode("1.0")), "1")
    for _, text in ipairs({ "01", "+1", "1.", ".5", "-", "1e", "0x1", "NaN", "Infinity", "1e999" }) do
        test.fails(errors.INTERNAL, "at line 1 column", json.decode(text))
    end
end

function cases.strings_are_unescaped()
    reads('"\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\u00e9\\ud83d\\ude00"', '"\\/\b\f\n\r\t\0é😀', '"<é>"', "<é>")
    reads('"\\ud83d"', "\u{FFFD}", '"a\\ude00\\ud83d!"', "a\u{FFFD}\u{FFFD}!", '["a\xff","b\xe2\x82"]', { "a\u{FFFD}", "b\u{FFFD}" })
    for _, text in ipairs({ '"', '"\\', '"\\x"', '"\\u12"', '"a\nb"', '"\0"' }) do
        test.fails(errors.INTERNAL, "at line", json.decode(text))
    end
end

function cases.arrays_and_objects_are_tables()
    reads("[]", {}, "{}", {}, "[1,[2,{}]]", { 1, { 2, {} } }, '{"a":{"b":[]},"":1}', { a = { b = {} }, [""] = 1 })
    reads('{"1":"text","a\\n":1}', { ["1"] = "text", ["a\n"] = 1 })
    for count = 0, 40 do
        local list, fields, items, named = {}, {}, {}, {}
        for at = 1, count do
            list[at], fields["k" .. at] = at, { at }
            items[at], named[at] = tostring(at), '"k' .. at .. '": [' .. at .. "]"
        end
        reads("[" .. table.concat(items, " , ") .. "]", list, "{" .. table.concat(named, ",") .. "}", fields)
    end
end

function cases.null_leaves_holes()
    reads('{"a":null,"b":1}', { b = 1 }, "[1,null,3]", { 1, nil, 3 }, "[null,null]", {})
    reads("[null,1,null,null,5,6,7,8,9,null,11]", { nil, 1, nil, nil, 5, 6, 7, 8, 9, nil, 11 })
end

function cases.of_two_fields_of_one_name_the_last_stays()
    reads('{"a":1,"a":2}', { a = 2 }, '{"a":1,"b":3,"a":null}', { b = 3 })
    local many = {}
    for at = 1, 30 do many[at] = '"k' .. at % 10 .. '":' .. at end
    test.equal(json.decode("{" .. table.concat(many, ",") .. "}").k3, 23)
end

function cases.what_is_no_json_is_refused_with_its_place()
    test.fails(errors.INTERNAL, "expected `,` or `}` at line 3 column 2", json.decode('{\n"a": 1\n "b": 2}'))
    test.fails(errors.INTERNAL, "trailing characters at line 1 column 3", json.decode("1 2"))
    test.fails(errors.INTERNAL, "trailing comma at line 1 column 4", json.decode("[1,]"))
    test.fails(errors.INTERNAL, "EOF while parsing", json.decode("[1"))
    for _, text in ipairs({ "[", "]", "{]", "{1:2}", "{a:1}", '{"a"}', '{"a":}', "[,1]", "tru", "nul", "'a'", "// x", "[1] x",
        "\u{FEFF}1", " " }) do
        test.fails(errors.INTERNAL, "at line 1 column", json.decode(text))
    end
end

function cases.what_is_no_string_is_refused()
    for _, value in ipairs({ 1, true, {}, print, errors.new("1") }) do
        test.fails(errors.INVALID, "string expected", json.decode(value))
    end
    test.fails(errors.INVALID, "string expected", json.decode())
    test.fails(errors.INVALID, "empty string", json.decode(""))
end

function cases.text_may_not_be_nested_deeper_than_what_is_written()
    reads(string.rep("[", 128) .. string.rep("]", 128), nested(128))
    test.fails(errors.INTERNAL, "exceeded maximum nesting depth of 128 at line 1 column",
        json.decode(string.rep("[", 129) .. string.rep("]", 129)))
    test.fails(errors.INTERNAL, "exceeded maximum nesting depth", json.decode(string.rep('{"a":', 100000)))
end

function cases.what_was_read_is_written_the_same()
    for _, text in ipairs({ '{"a":[1,2.5,"x",{"b":true}],"c":"\\n"}', "[1e+21,1e-7,-0,9223372036854775807]", '[[],"é"]' }) do
        test.equal(json.encode(json.decode(text)), text)
    end
end

-- A program with so much memory that this fits into it, but not in many copies.
local LARGE = 4 << 20

function others.reads_what_does_not_fit()
    local filler = string.rep(" ", LARGE)
    for _, part in ipairs({ "[],", "{},", '{"":[]},', "1,", '"",', '["x",1],' }) do
        local text = "[" .. string.rep(part, (LARGE >> 1) // #part) .. "1]"
        local value, err = json.decode(text)
        assert(value or err:kind() == "LimitExceeded", err)
        if part == "[]," then test.fails("LimitExceeded", "memory_limit", value, err) end
        value, text = nil, nil
    end
    local fields = {}
    for at = 1, LARGE // 60 do fields[at] = '"' .. at .. '":[[[[]]]]' end
    fields = "{" .. table.concat(fields, ",") .. "}"
    test.fails("LimitExceeded", "memory_limit", json.decode(fields))
    test.equal(json.decode("[1]"), { 1 })
    return #filler
end

function others.writes_what_does_not_fit()
    local text = string.rep("x", LARGE >> 1)
    test.fails("LimitExceeded", "memory_limit", json.encode({ text, text, text, text, text, text, text, text }))
    test.fails("LimitExceeded", "memory_limit", json.encode(string.rep("\0", LARGE)))
    local doubled = { {} }
    for _ = 1, 60 do doubled = { doubled, doubled } end
    test.fails("LimitExceeded", "memory_limit", json.encode(doubled))
    doubled = { a = 1, b = 2, c = 3 }
    for _ = 1, 60 do doubled = { x = doubled, y = doubled } end
    test.fails("LimitExceeded", "memory_limit", json.encode(doubled))
    -- Little text, but a long walk.
    local hollow = {}
    for at = 1, 30000 do hollow["k" .. at] = at end
    for name in pairs(hollow) do hollow[name] = nil end
    local list = {}
    for at = 1, 30000 do list[at] = hollow end
    test.fails("LimitExceeded", "memory_limit", json.encode({ list, list }))
    test.equal(json.encode({ 1 }), "[1]")
end

function cases.what_does_not_fit_fails_and_does_not_end_the_process()
    for _, name in ipairs({ "reads_what_does_not_fit", "writes_what_does_not_fit" }) do
        assert(process.spawn_monitored("app:suite", "app:small", "other", name))
        local result = process.events():receive().result
        test.equal(tostring(result.error), "nil")
    end
end

function cases.a_long_document_does_not_end_its_process()
    local row = { name = "generate-report", duration = 5, tags = { "a", "b" }, nested = { x = 1.5 } }
    local rows = {}
    for at = 1, 50000 do rows[at] = row end
    for _ = 1, 3 do
        local text = assert(json.encode(rows))
        test.equal(#assert(json.decode(text)), #rows)
    end
end

local PERSON = {
    type = "object",
    required = { "name" },
    properties = { name = { type = "string", minLength = 1 }, age = { type = "integer", minimum = 0 }, extra = {} },
    additionalProperties = false,
}

function cases.data_is_held_against_a_schema()
    test.values({ true }, json.validate(PERSON, { name = "x", age = 3 }))
    test.values({ true }, json.validate(json.encode({ type = "array" }), { 1, 2 }))
    test.values({ true }, json.validate({}, 5))
    test.values({ true }, json.validate({ type = "integer" }, 3.0))
    for part, data in pairs({
        ["/name: "] = { name = "" },
        ["/age: -1 is less than the minimum of 0"] = { name = "x", age = -1 },
        ['"name" is a required property'] = { age = 1 },
        ["other"] = { name = "x", other = 1 },
        ["is not of type"] = 5,
    }) do
        test.fails(errors.INVALID, part, json.validate(PERSON, data))
        test.values({ false }, (json.validate(PERSON, data)))
    end
end

function cases.a_failure_lists_what_is_wrong()
    local _, err = json.validate(PERSON, { name = "", age = "x" })
    local found = {}
    for at, violation in ipairs(err:details()) do
        found[at] = violation.path
        test.has(err:message(), violation.path .. ": " .. violation.message)
    end
    table.sort(found)
    test.equal(found, { "/age", "/name" })
    _, err = json.validate({ type = "integer" }, string.rep("é", 100000))
    assert(#err:message() < 1000)
end

function cases.text_is_held_against_a_schema()
    test.values({ true }, json.validate_string(PERSON, '{"name": "x"}'))
    test.values({ true }, json.validate_string('{"type": "object"}', "{}"))
    test.values({ false }, (json.validate_string('{"type": "object"}', "[]")))
    test.fails(errors.INVALID, "data is no JSON", json.validate_string(PERSON, "{"))
    test.fails(errors.INVALID, "data is no JSON", json.validate_string(PERSON, ""))
end

function cases.a_schema_must_be_one()
    test.fails(errors.INVALID, "schema is no JSON", json.validate("{", 1))
    test.fails(errors.INVALID, "schema is invalid", json.validate({ type = "no such type" }, 1))
    test.fails(errors.INVALID, "schema is invalid", json.validate("5", 1))
    test.fails(errors.INVALID, "schema is invalid", json.validate({ pattern = "(" }, "x"))
    for _, uri in ipairs({ "http://127.0.0.1:1/x", "https://example.com/x", "file:///etc/passwd", "other.json" }) do
        test.fails(errors.INVALID, "schema is invalid", json.validate({ ["$ref"] = uri }, 1))
    end
    test.fails(errors.INTERNAL, "mixed-key", json.validate({ 1, x = 1 }, 1))
    test.fails("LimitExceeded", "schema is too large", json.validate(string.rep(" ", 2 << 20), 1))
    test.fails("LimitExceeded", "too large to be validated", json.validate_string("true", string.rep(" ", 20 << 20)))
    test.fails(errors.INTERNAL, "mixed-key", json.validate({}, { 1, x = 1 }))
end

function cases.there_must_be_data()
    test.fails(errors.INVALID, "data is required", json.validate({}, nil))
    test.fails(errors.INVALID, "data is required", json.validate({}))
    test.fails(errors.INVALID, "data is required", json.validate_string({}))
    test.values({ true }, json.validate({}, false))
end

function cases.arguments_of_other_types_are_raised()
    for _, name in ipairs({ "validate", "validate_string" }) do
        local check = json[name]
        test.raises("bad argument #1 to 'check' (string or table expected, got no value)", function() check() end)
        test.raises("bad argument #1 to 'check' (string or table expected, got number)", function() check(1, "x") end)
    end
    test.raises("bad argument #2 to 'validate_string' (string expected, got table)", function()
        json.validate_string({}, {})
    end)
end

return test.suite(cases, others)
