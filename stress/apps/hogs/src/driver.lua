-- How late the ticks of a ticker are while COUNT processes loop without end.

local env = require("env")
local logger = require("logger")
local time = require("time")

-- Until all hogs run.
local SETTLE = "500ms"

-- The smallest of the sorted values that `percent` of them do not exceed.
local function percentile(sorted, percent)
    return sorted[math.max(1, math.ceil(percent * #sorted / 100))]
end

local function main()
    local n = tonumber((env.get("COUNT")))
    local count = tonumber((env.get("TICKS")))
    local interval = assert(time.parse_duration((env.get("INTERVAL"))))
    for _ = 1, n do
        assert(process.spawn("app:hog", "app:processes"))
    end
    time.sleep(SETTLE)

    local due = time.now():unix_nano()
    local ticks = time.ticker(interval):response()
    local late_ms = {}
    for i = 1, count do
        ticks:receive()
        due = due + interval:nanoseconds()
        late_ms[i] = (time.now():unix_nano() - due) / 1e6
    end
    table.sort(late_ms)
    logger:info("result", {
        job = "hogs",
        n = n,
        ticks = count,
        p50_ms = percentile(late_ms, 50),
        p99_ms = percentile(late_ms, 99),
        max_ms = late_ms[count],
    })
end

return { main = main }
