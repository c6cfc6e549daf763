-- One task: works step by step, and ends. What it held is free then.

local logger = require("logger")
local time = require("time")

type Task = { name: string, duration: integer }

local STEPS = 3

local function main(task: Task): integer
    local log = logger:with({ pid = process.pid(), name = task.name })
    for step = 1, STEPS do
        time.sleep(task.duration * time.SECOND // STEPS)
        log:info("step done", { step = step, of = STEPS })
    end
    log:info("task done", { seconds = task.duration })
    return 0
end

return { main = main }
