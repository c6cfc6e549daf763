-- Links itself with the process before it, says so, and waits.

local function main(driver, before)
    if before then assert(process.link(before)) end
    local inbox = process.inbox()
    process.send(driver, "linked", true)
    inbox:receive()
end

return { main = main }
