-- Error objects.

local test = require("test")

local cases, others = {}, {}

function cases.a_text_makes_an_error_without_kind()
    local err = errors.new("oops")
    test.equal({ err:message(), err:kind(), err:retryable(), err:details() }, { "oops", "" })
    test.equal({ tostring(err), type(err) }, { "oops", "userdata" })
end

function cases.a_table_says_all()
    local err = errors.new({ message = "m", kind = errors.CONFLICT, retryable = true, details = { a = { 1, 2 } } })
    test.equal({ err:kind(), err:retryable(), err:details() }, { "Conflict", true, { a = { 1, 2 } } })
    assert(err:details() ~= err:details())
    test.raises("message", function() errors.new({}) end)
    test.raises("bad argument #1 to 'new'", function() errors.new() end)
end

function cases.is_compares_kinds()
    local err = errors.new({ message = "m", kind = errors.TIMEOUT })
    test.equal(errors.is(err, errors.TIMEOUT), true)
    for _, value in ipairs({ err, "Timeout", {}, 5 }) do test.equal(errors.is(value, errors.NOT_FOUND), false) end
    test.equal(errors.is(nil, errors.TIMEOUT), false)
end

function cases.wrap_keeps_the_message_and_adds_context()
    local inner = errors.new({ message = "m", kind = errors.TIMEOUT, retryable = true, details = { a = 1 } })
    local outer = errors.wrap(inner, "while reading")
    test.equal({ outer:message(), outer:kind(), outer:retryable(), outer:details() }, { "m", "Timeout", true, { a = 1 } })
    test.has(outer:stack(), "while reading")
    test.equal(errors.wrap("text", "context"):message(), "text")
    test.raises("", function() errors.wrap({}, "x") end)
end

function cases.an_error_is_its_message_where_text_is_expected()
    local err = errors.new("not found")
    test.equal({ "x: " .. err, err .. "!", err .. err }, { "x: not found", "not found!", "not foundnot found" })
    test.equal({ string.find(err, "found") }, { 5, 9 })
    test.equal(string.format("%s", err), "not found")
    test.equal(err.foo, nil)
end

function cases.an_object_passes_through_pcall_as_it_is()
    local err = errors.new("m")
    local _, caught = pcall(error, err)
    assert(caught == err and errors.new("m") ~= err)
    test.has(err:stack(), "app:suite:46")
    assert(errors.call_stack(err).frames[1].line)
    test.equal(errors.call_stack("x"), nil)
end

function cases.raised_texts_have_their_place()
    local _, text = pcall(function() error("boom") end)
    test.equal(text, "app:suite:55: boom")
    _, text = pcall(function() error("boom", 0) end)
    test.equal(text, "boom")
end

function cases.the_kinds()
    test.equal({ errors.NOT_FOUND, errors.ALREADY_EXISTS, errors.INVALID, errors.PERMISSION_DENIED, errors.UNAVAILABLE,
        errors.INTERNAL, errors.CANCELED, errors.CONFLICT, errors.TIMEOUT, errors.RATE_LIMITED, errors.UNKNOWN },
        { "NotFound", "AlreadyExists", "Invalid", "PermissionDenied", "Unavailable",
            "Internal", "Canceled", "Conflict", "Timeout", "RateLimited", "" })
end

function cases.errors_of_library_functions_written_in_lua_name_the_programs_line()
    local strict = setmetatable({}, { __index = function(_, key) error("no " .. key, 2) end })
    local wrong = setmetatable({}, { __index = 5 })
    local calls = {
        { "attempt to compare", function() table.sort({ 1, "x" }) end },
        { "invalid order", function() table.sort({ 3, 1, 2, 5, 4, 9, 8, 7, 6, 5, 4, 3 }, function() return true end) end },
        { "contradiction", function() table.sort({ 1, 2 }, function() error("contradiction", 2) end) end },
        { "attempt to modify", function() table.move({ 1 }, 1, 1, 1, string) end },
        { "no 1", function() table.move(strict, 1, 1, 1, {}) end },
        { "attempt to index", function() table.move(wrong, 1, 1, 1, {}) end },
        { "attempt to index", function() return (("x"):gsub("x", wrong)) end },
        { "bad replacement", function() return (("x"):gsub("x", function() error("bad replacement", 2) end)) end },
        { "invalid value (nil) at index 1", function() return (table.concat(setmetatable({}, {}), "", 1, 2)) end },
        { "no 1", function() return (table.unpack(strict, 1, 2)) end },
        { "too many results", function() return (table.unpack(setmetatable({}, {}), 1, 1 << 40)) end },
        { "object length", function() return (table.unpack(setmetatable({}, { __len = function() return "x" end }))) end },
        { "no 1", function() for _ in ipairs(strict) do end end },
    }
    for _, call in ipairs(calls) do
        local part, fn = call[1], call[2]
        local _, text = pcall(fn)
        test.equal(text:match("^app:suite:%d+: "), text:match("^[^ ]* "))
        test.has(text, part)
        -- However it is caught, and whatever is between.
        local _, resumed = coroutine.resume(coroutine.create(fn))
        test.equal(resumed, text)
        local _, handled = xpcall(fn, function(err) return err end)
        test.equal(handled, text)
        local _, wrapped = pcall(coroutine.wrap(fn))
        test.has(wrapped, text)
    end
    local _, text = pcall(table.sort, { 1, "x" })
    test.has(text, "attempt to compare")
    test.equal(text:find("(", 1, true), nil)
end

function others.sorts() table.sort({ 1, {} }) end
function others.raises(what) error(what) end

function cases.an_error_that_nobody_catches_names_it_too()
    local message = test.exit_of("sorts").result.error:message()
    test.equal(message:match("^app:suite:%d+: attempt to compare"), message:match("^.*compare"))
end

function cases.numbers_and_booleans_end_a_process_by_their_text()
    for what, said in pairs({ [42] = "42", [1.5] = "1.5", [-0.25] = "-0.25",
        [false] = "false", [true] = "true" }) do
        test.equal(test.exit_of("raises", what).result.error:message(), said)
    end
    test.equal(test.exit_of("raises", 3.0).result.error:message(), "3")
    test.equal(test.exit_of("raises", {}).result.error:message(), "(error object is a table value)")
end

function cases.an_error_in_a_message_handler_is_the_error()
    local time = require("time")
    local fine, failure = xpcall(error, function() time.sleep("1ms") end, "x")
    test.equal(fine, false)
    test.has(failure, "cannot wait here")
    local said = {}
    test.values({ false, "again, handled" }, xpcall(error, function(err)
        said[#said + 1] = err
        if #said == 1 then error("again", 0) end
        return err .. ", handled"
    end, "once", 0))
    test.equal(said, { "once", "again" })
    test.values({ true, 1, nil, n = 3 }, xpcall(function(...) return ... end, error, 1, nil))
    test.raises("bad argument #2", xpcall, error)
    test.raises("bad argument #1", pcall)
end

function cases.details_are_what_has_a_name()
    local mixed = errors.new({ message = "m", details = { a = 1, [1] = 2, [true] = 3, b = { 4 } } })
    test.equal(mixed:details(), { a = 1, b = { 4 } })
    test.equal(errors.new({ message = "m", details = { 1, 2 } }):details(), nil)
end

return test.suite(cases, others)
