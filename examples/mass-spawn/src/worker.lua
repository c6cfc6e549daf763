-- One of many: ticks at its own interval and tells the spawner, until it is cancelled.

local time = require("time")

local function main(spawner: string, id: integer, interval: integer)
    local events = process.events()
    local ticks = time.ticker(interval):response()
    local cases = { events:case_receive(), ticks:case_receive() } -- made once, used by every select

    local tick = 0
    while true do
        local ready = channel.select(cases)
        if ready.channel == ticks then
            tick = tick + 1
            local _, err = process.send(spawner, "tick", { id = id, tick = tick })
            -- Retryable means that the spawner is behind: this tick is lost, the next may arrive.
            if err and not err:retryable() then return end -- the spawner is gone
        elseif ready.value.kind == process.event.CANCEL then
            return
        end
    end
end

return { main = main }
