-- Each function of `process` for very many at once: COUNT of them, 500 unless the environment says otherwise, as in
-- `COUNT=10000 cargo test --release --test cli lua::many`.

local test = require("test")
local ctx = require("ctx")
local env = require("env")

local HOST = "app:processes"
local COUNT = tonumber((env.get("COUNT")))

local cases, others = {}, {}

function others.returns(...) return ... end
function others.returns_when_told(value)
    process.inbox():receive()
    return value
end
function others.fails_when_told(what)
    process.inbox():receive()
    error(what, 0)
end
function others.links_and_waits(peer, to)
    assert(process.link(peer))
    process.send(to, "linked")
    process.inbox():receive()
end
function others.returns_the_reason()
    local event = process.events():receive()
    return { event.kind, event.reason }
end
function others.waits_for_its_name(to, name)
    assert(process.registry.register(name))
    process.send(to, "ready")
    return process.inbox():receive():payload():data()
end
function others.upgrades(number) process.upgrade(nil, "other", "has_upgraded", process.pid(), number) end
function others.has_upgraded(pid, number) return pid == process.pid() and number end
function others.returns_context() return ctx.get("number") end

-- Starts COUNT of one of the other programs with the spawn function; answers the pids, and the number of each.
local function start(spawn, name, ...)
    local pids, numbers = {}, {}
    for number = 1, COUNT do
        local pid = assert(spawn("app:suite", HOST, "other", name, ...))
        pids[number], numbers[pid] = pid, number
    end
    return pids, numbers
end

local function tell(pids)
    for _, pid in ipairs(pids) do assert(process.send(pid, "go")) end
end

-- Receives an event of a kind from each of those that have a number, calls `check` with event and number, and makes sure
-- that no more come.
local function one_of_each(kind, numbers, check)
    local events, left = process.events(), {}
    for pid, number in pairs(numbers) do left[pid] = number end
    while next(left) do
        local event = events:receive()
        test.equal(event.kind, kind)
        local number = left[event.from]
        if not number then error("told twice of " .. event.from) end
        left[event.from] = nil
        if check then check(event, number) end
    end
    test.equal(channel.select({ events:case_receive(), default = true }).default, true)
end

local function receive_all(topic)
    local ch = process.listen(topic)
    for _ = 1, COUNT do ch:receive() end
end

function cases.spawn_monitored()
    local pids, numbers = start(process.spawn_monitored, "returns_when_told", "fine")
    tell(pids)
    one_of_each(process.event.EXIT, numbers, function(event) test.equal(event.result.value, "fine") end)
end

function cases.spawn_linked()
    process.set_options({ trap_links = true })
    local pids, numbers = start(process.spawn_linked, "fails_when_told", "chipped")
    tell(pids)
    one_of_each(process.event.LINK_DOWN, numbers, function(event) test.has(event.result.error, "chipped") end)
end

function cases.spawn_linked_monitored()
    process.set_options({ trap_links = true })
    local pids, numbers = start(process.spawn_linked_monitored, "fails_when_told", "chipped")
    tell(pids)
    local events, heard = process.events(), {}
    for _ = 1, 2 * COUNT do
        local event = events:receive()
        heard[event.from] = (heard[event.from] or "") .. event.kind .. " "
    end
    for pid in pairs(numbers) do test.equal(heard[pid], "pid.exit pid.link.down ") end
end

function cases.exec()
    local done = channel.new()
    for number = 1, COUNT do
        coroutine.spawn(function()
            local found, err = process.exec("app:suite", HOST, "other", "returns", number)
            done:send(found == number or tostring(err))
        end)
    end
    for _ = 1, COUNT do test.equal(done:receive(), true) end
end

function cases.monitor()
    local pids, numbers = start(process.spawn, "returns_when_told", "fine")
    for _, pid in ipairs(pids) do test.values({ true }, process.monitor(pid)) end
    tell(pids)
    one_of_each(process.event.EXIT, numbers)
end

function cases.unmonitor()
    local pids, numbers = start(process.spawn_monitored, "returns_when_told", "fine")
    for number = 1, COUNT, 2 do
        process.unmonitor(pids[number])
        numbers[pids[number]] = nil
    end
    tell(pids)
    one_of_each(process.event.EXIT, numbers)
end

function cases.link()
    local hub = assert(process.spawn_monitored("app:suite", HOST, "other", "fails_when_told", "chipped"))
    local _, numbers = start(process.spawn_monitored, "links_and_waits", hub, process.pid())
    receive_all("linked")
    numbers[hub] = 0
    process.send(hub, "go")
    one_of_each(process.event.EXIT, numbers, function(event, number)
        test.has(event.result.error, number == 0 and "chipped" or "linked process failed")
    end)
