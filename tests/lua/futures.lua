-- What funcs.async answers.

local test = require("test")
local funcs = require("funcs")
local time = require("time")

local cases, others = {}, {}

function others.returns(...) return ... end
function others.raises(what) error(what, 0) end
function others.waits() process.inbox():receive() end
function others.sleeps_and_returns(value)
    time.sleep("1ms")
    return value
end

-- Tells its pid, and answers the topic of what it is sent then.
function others.is_told(to, ...)
    local inbox = process.inbox()
    process.send(to, "pid", process.pid())
    return inbox:receive():topic(), ...
end

local function async(name, ...) return assert(funcs.async("app:function", "other", name, ...)) end

-- A future of a function that waits for a message, and the function's pid.
local function pending(...)
    local future = async("is_told", process.pid(), ...)
    return future, (process.listen("pid"):receive())
end

function cases.a_future_is_not_complete_at_once()
    for _ = 1, 100 do
        local future = async("returns", 1)
        test.equal(future:is_complete(), false)
    end
end

function cases.a_pending_future_has_neither_result_nor_error()
    local future, pid = pending()
    test.values({ false }, future:is_complete())
    test.values({ false }, future:is_canceled())
    test.equal({ future:result() }, {})
    test.values({ nil, false, n = 2 }, future:error())
    test.equal(channel.select({ future:channel():case_receive(), default = true }), { default = true, ok = true })
    process.send(pid, "go")
    test.equal(future:channel():receive():data(), "go")
end

function cases.a_result_comes_as_a_payload_once_and_stays_in_the_future()
    local future = async("returns", { list = { 1, 2 } })
    local got, ok = future:response():receive()
    test.equal({ type(got), ok, got:data() }, { "userdata", true, { list = { 1, 2 } } })
    for _ = 1, 2 do
        test.values({ nil, false, n = 2 }, future:response():receive())
        local result, err = future:result()
        test.equal({ result:data(), err }, { { list = { 1, 2 } } })
    end
    test.values({ nil, false, n = 2 }, future:error())
    test.equal({ future:is_complete(), future:is_canceled() }, { true, false })
end

function cases.nothing_is_a_result_too()
    local got, ok = async("returns"):channel():receive()
    test.equal({ ok, got:data() }, { true })
end

function cases.a_failure_comes_as_its_error()
    local given = errors.new({ message = "chipped", kind = errors.CONFLICT, retryable = true, details = { plate = 3 } })
    local future = async("raises", given)
    local got, ok = future:channel():receive()
    test.equal({ ok, got:message(), got:kind(), got:retryable() }, { true, "chipped", errors.CONFLICT, true })
    test.values({ nil, false, n = 2 }, future:channel():receive())
    local result, err = future:result()
    test.equal({ result, err:kind(), err:details() }, { nil, errors.CONFLICT, { plate = 3 } })
    local failure, failed = future:error()
    test.equal({ failure:message(), failure:kind(), failed }, { "chipped", errors.INTERNAL, true })
    test.equal({ future:is_complete(), future:is_canceled() }, { true, false })
end

function cases.a_future_that_is_looked_at_now_and_then_completes()
    local future = async("sleeps_and_returns", 5)
    while not future:is_complete() do time.sleep("1ms") end
    test.equal(future:result():data(), 5)
    test.equal(future:channel():receive():data(), 5)
end

function cases.there_is_one_channel()
    local future = async("returns", 1)
    assert(future:channel() == future:response() and future:channel() == future:channel())
    test.raises("this channel is the runtime's", function() future:channel():send(1) end)
    test.raises("this channel is the runtime's", function() future:channel():close() end)
end

function cases.futures_run_side_by_side()
    local pids, futures = process.listen("pid"), {}
    for number = 1, 20 do futures[number] = async("is_told", process.pid()) end
    -- Only once all of them run is the first of them told to go on.
    local waiting = {}
    for number = 1, 20 do waiting[number] = pids:receive() end
    for _, pid in ipairs(waiting) do process.send(pid, "go") end
    for _, future in ipairs(futures) do test.equal(future:channel():receive():data(), "go") end
end

function cases.a_select_takes_whichever_comes_first()
    local one, first = pending()
    local other, second = pending()
    process.send(second, "second")
    local got = channel.select({ one:channel():case_receive(), other:channel():case_receive() })
    assert(got.channel == other:channel() and got.ok)
    test.equal(got.value:data(), "second")
    process.send(first, "first")
    got = channel.select({ one:channel():case_receive(), time.after("1h"):case_receive() })
    test.equal(got.value:data(), "first")
    got = channel.select({ one:channel():case_receive() })
    test.equal({ got.ok, got.value }, { false })
end

function cases.a_select_finds_what_came_before()
    local future = async("returns", 3)
    while not future:is_complete() do time.sleep("1ms") end
    local got = channel.select({ future:channel():case_receive(), default = true })
    test.equal({ got.default, got.value:data() }, { nil, 3 })
end

function cases.of_several_that_wait_the_first_gets_it_and_the_others_find_it_closed()
    local future, pid = pending()
    local got = channel.new(3)
    for number = 1, 3 do
        coroutine.spawn(function()
            local value, ok = future:channel():receive()
            got:send({ number, ok, value and value:data() })
        end)
    end
    process.send(pid, "go")
    test.equal({ (got:receive()), (got:receive()), (got:receive()) }, { { 1, true, "go" }, { 2, false }, { 3, false } })
