-- Variables that are to be closed, when an error or the end of a process closes them.

local test = require("test")
local time = require("time")

local cases, others = {}, {}

-- A value that tells `to`, when it is closed, its name and the error.
local function telling(to, name)
    return setmetatable({}, { __close = function(_, err) process.send(to, "closed", name .. ": " .. tostring(err)) end })
end

function others.fails(to)
    local outer <close> = telling(to, "outer")
    local inner <close> = telling(to, "inner")
    error("boom", 0)
end

function others.fails_inside(to)
    local function fail()
        local _ <close> = telling(to, "callee")
        error(errors.new({ message = "gone", kind = errors.CONFLICT }))
    end
    local _ <close> = telling(to, "caller")
    time.sleep("1ms")
    fail()
end

function others.fails_in_a_task(to)
    coroutine.spawn(function()
        local _ <close> = telling(to, "task")
        time.sleep("1ms")
        error("boom", 0)
    end)
    process.inbox():receive()
end

function others.fails_while_closing(to)
    local outer <close> = telling(to, "outer")
    local inner <close> = setmetatable({}, { __close = function(_, err) error(err .. ", and then some", 0) end })
    error("boom", 0)
end

function others.waits_while_closing()
    local _ <close> = setmetatable({}, { __close = function() time.sleep("1ms") end })
    error("boom", 0)
end

function others.returns(to)
    local _ <close> = telling(to, "returned")
    return 5
end

function others.hoards(to)
    local _ <close> = telling(to, "hoard")
    local t = {}
    while true do t[#t + 1] = ("x"):rep(1 << 20) .. #t end
end

-- Runs one of the others; answers its error and what it told.
local function run(name)
    local told = process.listen("closed")
    local exit = test.exit_of(name, process.pid())
    local list = {}
    while true do
        local got = channel.select({ told, default = true })
        if got.default then break end
        list[#list + 1] = got.value
    end
    return exit.result.error, list, exit.result.value
end

function cases.an_error_that_ends_main_closes_its_variables_the_last_first()
    local err, told = run("fails")
    test.equal({ err:message(), told }, { "boom", { "inner: boom", "outer: boom" } })
end

function cases.and_those_of_its_callers()
    local err, told = run("fails_inside")
    test.equal({ err:message(), err:kind(), told }, { "gone", "Conflict", { "callee: gone", "caller: gone" } })
    test.has(err:stack(), "app:suite:22")
end

function cases.an_error_that_ends_a_task_closes_the_tasks()
    local err, told = run("fails_in_a_task")
    test.equal({ err:message(), told }, { "boom", { "task: boom" } })
end

function cases.an_error_in_close_takes_the_place_of_the_one_before()
    local err, told = run("fails_while_closing")
    test.equal({ err:message(), told }, { "boom, and then some", { "outer: boom, and then some" } })
end

function cases.no_close_waits_once_its_coroutine_has_ended()
    local err = run("waits_while_closing")
    test.has(err:message(), "cannot wait here")
end

function cases.what_returns_is_closed_as_ever()
    local err, told, value = run("returns")
    test.equal({ err, told, value }, { nil, { "returned: nil" }, 5 })
end

function cases.a_process_that_is_out_of_memory_closes_nothing()
    local err, told = run("hoards")
    test.has(err:message(), "out of memory: the process needs more than its limit of 256 MiB")
    test.equal(told, {})
end

return test.suite(cases, others)
