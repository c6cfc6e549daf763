-- One task: works step by step, and ends.

local time = require("time")

local STEPS = 3

local function main(task)
    for _ = 1, STEPS do
        time.sleep(task.duration * time.SECOND // STEPS)
    end
    return 0
end

return { main = main }
