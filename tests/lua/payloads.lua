-- What survives the way to another process, and payload objects.

local test = require("test")

local cases, others = {}, {}

local function travelled(value)
    assert(process.send(process.pid(), "x", value))
    return process.listen("x"):receive()
end

function cases.plain_values_keep_their_kind()
    for _, value in ipairs({ true, false, 0, -1, math.maxinteger, math.mininteger, 1.5, 2.0, 1 / 0, "", "a\0b\xff" }) do
        local got = travelled(value)
        test.equal(got, value)
        test.equal(math.type(got), math.type(value))
    end
    local nan = travelled(0 / 0)
    assert(nan ~= nan)
    test.equal(travelled(nil), nil)
end

function cases.tables_keep_cycles_sharing_and_all_keys()
    local shared = { 1 }
    local value = { a = shared, b = shared, [1.5] = "float", [true] = "truth", 1, 2, nil, 4 }
    value.itself = value
    local got = travelled(value)
    assert(got.itself == got and got.a == got.b and got.a ~= shared)
    test.equal({ got[1.5], got[true], got[1], got[2], got[4] }, { "float", "truth", 1, 2, 4 })
end

function cases.metatables_travel_unless_they_hold_functions()
    local got = travelled(setmetatable({ 1 }, { kind = "point" }))
    test.equal(getmetatable(got).kind, "point")
    test.equal(getmetatable(travelled(setmetatable({ 1 }, { __index = function() end }))), nil)
end

function cases.functions_and_objects_of_the_process_become_nil()
    test.equal(travelled({ fn = print, ch = channel.new(), co = coroutine.create(print), rest = 1 }), { rest = 1 })
    test.equal(travelled(print), nil)
end

function cases.errors_travel_as_errors()
    local err = travelled(errors.new({ message = "m", kind = errors.TIMEOUT, details = { 1 } }))
    test.equal({ tostring(err), err:kind() }, { "m", "Timeout" })
end

function cases.too_deep_is_an_error_and_not_a_crash()
    local value = {}
    for _ = 1, 100000 do value = { value } end
    local ok, err = process.send(process.pid(), "x", value)
    test.equal(ok, nil)
    test.equal(type(err), "userdata")
end

function cases.payload_objects()
    local p = payload.new({ 1, 2 })
    test.equal({ p:get_format(), tostring(p) }, { "lua/any", "payload{format=lua/any}" })
    test.equal(p:data(), { 1, 2 })
    test.equal(p:unmarshal(), { 1, 2 })
    test.equal(payload.new(errors.new("x")):get_format(), payload.format.ERROR)
    test.equal(payload.new(nil):data(), nil)
    test.equal(p.x, nil)
end

function cases.a_string_is_text_and_bytes_too()
    local format = payload.format
    local p = payload.new("text")
    for name, expected in pairs({ STRING = "text/plain", BYTES = "application/octet-stream" }) do
        local other, failure = p:transcode(format[name])
        test.equal({ failure, format[name], other:get_format() }, { nil, expected, expected })
        test.equal({ other:data(), other:unmarshal(), tostring(other) },
            { "text", "text", "payload{format=" .. expected .. "}" })
        local back = other:transcode(format.LUA)
        test.equal({ back:get_format(), back:data() }, { "lua/any", "text" })
        assert(other:transcode(expected) == other)
    end
    test.equal(p:transcode(format.STRING):transcode(format.BYTES):data(), "text")
    local long = string.rep("x\0", 1000)
    test.equal(payload.new(long):transcode(format.BYTES):data(), long)
    assert(p:transcode(format.LUA) == p)
end

function cases.what_is_no_string_is_not_transcoded()
    local format = payload.format
    for _, value in ipairs({ 5, true, {}, { "x" }, errors.new("x") }) do
        for _, name in ipairs({ "STRING", "BYTES", "YAML", "MSGPACK" }) do
            test.fails(errors.INTERNAL, "cannot transcode", payload.new(value):transcode(format[name]))
        end
    end
    test.fails(errors.INTERNAL, "cannot transcode lua/any to made/up", payload.new("x"):transcode("made/up"))
    test.fails(errors.INTERNAL, "cannot transcode text/plain to golang/error",
        payload.new("x"):transcode(format.STRING):transcode(format.ERROR))
end

function cases.any_value_is_json_and_json_is_text()
    local format = payload.format
    local p = assert(payload.new({ b = { 1, 2.0 }, a = "x" }):transcode(format.JSON))
    test.equal({ p:get_format(), tostring(p) }, { "json/plain", "payload{format=json/plain}" })
    test.equal(p:data(), { b = { 1, 2 }, a = "x" })
    test.equal(p:unmarshal(), p:data())
    assert(p:transcode(format.JSON) == p)
    for _, name in ipairs({ "STRING", "BYTES" }) do
        local text = p:transcode(format[name])
        test.equal({ text:get_format(), text:data() }, { format[name], '{"a":"x","b":[1,2]}' })
    end
    local back = p:transcode(format.LUA)
    test.equal({ back:get_format(), back:data() }, { "lua/any", { b = { 1, 2 }, a = "x" } })
    test.equal(payload.new("x"):transcode(format.JSON):transcode(format.STRING):data(), '"x"')
    test.equal(payload.new(nil):transcode(format.JSON):transcode(format.STRING):data(), "null")
    local err = errors.wrap(errors.new("m"), "while")
    test.equal(payload.new(err):transcode(format.JSON):data(), "while: m")
end

