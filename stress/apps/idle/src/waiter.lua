-- Says that it lives, then waits for a message or a cancel.

local function main(driver)
    local events, inbox = process.events(), process.inbox()
    process.send(driver, "alive", true)
    channel.select({ events:case_receive(), inbox:case_receive() })
end

return { main = main }
