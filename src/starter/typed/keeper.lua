-- Keeps three workers going. When one is done, or fails, the keeper hears of it and starts another in its place.
local logger = require("logger")

-- What a worker says. Anybody can send us messages, so that each is looked at before it is believed.
type Washed = { name: string, plate: integer @min(1) }

local NAMES: {string} = { "ada", "grace", "barbara" }

local function main()
    local name_of: {[string]: string} = {} -- by pid

    local function start(name: string)
        local pid, err = process.spawn_monitored("app:worker", "app:processes", process.pid(), name)
        if err then
            error(err)
        end
        name_of[pid] = name
    end

    for _, name in ipairs(NAMES) do
        start(name)
    end
    logger:info("the workers are at work", { workers = #NAMES })

    local inbox, events = process.inbox(), process.events()
    while true do
        local got = channel.select({ inbox:case_receive(), events:case_receive() })
        if got.channel == inbox then
            local washed, err = Washed:is(got.value:payload():data())
            if washed then
                logger:info("plate washed", washed)
            else
                logger:warn("not about plates", { why = tostring(err) })
            end
        elseif got.value.kind == process.event.CANCEL then
            logger:info("good night")
            return
        elseif got.value.kind == process.event.EXIT then
            local name, failure = name_of[got.value.from], got.value.result.error
            name_of[got.value.from] = nil
            if failure then
                logger:warn("a worker failed", { name = name, why = tostring(failure) })
            else
                logger:info("a worker went home", { name = name })
            end
            start(name)
        end
    end
end

return { main = main }
