-- Measures COUNT selects over CHANNELS channels and over a tenth of them: the first of them ready, the last, none with a
-- default, and blocking until another coroutine sends. Logs nanoseconds a select. Idles until it is cancelled.

local env = require("env")
local logger = require("logger")
local time = require("time")

-- Opens `size` channels; answers a list of them and the cases to receive from them.
local function open(size)
    local channels, cases = {}, {}
    for i = 1, size do
        channels[i] = channel.new(1)
        cases[i] = channels[i]:case_receive()
    end
    return channels, cases
end

-- Runs that are measured in one go: so few that there are goes in which a busy machine does nothing else. The best counts.
local GO = 20

-- Nanoseconds that one of n runs of a function takes, in the first half of the runs and in the second.
local function halves(n, fn)
    local best = { math.huge, math.huge }
    for from = 1, n, GO do
        local to = math.min(from + GO - 1, n)
        local half = from <= n // 2 and 1 or 2
        local start = time.now()
        for i = from, to do fn(i) end
        best[half] = math.min(best[half], time.now():sub(start):seconds() * 1e9 / (to - from + 1))
    end
    return best[1], best[2]
end

local function ns(n, fn) return math.min(halves(n, fn)) end

-- The channel at one place is ready each time.
local function ready(n, size, place)
    local channels, cases = open(size)
    local one = channels[place]
    return ns(n, function(i)
        one:send(i)
        local got = channel.select(cases)
        assert(got.channel == one and got.value == i)
    end)
end

local function none(n, size)
    local _, cases = open(size)
    cases.default = true
    return ns(n, function() assert(channel.select(cases).default) end)
end

-- Each time all channels are waited for, and another coroutine sends to one of them, every time another.
local function blocking(n, size)
    local channels, cases = open(size)
    local turn = channel.new()
    coroutine.spawn(function()
        for i = 1, math.maxinteger do
            turn:receive()
            channels[i % size + 1]:send(i)
        end
    end)
    return halves(n, function(i)
        turn:send(true)
        assert(channel.select(cases).value == i)
    end)
end

local function figures_of(figures, n, size, name)
    figures[name .. "_first_ns"] = ready(n, size, 1)
    figures[name .. "_last_ns"] = ready(n, size, size)
    figures[name .. "_none_ns"] = none(n, size)
    local early, late = blocking(n, size)
    figures[name .. "_blocking_ns"] = math.min(early, late)
    figures[name .. "_early_ns"], figures[name .. "_late_ns"] = early, late
end

local function main()
    local n = tonumber((env.get("COUNT")))
    local channels = tonumber((env.get("CHANNELS")))
    local figures = { job = "select", n = n, channels = channels }
    figures_of(figures, n, channels, "all")
    figures_of(figures, n, math.max(1, channels // 10), "tenth")
    logger:info("result", figures)
    repeat
        local event = process.events():receive()
    until event.kind == process.event.CANCEL
end

return { main = main }
