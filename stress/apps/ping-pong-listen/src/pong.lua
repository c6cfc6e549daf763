-- Answers each value to the one peer it was given, until it is cancelled.

local function main(peer)
    local pings = process.listen("ping")
    while true do
        process.send(peer, "pong", (pings:receive()))
    end
end

return { main = main }
