-- The task of a request: read and checked. Both ways to do it share this; the examples each have their own.

local http = require("http")

local DEFAULT_DURATION = 3     -- seconds
local LONGEST_DURATION = 86400 -- a day

local tasks = {}

-- The task that the request asks for; or nil, a field and what is wrong with it.
function tasks.read(request)
    local body, err = request:body_json()
    if err then return nil, "body", "must be a JSON object: " .. err end
    if type(body) ~= "table" then return nil, "body", "must be a JSON object" end

    local name = body.name
    if name == nil then return nil, "name", "is missing" end
    if type(name) ~= "string" then return nil, "name", "must be a string" end
    if name == "" then return nil, "name", "must not be empty" end

    local duration = body.duration
    if duration == nil then duration = DEFAULT_DURATION end
    -- 5.0 is a whole number too; "5" is none.
    duration = type(duration) == "number" and math.tointeger(duration)
    if not duration or duration < 0 or duration > LONGEST_DURATION then
        return nil, "duration",
            "must be a whole number of seconds from 0 to " .. LONGEST_DURATION
    end
    return { name = name, duration = duration }
end

function tasks.answer(status, body)
    local response = http.response()
    response:set_status(status)
    response:write_json(body)
end

return tasks
