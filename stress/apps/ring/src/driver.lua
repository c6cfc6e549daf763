-- A ring of COUNT processes, this one among them, and one token that goes around.

local env = require("env")
local logger = require("logger")
local time = require("time")

local function main()
    local n = tonumber((env.get("COUNT")))
    local rounds = tonumber((env.get("HOPS"))) // n
    local inbox = process.inbox()

    local first = process.pid()
    for _ = 2, n do
        first = assert(process.spawn("app:member", "app:processes", first))
    end

    local start = time.now()
    for _ = 1, rounds do
        process.send(first, "token", 1)
        local hops = inbox:receive():payload():data()
        if hops ~= n then error("the token made " .. hops .. " hops instead of " .. n) end
    end
    local elapsed_s = time.now():sub(start):seconds()
    logger:info("result", {
        job = "ring",
        n = n,
        hops = rounds * n,
        elapsed_s = elapsed_s,
        rate = rounds * n / elapsed_s,
    })
end

return { main = main }
