-- Three phases: one monitors many, many monitor one, and one is monitored by very many that come and go. Idles until it
-- is cancelled.

local env = require("env")
local logger = require("logger")
local time = require("time")

-- Processes of the last phase that live at a time.
local WAVE = 5000

-- While it lasts, what the last phase holds can be measured.
local CALM = "4s"

-- Runs a phase in a process of its own, so that what it remembers goes with it.
local function phase(entry, n)
    assert(process.spawn_monitored(entry, "app:processes", n))
    local result = process.events():receive().result
    if result.error then error(result.error) end
    return result.value
end

-- Starts processes that monitor the target and end, and waits for their ends.
local function wave(target, n)
    local events = process.events()
    for _ = 1, n do
        assert(process.spawn_monitored("app:passer_by", "app:processes", target))
    end
    for _ = 1, n do
        local result = events:receive().result
        if result.error then error(result.error) end
    end
end

local function main()
    local n = tonumber((env.get("COUNT")))
    local churn = tonumber((env.get("CHURN")))

    local many = phase("app:watcher_of_many", n)
    logger:info("many", many)
    local one = phase("app:one_for_many", n)
    logger:info("one", one)

    local target = assert(process.spawn("app:target", "app:processes", process.pid()))
    process.inbox():receive()
    local warm = math.max(WAVE, churn // 20)
    for _ = 1, warm, WAVE do wave(target, WAVE) end
    logger:info("before", { passed = warm })
    time.sleep(CALM)
    local start = time.now()
    for from = 1, churn, WAVE do wave(target, math.min(WAVE, churn - from + 1)) end
    local churn_s = time.now():sub(start):seconds()
    logger:info("after", { passed = churn, each_us = churn_s * 1e6 / churn })
    time.sleep(CALM)

    assert(process.monitor(target))
    assert(process.send(target, "end"))
    local ended = process.events():receive()
    assert(ended.from == target and ended.result.value == "done")
    logger:info("result", { job = "monitors" })
    repeat
        local event = process.events():receive()
    until event.kind == process.event.CANCEL
end

return { main = main }
