-- Registers COUNT names for one process, looks them up, sends to them, and releases them by `unregister` and by the end
-- of the process; then lets COUNT processes with a name each end. Logs nanoseconds each. Idles until it is cancelled.

local env = require("env")
local logger = require("logger")
local time = require("time")

local HOST = "app:processes"

-- Names that are measured in one go. The median of the goes counts, because a machine that does something else lies.
local GO = 100

-- Nanoseconds that a function takes for one of n names.
local function ns(n, fn)
    local goes = {}
    for from = 1, n, GO do
        local to = math.min(from + GO - 1, n)
        local start = time.now()
        for i = from, to do fn("name " .. i, i) end
        goes[#goes + 1] = time.now():sub(start):seconds() * 1e9 / (to - from + 1)
    end
    table.sort(goes)
    return goes[#goes // 2 + 1]
end

-- Nanoseconds for each of n, of what is done once.
local function ns_of_all(n, fn)
    local start = time.now()
    fn()
    return time.now():sub(start):seconds() * 1e9 / n
end

local function names_of_one(figures, n)
    local events, inbox, registry = process.events(), process.inbox(), process.registry
    local holder = assert(process.spawn_monitored("app:holder", HOST, process.pid(), n))
    inbox:receive()
    local function register(name) assert(registry.register(name, holder)) end

    figures.empty_ns = ns(n, function() end)
    figures.register_ns = ns(n, register)
    figures.lookup_ns = ns(n, function(name) assert(registry.lookup(name) == holder) end)
    figures.send_ns = ns(n, function(name, i) assert(process.send(name, "to you", i)) end)
    inbox:receive()
    figures.unregister_ns = ns(n, function(name) assert(registry.unregister(name)) end)
    for i = 1, n do assert(registry.lookup("name " .. i) == nil) end

    for i = 1, n do register("name " .. i) end
    figures.exit_ns = ns_of_all(n, function()
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
    return ns_of_all(n, function()
        for i = 1, n do process.send(pids[i], "end") end
        for _ = 1, n do events:receive() end
    end)
end

local function main()
    local n = tonumber((env.get("COUNT")))
    local figures = { job = "names", n = n }
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
