-- Starts children in order, restarts those that fail, gives up when that happens too often, and
-- stops them in reverse.

local logger = require("logger")
local settings = require("settings")
local time = require("time")

type Child = {
    name: string, -- which is registered
    -- The process.lua that it runs, as main(child, supervisor). Once it is ready for work it sends
    -- "ready", with its pid, to the supervisor. CANCEL tells it to end.
    program: string,
    -- "permanent", the default: it is restarted whenever it ends; "transient": when it fails.
    restart?: "permanent" | "transient",
    -- A supervisor is a child too, and has these.
    strategy?: "one_for_one" | "rest_for_one" | "one_for_all",
    children?: {Child},
}

type Ended = { place: integer, why: string? }

local HOST = "app:processes"

local function main(spec: Child, parent: string?)
    -- From here on, what is linked with us ends without us: it is an event.
    process.set_options({ trap_links = true })
    local events = process.events()
    local ready = process.listen("ready")
    local limits = settings.limits()
    local children = spec.children :: {Child}
    local log = logger:with({ supervisor = spec.name })

    local pids: {[integer]: string} = {}   -- of children that live, by their place in `children`
    local places: {[string]: integer} = {} -- the same, the other way round
    local ended: {Ended} = {}              -- children that have ended, and why: still to be looked at
    local stopping: integer?               -- the place of the child that we stop, whose end is none to look at
    local restarts: {number} = {}          -- when they were, in seconds, the oldest first
    local told_to_end = false

    local function note(event: any)
        local place = places[event.from]
        if event.kind == process.event.EXIT and place then
            places[event.from], pids[place] = nil, nil
            if place ~= stopping then
                ended[#ended + 1] = { place = place, why = event.result.error }
            end
        elseif event.kind == process.event.CANCEL then
            told_to_end = true
        elseif event.kind == process.event.LINK_DOWN and event.from == parent then
            told_to_end = true -- nobody supervises us any more
        end
    end

    -- A supervisor that was killed could not wait for its children, so that one of them may still
    -- be about to end, with the name that we need.
    local function wait_for_name(name: string)
        local old = process.registry.lookup(name)
        local gone = not old or not process.monitor(old)
        while not gone and not told_to_end do
            local event = events:receive()
            note(event)
            gone = event.from == old
        end
    end

    -- Starts a child, and waits until it is ready; false if it isn't.
    local function start(place: integer): boolean
        local child = children[place]
        wait_for_name(child.name)
        if told_to_end then return false end
        -- The name is registered, the link and the monitor are made before the child runs.
        local pid, err = process.with_options({}):with_name(child.name)
            :spawn_linked_monitored(child.program, HOST, child, process.pid())
        if not pid then error(err) end -- it does not even load
        pids[place], places[pid] = pid, place
        local cases = { events:case_receive(), ready:case_receive() }
        while pids[place] and not told_to_end do
            local got = channel.select(cases)
            if got.channel == events then
                note(got.value)
            elseif got.value == pid then
                return true
            end
        end
        return false
    end

    -- Tells a child to end, waits until it has, and kills it if that takes too long.
    local function stop(place: integer)
        local child, pid = children[place], pids[place]
        if not pid then return end
        stopping = place
        process.cancel(pid, "stopped by " .. spec.name)
        local cases = { events:case_receive() }
        -- A supervisor takes as long as its children do, each of which has its time.
        if not child.children then
            cases[2] = time.after(limits.stop_timeout):case_receive()
        end
        while pids[place] do
            local got = channel.select(cases)
            if got.channel == events then
                note(got.value)
            else
                log:warn("a child did not stop in time: killing it", { child = child.name })
                process.terminate(pid)
                cases[2] = nil
            end
        end
        stopping = nil
        log:info("stopped", { child = child.name })
    end

    local function stop_from(first: integer, last: integer)
        for place = last, first, -1 do stop(place) end
    end

    -- Answers the names of those that are there now.
    local function start_from(first: integer, last: integer): {string}
        local started: {string} = {}
        for place = first, last do
            if start(place) then
                started[#started + 1] = children[place].name
            elseif spec.strategy ~= "one_for_one" then
                break -- the next ones need this one, and will be started with it
            end
        end
        return started
    end

    -- Ends with an error, so that whoever supervises us tries with a new one of us.
    local function give_up()
        log:warn("giving up: too many restarts", { restarts = limits.max_restarts })
        stop_from(1, #children)
        error(errors.new({
            message = spec.name .. " gave up after " .. limits.max_restarts .. " restarts",
            kind = errors.UNAVAILABLE,
            retryable = true,
        }))
    end

    local function restart(place: integer)
        local now = os.clock()
        restarts[#restarts + 1] = now
        while (now - restarts[1]) * time.SECOND > limits.within do table.remove(restarts, 1) end
        if #restarts > limits.max_restarts then give_up() end
        local first = spec.strategy == "one_for_all" and 1 or place
        local last = spec.strategy == "one_for_one" and place or #children
        stop_from(first, last)
        local started = start_from(first, last)
        log:info("restarted", { children = started })
    end

    local function look_at(child_ended: Ended)
        local place, why = child_ended.place, child_ended.why
        local child = children[place]
        if pids[place] then return end -- it was restarted since, with a sibling
        if why then
            log:warn("a child failed", { child = child.name, why = why })
        else
            log:info("a child ended", { child = child.name })
        end
        if why or child.restart ~= "transient" then restart(place) end
    end

    local started = start_from(1, #children)
    log:info("started", { strategy = spec.strategy, children = started })
    if parent then process.send(parent, "ready", process.pid()) end
    while not told_to_end do
        if #ended > 0 then
            look_at(table.remove(ended, 1))
        else
            note(events:receive())
        end
    end
    stop_from(1, #children)
end

return { main = main, Child = Child }