end

function cases.a_future_may_be_waited_for_by_another_coroutine_than_its_own()
    local futures, got = channel.new(), channel.new()
    coroutine.spawn(function()
        for _ = 1, 3 do got:send(futures:receive():channel():receive():data()) end
    end)
    for number = 1, 3 do
        futures:send(async("sleeps_and_returns", number))
        test.equal(got:receive(), number)
    end
end

-- cancel

function cases.cancel_ends_the_call()
    local future, pid = pending()
    assert(process.monitor(pid))
    test.values({ true }, future:cancel())
    test.equal({ future:is_canceled(), future:is_complete() }, { true, true })
    test.fails(errors.CANCELED, "canceled", future:result())
    test.values({ nil, false, n = 2 }, future:error())
    local err, ok = future:channel():receive()
    test.equal({ err:kind(), ok }, { errors.CANCELED, true })
    test.values({ nil, false, n = 2 }, future:channel():receive())
    local event = process.events():receive()
    test.equal({ event.from, event.result.error:kind() }, { pid, errors.CANCELED })
    -- What the function came to is nobody's now.
    test.values({ true }, future:cancel())
    test.fails(errors.CANCELED, "canceled", future:result())
end

function cases.cancel_wakes_who_waits()
    local future = pending()
    local got = channel.new(2)
    for _ = 1, 2 do
        coroutine.spawn(function()
            local value, ok = future:channel():receive()
            got:send({ ok, value and value:kind() })
        end)
    end
    future:cancel()
    test.equal({ (got:receive()), (got:receive()) }, { { true, errors.CANCELED }, { false } })
    test.values({ nil, false, n = 2 }, future:channel():receive())
end

function cases.a_call_that_waits_for_its_place_may_be_canceled()
    local first = assert(funcs.async("app:narrow", "other", "is_told", process.pid()))
    local pid = process.listen("pid"):receive()
    local second = assert(funcs.async("app:narrow", "other", "raises", "must not run"))
    second:cancel()
    process.send(pid, "go")
    test.equal(first:channel():receive():data(), "go")
    test.equal(funcs.call("app:narrow", "other", "returns", 5), 5)
    test.fails(errors.CANCELED, "canceled", second:result())
end

function cases.to_cancel_what_is_over_changes_nothing()
    local future = async("returns", 5)
    while not future:is_complete() do time.sleep("1ms") end
    test.values({ true }, future:cancel())
    test.equal({ future:is_canceled(), future:result():data(), future:channel():receive():data() }, { false, 5, 5 })
end

-- what is let go of

function cases.what_dropped_futures_got_takes_no_room()
    assert(process.spawn_monitored("app:suite", "app:small", "other", "drops_futures"))
    local event = process.events():receive()
    test.equal({ event.result.error and event.result.error:message(), event.result.value }, { nil, "there is room" })
end
function others.drops_futures()
    local inbox = process.inbox()
    -- Together five times as much as its mailbox may hold.
    for _ = 1, 50 do assert(funcs.async("app:function", "other", "is_large", process.pid())) end
    for _ = 1, 50 do inbox:receive() end
    local last = assert(funcs.async("app:function", "other", "returns", ("x"):rep(1 << 20)))
    test.equal(#assert(last:channel():receive()):data(), 1 << 20)
    assert(process.send(process.pid(), "more", ("x"):rep(4 << 20)))
    return "there is room"
end
function others.is_large(to)
    process.send(to, "done")
    return ("x"):rep(1 << 19)
end

function cases.a_future_outlives_its_call_as_a_canceled_one()
    local kept = funcs.async("app:narrow", "other", "keeps_a_future")
    test.equal(kept:channel():receive():data(), "kept")
    test.equal(funcs.call("app:narrow", "other", "looks_at_the_future"), { true, true, errors.CANCELED, false })
end
local of_before
function others.keeps_a_future()
    of_before = assert(funcs.async("app:function", "other", "sleeps_and_returns", "of before"))
    return "kept"
end
function others.looks_at_the_future()
    -- One of this call, which must not be taken for it.
    local mine = assert(funcs.async("app:function", "other", "returns", "mine"))
    test.equal(mine:channel():receive():data(), "mine")
    local err, ok = of_before:channel():receive()
    return { of_before:is_canceled(), ok, err:kind(), select(2, of_before:channel():receive()) }
end

function cases.who_waits_for_a_future_is_no_deadlock_and_for_one_that_is_over_it_is()
    local event = test.exit_of("waits_for_ever")
    test.has(event.result.error, "deadlock")
    test.equal(test.exit_of("waits_for_a_future").result.value, "came")
end
function others.waits_for_ever()
    local future = async("waits")
    future:cancel()
    channel.new():receive()
end
function others.waits_for_a_future() return async("sleeps_and_returns", "came"):channel():receive():data() end

function cases.methods_of_a_future_are_called_on_one()
    local future = async("returns")
    for _, name in ipairs({ "response", "channel", "is_complete", "is_canceled", "result", "error", "cancel" }) do
        for _, other in ipairs({ "x", 1, payload.new(1), {}, funcs.new() }) do
            test.raises("funcs.Future expected", future[name], other)
        end
    end
end

function cases.a_future_is_not_sent()
    test.equal({ call = funcs.call("app:function", "other", "returns", async("returns")) }, {})
end

return test.suite(cases, others)
