-- Starts a wave of processes, sees it end, and idles until it is cancelled.

local env = require("env")
local logger = require("logger")
local time = require("time")

-- Before the wave, so that what lives without it can be measured.
local CALM = "2s"

local function main()
    local n = tonumber((env.get("COUNT")))
    local hold = assert(time.parse_duration((env.get("HOLD")))):nanoseconds()
    local events = process.events()

    logger:info("before", {})
    time.sleep(CALM)
    assert(process.spawn_monitored("app:wave", "app:processes", n, hold))
    local event = events:receive()
    if event.kind == process.event.CANCEL then return end
    if event.result.error then error(event.result.error) end

    logger:info("result", { job = "churn", n = n, ended = event.result.value })
    repeat
        event = events:receive()
    until event.kind == process.event.CANCEL
end

return { main = main }
