-- POST /api/tasks: checks the task, answers 202, and goes on with it in a coroutine.

local http = require("http")
local logger = require("logger")
local time = require("time")

local STEPS <const> = 3
local DEFAULT_DURATION <const> = 3     -- seconds
local LONGEST_DURATION <const> = 86400 -- a day

-- The task itself. This one only takes its time.
local function work(id: string, name: string, duration: number)
    for step = 1, STEPS do
        time.sleep(duration * time.SECOND // STEPS)
        logger:info("step done", { task_id = id, name = name, step = step, of = STEPS })
    end
    logger:info("task done", { task_id = id, name = name, seconds = duration })
end

local function answer(status: integer, body: {[string]: any})
    local response = http.response()
    response:set_status(status)
    response:write_json(body)
end

local function handler()
    local task = http.request():body_json()
    if type(task) ~= "table" then
        return answer(400, { field = "body", error = "body must be a JSON object" })
    end
    local name: any, duration: any = task.name, task.duration
    if type(name) ~= "string" or name == "" then
        return answer(400, { field = "name", error = "name must be a string that is not empty" })
    end
    if duration == nil then duration = DEFAULT_DURATION end
    if type(duration) ~= "number" or duration % 1 ~= 0
        or duration < 0 or duration > LONGEST_DURATION
    then
        return answer(400, {
            field = "duration",
            error = "duration must be a whole number of seconds from 0 to 86400",
        })
    end

    -- 62 random bits: however many tasks come in a second, no two have the same id.
    local id = "task_" .. math.random(1 << 62)
    answer(202, {
        task_id = id,
        name = name,
        status = "accepted",
        message = "Task will run for " .. duration .. " seconds in background",
    })
    coroutine.spawn(work, id, name, duration)
end

return { handler = handler }
