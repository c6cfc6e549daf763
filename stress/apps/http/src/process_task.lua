-- POST /api/tasks: checks the task, answers 202, and goes on with it in a coroutine.

local http = require("http")
local tasks = require("tasks")
local time = require("time")

local STEPS = 3

-- The second is for who reads it; 64 random bits tell the tasks of that second apart.
local function new_id()
    return string.format("task_%d_%016x", time.now():unix(), math.random(0))
end

local function work(duration)
    for _ = 1, STEPS do
        time.sleep(duration * time.SECOND // STEPS)
    end
    assert(process.send("counter", "ended"))
end

local function handler()
    local task, field, why = tasks.read(http.request())
    if not task then
        tasks.answer(http.STATUS.BAD_REQUEST, { error = field .. " " .. why, field = field })
        return
    end
    local id = new_id()
    coroutine.spawn(work, task.duration)
    tasks.answer(http.STATUS.ACCEPTED, {
        task_id = id,
        name = task.name,
        status = "accepted",
        message = string.format("Task will run for %d seconds in background", task.duration),
    })
end

return { handler = handler }
