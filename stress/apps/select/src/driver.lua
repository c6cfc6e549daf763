-- Measures COUNT selects over CHANNELS channels and over a tenth of them: the first of them ready, the last, none with a
-- default, and blocking until another coroutine sends. Logs nanoseconds a select. Idles until it is cancelled.

local env = require("env")
local logger = require("logger")
local time = require("time")

-- Selects over `size` channels; answers a list of channels and the cases to receive from them.
local function open(size)
    local channels, cases = {}, {}
    for i = 1, size do
        channels[i] = channel.new(1)
        cases[i] = channels[i]:case_receive()
    end
    return channels, cases
end

-- Nanoseconds that one of n runs of a function takes.
local function ns(n, fn)
    local start = time.now()
    for i = 1, n do fn(i) end
    return time.now():sub(start):seconds() * 1e9 / n
end

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
        for i = 1, n do
            turn:receive()
            channels[i % size + 1]:send(i)
        end
    end)
    return ns(n, function(i)
        turn:send(true)
        assert(channel.select(cases).value == i)
    end)
end

local function figures_of(figures, n, size, name)
    figures[name .. "_first_ns"] = ready(n, size, 1)
    figures[name .. "_last_ns"] = ready(n, size, size)
    figures[name .. "_none_ns"] = none(n, size)
    figures[name .. "_blocking_ns"] = blocking(n, size)
end

local function main()
    local n = tonumber((env.get("COUNT")))
    local channels = tonumber((env.get("CHANNELS")))
    local figures = { job = "select", n = n, channels = channels }
    figures_of(figures, n, channels, "all")
    figures_of(figures, n, math.max(1, channels // 10), "tenth")
    figures.fewer_blocking_ns = blocking(math.max(1, n // 10), channels)
    logger:info("result", figures)
    repeat
        local event = process.events():receive()
    until event.kind == process.event.CANCEL
end

return { main = main }
