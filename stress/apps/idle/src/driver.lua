-- Starts COUNT processes that wait, and then waits itself until it is cancelled.

local env = require("env")
local logger = require("logger")
local time = require("time")

local function main()
    local n = tonumber((env.get("COUNT")))
    local events, inbox = process.events(), process.inbox()
    local me = process.pid()

    local start = time.now()
    for _ = 1, n do
        local pid, err = process.spawn("app:waiter", "app:processes", me)
        if not pid then error(err) end
    end
    for _ = 1, n do
        inbox:receive()
    end
    local elapsed_s = time.now():sub(start):seconds()
    logger:info("result", { job = "idle", n = n, elapsed_s = elapsed_s, rate = n / elapsed_s })
    repeat
        local event = events:receive()
    until event.kind == process.event.CANCEL
end

return { main = main }
