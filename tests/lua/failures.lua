-- Error objects.

local test = require("test")

local cases = {}

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

function cases.details_are_what_has_a_name()
    local mixed = errors.new({ message = "m", details = { a = 1, [1] = 2, [true] = 3, b = { 4 } } })
    test.equal(mixed:details(), { a = 1, b = { 4 } })
    test.equal(errors.new({ message = "m", details = { 1, 2 } }):details(), nil)
end

return test.suite(cases)
