-- Makes some state, says that it lives, and waits for the message that ends it.

local function main(wave, id)
    local state = {}
    for i = 1, 8 do
        state["key " .. i] = { id = id, text = "value " .. id * i }
    end
    local inbox = process.inbox()
    process.send(wave, "alive", id)
    inbox:receive()
end

return { main = main }
