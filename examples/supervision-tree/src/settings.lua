-- What the environment says, checked. A wrong value is an error that names it.

local env = require("env")
local time = require("time")

type Names = {string}
type Limits = { max_restarts: integer, within: integer, stop_timeout: integer } -- durations are in nanoseconds
type Crashes = { script: Names?, every: integer, seed: integer }

local STRATEGIES = { one_for_one = true, rest_for_one = true, one_for_all = true }

local settings = { Crashes = Crashes }

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
    local count = text:match("^%d+$") and math.tointeger(tonumber(text))
    return count or reject('%s must be a whole number, such as 3, and is "%s"', name, text)
end

local function read_duration(name: string): integer
    local text = env.get(name)
    local duration, err = time.parse_duration(text)
    if err or duration:nanoseconds() <= 0 then
        reject('%s must be a duration above zero, such as 100ms, 3s or 1.5h, and is "%s"', name, text)
    end
    return duration:nanoseconds()
end

-- A list of words, each of them a key of `known`; the word `none` is the list without any.
local function read_names(name: string, known: {[string]: string}): Names
    local text = env.get(name)
    local names: Names = {}
    if text == "none" then return names end
    for word in text:gmatch("[^%s,]+") do
        if not known[word] then
            reject('%s must be names of the tree, such as cook, or none, and "%s" is no such name', name, word)
        end
        names[#names + 1] = word
    end
    return names
end

-- How often a supervisor restarts, and how patient it is.
function settings.limits(): Limits
    return {
        max_restarts = read_count("MAX_RESTARTS"),
        within = read_duration("WITHIN"),
        stop_timeout = read_duration("STOP_TIMEOUT"),
    }
end

function settings.kitchen_strategy(): string
    local text = env.get("KITCHEN_STRATEGY")
    if not STRATEGIES[text] then
        reject('KITCHEN_STRATEGY must be one_for_one, rest_for_one or one_for_all, and is "%s"', text)
    end
    return text
end

-- The workers, of those that are known, that don't listen.
function settings.stubborn(known: {[string]: string}): Names return read_names("STUBBORN", known) end

-- Who is to crash, when, and with which seed. Without `script` it is left to chance.
function settings.crashes(known: {[string]: string}): Crashes
    return {
        script = env.get("CRASHES") ~= "random" and read_names("CRASHES", known) or nil,
        every = read_duration("CRASH_EVERY"),
        seed = read_count("SEED"),
    }
end

return settings
