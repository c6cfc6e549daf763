-- Starts n processes, monitors half of them from their start and half later, ends all, and counts how often it is told
-- of each.

local time = require("time")

-- Long enough for one EXIT too many to be seen.
local CALM = "500ms"

local function main(n)
    local events, inbox = process.events(), process.inbox()
    local me = process.pid()

    local targets, told = {}, {}
    for i = 1, n do
        local spawn = i % 2 == 0 and process.spawn_monitored or process.spawn
        targets[i] = assert(spawn("app:target", "app:processes", me))
        told[targets[i]] = 0
    end
    for _ = 1, n do inbox:receive() end

    local start = time.now()
    for i = 1, n, 2 do
        assert(process.monitor(targets[i]))
    end
    local monitor_s = time.now():sub(start):seconds()

    start = time.now()
    for i = 1, n do
        assert(process.send(targets[i], "end"))
    end
    for _ = 1, n do
        local event = events:receive()
        told[event.from] = told[event.from] + 1
    end
    local end_s = time.now():sub(start):seconds()

    time.sleep(CALM)
    local wrong = 0
    for _, times in pairs(told) do
        if times ~= 1 then wrong = wrong + 1 end
    end
    if not channel.select({ events:case_receive(), default = true }).default then wrong = wrong + 1 end
    return { wrong = wrong, monitor_ns = monitor_s * 1e9 / (n / 2), end_s = end_s }
end

return { main = main }
