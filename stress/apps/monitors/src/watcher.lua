-- Monitors a process, says so, says when it is told of its end, and at last how often it was.

local function main(starter, target)
    local events, inbox = process.events(), process.inbox()
    assert(process.monitor(target))
    process.send(starter, "monitors", true)
    local event = events:receive()
    assert(event.kind == process.event.EXIT and event.from == target)
    process.send(starter, "told", true)
    inbox:receive()
    return channel.select({ events:case_receive(), default = true }).default and 1 or 2
end

return { main = main }
