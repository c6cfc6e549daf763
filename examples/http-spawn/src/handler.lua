-- POST /api/tasks: checks the task, starts a process for it, and answers 202 with its pid.

local http = require("http")

type Task = { name: string, duration: integer }

local DEFAULT_DURATION = 3     -- seconds
local LONGEST_DURATION = 86400 -- a day

-- The task that the request asks for; or nil, a field and what is wrong with it.
local function read_task(request: any): (Task?, string?, string?)
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

local function answer(status: integer, body: {[string]: any})
    local response = http.response()
    response:set_status(status)
    response:write_json(body)
end

local function handler()
    local task, field, why = read_task(http.request())
    if not task then
        answer(http.STATUS.BAD_REQUEST, { error = field .. " " .. why, field = field })
        return
    end
    local pid, err = process.spawn("app:task_worker", "app:processes", task)
    if not pid then
        answer(http.STATUS.SERVICE_UNAVAILABLE, { error = "cannot start the task: " .. err })
        return
    end
    answer(http.STATUS.ACCEPTED, {
        pid = pid,
        name = task.name,
        status = "spawned",
        message = string.format("Process %s will run for %d seconds", pid, task.duration),
    })
end

return { handler = handler }
