-- Spawns NUM_WORKERS workers, counts their ticks and their ends, and logs statistics.

local env = require("env")
local logger = require("logger")
local time = require("time")

-- Workers spawned between two looks at our events, so that a cancel is heard while we spawn.
local SPAWN_BATCH = 1000

-- About as many processes as can live at once in one program.
local MOST_WORKERS = 16000000

-- Ends the service for good: starting again would read the same wrong value.
local function reject(format: string, ...: any): never
    error(errors.new({
        message = string.format(format, ...),
        kind = errors.INVALID,
        retryable = false,
    }))
end

local function read_count(name: string): integer
    local text = env.get(name)
    -- A number too large for an integer becomes a float, which is larger than the most too.
    local count = text and text:match("^%d+$") and tonumber(text)
    if not count or count < 1 or count > MOST_WORKERS then
        reject('%s must be a whole number from 1 to %d, such as 10000, and is "%s"',
            name, MOST_WORKERS, text)
    end
    return count
end

local function read_duration(name: string): any
    local text = env.get(name)
    local duration, err = time.parse_duration(text)
    if err or duration:nanoseconds() <= 0 then
        reject('%s must be a duration above zero, such as 100ms, 3s or 1.5h, and is "%s"', name, text)
    end
    return duration
end

local function read_config()
    local config = {
        num_workers = read_count("NUM_WORKERS"),
        tick_min = read_duration("TICK_MIN"),
        tick_max = read_duration("TICK_MAX"),
        stats_interval = read_duration("STATS_INTERVAL"),
    }
    if config.tick_min:nanoseconds() > config.tick_max:nanoseconds() then
        reject("TICK_MIN (%s) must not be longer than TICK_MAX (%s)",
            tostring(config.tick_min), tostring(config.tick_max))
    end
    return config
end

local function seconds_since(start: any): number
    return time.now():sub(start):seconds()
end

local function round(value: number, decimals: integer): number
    local scale = 10 ^ decimals
    return math.floor(value * scale + 0.5) / scale
end

local function main()
    local config = read_config()
    local started = time.now()
    local events = process.events()
    local inbox = process.inbox()

    local spawned: integer, alive: integer = 0, 0
    local total_ticks, reported_ticks = 0, 0

    -- Counts an end; true when it is us who shall end.
    local function on_event(event: any): boolean
        if event.kind == process.event.EXIT then
            alive = alive - 1
        end
        return event.kind == process.event.CANCEL
    end

    -- Takes all events that have arrived, without waiting; true when we are cancelled.
    local arrived = { events:case_receive(), default = true }
    local function cancelled(): boolean
        local ready = channel.select(arrived)
        while not ready.default do
            if on_event(ready.value) then return true end
            ready = channel.select(arrived)
        end
        return false
    end

    -- False when we were cancelled before all were spawned.
    local function spawn_workers(): boolean
        local me = process.pid()
        local min, max = config.tick_min:nanoseconds(), config.tick_max:nanoseconds()
        local start = time.now()
        for i = 1, config.num_workers do
            local interval = math.random(min, max)
            local pid, err =
                process.spawn_monitored("app:worker", "app:processes", me, i, interval)
            if not pid then error(err) end
            spawned = i
            alive = alive + 1
            if i % SPAWN_BATCH == 0 and cancelled() then return false end
        end
        logger:info("all workers spawned", {
            count = spawned,
            elapsed_s = round(seconds_since(start), 4),
        })
        return true
    end

    -- Returns when we are cancelled. Ready cases win in this order, so that a flood of ticks
    -- delays neither a cancel nor the statistics.
    local function collect_ticks()
        local stats = time.ticker(config.stats_interval):response()
        local cases = { events:case_receive(), stats:case_receive(), inbox:case_receive() }
        local reported = time.now()
        while true do
            local ready = channel.select(cases)
            if ready.channel == inbox then
                if ready.value:topic() == "tick" then
                    total_ticks = total_ticks + 1
                end
            elseif ready.channel == stats then
                local new_ticks = total_ticks - reported_ticks
                logger:info("stats", {
                    alive = alive,
                    total_ticks = total_ticks,
                    new_ticks = new_ticks,
                    tick_rate = math.floor(new_ticks / seconds_since(reported)),
                })
                reported, reported_ticks = time.now(), total_ticks
            elseif on_event(ready.value) then
                return
            end
        end
    end

    logger:info("mass spawn starting", {
        num_workers = config.num_workers,
        tick_min_ms = config.tick_min:milliseconds(),
        tick_max_ms = config.tick_max:milliseconds(),
        stats_interval_ms = config.stats_interval:milliseconds(),
    })
    if spawn_workers() then
        collect_ticks()
    end
    logger:info("shutting down", {
        workers_spawned = spawned,
        still_alive = alive,
        total_ticks = total_ticks,
        uptime_s = round(seconds_since(started), 1),
    })
end

return { main = main }
