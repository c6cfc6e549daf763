-- Makes the items, and hands each to a worker that asks for one, for as long as the sink has room.
-- A worker that fails is replaced, and its item is handed out again.

local logger = require("logger")
local settings = require("settings")
local time = require("time")

type Item = { number: integer, attempt: integer, load: string }

local HOST = "app:processes"

-- An item that ends so many workers is to blame, not they.
local MOST_ATTEMPTS = 3

local function main()
    local config = settings.read()
    local started = time.now()
    -- A worker that fails shall not take us with it.
    process.set_options({ trap_links = true })
    local events = process.events()
    local demand = process.listen("demand") -- pids of workers that want an item
    local credit = process.listen("credit") -- how many items the sink has finished with

    local made = 0
    local room = config.window -- how many more items may be on their way
    local least_room = room
    local again: {Item} = {}  -- items whose worker failed
    local idle: {string} = {} -- workers that want an item, the one that waits longest first
    -- The item of each worker; false while it has none.
    local held: {[string]: Item | false} = {}
    local failures = 0
    local finished: boolean?  -- whether all are made that will be
    local sink: string?

    local function start_worker()
        local pid, err = process.spawn_linked("app:worker", HOST, process.pid(), sink, config)
        if not pid then error(err) end
        held[pid] = false
    end

    -- Tells the sink when to end: now that we know it.
    local function finish()
        if not finished then
            finished = true
            process.send(sink, "last", made)
        end
    end

    -- The item that is to go out next; nil if there is none, or no room for a new one.
    local function next_item(): Item?
        if #again > 0 then return table.remove(again, 1) end
        if finished or room == 0 then return nil end
        made = made + 1
        room = room - 1
        least_room = math.min(least_room, room)
        local item = { number = made, attempt = 1, load = string.rep("x", config.item_bytes) }
        if made == config.items then finish() end
        return item
    end

    local function hand_out()
        while #idle > 0 do
            local item = next_item()
            if not item then return end
            local worker = table.remove(idle, 1)
            held[worker] = item
            -- If it has failed meanwhile, we are about to hear of it.
            process.send(worker, "item", item)
        end
    end

    local function replace(worker: string, why: string)
        local item = held[worker]
        held[worker] = nil
        for place, pid in ipairs(idle) do
            if pid == worker then table.remove(idle, place) break end
        end
        if not item then error(why) end -- not the fault of an item: the next would fail too
        failures = failures + 1
        logger:warn("a worker failed: another gets its item", {
            item = item.number,
            attempt = item.attempt,
            why = why,
        })
        item.attempt = item.attempt + 1
        if item.attempt > MOST_ATTEMPTS then
            error(errors.new({
                message = string.format("item %d ended %d workers: %s", item.number, MOST_ATTEMPTS, why),
                retryable = false,
            }))
        end
        again[#again + 1] = item
        start_worker()
    end

    logger:info("pipeline starting", {
        items = config.items,
        workers = config.workers,
        window = config.window,
    })
    local err
    sink, err = process.spawn_linked_monitored("app:sink", HOST, process.pid(), config.items)
    if not sink then error(err) end
    for _ = 1, config.workers do start_worker() end

    -- Answers what the sink reports at its end.
    local function run()
        local cases = { events:case_receive(), credit:case_receive(), demand:case_receive() }
        while true do
            hand_out()
            local got = channel.select(cases)
            local value = got.value
            if got.channel == credit then
                room = room + (value :: integer)
            elseif got.channel == demand then
                held[value] = false
                idle[#idle + 1] = value
            elseif value.kind == process.event.CANCEL then
                finish() -- what is on its way shall arrive
            elseif value.kind == process.event.EXIT then -- of the sink, which alone is monitored
                return value.result.value or error(value.result.error)
            elseif value.from ~= sink then
                replace(value.from, value.result.error)
            end
        end
    end

    local report = run()
    -- Our normal end says nothing to those who are linked with us.
    for worker in pairs(held) do process.send(worker, "end") end
    local seconds = time.now():sub(started):seconds()
    local whole = made == config.items
    logger:info(whole and "all items have arrived" or "stopped: what was on its way has arrived", {
        items = report.arrived,
        most_on_their_way = config.window - least_room,
        most_out_of_order = report.most_waiting,
        repeated = report.repeated,
        worker_failures = failures,
        items_per_s = math.floor(report.arrived / seconds),
    })
end

return { main = main }
