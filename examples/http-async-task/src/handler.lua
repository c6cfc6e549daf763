-- POST /api/tasks: checks the task, answers 202, and goes on with it in a coroutine.

local http = require("http")
local logger = require("logger")
local time = require("time")

local STEPS <const> = 3
local DEFAULT_DURATION <const> = 3     -- seconds
local LONGEST_DURATION <const> = 86400 -- a day

-- The task itself. This one only takes its time.
local function work(id, name, duration)
    local log = logger:with({ task_id = id, name = name })
    for step = 1, STEPS do
        time.sleep(duration * time.SECOND // STEPS)
        log:info("step done", { step = step, of = STEPS })
    end
    log:info("task done", { seconds = duration })
end

local function refuse(response, field, why)
    response:set_status(400)
    response:write_json({ error = field .. " " .. why, field = field })
end

local function handler()
    local response = http.response()
    local task, err = http.request():body_json()
    if err then return refuse(response, "body", "is not valid JSON: " .. err) end
    if type(task) ~= "table" then return refuse(response, "body", "must be a JSON object") end

    local name, duration = task.name, task.duration or DEFAULT_DURATION
    if type(name) ~= "string" or name == "" then
        return refuse(response, "name", "must be a string that is not empty")
    end
    -- 5.0 is a whole number too; "5" is none.
    duration = math.type(duration) and math.tointeger(duration)
    if not duration or duration < 0 or duration > LONGEST_DURATION then
        return refuse(response, "duration", "must be a whole number of seconds from 0 to 86400")
    end

    -- The second is for who reads it; 64 random bits tell the tasks of that second apart.
    local id = string.format("task_%d_%016x", os.time(), math.random(0))
    coroutine.spawn(work, id, name, duration)
    response:set_status(202)
    response:write_json({
        task_id = id,
        name = name,
        status = "accepted",
        message = "Task will run for " .. duration .. " seconds in background",
    })
end

return { handler = handler }
