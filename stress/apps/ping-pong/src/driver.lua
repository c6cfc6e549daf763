-- COUNT round trips: message objects from the inbox, answered to whoever they are from.

local env = require("env")
local logger = require("logger")
local time = require("time")

local function main()
    local n = tonumber((env.get("COUNT")))
    local inbox = process.inbox()
    local peer = assert(process.spawn("app:pong", "app:processes"))

    local start = time.now()
    process.send(peer, "ping", n)
    while true do
        local message = inbox:receive()
        local left = message:payload():data() - 1
        if left == 0 then break end
        process.send(message:from(), "ping", left)
    end
    local elapsed_s = time.now():sub(start):seconds()
    logger:info("result", { job = "ping-pong", n = n, elapsed_s = elapsed_s, rate = n / elapsed_s })
end

return { main = main }
