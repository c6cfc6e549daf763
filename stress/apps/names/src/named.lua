-- Registers a name for itself if it is given one, says so, and ends when it is told.

local function main(driver, name)
    local inbox = process.inbox()
    if name then assert(process.registry.register(name)) end
    process.send(driver, "ready")
    inbox:receive()
end

return { main = main }
