-- Says that it lives, and ends when it is told.

local function main(starter)
    local inbox = process.inbox()
    process.send(starter, "alive", true)
    inbox:receive()
    return "done"
end

return { main = main }
