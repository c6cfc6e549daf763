-- The module funcs: call, executors, and what runs as a function.

local test = require("test")
local funcs = require("funcs")
local ctx = require("ctx")
local time = require("time")

local HOST = "app:processes"
local cases, others = {}, {}

function others.returns(...) return ... end
function others.counts_arguments(...) return { n = select("#", ...), ... } end
function others.raises(what) error(what, 0) end
function others.waits() process.inbox():receive() end
function others.is() return { pid = process.pid(), id = process.id() } end
function others.has(key) return { one = key and ctx.get(key), all = ctx.all() } end

local function call(name, ...) return funcs.call("app:function", "other", name, ...) end

-- call

function cases.a_call_answers_the_first_result()
    test.values({ 7 }, call("returns", 7, 8))
    test.values({ nil, n = 1 }, call("returns"))
    test.equal(call("returns", { list = { 1, 2 } }), { list = { 1, 2 } })
end

function cases.arguments_are_positional_and_keep_their_holes()
    test.equal(call("counts_arguments", nil, 1, nil, "x", nil), { n = 5, nil, 1, nil, "x", nil })
    test.equal(call("counts_arguments"), { n = 0 })
end

function cases.arguments_and_results_are_copies()
    local given = { list = { 1 } }
    given.itself = given
    local copy = call("returns", given)
    assert(copy ~= given and copy.itself == copy)
    test.equal(copy.list, { 1 })
end

function cases.an_error_object_keeps_what_it_is()
    local given = errors.new({ message = "chipped", kind = errors.CONFLICT, retryable = true, details = { plate = 3 } })
    for _, name in ipairs({ "raises", "returns" }) do
        local value, err = call(name, table.unpack(name == "raises" and { given } or { nil, given }, 1, 2))
        test.equal(value, nil)
        test.equal({ err:message(), err:kind(), err:retryable(), err:details() }, { "chipped", errors.CONFLICT, true, { plate = 3 } })
    end
end

function cases.texts_become_errors_of_kind_internal()
    local value, err = call("raises", "no plates")
    test.equal({ value, err:message(), err:kind() }, { nil, "no plates", errors.INTERNAL })
    value, err = call("returns", 5, "no plate")
    test.equal({ value, err:message(), err:kind(), err:retryable() }, { nil, "no plate", errors.INTERNAL, false })
end

function cases.ids_are_checked()
    for _, fn in ipairs({ funcs.call, funcs.async }) do
        test.fails(errors.INVALID, "function ID required", fn(""))
        test.fails(errors.INVALID, "namespace required in function ID", fn("function"))
        test.fails(errors.INVALID, "namespace required in function ID", fn(":function"))
        test.fails(errors.INVALID, "name required in function ID", fn("app:"))
        test.fails(errors.NOT_FOUND, "no handler registered for target", fn("app:none"))
        test.fails(errors.NOT_FOUND, "no handler registered for target", fn("app:memory"))
        local _, err = fn("app:none")
        test.equal(err:details(), { function_id = "app:none" })
    end
    test.raises("bad argument #1 to 'call' (string expected, got no value)", function() funcs.call() end)
    test.raises("bad argument #1 to 'async' (string expected, got table)", function() funcs.async({}) end)
end

function cases.an_error_at_the_top_level_is_that_of_the_call()
    local _, err = funcs.call("app:broken_function")
    test.has(err, "app:broken_function:1: at the top")
end

function cases.a_process_with_a_default_host_is_called_like_a_function()
    test.equal(funcs.call("app:hosted", 5), { "app:hosted", 5 })
    local _, err = funcs.call("app:plain", 5)
    test.fails(errors.NOT_FOUND, "no handler registered for target", nil, err)
    local future = assert(funcs.async("app:hosted"))
    test.equal(future:channel():receive():data(), { "app:hosted" })
end

