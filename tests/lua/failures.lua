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
    test.has(err:stack(), process.id() .. ":46")
    assert(errors.call_stack(err).frames[1].line)
    test.equal(errors.call_stack("x"), nil)
end

function cases.raised_texts_have_their_place()
    local _, text = pcall(function() error("boom") end)
    test.equal(text, process.id() .. ":55: boom")
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
        test.equal(text:match("^" .. process.id() .. ":%d+: "), text:match("^[^ ]* "))
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

function cases.fields_of_another_type_are_left_out()
    local err = errors.new({ message = "m", kind = 5, retryable = "yes", details = "none" })
    test.equal({ err:kind(), err:retryable(), err:details() }, { "" })
    -- The kind is no argument of its own.
    err = errors.new("TIMEOUT", "message")
    test.equal({ err:message(), err:kind() }, { "TIMEOUT", "" })
    test.raises("bad argument #1 to 'new' (the field `message` must be a string)",
        function() errors.new({ message = 5 }) end)
    test.raises("(string or table expected, got boolean)", function() errors.new(true) end)
end

function cases.details_keep_nested_tables_and_the_text_of_what_is_none()
    local shared, co = { 1, { 2 } }, coroutine.create(print)
    local fn, ch = function() end, channel.new()
    local err = errors.new({ message = "m", details = {
        list = shared, again = shared, fn = fn, ch = ch, deep = { co = co, list = { fn, "x" }, [fn] = 1 },
        inner = errors.new({ message = "inner", kind = errors.CONFLICT }),
    } })
    local details = err:details()
    test.equal(details.list, { 1, { 2 } })
    assert(details.list == details.again and details.list ~= shared)
    test.equal({ details.fn, details.deep.co }, { tostring(fn), tostring(co) })
    test.equal(details.deep, { co = tostring(co), list = { tostring(fn), "x" } })
    assert(details.ch:match("^userdata: 0x%x+$"), details.ch)
    test.equal({ details.inner:message(), details.inner:kind() }, { "inner", "Conflict" })
    local circle = { name = "circle" }
    circle.itself = circle
    details = errors.new({ message = "m", details = { circle = circle } }):details()
    assert(details.circle.itself == details.circle and details.circle.name == "circle")
    local deep = {}
    for _ = 1, 200 do deep = { deep } end
    test.raises("nested deeper", errors.new, { message = "m", details = { deep = deep } })
end

