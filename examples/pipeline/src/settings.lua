-- What the environment says, checked. A wrong value is an error that names it.

local env = require("env")
local time = require("time")

type Config = {
    items: integer,
    item_bytes: integer,
    workers: integer,
    window: integer,
    stage_time: integer, -- nanoseconds
    crash_every: integer,
    poison: integer,
}

local settings = {}

-- Ends the service for good: starting again would read the same wrong value.
local function reject(format: string, ...: any): never
    error(errors.new({
        message = string.format(format, ...),
        kind = errors.INVALID,
        retryable = false,
    }))
end

local function read_count(name: string, least: integer): integer
    local text = env.get(name)
    local count = text:match("^%d+$") and math.tointeger(tonumber(text))
    if not count or count < least then
        reject('%s must be a whole number from %d, and is "%s"', name, least, text)
    end
    return count
end

local function read_duration(name: string): integer
    local text = env.get(name)
    local duration, err = time.parse_duration(text)
    if err or duration:nanoseconds() < 0 then
        reject('%s must be a duration, such as 0s, 5ms or 1.5s, and is "%s"', name, text)
    end
    return duration:nanoseconds()
end

function settings.read(): Config
    return {
        items = read_count("ITEMS", 1),
        item_bytes = read_count("ITEM_BYTES", 0),
        workers = read_count("WORKERS", 1),
        window = read_count("WINDOW", 1),
        stage_time = read_duration("STAGE_TIME"),
        crash_every = read_count("CRASH_EVERY", 0),
        poison = read_count("POISON", 0),
    }
end

return settings
