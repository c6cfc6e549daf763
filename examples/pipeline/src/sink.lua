-- Takes results as they come, and delivers them in the order of their numbers, each once. For each
-- that is delivered the source gets a credit: it may make another.

local logger = require("logger")

type Result = { number: integer, load: string }

local PROGRESS_LINES = 5

local function main(source: string, items: integer)
    local results = process.listen("result")
    local last = process.listen("last")
    local cases = { results:case_receive(), last:case_receive() }

    local delivered = 0
    local waiting: {[integer]: Result}, count = {}, 0 -- results that came before one with a lower number
    local most_waiting, repeated = 0, 0
    local final: integer?        -- the number of the last one, once we know it

    -- An app would write it to a file, or to a socket.
    local function deliver(result: Result)
        delivered = delivered + 1
        assert(result.number == delivered, "out of order")
        logger:debug("delivered", { item = delivered })
        if delivered * PROGRESS_LINES % items < PROGRESS_LINES and delivered < items then
            logger:info("progress", { delivered = delivered })
        end
    end

    local function take(result: Result)
        local number = result.number
        if number <= delivered or waiting[number] then
            repeated = repeated + 1 -- its worker failed after it had sent it
            return
        end
        waiting[number], count = result, count + 1
        local before = delivered
        while waiting[delivered + 1] do
            local ready = waiting[delivered + 1]
            waiting[ready.number], count = nil, count - 1
            deliver(ready)
        end
        most_waiting = math.max(most_waiting, count)
        if delivered > before then
            process.send(source, "credit", delivered - before)
        end
    end

    while delivered ~= final do
        local got = channel.select(cases)
        if got.channel == last then
            final = got.value
        else
            take(got.value :: Result)
        end
    end
    return { arrived = delivered, most_waiting = most_waiting, repeated = repeated }
end

return { main = main }
