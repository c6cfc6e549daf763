-- COUNT round trips: plain values from listen channels, between two that know each other.

local env = require("env")
local logger = require("logger")
local time = require("time")

local function main()
    local n = tonumber((env.get("COUNT")))
    local pongs = process.listen("pong")
    local peer = assert(process.spawn("app:pong", "app:processes", process.pid()))

    local start = time.now()
    local left = n
    while left > 0 do
        process.send(peer, "ping", left)
        left = pongs:receive() - 1
    end
    local elapsed_s = time.now():sub(start):seconds()
    logger:info("result", {
        job = "ping-pong-listen",
        n = n,
        elapsed_s = elapsed_s,
        rate = n / elapsed_s,
    })
end

return { main = main }
