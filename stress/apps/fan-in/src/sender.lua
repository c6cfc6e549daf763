-- Sends its messages and ends.

local function main(sink, id, count)
    for seq = 1, count do
        local sent, err
        repeat
            sent, err = process.send(sink, "reading", { id = id, seq = seq, value = 0.5 })
            if err and not err:retryable() then error(err) end
            if err then coroutine.yield() end -- the mailbox is full: let the others run
        until sent
    end
end

return { main = main }
