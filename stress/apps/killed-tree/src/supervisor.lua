-- Starts the processes below it, linked and monitored: leaves, or supervisors if there are more leaves than it takes. Starts
-- again what dies, ends with what is above it, and reports all it hears to the driver.

local HOST = "app:processes"

-- The most that one supervisor has right below it.
local FAN = 100

-- How many leaves each of those below gets: one each, if that will do.
local function shares(leaves)
    local most = 1
    while most * FAN < leaves do most = most * FAN end
    local list = {}
    while leaves > 0 do
        list[#list + 1] = math.min(most, leaves)
        leaves = leaves - list[#list]
    end
    return list
end

local function main(driver, above, path, leaves)
    process.set_options({ trap_links = true })
    local events = process.events()
    local me = process.pid()
    local below = shares(leaves)
    local of_leaves = #below == leaves
    local pids, places = {}, {}

    local function report(what, pid, more)
        process.send(driver, "report", { what = what, pid = pid, more = more })
    end

    local function start(place)
        local pid, err
        if of_leaves then
            pid, err = process.spawn_linked_monitored("app:leaf", HOST)
        else
            pid, err = process.spawn_linked_monitored(
                "app:supervisor", HOST, driver, me, path .. place .. "/", below[place])
        end
        if not pid then error(err) end
        pids[place], places[pid] = pid, place
        return pid
    end

    for place = 1, #below do start(place) end
    report("started", me, { path = path, pids = pids, of_leaves = of_leaves })
    while true do
        local event = events:receive()
        if event.from == above then
            report("orphaned", me)
            error("what is above has died")
        end
        if event.kind == process.event.CANCEL then return end
        report(event.kind, event.from)
        -- The EXIT comes before the LINK_DOWN.
        if event.kind == process.event.LINK_DOWN then
            local place = places[event.from]
            places[event.from] = nil
            if place then report("restarted", start(place), { path = path, place = place }) end
        end
    end
end

return { main = main }
