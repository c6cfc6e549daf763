-- EXIT and CANCEL events.

local test = require("test")
local time = require("time")

local cases, others = {}, {}

function others.returns(...) return ... end
function others.raises(value) error(value) end
function others.raises_object()
    error(errors.new({ message = "gone", kind = errors.NOT_FOUND, retryable = true, details = { id = 7 } }))
end
function others.fails_deep()
    local function inner() local _ = nil + 1 end
    inner()
end
function others.fails_in_a_task()
    coroutine.spawn(function() error("in a task") end)
    process.inbox():receive()
end
function others.leaves_tasks()
    coroutine.spawn(function() time.sleep("1h") end)
    coroutine.spawn(function() while true do time.sleep("1ms") end end)
    return "done"
end

function cases.an_exit_has_its_fields()
    local before = time.now():unix()
    local event = test.exit_of("returns", { 1, "two" })
    test.equal(event.kind, "pid.exit")
    assert(event.at >= before and event.at <= time.now():unix() + 1, event.at)
    test.equal(event.result.value, { 1, "two" })
    test.equal(event.result.error, nil)
    test.equal(event.result.payload:data(), { 1, "two" })
end

function cases.a_return_without_a_value_has_a_payload_all_the_same()
    local result = test.exit_of("returns").result
    test.equal(result.value, nil)
    test.equal(result.error, nil)
    test.equal(result.payload:data(), nil)
end

function cases.only_the_first_value_counts_and_a_number_is_no_failure()
    local result = test.exit_of("returns", 1, 2, 3).result
    test.equal({ result.value, result.error }, { 1 })
    test.equal(test.exit_of("returns", 7).result.value, 7)
    test.equal(test.exit_of("returns", false).result.value, false)
end

function cases.a_second_value_that_is_a_string_or_an_error_is_a_failure()
    for _, first in ipairs({ false, 5 }) do
        local result = test.exit_of("returns", first, "no luck").result
        test.equal(result.value, nil)
        test.equal(result.error:message(), "no luck")
        test.equal(result.error:kind(), errors.INTERNAL)
        test.equal(result.error:retryable(), false)
    end
    local result = test.exit_of("returns", nil, errors.new({ message = "m", kind = errors.TIMEOUT })).result
    test.equal(result.error:kind(), errors.TIMEOUT)
end

function cases.a_raised_string_has_its_place_and_a_stack()
    local result = test.exit_of("fails_deep").result
    test.equal(result.value, nil)
    test.equal(result.error:kind(), errors.INTERNAL)
    test.has(result.error:message(), "app:suite:14: attempt to perform arithmetic on a nil value")
    test.has(result.error:stack(), ":14")
    test.has(result.error:stack(), ":15")
    test.equal(result.payload:data(), nil)
end

function cases.a_raised_object_keeps_kind_details_and_retryable()
    local err = test.exit_of("raises_object").result.error
    test.equal({ err:message(), err:kind(), err:retryable(), err:details() },
        { "gone", errors.NOT_FOUND, true, { id = 7 } })
end

function cases.other_raised_values_are_failures_too()
    for _, value in ipairs({ 42, true, { code = 1 } }) do
        local result = test.exit_of("raises", value).result
        test.equal(type(result.error), "userdata")
        test.equal(result.error:kind(), errors.INTERNAL)
    end
    test.equal(type(test.exit_of("raises", nil).result.error), "userdata")
end

function cases.an_error_in_a_task_fails_its_process()
    test.has(test.exit_of("fails_in_a_task").result.error, "in a task")
end

function cases.the_return_of_main_ends_the_other_tasks()
    test.equal(test.exit_of("leaves_tasks").result.value, "done")
end

function cases.each_exit_comes_once_to_its_watcher()
    local expected = {}
    for i = 1, 200 do expected[test.watched("returns", i)] = i end
    local events = process.events()
    for _ = 1, 200 do
        local event = events:receive()
        test.equal(event.result.value, expected[event.from])
        expected[event.from] = nil
    end
    test.equal(next(expected), nil)
    assert(channel.select({ events:case_receive(), default = true }).default)
end

function cases.who_only_spawned_hears_nothing()
    test.other("returns", 1)
    test.exit_of("returns", 2)
    time.sleep("20ms")
    assert(channel.select({ process.events():case_receive(), default = true }).default)
end

function cases.events_that_came_before_events_was_called_are_there()
    local pid = test.watched("returns", "early")
    time.sleep("20ms")
    local event = process.events():receive()
    test.equal({ event.from, event.result.value }, { pid, "early" })
end

return test.suite(cases, others)