function cases.wrapping_takes_errors_and_texts_for_both()
    local inner = errors.new({ message = "m", kind = errors.TIMEOUT })
    local outer = errors.wrap(inner, errors.new("context"))
    test.equal({ outer:message(), outer:kind(), tostring(outer) }, { "m", "Timeout", "m" })
    test.equal(outer:stack():match("^[^\n]*"), "context: m")
    local twice = errors.wrap(outer, "again")
    test.equal({ twice:message(), twice:stack():match("^[^\n]*") }, { "m", "again: context: m" })
    test.equal(errors.call_stack(twice), errors.call_stack(inner))
    assert(twice ~= outer and inner:stack():match("^[^\n]*") == "m")
    local text = errors.wrap("text", "context")
    test.equal({ text:kind(), text:retryable(), text:details(), text .. "" }, { "", nil, nil, "text" })
    test.has(text:stack(), "context: text\n  ")
    assert(#errors.call_stack(text).frames > 0)
end

function cases.functions_of_errors_check_their_arguments()
    local err = errors.new("m")
    for text, call in pairs({
        ["bad argument #1 to 'new' (string or table expected, got no value)"] = function() errors.new() end,
        ["bad argument #1 to 'wrap' (error or string expected, got no value)"] = function() errors.wrap() end,
        ["bad argument #1 to 'wrap' (error or string expected, got table)"] = function() errors.wrap({}, "x") end,
        ["bad argument #2 to 'wrap' (string expected, got no value)"] = function() errors.wrap(err) end,
        ["bad argument #2 to 'wrap' (string expected, got boolean)"] = function() errors.wrap("x", true) end,
        ["bad argument #1 to 'is' (value expected)"] = function() errors.is() end,
        ["bad argument #2 to 'is' (string expected, got no value)"] = function() errors.is(err) end,
        ["bad argument #2 to 'is' (string expected, got table)"] = function() errors.is(nil, {}) end,
    }) do test.raises(text, call) end
    for _, name in ipairs({ "message", "kind", "retryable", "details", "stack" }) do
        local method = err[name]
        test.equal(type(method), "function")
        test.raises("bad argument #1 to 'method' (error expected, got string)", function() method("m") end)
        test.raises("bad argument #1 to 'method' (error expected, got channel)", function() method(channel.new()) end)
    end
    test.equal({ errors.call_stack(), errors.call_stack({}) }, {})
end

function cases.a_call_stack_has_a_frame_for_each_function()
    local function made() local err = errors.new("m") return err end
    local function through() local err = made() return err end
    local function outermost() local err = through() return err end
    local stack = errors.call_stack(outermost())
    test.equal(type(stack.thread), "string")
    local names = {}
    for at, frame in ipairs(stack.frames) do
        test.equal({ frame.level, type(frame.source), math.type(frame.line), type(frame.name) },
            { at - 1, "string", "integer", "string" })
        if frame.type == "native" then
            test.equal({ frame.source, frame.line }, { "[native]", 0 })
        else
            test.equal(frame.type, "lua")
            assert(frame.line > 0)
        end
        names[at] = frame.name
    end
    test.equal({ names[1], names[2], names[3] }, { "new", "made", "through" })
    test.equal({ stack.frames[2].source, stack.frames[3].source }, { process.id(), process.id() })
    test.equal(stack.frames[2].line + 1, stack.frames[3].line)
end

function cases.the_frames_of_a_deep_stack_keep_their_levels()
    local function deep(level)
        if level == 0 then return errors.new("m") end
        local err = deep(level - 1)
        return err
    end
    local frames = errors.call_stack(deep(100)).frames
    local before = -1
    for _, frame in ipairs(frames) do
        assert(frame.level > before)
        assert(frame.line > 0 or frame.type == "native")
        before = frame.level
    end
    assert(#frames < 30 and before > 100, before)
end

function cases.a_stack_begins_with_its_context_and_has_a_line_a_frame()
    local err = errors.new("m")
    local lines = {}
    for line in err:stack():gmatch("[^\n]+") do lines[#lines + 1] = line end
    test.equal(lines[1], "m")
    test.equal(#lines, 1 + #errors.call_stack(err).frames)
    for at = 2, #lines do assert(lines[at]:match("^  %S"), lines[at]) end
end

function cases.errors_are_joined_with_whatever_there_is()
    local err = errors.new("m")
    local named = setmetatable({}, { __tostring = function() return "named" end })
    test.equal({ err .. 1, 2 .. err, err .. 1.5, err .. 3.0 }, { "m1", "2m", "m1.5", "m3" })
    test.equal({ err .. true, nil .. err, err .. nil }, { "mtrue", "nilm", "mnil" })
    test.equal({ err .. named, named .. err }, { "mnamed", "namedm" })
    local plain, fn = {}, function() end
    test.equal({ err .. plain, fn .. err }, { "m" .. tostring(plain), tostring(fn) .. "m" })
    test.equal("a" .. err .. "b" .. err .. "c", "ambmc")
    test.equal(errors.wrap(err, "context") .. "!", "m!")
    local slow = setmetatable({}, { __tostring = function() coroutine.yield() return "slow" end })
    test.equal(err .. slow, "mslow")
    local joining = setmetatable({}, { __concat = function() return "its own way" end })
    test.equal(joining .. err, "its own way")
    test.raises("'__tostring' must return a string", function()
        return err .. setmetatable({}, { __tostring = function() return {} end })
    end)
end

function cases.functions_of_string_take_an_error_for_its_message()
    local err = errors.new("a-b")
    test.equal({ string.len(err), string.upper(err), string.lower(err), string.reverse(err), string.sub(err, 2) },
        { 3, "A-B", "a-b", "b-a", "-b" })
    test.equal({ string.rep(err, 2), string.rep("x", 2, err) }, { "a-ba-b", "xa-bx" })
    test.equal({ string.match(err, "%a$"), string.match("xa-b", err), string.find("a-b", err, 1, true) },
        { "b", "b", 1, 3 })
    test.equal({ (string.gsub(err, "%a", "x")), (string.gsub("y", "y", err)) }, { "x-x", "a-b" })
    local parts = {}
    for part in string.gmatch(err, "%a") do parts[#parts + 1] = part end
    test.equal(parts, { "a", "b" })
    test.equal({ string.format("%s|%5s|%q", err, err, "x"), string.format(err) }, { 'a-b|  a-b|"x"', "a-b" })
end

function cases.an_error_is_opaque_and_itself_alone()
    local err = errors.new("m")
    test.equal({ err.foo, err.msg, err[1] }, {})
    test.raises("", function() err.message = "other" end)
    test.equal({ err == err, err == errors.new("m"), err == "m", rawequal(err, err) }, { true, false, false, true })
    test.equal({ getmetatable(err) }, {})
    test.equal(({ [err] = "found" })[err], "found")
end

function cases.an_object_stays_itself_however_it_is_caught()
    local err = errors.new({ message = "m", kind = errors.CONFLICT, retryable = true })
    local function raise() error(err) end
    local function same(fine, caught) assert(fine == false and caught == err) end
    same(pcall(raise))
    same(pcall(error, err, 2))
    same(xpcall(raise, function(caught) return caught end))
    same(coroutine.resume(coroutine.create(raise)))
    same(pcall(coroutine.wrap(raise)))
    same(pcall(coroutine.wrap(function() local _, caught = pcall(raise) error(caught) end)))
    same(pcall(function() table.sort({ 2, 1 }, raise) end))
    same(pcall(function() return (("x"):gsub("x", raise)) end))
    same(pcall(function() return setmetatable({}, { __index = raise }).x end))
    same(pcall(assert, false, err))
    same(pcall(assert, nil, err))
end

function cases.levels_say_whose_line_it_is()
    local function raises(level) error("boom", level) end
    local function calls(level) raises(level) return true end
    local line = tonumber(errors.call_stack(errors.new("here")).frames[2].line)
    local function place(level)
        local _, text = pcall(calls, level)
        return tonumber(text:match("^" .. process.id() .. ":(%d+): boom$"))
    end
    test.equal({ place(1) - line, place(2) - line }, { -2, -1 })
    local _, text = pcall(calls, 0)
    test.equal(text, "boom")
    for _, value in ipairs({ 5, true, {} }) do
        local _, caught = pcall(error, value)
        test.equal(caught, value)
    end
end

function others.raises_an_object()
    error(errors.wrap(errors.new({ message = "m", kind = "Mine", retryable = true, details = { a = { 1 } } }), "context"))
end
function others.returns_an_object()
    return nil, errors.new({ message = "m", kind = errors.TIMEOUT, retryable = true })
end
function others.returns_a_text() return nil, "text" end

function cases.an_object_crosses_the_end_of_its_process_whole()
    local err = test.exit_of("raises_an_object").result.error
    test.equal({ err:message(), err:kind(), err:retryable(), err:details() }, { "m", "Mine", true, { a = { 1 } } })
    test.equal(err:stack():match("^[^\n]*"), "context: m")
    err = test.exit_of("returns_an_object").result.error
    test.equal({ err:message(), err:kind(), err:retryable() }, { "m", "Timeout", true })
end

function cases.texts_that_end_a_process_are_internal()
    local err = test.exit_of("raises", "boom").result.error
    test.equal({ err:message():match("^app:suite:%d+: boom$") ~= nil, err:kind(), err:retryable() }, { true, "Internal" })
    err = test.exit_of("returns_a_text").result.error
    test.equal({ err:message(), err:kind(), err:retryable() }, { "text", "Internal", false })
end

return test.suite(cases, others)
