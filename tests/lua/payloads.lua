-- What survives the way to another process, and payload objects.

local test = require("test")

local cases = {}

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

return test.suite(cases)
