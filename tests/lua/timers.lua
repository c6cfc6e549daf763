-- The module time: sleeping, after, timers and tickers.

local test = require("test")
local time = require("time")

local cases = {}

local function is_ready(ch)
    return not channel.select({ ch:case_receive(), default = true }).default
end

function cases.sleepers_wake_in_the_order_of_their_deadlines()
    local log, done = {}, channel.new()
    for _, ms in ipairs({ 60, 20, 40, 0 }) do
        coroutine.spawn(function()
            time.sleep(ms * time.MILLISECOND)
            log[#log + 1] = ms
            done:send(true)
        end)
    end
    for _ = 1, 4 do done:receive() end
    test.equal(log, { 0, 20, 40, 60 })
end

function cases.timers_strike_in_the_order_of_their_deadlines()
    local list, all = {}, {}
    for i, ms in ipairs({ 60, 20, 40 }) do
        all[i] = time.after(ms * time.MILLISECOND)
        list[i] = all[i]:case_receive()
    end
    local order = {}
    for i = 1, 3 do
        local got = channel.select(list)
        for k, ch in ipairs(all) do
            if ch == got.channel then
                order[i] = k
                list[k] = channel.new():case_receive()
            end
        end
    end
    test.equal(order, { 2, 3, 1 })
end

function cases.durations_are_numbers_strings_or_objects()
    local before = time.now()
    time.sleep("1ms")
    time.sleep(1000000)
    time.sleep(time.parse_duration("1ms"))
    time.sleep(10 * time.MICROSECOND)
    assert(time.now():sub(before):milliseconds() >= 3)
    time.sleep(0)
    time.sleep(-5)
    test.fails(errors.INVALID, "", time.sleep("soon"))
    test.fails(errors.INVALID, "", time.sleep({}))
end

function cases.after_strikes_once_and_is_closed()
    local ch = time.after("1ms")
    local moment, open = ch:receive()
    test.equal(open, true)
    assert(moment:unix() > 1600000000)
    test.values({ nil, false, n = 2 }, ch:receive())
    test.fails(errors.INVALID, "duration must be > 0", time.after(0))
    test.fails(errors.INVALID, "duration must be > 0", time.after("-1s"))
    test.fails(errors.INVALID, "invalid duration", time.after("soon"))
end

function cases.after_strikes_though_nobody_waits()
    local ch = time.after("1ms")
    time.sleep("10ms")
    assert(is_ready(ch))
end

function cases.a_stopped_timer_does_not_strike()
    local timer = time.timer("10ms")
    assert(timer:response() == timer:response())
    assert(timer:response() == timer:channel())
    test.equal(timer:stop(), true)
    test.equal(timer:stop(), false)
    time.sleep("20ms")
    test.values({ nil, false, n = 2 }, timer:response():receive())
end

function cases.a_timer_that_was_reset_strikes_at_its_new_time()
    local timer, other = time.timer("1h"), time.after("30ms")
    test.equal(timer:reset("1ms"), true)
    local got = channel.select({ timer:response():case_receive(), other:case_receive() })
    assert(got.channel == timer:response())
    test.equal(timer:reset("1ms"), false)
    assert(timer:response():receive())
    test.raises("", function() timer:reset(0) end)
    test.raises("", function() timer:reset("soon") end)
end

function cases.a_reset_forgets_a_strike_that_nobody_took()
    local timer = time.timer("1ms")
    time.sleep("10ms")
    timer:reset("1h")
    assert(not is_ready(timer:response()))
end

function cases.a_ticker_ticks_until_it_is_stopped()
    local ticker = time.ticker("1ms")
    for _ = 1, 5 do assert(ticker:response():receive()) end
    test.equal(ticker:stop(), true)
    local open
    repeat _, open = ticker:response():receive() until not open
    test.fails(errors.INVALID, "", time.ticker(0))
end

function cases.a_late_ticker_keeps_at_most_sixteen_ticks()
    local ticker, count = time.ticker("1ms"), 0
    time.sleep("60ms")
    ticker:stop()
    while select(2, ticker:response():receive()) do count = count + 1 end
    assert(count <= 16, count)
end

function cases.durations_are_read_and_shown_as_go_does()
    for text, shown in pairs({ ["1.5h"] = "1h30m0s", ["100ms"] = "100ms", ["0"] = "0s", [".5s"] = "500ms" }) do
        test.equal(tostring(time.parse_duration(text)), shown)
    end
    local d = time.parse_duration("1m1.5s")
    test.equal({ d:nanoseconds(), d:milliseconds(), d:seconds() }, { 61500000000, 61500, 61.5 })
    for _, text in ipairs({ "", "5", "1 s", "s", "1x" }) do
        test.fails(errors.INVALID, "", time.parse_duration(text))
    end
    test.equal(10 * time.MILLISECOND, 10000000)
end

function cases.moments_are_compared_and_moved()
    local now = time.now()
    local later = now:add("1m")
    assert(later:after(now) and now:before(later) and now:equal(now))
    test.equal(later:sub(now):seconds(), 60.0)
    test.raises("", function() now:sub(5) end)
end

function cases.thousands_of_timers_that_never_strike_do_not_matter()
    for _ = 1, 20000 do time.timer("1h"):stop() end
    for _ = 1, 5000 do time.after("1h") end
    assert(time.after("1ms"):receive())
end

function cases.after_tells_all_who_wait()
    local ch, got = time.after("1ms"), {}
    for i = 1, 3 do coroutine.spawn(function() got[i] = table.pack(ch:receive()) end) end
    coroutine.spawn(function() got[4] = channel.select({ ch:case_receive() }) end)
    time.sleep("20ms")
    test.equal({ got[1].n, got[1][2] }, { 2, true })
    test.equal(got[2], { n = 2, nil, false })
    test.equal(got[3], { n = 2, nil, false })
    test.equal(got[4], { channel = ch, ok = false })
end

-- Two tasks wait for a timer that strikes, and the first was given the strike but has not run yet: that is, if this task
-- was not interrupted meanwhile. Answers what they get, too.
local function struck()
    local timer, got = time.timer("1ms"), {}
    local source = timer:response()
    coroutine.spawn(function() got[1] = table.pack(source:receive()) end)
    coroutine.spawn(function() got[2] = channel.select({ source:case_receive() }) end)
    local over = time.now():add("1ms")
    while not time.now():after(over) do end
    coroutine.yield()
    return timer, got
end

function cases.a_strike_that_a_waiting_task_was_given_outlives_a_reset_and_a_stop()
    for _, change in ipairs({ "reset", "stop", "close" }) do
        local timer, got
        repeat timer, got = struck() until not got[1]
        timer[change](timer, "1h")
        repeat coroutine.yield() until got[1]
        test.equal({ got[1].n, type(got[1][1]), got[1][2] }, { 2, "userdata", true })
        if change == "reset" then
            test.equal(got[2], nil)
        else
            repeat coroutine.yield() until got[2]
            test.equal({ got[2].channel == timer, got[2].ok }, { true, false })
        end
    end
end

function cases.a_closed_ticker_ticks_no_more()
    local ticker, got = time.ticker("1ms"), nil
    coroutine.spawn(function()
        repeat local value, ok = ticker:receive() until not ok
        got = "over"
    end)
    ticker:close()
    time.sleep("5ms")
    test.equal(got, "over")
    test.values({ nil, false, n = 2 }, ticker:receive())
end

function cases.a_moment_is_shown_as_a_date()
    local now = time.now()
    local date = tostring(now):match("^(%d%d%d%d%-%d%d%-%d%d %d%d:%d%d:%d%d)%.?%d* [+-]%d%d%d%d %S+$")
    test.equal(date, os.date("%Y-%m-%d %H:%M:%S", now:unix()))
end

function cases.a_moment_that_a_timer_gives_is_one_of_the_local_zone()
    local before = time.now()
    local moment = time.after("1ms"):receive()
    assert(moment:after(before) and not moment:after(time.now()))
    test.equal(moment:location():string(), "Local")
    test.equal(moment:year(), tonumber(os.date("%Y", moment:unix())))
end

function cases.what_is_no_duration_above_zero_makes_no_timer()
    for name, make in pairs({ after = time.after, timer = time.timer, ticker = time.ticker }) do
        for _, none in ipairs({ 0, -1, "0", "-5s", 0.9, (time.parse_duration("0s")) }) do
            test.fails(errors.INVALID, "time." .. name .. ": duration must be > 0", make(none))
        end
        test.fails(errors.INVALID, "invalid duration", make("soon"))
        test.fails(errors.INVALID, "missing unit", make("5"))
        test.fails(errors.INVALID, "unknown unit", make("5d"))
        test.fails(errors.INVALID, "duration must be number or string", make({}))
        test.fails(errors.INVALID, "duration must be number or string", make())
        test.fails(errors.INVALID, "duration must be finite", make(1 / 0))
    end
    test.fails(errors.INVALID, "duration must be number or string", time.sleep())
    test.fails(errors.INVALID, "duration must be number or string", time.sleep(time.now()))
end

function cases.a_timer_is_reset_by_durations_above_zero_only()
    local timer = time.timer("1h")
    for _, none in ipairs({ 0, -1, "0" }) do
        test.raises("bad argument #1 to 'reset' (duration must be > 0)", function() timer:reset(none) end)
    end
    test.raises("bad argument #1 to 'reset' (time: invalid duration", function() timer:reset("soon") end)
    test.raises("bad argument #1 to 'reset' (duration must be number or string)", function() timer:reset() end)
    test.raises("bad argument #1 to 'reset' (duration must be number or string)", function() timer:reset({}) end)
    -- It is as it was.
    test.equal(timer:stop(), true)
end

function cases.methods_of_timers_want_a_timer()
    local timer = time.timer("1h")
    local methods = { response = timer.response, channel = timer.channel, stop = timer.stop, reset = timer.reset }
    for _, method in pairs(methods) do
        test.raises("(Timer expected, got table)", function() method({}, "1s") end)
        test.raises("(Timer expected, got channel)", function() method(channel.new(), "1s") end)
        test.raises("(Timer expected, got time)", function() method(time.now(), "1s") end)
        test.raises("(Timer expected, got no value)", function() method() end)
    end
end

function cases.a_stopped_timer_can_be_reset()
    local timer = time.timer("1h")
    test.equal(timer:stop(), true)
    test.equal(timer:reset("1ms"), false)
    local moment, open = timer:response():receive()
    test.equal({ type(moment), open }, { "userdata", true })
    test.equal(timer:stop(), false)
end

function cases.a_stopped_ticker_wakes_who_waits()
    local ticker, got = time.ticker("1h"), nil
    coroutine.spawn(function() got = table.pack(ticker:response():receive()) end)
    test.equal({ ticker:stop(), ticker:stop() }, { true, true })
    coroutine.yield()
    test.equal(got, { n = 2, nil, false })
end

function cases.sleeping_works_in_pcall_and_in_coroutines()
    local fine, got = pcall(function()
        time.sleep("1ms")
        return time.after("1ms"):receive()
    end)
    test.equal({ fine, type(got) }, { true, "userdata" })
    local wrapped = coroutine.wrap(function()
        for i = 1, 3 do
            time.sleep("1ms")
            coroutine.yield(i)
        end
    end)
    test.equal({ wrapped(), wrapped(), wrapped() }, { 1, 2, 3 })
    local sleepy = setmetatable({}, { __index = function(_, key)
        time.sleep("1ms")
        return key
    end })
    test.equal(sleepy.x, "x")
    test.equal(select("#", time.sleep(1)), 0)
end

function cases.others_run_while_one_sleeps()
    local count, slept = 0, channel.new()
    coroutine.spawn(function()
        time.sleep("20ms")
        slept:send(count)
    end)
    repeat
        count = count + 1
        time.sleep("1ms")
        local got = channel.select({ slept:case_receive(), default = true })
    until got.channel
    assert(count > 1, count)
    -- No time at all is one turn for the others.
    coroutine.spawn(function() count = 10 end)
    coroutine.spawn(function() count = count + 1 end)
    time.sleep(0)
    test.equal(count, 11)
end

return test.suite(cases)
