-- POST /api/tasks: checks the task, answers 202, and goes on with it in a coroutine.

local http = require("http")
local time = require("time")

local STEPS <const> = 3
local DEFAULT_DURATION <const> = 3     -- seconds
local LONGEST_DURATION <const> = 86400 -- a day

local function work(duration)
    for _ = 1, STEPS do
        time.sleep(duration * time.SECOND // STEPS)
    end
    assert(process.send("counter", "ended"))
end

local function refuse(field, why)
    local response = http.response()
    response:set_status(400)
    response:write_json({ error = field .. " " .. why, field = field })
end

local function handler()
    local task, err = http.request():body_json()
    if err then return refuse("body", "must be a JSON object: " .. err) end
    if type(task) ~= "table" then return refuse("body", "must be a JSON object") end

    local name, duration = task.name, task.duration
    if duration == nil then duration = DEFAULT_DURATION end
    if type(name) ~= "string" or name == "" then
        return refuse("name", "must be a string that is not empty")
    end
    if type(duration) ~= "number" or duration % 1 ~= 0
        or duration < 0 or duration > LONGEST_DURATION
    then
        return refuse("duration", "must be a whole number of seconds from 0 to 86400")
    end

    -- The second is for who reads it; the pid tells the tasks of that second apart.
    local id = "task_" .. os.time() .. "_" .. process.pid():match("(%x+)}")
    coroutine.spawn(work, duration)
    local response = http.response()
    response:set_status(202)
    response:write_json({
        task_id = id,
        name = name,
        status = "accepted",
        message = "Task will run for " .. duration .. " seconds in background",
    })
end

return { handler = handler }
