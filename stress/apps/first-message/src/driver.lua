-- Spawns COUNT children and waits until each has sent its first message.

local env = require("env")
local logger = require("logger")
local time = require("time")

local function main()
    local n = tonumber((env.get("COUNT")))
    local inbox = process.inbox()
    local me = process.pid()

    local start = time.now()
    for i = 1, n do
        local pid, err = process.spawn("app:child", "app:processes", me, i)
        if not pid then error(err) end
    end
    local spawn_s = time.now():sub(start):seconds()

    for _ = 1, n do
        inbox:receive()
    end
    local elapsed_s = time.now():sub(start):seconds()
    logger:info("result", {
        job = "first-message",
        n = n,
        elapsed_s = elapsed_s,
        rate = n / elapsed_s,
        spawn_us = spawn_s * 1e6 / n,
    })
end

return { main = main }
