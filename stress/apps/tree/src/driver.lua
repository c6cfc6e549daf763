-- Starts the root of a tree of processes and waits for the sum of its leaves.

local env = require("env")
local logger = require("logger")
local time = require("time")

local function main()
    local leaves = tonumber((env.get("LEAVES")))
    local inbox = process.inbox()

    local start = time.now()
    assert(process.spawn("app:branch", "app:processes", process.pid(), 0, leaves))
    local sum = inbox:receive():payload():data()
    local elapsed_s = time.now():sub(start):seconds()

    local expected = leaves * (leaves - 1) // 2
    if sum ~= expected then error("the sum is " .. sum .. " instead of " .. expected) end
    local n = (leaves * 10 - 1) // 9
    logger:info("result", { job = "tree", n = n, elapsed_s = elapsed_s, rate = n / elapsed_s })
end

return { main = main }
