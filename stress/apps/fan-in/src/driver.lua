-- COUNT senders send EACH small tables to this process.

local env = require("env")
local logger = require("logger")
local time = require("time")

local function main()
    local senders = tonumber((env.get("COUNT")))
    local each = tonumber((env.get("EACH")))
    local inbox = process.inbox()
    local me = process.pid()

    local start = time.now()
    for id = 1, senders do
        local pid, err = process.spawn("app:sender", "app:processes", me, id, each)
        if not pid then error(err) end
    end
    local n, sum = senders * each, 0
    for _ = 1, n do
        sum = sum + inbox:receive():payload():data().value
    end
    local elapsed_s = time.now():sub(start):seconds()
    if sum ~= n / 2 then error("the values add up to " .. sum .. " instead of " .. n / 2) end
    logger:info("result", { job = "fan-in", n = n, elapsed_s = elapsed_s, rate = n / elapsed_s })
end

return { main = main }