function cases.what_does_not_fit_into_a_message_is_refused()
    local deep = {}
    for _ = 1, 200 do deep = { deep } end
    test.fails(errors.INVALID, "nested deeper", call("returns", deep))
    test.fails("LimitExceeded", "arguments and context", funcs.call("app:narrow", "other", "returns", ("x"):rep(6 << 20)))
end

function cases.a_function_has_a_pid_and_an_id_of_its_own()
    local it = call("is")
    assert(it.pid ~= process.pid() and it.id == "app:function", it.id)
end

function cases.a_call_blocks_its_task_alone()
    local done, turns = channel.new(), 0
    coroutine.spawn(function()
        call("tells_and_waits", process.pid())
        done:send("called")
    end)
    local pid = process.listen("pid"):receive()
    for _ = 1, 3 do
        time.sleep("1ms")
        turns = turns + 1
    end
    process.send(pid, "go")
    test.equal({ done:receive() }, { "called", true })
    test.equal(turns, 3)
end
function others.tells_and_waits(to)
    local inbox = process.inbox()
    process.send(to, "pid", process.pid())
    inbox:receive()
end

function cases.calls_wait_inside_pcall_and_user_coroutines()
    test.values({ true, 5 }, pcall(call, "returns", 5))
    local wrapped = coroutine.wrap(function() coroutine.yield((call("returns", 6))) end)
    test.equal(wrapped(), 6)
end

function cases.many_calls_wait_side_by_side_and_each_gets_its_own()
    local done = channel.new()
    for number = 1, 200 do
        coroutine.spawn(function() done:send({ number, (call("sleeps_and_returns", number)) }) end)
    end
    for _ = 1, 200 do
        local pair = done:receive()
        test.equal(pair[1], pair[2])
    end
end
function others.sleeps_and_returns(value)
    time.sleep("1ms")
    return value
end

function cases.calls_may_be_nested()
    test.equal(call("adds_up", 20), 210)
end
function others.adds_up(count)
    if count == 0 then return 0 end
    return count + assert(call("adds_up", count - 1))
end

function cases.who_calls_may_be_terminated_meanwhile()
    local pid = test.watched("calls_a_waiter", process.pid())
    process.listen("pid"):receive()
    process.terminate(pid)
    test.has(process.events():receive().result.error, "process terminated")
end
function others.calls_a_waiter(to) return call("tells_and_waits", to) end

-- functions

function cases.a_vm_serves_again_and_keeps_what_its_top_level_made()
    local first = assert(funcs.call("app:counting"))
    test.equal(funcs.call("app:counting"), first + 1)
    test.equal(funcs.call("app:counting"), first + 2)
end

function cases.as_many_vms_as_there_are_places_serve_all_calls()
    local first, futures = assert(funcs.call("app:counting")), {}
    for n = 1, 100 do
        futures[n] = assert(funcs.async("app:counting"))
    end
    for n = 1, 100 do
        test.equal(futures[n]:channel():receive():data(), first + n)
    end
end

function cases.a_function_that_is_upgraded_leaves_its_place_but_no_vm()
    test.equal(funcs.call("app:narrow", "other", "becomes_plain"), "taken over")
    test.equal(funcs.call("app:narrow", "other", "returns", "served"), "served")
end
function others.becomes_plain() process.upgrade("app:plain", "taken over") end

function cases.where_all_places_are_taken_a_call_waits()
    local first = assert(funcs.async("app:narrow", "other", "tells_and_waits", process.pid()))
    local pid = process.listen("pid"):receive()
    local second = assert(funcs.async("app:narrow", "other", "returns", "served"))
    time.sleep("5ms")
    assert(not second:is_complete())
    process.send(pid, "go")
    test.equal(second:channel():receive():data(), "served")
    assert(first:is_complete())
end

