-- POST /api/tasks: checks the task, answers 202, and goes on with it in a coroutine.

local http = require("http")
local logger = require("logger")
local time = require("time")

local STEPS = 3
local DEFAULT_DURATION = 3     -- seconds
local LONGEST_DURATION = 86400 -- a day

-- The task that the request asks for; or nil, a field and what is wrong with it.
local function read_task(request)
    local body, err = request:body_json()
    if err then return nil, "body", "is not valid JSON: " .. err end
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

-- The second is for who reads it; 64 random bits tell the tasks of that second apart.
local function new_id()
    return string.format("task_%d_%016x", time.now():unix(), math.random(0))
end

-- The task itself. This one only takes its time.
local function work(id, task)
    local log = logger:with({ task_id = id, name = task.name })
    for step = 1, STEPS do
        time.sleep(task.duration * time.SECOND // STEPS)
        log:info("step done", { step = step, of = STEPS })
    end
    log:info("task done", { seconds = task.duration })
end

local function answer(status, body)
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
    local id = new_id()
    coroutine.spawn(work, id, task)
    answer(http.STATUS.ACCEPTED, {
        task_id = id,
        name = task.name,
        status = "accepted",
        message = string.format("Task will run for %d seconds in background", task.duration),
    })
end

return { handler = handler }
