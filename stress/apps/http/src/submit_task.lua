-- POST /api/spawned: checks the task, starts a process for it, and answers 202 with its pid.

local http = require("http")
local tasks = require("tasks")

local function handler()
    local task, field, why = tasks.read(http.request())
    if not task then
        tasks.answer(http.STATUS.BAD_REQUEST, { error = field .. " " .. why, field = field })
        return
    end
    local pid, err = process.spawn("app:task_worker", "app:processes", task)
    if not pid then
        tasks.answer(http.STATUS.SERVICE_UNAVAILABLE, { error = "cannot start the task: " .. err })
        return
    end
    tasks.answer(http.STATUS.ACCEPTED, {
        pid = pid,
        name = task.name,
        status = "spawned",
        message = string.format("Process %s will run for %d seconds", pid, task.duration),
    })
end

return { handler = handler }
