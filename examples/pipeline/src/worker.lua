-- One of the stage: asks the source for an item, works on it, hands the result to the sink.

local time = require("time")

type Config = { stage_time: integer, crash_every: integer, poison: integer }
type Item = { number: integer, attempt: integer, load: string }

local function main(source: string, sink: string, config: Config)
    local items = process.listen("item")
    local stop = process.listen("end")
    local cases = { items:case_receive(), stop:case_receive() }

    -- Whether this item is to be the end of us. In every other case that is after its result
    -- was sent: then the sink will see it twice.
    local function crashes(item: Item, when: "before" | "after"): boolean
        local every = config.crash_every
        if item.number == config.poison then return true end
        if every == 0 or item.number % every ~= 0 or item.attempt > 1 then return false end
        return when == (item.number // every % 2 == 1 and "before" or "after")
    end

    while true do
        -- One at a time: a worker that is slow has no queue, it asks less often.
        process.send(source, "demand", process.pid())
        local got = channel.select(cases)
        if got.channel == stop then return end
        local item = got.value :: Item
        time.sleep(math.random(0, 2 * config.stage_time))
        if crashes(item, "before") then error("choked on item " .. item.number) end
        process.send(sink, "result", { number = item.number, load = item.load:upper() })
        if crashes(item, "after") then error("choked after item " .. item.number) end
    end
end

return { main = main }
