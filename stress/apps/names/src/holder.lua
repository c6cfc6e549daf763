-- Receives n messages, says so, and ends when it is told.

local function main(driver, n)
    local inbox = process.inbox()
    process.send(driver, "ready")
    for _ = 1, n do inbox:receive() end
    process.send(driver, "received")
    inbox:receive()
end

return { main = main }
