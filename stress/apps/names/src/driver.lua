-- Registers COUNT names for one process, looks them up, sends to them, and releases them by `unregister` and by the end
-- of the process; then lets COUNT processes with a name each end. Logs nanoseconds each. Idles until it is cancelled.

local env = require("env")
local logger = require("logger")
local time = require("time")

local HOST = "app:processes"

-- Nanoseconds each of n, of what a function does.
local function ns(n, fn)
    local start = time.now()
    fn()
    return time.now():sub(start):seconds() * 1e9 / n
end

-- Nanoseconds each of n, of an empty loop's making names: what of the other figures is not the registry's.
local function making_names(n)
    return ns(n, function()
        for i = 1, n do local _ = "name " .. i end
    end)
end

local function names_of_one(figures, n)
    local events, inbox, registry = process.events(), process.inbox(), process.registry
    local holder = assert(process.spawn_monitored("app:holder", HOST, process.pid(), n))
    inbox:receive()
    local function register_all()
        for i = 1, n do assert(registry.register("name " .. i, holder)) end
    end

    figures.register_ns = ns(n, register_all)
    figures.lookup_ns = ns(n, function()
        for i = 1, n do assert(registry.lookup("name " .. i) == holder) end
    end)
    figures.send_ns = ns(n, function()
        for i = 1, n do assert(process.send("name " .. i, "to you", i)) end
        inbox:receive()
    end)
    figures.unregister_ns = ns(n, function()
        for i = 1, n do assert(registry.unregister("name " .. i)) end
    end)
    for i = 1, n do assert(registry.lookup("name " .. i) == nil) end

    register_all()
    figures.exit_ns = ns(n, function()
        process.send(holder, "end")
        assert(events:receive().from == holder)
    end)
    for i = 1, n do assert(registry.lookup("name " .. i) == nil) end
end

-- Nanoseconds that each of n processes takes to end, with a name or without.
local function ends(n, named)
    local events, inbox = process.events(), process.inbox()
    local pids = {}
    for i = 1, n do
        pids[i] = assert(process.spawn_monitored("app:named", HOST, process.pid(), named and "name " .. i))
    end
    for _ = 1, n do inbox:receive() end
    return ns(n, function()
        for i = 1, n do process.send(pids[i], "end") end
        for _ = 1, n do events:receive() end
    end)
end

local function main()
    local n = tonumber((env.get("COUNT")))
    local figures = { job = "names", n = n, empty_ns = making_names(n) }
    names_of_one(figures, n)
    figures.unnamed_end_ns = ends(n, false)
    figures.named_end_ns = ends(n, true)
    for i = 1, n do assert(process.registry.lookup("name " .. i) == nil) end
    logger:info("result", figures)
    repeat
        local event = process.events():receive()
    until event.kind == process.event.CANCEL
end

return { main = main }
