-- Links COUNT processes in a chain, ends the first, and sees that each ends once. Idles until it is cancelled.

local env = require("env")
local logger = require("logger")
local time = require("time")

-- Long enough for one EXIT too many to be seen.
local CALM = "500ms"

local function main()
    local n = tonumber((env.get("COUNT")))
    local events, inbox = process.events(), process.inbox()
    local me = process.pid()

    local alive, first, before = {}, nil, nil
    for _ = 1, n do
        local pid, err = process.spawn_monitored("app:link", "app:processes", me, before)
        if not pid then error(err) end
        alive[pid] = true
        first, before = first or pid, pid
    end
    for _ = 1, n do
        inbox:receive()
    end
    logger:info("linked", { n = n })
    time.sleep(CALM)

    local start = time.now()
    assert(process.terminate(first))
    local failed = 0
    for _ = 1, n do
        local event = events:receive()
        if not alive[event.from] then error("told twice of " .. event.from) end
        alive[event.from] = nil
        if event.result.error then failed = failed + 1 end
    end
    local elapsed_s = time.now():sub(start):seconds()
    time.sleep(CALM)
    local extra = channel.select({ events:case_receive(), default = true })
    if not extra.default then error("one EXIT too many: " .. extra.value.from) end

    logger:info("result", { job = "chain", n = n, failed = failed, elapsed_s = elapsed_s })
    repeat
        local event = events:receive()
    until event.kind == process.event.CANCEL
end

return { main = main }