function cases.text_and_bytes_are_json_as_they_are()
    local format = payload.format
    local text = '{"b": [1, null, 3], "b": [1, null, 3]}'
    for _, name in ipairs({ "STRING", "BYTES" }) do
        local p = assert(payload.new(text):transcode(format[name]):transcode(format.JSON))
        test.equal({ p:get_format(), p:data() }, { "json/plain", { b = { 1, nil, 3 } } })
        test.equal(p:transcode(format.STRING):data(), text)
        test.equal(p:transcode(format.BYTES):data(), text)
    end
end

function cases.json_arrives_as_what_it_means()
    local format = payload.format
    local p = payload.new("[1,{}]"):transcode(format.STRING):transcode(format.JSON)
    test.equal(travelled(p), { 1, {} })
    test.equal(travelled({ p }), { { 1, {} } })
    test.equal(payload.new(p):get_format(), "lua/any")
end

function cases.what_json_has_not_is_not_transcoded()
    local format = payload.format
    local cycle = {}
    cycle[1] = cycle
    for part, p in pairs({
        ["recursively nested"] = payload.new(cycle),
        ["sparse array"] = payload.new({ [5] = 1 }),
        ["lua/any to json/plain: cannot encode mixed-key"] = payload.new({ 1, x = 1 }),
        ["text/plain to json/plain: expected value at line 1 column 1"] = payload.new("x"):transcode(format.STRING),
    }) do
        test.fails(errors.INTERNAL, "cannot transcode", p:transcode(format.JSON))
        test.fails(errors.INTERNAL, part, p:transcode(format.JSON))
    end
end

function cases.an_error_is_a_lua_value_too()
    local err = errors.new({ message = "m", kind = errors.TIMEOUT })
    local p = payload.new(err)
    test.equal({ p:get_format(), tostring(p) }, { "golang/error", "payload{format=golang/error}" })
    test.equal({ p:data():message(), p:data():kind() }, { "m", "Timeout" })
    local other = p:transcode(payload.format.LUA)
    test.equal({ other:get_format(), other:data():kind() }, { "lua/any", "Timeout" })
    assert(p:transcode(payload.format.ERROR) == p)
end

function cases.the_formats_are_those_of_the_reference()
    local format = payload.format
    test.equal({ format.JSON, format.YAML, format.STRING, format.BYTES, format.MSGPACK, format.LUA, format.GOLANG,
        format.ERROR }, { "json/plain", "yaml/plain", "text/plain", "application/octet-stream",
        "application/msgpack", "lua/any", "golang/any", "golang/error" })
    test.raises("", function() format.LUA = "x" end)
end

function cases.functions_of_payloads_check_their_arguments()
    local p = payload.new(1)
    for _, name in ipairs({ "data", "unmarshal", "get_format", "transcode" }) do
        local method = p[name]
        test.raises("bad argument #1 to 'method' (payload expected, got table)", function() method({}) end)
        test.raises("bad argument #1 to 'method' (payload expected, got no value)", function() method() end)
        test.raises("bad argument #1 to 'method' (payload expected, got error)", function() method(errors.new("x")) end)
    end
    test.raises("bad argument #1 to 'transcode' (string expected, got no value)", function() p:transcode() end)
    test.raises("bad argument #1 to 'transcode' (string expected, got table)", function() p:transcode({}) end)
    test.equal({ p.x, p[1], p.message }, {})
    test.equal(type(p), "userdata")
    local deep = {}
    for _ = 1, 200 do deep = { deep } end
    test.raises("nested deeper", payload.new, deep)
end

function cases.a_payload_holds_what_its_value_was()
    local value = { 1 }
    local p = payload.new(value)
    value[1] = "changed"
    test.equal(p:data(), { 1 })
    assert(p:data() ~= p:data())
    test.equal(payload.new():data(), nil)
    test.equal(payload.new(payload.new({ 1, 2 })):data(), { 1, 2 })
    test.equal(payload.new(payload.new(errors.new("x"))):get_format(), "golang/error")
end

function others.answers(to, ...) process.send(to, "got", { n = select("#", ...), ... }) end
function others.returns(...) return ... end

function cases.payloads_arrive_as_their_values()
    local p, text = payload.new({ a = { 1, 2 } }), payload.new("text"):transcode(payload.format.BYTES)
    test.equal(travelled(p), { a = { 1, 2 } })
    test.equal(travelled(text), "text")
    test.equal(travelled({ p, { inner = text }, payload.new(nil), 4 }), { { a = { 1, 2 } }, { inner = "text" }, nil, 4 })
    test.equal(travelled(payload.new(errors.new({ message = "m", kind = "Mine" }))):kind(), "Mine")
    local got = process.listen("got")
    test.other("answers", process.pid(), p, nil, text, { p })
    test.equal(got:receive(), { n = 4, { a = { 1, 2 } }, nil, "text", { { a = { 1, 2 } } } })
    local result = test.exit_of("returns", p).result
    test.equal({ result.value, result.payload:data() }, { { a = { 1, 2 } }, { a = { 1, 2 } } })
    process.send(process.pid(), "y", text)
    local received = process.inbox():receive():payload()
    test.equal({ received:get_format(), received:data() }, { "lua/any", "text" })
end

function cases.an_error_arrives_as_one_also_in_a_message()
    process.send(process.pid(), "x", errors.new("m"))
    local received = process.inbox():receive():payload()
    test.equal({ received:get_format(), received:data():message() }, { "golang/error", "m" })
end

return test.suite(cases, others)