function cases.coroutines_of_a_function_go_on_after_it_has_returned()
    test.equal(call("goes_on", process.pid()), "returned")
    local pid = assert(process.registry.lookup("functions.goes_on"))
    assert(process.monitor(pid))
    process.send(pid, "go")
    test.equal({ process.listen("went on"):receive() }, { { pid = pid, word = "go" }, true })
    local event = process.events():receive()
    test.equal({ event.kind, event.from, event.result.error }, { process.event.EXIT, pid })
    test.fails(errors.NOT_FOUND, "name not registered", process.registry.lookup("functions.goes_on"))
end
function others.goes_on(to)
    local inbox = process.inbox()
    assert(process.registry.register("functions.goes_on"))
    coroutine.spawn(function()
        local word = inbox:receive():topic()
        process.send(to, "went on", { pid = process.pid(), word = word })
    end)
    return "returned"
end

-- context

function cases.executors_hand_on_context_and_never_change()
    local plain = funcs.new()
    local one = plain:with_context({ user = "ann", list = { 1 } })
    local two = one:with_context({ user = "bob", more = 2.5 })
    test.equal(two:call("app:function", "other", "has", "user"), { one = "bob", all = { user = "bob", list = { 1 }, more = 2.5 } })
    test.equal(one:call("app:function", "other", "has", "user"), { one = "ann", all = { user = "ann", list = { 1 } } })
    test.equal(plain:call("app:function", "other", "has"), { all = {} })
    local future = assert(one:async("app:function", "other", "has", "user"))
    test.equal(future:channel():receive():data().one, "ann")
end

function cases.context_goes_on_to_whatever_is_called_or_started()
    local one = funcs.new():with_context({ user = "ann" })
    test.equal(one:call("app:function", "other", "calls_and_execs", "user"), { "ann", "ann", "cat" })
    test.equal(call("has").all, {})
    local spawner = process.with_context({ user = "dan" })
    test.equal(spawner:exec("app:suite", HOST, "other", "calls_and_execs", "user"), { "dan", "dan", "cat" })
end
function others.calls_and_execs(key)
    local executor = funcs.new()
    return {
        executor:call("app:function", "other", "has", key).one,
        process.exec("app:suite", HOST, "other", "has", key).one,
        executor:with_context({ user = "cat" }):call("app:function", "other", "has", key).one,
    }
end

local of_top_level = funcs.new():with_context({ maker = "top level" })

function cases.an_executor_that_the_top_level_made_hands_on_what_its_user_has()
    local spawner = process.with_context({ user = "ann" })
    local expected = { maker = "top level", user = "ann" }
    test.equal(spawner:exec("app:suite", HOST, "other", "uses_that_of_the_top_level"), expected)
    for _, user in ipairs({ "ann", "bob" }) do
        expected.user = user
        local executor = funcs.new():with_context({ user = user })
        test.equal(executor:call("app:narrow", "other", "uses_that_of_the_top_level"), expected)
    end
end
function others.uses_that_of_the_top_level() return of_top_level:call("app:function", "other", "has").all end

function cases.executors_take_options_actors_and_scopes()
    local executor = funcs.new():with_context({ a = 1 }):with_options({ timeout = 5 }):with_actor({}):with_scope(nil)
    test.equal(executor:call("app:function", "other", "has", "a").one, 1)
    test.raises("bad argument #1 to 'with_context' (table expected, got nil)", function() executor:with_context(nil) end)
    test.raises("bad argument #1 to 'with_options' (table expected, got no value)", function() executor:with_options() end)
    test.raises("context keys must be strings of UTF-8", function() executor:with_context({ 1 }) end)
    test.raises("bad argument #1 to 'call' (string expected, got nil)", function() executor:call(nil) end)
    test.fails(errors.INVALID, "function ID required", executor:async(""))
end

function cases.methods_of_an_executor_are_called_on_one()
    local executor = funcs.new()
    for _, name in ipairs({ "with_context", "with_options", "with_actor", "with_scope", "call", "async" }) do
        for _, other in ipairs({ "app:function", 1, payload.new(1), {} }) do
            test.raises("funcs.Executor expected", executor[name], other, {})
        end
    end
end

return test.suite(cases, others)
