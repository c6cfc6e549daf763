-- Sends one message and ends.

local function main(parent, id)
    process.send(parent, "hello", id)
end

return { main = main }