end

function cases.unlink()
    process.set_options({ trap_links = true })
    local pids, numbers = start(process.spawn_linked_monitored, "fails_when_told", "chipped")
    for number = 1, COUNT, 2 do test.values({ true }, process.unlink(pids[number])) end
    tell(pids)
    local events, heard = process.events(), {}
    for _ = 1, COUNT + COUNT // 2 do
        local event = events:receive()
        heard[event.from] = (heard[event.from] or "") .. event.kind .. " "
    end
    for pid, number in pairs(numbers) do
        test.equal(heard[pid], number % 2 == 1 and "pid.exit " or "pid.exit pid.link.down ")
    end
end

function cases.terminate()
    local pids, numbers = start(process.spawn_monitored, "returns_when_told")
    for _, pid in ipairs(pids) do test.values({ true }, process.terminate(pid)) end
    one_of_each(process.event.EXIT, numbers, function(event)
        test.equal(event.result.error:message(), "process terminated")
    end)
    for _, pid in ipairs(pids) do test.fails(errors.NOT_FOUND, "process not found", process.terminate(pid)) end
end

function cases.cancel()
    local pids, numbers = start(process.spawn_monitored, "returns_the_reason")
    for number, pid in ipairs(pids) do test.values({ true }, process.cancel(pid, "reason " .. number)) end
    one_of_each(process.event.EXIT, numbers, function(event, number)
        test.equal(event.result.value, { "pid.cancel", "reason " .. number })
    end)
end

function cases.listen_and_unlisten()
    local topics = {}
    for number = 1, COUNT do topics[number] = process.listen("many " .. number) end
    for number = 1, COUNT do assert(process.send(process.pid(), "many " .. number, number)) end
    for number = 1, COUNT do test.values({ number, true }, topics[number]:receive()) end
    for number = 1, COUNT do
        process.send(process.pid(), "many " .. number, number)
        test.values({ true }, process.unlisten(topics[number]))
        test.values({ nil, false, n = 2 }, topics[number]:receive())
    end
    local inbox = process.inbox()
    for number = 1, COUNT do test.equal(inbox:receive():payload():data(), number) end
end

function cases.registry()
    local numbers, registry = {}, process.registry
    for number = 1, COUNT do
        numbers[test.watched("waits_for_its_name", process.pid(), "many." .. number)] = number
    end
    receive_all("ready")
    for pid, number in pairs(numbers) do
        test.equal(registry.lookup("many." .. number), pid)
        test.fails(errors.ALREADY_EXISTS, "name already registered", registry.register("many." .. number))
    end
    for number = 1, COUNT do
        assert(process.send("many." .. number, "go", number))
        if number % 2 == 0 then registry.unregister("many." .. number) end
    end
    one_of_each(process.event.EXIT, numbers, function(event, number)
        test.equal(event.result.value, number)
        test.fails(errors.NOT_FOUND, "name not registered", registry.lookup("many." .. number))
        test.values({ true }, registry.register("many." .. number))
    end)
    for number = 1, COUNT do
        test.values({ true }, registry.unregister("many." .. number))
        test.values({ false }, registry.unregister("many." .. number))
    end
end

function cases.upgrade()
    local numbers = {}
    for number = 1, COUNT do numbers[test.watched("upgrades", number)] = number end
    one_of_each(process.event.EXIT, numbers, function(event, number) test.equal(event.result.value, number) end)
end

function cases.with_context()
    local numbers = {}
    for number = 1, COUNT do
        local with = process.with_context({ number = number })
        numbers[assert(with:spawn_monitored("app:suite", HOST, "other", "returns_context"))] = number
    end
    one_of_each(process.event.EXIT, numbers, function(event, number) test.equal(event.result.value, number) end)
end

function cases.with_name_and_message()
    local numbers, pids = {}, {}
    for number = 1, COUNT do
        local with = process.with_options({}):with_name("many.named." .. number)
        local pid = assert(with:spawn_monitored("app:suite", HOST, "other", "returns_when_told", "fine"))
        test.equal(with:spawn("app:suite", HOST, "other", "returns"), pid)
        numbers[pid], pids[number] = number, pid
    end
    for number = 1, COUNT do
        local with = process.with_options({}):with_name("many.named." .. number):with_message("go")
        test.equal(with:spawn("app:suite", HOST, "other", "returns"), pids[number])
    end
    one_of_each(process.event.EXIT, numbers)
end

return test.suite(cases, others)
