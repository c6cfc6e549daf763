-- Starts n processes, holds them, ends them; a process of its own, so that what it remembers of
-- them goes with it. Returns how many ends it saw.

local logger = require("logger")
local time = require("time")

local function main(n, hold)
    local events = process.events()
    local inbox = process.inbox()
    local me = process.pid()

    local drops = {}
    for i = 1, n do
        local pid, err = process.spawn_monitored("app:drop", "app:processes", me, i)
        if not pid then error(err) end
        drops[i] = pid
    end
    for _ = 1, n do
        inbox:receive()
    end
    logger:info("peak", { n = n })
    time.sleep(hold)

    for i = 1, n do
        process.send(drops[i], "end")
    end
    local ended = 0
    while ended < n do
        local event = events:receive()
        if event.kind == process.event.CANCEL then break end
        ended = ended + 1
    end
    return ended
end

return { main = main }
