-- coroutine.spawn, and the coroutine library with waits inside.

local test = require("test")
local time = require("time")

local cases, others = {}, {}

function others.fails_while_main_waits()
    coroutine.spawn(function()
        time.sleep("1ms")
        error(errors.new({ message = "late", kind = errors.CONFLICT }))
    end)
    process.inbox():receive()
end

function cases.a_task_runs_up_to_its_first_wait_before_its_spawner_goes_on()
    local log = {}
    local thread = coroutine.spawn(function(a, b)
        log[#log + 1] = "task " .. a .. b
        coroutine.yield()
        log[#log + 1] = "task again"
    end, "x", 1)
    log[#log + 1] = "spawner"
    coroutine.yield()
    log[#log + 1] = "spawner again"
    test.equal(log, { "task x1", "spawner", "task again", "spawner again" })
    test.equal(type(thread), "thread")
    test.raises("bad argument #1 to 'spawn' (function expected, got no value)", function() coroutine.spawn() end)
end

function cases.a_coroutine_whose_results_do_not_fit_goes_on()
    local many = table.pack(table.unpack({}, 1, 150000))
    local function body() while true do coroutine.yield(table.unpack(many, 1, 150000)) end end
    -- With so much on the caller's stack there is no room for as much again.
    local function deep(resume, ...)
        local got = table.pack(resume())
        return table.unpack(got, 1, got.n)
    end
    local wrapped = coroutine.wrap(body)
    for _ = 1, 3 do
        local fine, failure = pcall(deep, wrapped, table.unpack(many, 1, 60000))
        test.equal(fine, false)
        test.has(failure, "too many results to resume")
    end
    local co = coroutine.create(body)
    for _ = 1, 3 do
        test.values({ false, "too many results to resume" }, deep(function() return coroutine.resume(co) end,
            table.unpack(many, 1, 60000)))
        test.equal(coroutine.status(co), "suspended")
    end
    test.equal(select("#", coroutine.resume(co)), 150001)
    local over = coroutine.create(function() return table.unpack(many, 1, 150000) end)
    test.values({ false, "too many results to resume" }, deep(function() return coroutine.resume(over) end,
        table.unpack(many, 1, 60000)))
    test.equal(coroutine.status(over), "dead")
end

function cases.a_tostring_of_the_programs_may_wait()
    local slow = setmetatable({}, { __tostring = function() time.sleep("1ms") return "slow" end })
    test.equal(tostring(slow), "slow")
    test.equal(("%s and %s"):format(slow, slow), "slow and slow")
    print(slow, 1, slow)
end

function cases.tasks_take_turns_in_order()
    local log, gate = {}, channel.new()
    for i = 1, 3 do
        coroutine.spawn(function()
            gate:receive()
            for round = 1, 3 do
                log[#log + 1] = round .. "." .. i
                coroutine.yield()
            end
        end)
    end
    gate:close()
    for _ = 1, 3 do coroutine.yield() end
    test.equal(log, { "1.1", "1.2", "1.3", "2.1", "2.2", "2.3", "3.1", "3.2", "3.3" })
end

function cases.a_failing_task_fails_its_process_with_its_error()
    local err = test.exit_of("fails_while_main_waits").result.error
    test.equal({ err:message(), err:kind() }, { "late", errors.CONFLICT })
end

function cases.ten_thousand_tasks()
    local done, count = channel.new(), 10000
    for i = 1, count do
        coroutine.spawn(function()
            time.sleep("1ms")
            done:send(i)
        end)
    end
    local sum = 0
    for _ = 1, count do sum = sum + done:receive() end
    test.equal(sum, count * (count + 1) // 2)
end

function cases.resume_and_yield_carry_values()
    local co = coroutine.create(function(...)
        test.values({ 1, 2 }, ...)
        test.values({ 3, nil, n = 2 }, coroutine.yield("a", "b"))
        return "end"
    end)
    test.values({ true, "a", "b" }, coroutine.resume(co, 1, 2))
    test.equal(coroutine.status(co), "suspended")
    test.values({ true, "end" }, coroutine.resume(co, 3, nil))
    test.equal(coroutine.status(co), "dead")
    local fine, failure = coroutine.resume(co)
    test.equal(fine, false)
    test.has(failure, "cannot resume dead coroutine")
end

function cases.a_wait_inside_a_coroutine_is_no_yield_to_its_resumer()
    local ch = channel.new()
    local co = coroutine.wrap(function()
        time.sleep("1ms")
        coroutine.yield(ch:receive())
        time.sleep("1ms")
        return "end"
    end)
    coroutine.spawn(function() ch:send("value") end)
    test.equal(co(), "value")
    test.equal(co(), "end")
end

function cases.waits_three_coroutines_deep()
    local function deep(level)
        if level == 0 then
            time.sleep("1ms")
            coroutine.yield("bottom")
            time.sleep("1ms")
            return "done"
        end
        local inner = coroutine.wrap(deep)
        coroutine.yield(level .. inner(level - 1))
        return inner()
    end
    local co = coroutine.wrap(deep)
    test.equal(co(3), "321bottom")
    test.equal(co(), "done")
end

function cases.a_coroutine_that_waits_is_normal_to_others()
    local co, status, resumed, closed
    coroutine.spawn(function()
        time.sleep("1ms")
        status = coroutine.status(co)
        resumed = table.pack(coroutine.resume(co))
        closed = pcall(coroutine.close, co)
    end)
    co = coroutine.create(function()
        time.sleep("5ms")
        return "end"
    end)
    test.values({ true, "end" }, coroutine.resume(co))
    test.equal(status, "normal")
    test.equal(resumed[1], false)
    test.has(resumed[2], "non-suspended")
    test.equal(closed, false)
end

function cases.errors_pass_through_wrap_and_resume()
    local object = errors.new({ message = "m", kind = errors.TIMEOUT })
    local co = coroutine.create(function() time.sleep("1ms") error(object) end)
    local fine, failure = coroutine.resume(co)
    test.equal(fine, false)
    assert(failure == object)
    test.raises("wrapped", coroutine.wrap(function() time.sleep("1ms") error("wrapped") end))
end

function cases.pcall_and_xpcall_wait()
    test.values({ true, 1, 2 }, pcall(function() time.sleep("1ms") return 1, 2 end))
    local fine, failure = pcall(function() time.sleep("1ms") error("after") end)
    test.equal(fine, false)
    test.equal(failure:match("^" .. process.id() .. ":%d+: after$"), failure)
    test.values({ false, "handled: x" }, xpcall(function()
        time.sleep("1ms")
        error("x", 0)
    end, function(text) return "handled: " .. text end))
end

function cases.metamethods_wait()
    local waiting = setmetatable({}, {
        __index = function(_, key) time.sleep("1ms") return key .. "!" end,
        __newindex = function(t, key, value) time.sleep("1ms") rawset(t, key, value) end,
        __call = function(_, x) time.sleep("1ms") return x end,
        __add = function(_, x) time.sleep("1ms") return x end,
        __concat = function(_, x) time.sleep("1ms") return x end,
        __eq = function() time.sleep("1ms") return true end,
        __lt = function() time.sleep("1ms") return true end,
        __len = function() time.sleep("1ms") return 42 end,
    })
    test.equal(waiting.key, "key!")
    waiting.set = 1
    test.equal(rawget(waiting, "set"), 1)
    test.equal({ waiting(7), waiting + 8, waiting .. "9", #waiting }, { 7, 8, "9", 42 })
    assert(waiting == setmetatable({}, getmetatable(waiting)))
    assert(waiting < waiting)
end

function cases.iterators_wait()
    local sum = 0
    for i in coroutine.wrap(function() for i = 1, 3 do time.sleep("1ms") coroutine.yield(i) end end) do
        sum = sum + i
    end
    for _, value in (function() return function(_, at)
        time.sleep("1ms")
        if at < 3 then return at + 1, at + 1 end
    end, nil, 0 end)() do sum = sum + value end
    test.equal(sum, 12)
    local paired = setmetatable({}, { __pairs = function(t)
        time.sleep("1ms")
        return next, { a = 1 }, nil
    end })
    for key in pairs(paired) do test.equal(key, "a") end
end

function cases.callbacks_of_sort_and_gsub_wait()
    local list = { 5, 3, 1, 4, 2 }
    table.sort(list, function(a, b) time.sleep("1ms") return a < b end)
    test.equal(list, { 1, 2, 3, 4, 5 })
    test.equal((("abc"):gsub(".", function(c) time.sleep("1ms") return c:upper() end)), "ABC")
end

function cases.what_reads_lists_waits()
    local list = setmetatable({}, {
        __index = function(_, at) time.sleep("1ms") return at <= 3 and at * 10 or nil end,
        __len = function() time.sleep("1ms") return 3 end,
    })
    local sum = 0
    for at, value in ipairs(list) do sum = sum + at * value end
    test.equal(sum, 140)
    test.values({ 10, 20, 30 }, table.unpack(list))
    test.values({ 20, 30, nil, n = 3 }, unpack(list, 2, 4))
    test.values({ n = 0 }, table.unpack(list, 3, 2))
    test.equal({ table.concat(list), table.concat(list, "-", 2), table.concat(list, "-", 2, 2) }, { "102030", "20-30", "20" })
    test.equal("10" - setmetatable({}, { __sub = function(a, _) time.sleep("1ms") return a .. "!" end }), "10!")
end

function cases.a_yield_outside_of_a_coroutine_lets_others_run()
    test.values({ n = 0 }, coroutine.yield("ignored"))
end

function cases.the_rest_of_the_library()
    local main, is_main = coroutine.running()
    test.equal(type(main), "thread")
    test.equal(type(is_main), "boolean")
    test.equal(coroutine.isyieldable(), true)
    test.equal(coroutine.status(main), "running")
    local co = coroutine.create(function() coroutine.yield() end)
    coroutine.resume(co)
    test.values({ true }, coroutine.close(co))
    test.equal(coroutine.status(co), "dead")
    local task = coroutine.spawn(function() process.inbox():receive() end)
    local fine, failure = coroutine.resume(task)
    test.equal(fine, false)
    test.has(failure, "cannot resume")
    test.raises("bad argument #1", coroutine.create, 1)
end

function cases.closing_a_coroutine_closes_its_variables()
    local log = {}
    local co = coroutine.create(function()
        local _ <close> = setmetatable({}, { __close = function() log[#log + 1] = "closed" end })
        coroutine.yield()
    end)
    coroutine.resume(co)
    coroutine.close(co)
    test.equal(log, { "closed" })
end

function cases.tasks_take_turns_only_where_they_wait()
    local ticks, done = 0, false
    coroutine.spawn(function()
        local ticker = time.ticker("1ms"):response()
        while not done do
            ticker:receive()
            ticks = ticks + 1
        end
    end)
    -- Interrupted many times, but for other processes.
    coroutine.spawn(function()
        local sum = 0
        for plate = 1, 3000000 do sum = sum + plate end
        done = true
    end)
    test.equal({ done, ticks }, { true, 0 })
end

function cases.a_spawned_task_that_has_ended_is_dead()
    local gate = channel.new()
    local brief = coroutine.spawn(function() return 1, 2 end)
    local waits = coroutine.spawn(function() gate:receive() return 3 end)
    test.equal({ coroutine.status(brief), coroutine.status(waits) }, { "dead", "normal" })
    gate:send(true)
    coroutine.yield()
    test.equal(coroutine.status(waits), "dead")
    test.values({ false, "cannot resume dead coroutine" }, coroutine.resume(waits))
    test.equal(coroutine.close(waits), true)
end

function others.returns_while_others_wait(to)
    coroutine.spawn(function() process.inbox():receive() end)
    coroutine.spawn(function()
        local _ <close> = setmetatable({}, { __close = function() process.send(to, "told", "closed") end })
        while true do coroutine.yield() end
    end)
    return "main's"
end

function others.fails_while_others_wait()
    coroutine.spawn(function() process.inbox():receive() end)
    error("main's", 0)
end

function others.fails_at_once()
    coroutine.spawn(function() error("at once", 0) end)
    process.inbox():receive()
end

function others.fails_in_a_coroutine_of_a_task()
    coroutine.spawn(function() coroutine.wrap(function() coroutine.yield() error("wrapped", 0) end)() end)
    local ch = channel.new()
    coroutine.spawn(function()
        local fine, failure = coroutine.resume(coroutine.create(function() ch:receive() error("caught", 0) end))
        error(tostring(fine) .. " " .. failure, 0)
    end)
    ch:send(true)
    process.inbox():receive()
end

function cases.when_main_returns_the_others_end_with_it()
    local told = process.listen("told")
    local result = test.exit_of("returns_while_others_wait", process.pid()).result
    test.equal({ result.value, result.error }, { "main's" })
    assert(channel.select({ told:case_receive(), default = true }).default)
end

function cases.when_main_fails_the_others_end_with_it()
    test.equal(test.exit_of("fails_while_others_wait").result.error:message(), "main's")
end

function cases.an_error_in_any_task_is_the_processes()
    test.equal(test.exit_of("fails_at_once").result.error:message(), "at once")
    test.equal(test.exit_of("fails_in_a_coroutine_of_a_task").result.error:message(), "false caught")
end

function cases.those_that_are_ready_run_before_a_new_task_and_its_spawner_after_it()
    local log = {}
    local function note(name) log[#log + 1] = name end
    coroutine.spawn(function() coroutine.yield() note("ready") end)
    coroutine.spawn(function() note("new") coroutine.yield() note("new again") end)
    note("spawner")
    coroutine.yield()
    note("spawner again")
    test.equal(log, { "ready", "new", "spawner", "new again", "spawner again" })
end

function cases.a_task_is_given_all_arguments_nils_too()
    local got
    coroutine.spawn(function(...) got = table.pack(...) end, nil, 1, nil)
    test.equal(got, { n = 3, nil, 1, nil })
    coroutine.spawn(function(...) got = table.pack(...) end)
    test.equal(got, { n = 0 })
    local many = table.pack(table.unpack({}, 1, 1000))
    coroutine.spawn(function(...) got = select("#", ...) end, table.unpack(many, 1, 1000))
    test.equal(got, 1000)
end

function cases.tasks_spawn_tasks()
    local log = {}
    local function nested(level)
        if level > 0 then coroutine.spawn(nested, level - 1) end
        log[#log + 1] = level
    end
    -- To spawn is to give way, as any wait: the first goes on when the second has spawned the third.
    coroutine.spawn(nested, 3)
    for _ = 1, 3 do coroutine.yield() end
    test.equal(log, { 3, 2, 0, 1 })
    coroutine.wrap(function() coroutine.spawn(function() log = "from a coroutine" end) end)()
    test.equal(log, "from a coroutine")
end

function cases.a_yield_in_a_task_gives_way_and_is_given_nothing()
    local log = {}
    for i = 1, 2 do
        coroutine.spawn(function()
            test.values({ n = 0 }, coroutine.yield(1, 2))
            log[#log + 1] = i
            test.values({ true, n = 1 }, pcall(coroutine.yield, "x"))
            log[#log + 1] = 10 * i
        end)
    end
    test.equal(log, { 1 })
    coroutine.yield()
    test.equal(log, { 1, 10, 2 })
    coroutine.yield()
    test.equal(log, { 1, 10, 2, 20 })
end

function cases.functions_of_coroutine_check_their_arguments()
    for text, call in pairs({
        ["bad argument #1 to 'create' (function expected, got no value)"] = function() coroutine.create() end,
        ["bad argument #1 to 'create' (function expected, got table)"] = function() coroutine.create({}) end,
        ["bad argument #1 to 'wrap' (function expected, got string)"] = function() coroutine.wrap("x") end,
        ["bad argument #1 to 'resume' (thread expected, got function)"] = function() coroutine.resume(print) end,
        ["bad argument #1 to 'status' (thread expected, got nil)"] = function() coroutine.status(nil) end,
        ["bad argument #1 to 'close' (thread expected, got no value)"] = function() coroutine.close() end,
        ["bad argument #1 to 'spawn' (function expected, got table)"] = function()
            coroutine.spawn(setmetatable({}, { __call = print }))
        end,
        ["bad argument #1 to 'spawn' (function expected, got channel)"] = function() coroutine.spawn(channel.new()) end,
    }) do test.raises(text, call) end
    test.raises("cannot resume dead coroutine", function()
        local co = coroutine.wrap(function() end)
        co()
        co()
    end)
    test.raises("cannot close a running coroutine", function() coroutine.close((coroutine.running())) end)
    test.values({ false, "cannot resume non-suspended coroutine" }, coroutine.resume((coroutine.running())))
end

function cases.each_task_is_its_own_thread()
    local main = coroutine.running()
    local task
    local thread = coroutine.spawn(function() task = coroutine.running() coroutine.yield() end)
    assert(task == thread and task ~= main and coroutine.running() == main)
    test.equal({ coroutine.status(thread), coroutine.status(main) }, { "normal", "running" })
    coroutine.wrap(function() assert(coroutine.running() ~= main) test.equal(coroutine.status(main), "normal") end)()
end

return test.suite(cases, others)
