-- Starts n processes that all monitor one, ends that one, and asks each how often it was told.

local time = require("time")

local function main(n)
    local events, inbox = process.events(), process.inbox()
    local me = process.pid()

    local target = assert(process.spawn("app:target", "app:processes", me))
    inbox:receive()
    local watchers = {}
    for i = 1, n do
        watchers[i] = assert(process.spawn_monitored("app:watcher", "app:processes", me, target))
    end
    for _ = 1, n do inbox:receive() end

    local start = time.now()
    assert(process.send(target, "end"))
    for _ = 1, n do inbox:receive() end
    local told_s = time.now():sub(start):seconds()

    local wrong = 0
    for i = 1, n do assert(process.send(watchers[i], "end")) end
    for _ = 1, n do
        if events:receive().result.value ~= 1 then wrong = wrong + 1 end
    end
    return { wrong = wrong, told_s = told_s }
end

return { main = main }
