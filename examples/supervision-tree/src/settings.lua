-- What the environment says, checked. A wrong value is an error that names it.

local env = require("env")
local time = require("time")

local STRATEGIES = { one_for_one = true, rest_for_one = true, one_for_all = true }

local settings = {}

-- Ends the service for good: starting again would read the same wrong value.
local function reject(format, ...)
    error(errors.new({
        message = string.format(format, ...),
        kind = errors.INVALID,
        retryable = false,
    }))
end

local function read_count(name)
    local text = env.get(name)
    local count = text:match("^%d+$") and math.tointeger(tonumber(text))
    return count or reject('%s must be a whole number, such as 3, and is "%s"', name, text)
end

local function read_duration(name)
    local text = env.get(name)
    local duration, err = time.parse_duration(text)
    if err or duration:nanoseconds() <= 0 then
        reject('%s must be a duration above zero, such as 100ms, 3s or 1.5h, and is "%s"', name, text)
    end
    return duration:nanoseconds()
end

-- A list of words, each of them a key of `known`; the word `none` is the list without any.
local function read_names(name, known)
    local text = env.get(name)
    local names = {}
    if text == "none" then return names end
    for word in text:gmatch("[^%s,]+") do
        if not known[word] then
            reject('%s must be names of the tree, such as cook, or none, and "%s" is no such name', name, word)
        end
        names[#names + 1] = word
    end
    return names
end

-- How often a supervisor restarts, and how patient it is. Durations are in nanoseconds.
function settings.limits()
    return {
        max_restarts = read_count("MAX_RESTARTS"),
        within = read_duration("WITHIN"),
        stop_timeout = read_duration("STOP_TIMEOUT"),
    }
end

function settings.kitchen_strategy()
    local text = env.get("KITCHEN_STRATEGY")
    if not STRATEGIES[text] then
        reject('KITCHEN_STRATEGY must be one_for_one, rest_for_one or one_for_all, and is "%s"', text)
    end
    return text
end

-- The workers, of those that are known, that don't listen.
function settings.stubborn(known) return read_names("STUBBORN", known) end

-- Who is to crash, when, and with which seed. Without `script` it is left to chance.
function settings.crashes(known)
    return {
        script = env.get("CRASHES") ~= "random" and read_names("CRASHES", known) or nil,
        every = read_duration("CRASH_EVERY"),
        seed = read_count("SEED"),
    }
end

return settings
