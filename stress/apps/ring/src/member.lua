-- Hands the token on, counting its hop, until it is cancelled.

local function main(next_member)
    local inbox = process.inbox()
    while true do
        local hops = inbox:receive():payload():data()
        process.send(next_member, "token", hops + 1)
    end
end

return { main = main }
