-- What the environment says, checked. A wrong value is an error that names it.

local env = require("env")
local time = require("time")

type Config = {
    users: integer,
    rooms: integer,
    says: integer,
    pause: integer, -- nanoseconds
    crash_every: integer,
    watch: string, -- a room, or none, or all
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
        users = read_count("USERS", 1),
        rooms = read_count("ROOMS", 1),
        says = read_count("SAYS", 0),
        pause = read_duration("PAUSE"),
        crash_every = read_count("CRASH_EVERY", 0),
        watch = env.get("WATCH"),
    }
end

return settings
