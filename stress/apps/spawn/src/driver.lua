-- Spawns COUNT monitored children that send one message and end; done when all is seen.

local env = require("env")
local logger = require("logger")
local time = require("time")

local function main()
    local n = tonumber((env.get("COUNT")))
    local events, inbox = process.events(), process.inbox()
    local me = process.pid()

    local start = time.now()
    for i = 1, n do
        local pid, err = process.spawn_monitored("app:child", "app:processes", me, i)
        if not pid then error(err) end
    end
    local spawn_s = time.now():sub(start):seconds()

    local cases = { inbox:case_receive(), events:case_receive() }
    local hellos, ends = n, n
    while hellos > 0 or ends > 0 do
        local ready = channel.select(cases)
        if ready.channel == inbox then
            hellos = hellos - 1
        elseif ready.value.kind == process.event.EXIT then
            ends = ends - 1
        else
            return -- cancelled
        end
    end
    local elapsed_s = time.now():sub(start):seconds()
    logger:info("result", {
        job = "spawn",
        n = n,
        elapsed_s = elapsed_s,
        rate = n / elapsed_s,
        spawn_us = spawn_s * 1e6 / n,
    })
end

return { main = main }
