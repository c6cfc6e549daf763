-- A process without a terminal: nothing of `io` raises, and nothing is printed.
local test = require("test")
local io = require("io")
local cases, others = {}, {}

local function unavailable(...)
    test.fails(errors.UNAVAILABLE, "no terminal context", ...)
end

function cases.nothing_is_written_without_a_terminal()
    unavailable(io.print("lost"))
    unavailable(io.eprint("lost"))
    unavailable(io.write("lost"))
    unavailable(io.flush())
end

function cases.nothing_is_read_without_a_terminal()
    unavailable(io.read())
    unavailable(io.read(10))
    unavailable(io.readline())
end

function cases.there_are_no_arguments_and_no_keys_without_a_terminal()
    unavailable(io.args())
    unavailable(io.raw(true))
    unavailable(io.raw(false))
end

function cases.no_text_is_asked_for_that_nobody_sees()
    local asked = false
    local named = setmetatable({}, { __tostring = function() asked = true return "x" end })
    unavailable(io.print(named))
    test.equal(asked, false)
end

function cases.arguments_of_a_wrong_type_raise_all_the_same()
    test.raises("bad argument #1 to 'read' (number expected, got string)", function() io.read("x") end)
    test.raises("bad argument #1 to 'raw' (boolean expected, got no value)", function() io.raw() end)
    test.raises("bad argument #1 to 'raw' (boolean expected, got number)", function() io.raw(1) end)
end

return test.suite(cases, others)
