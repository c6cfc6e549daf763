-- Sends one message, then waits to be cancelled.

local function main(parent, id)
    process.send(parent, "hello", id)
    process.events():receive()
end

return { main = main }
