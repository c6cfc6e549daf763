-- Builds a tree of supervisors and leaves, kills some of it, round by round, and counts who hears of it.
--
-- In a round no victim is above another. So it is known beforehand what each process must report, and a round is over
-- when all of that has come; whatever comes beside it was told once too often. Idles until it is cancelled.

local env = require("env")
local logger = require("logger")
local time = require("time")

local EXIT, LINK_DOWN = process.event.EXIT, process.event.LINK_DOWN

-- Victims of a round.
local VICTIMS = 50

-- A round that takes longer has lost something.
local PATIENCE = "30s"

-- The supervisors that live, by path ("/1/7/"): { path, pid, pids of those below, of_leaves }.
local tree = {}

-- What must still be reported, by what is expected and of whom; and how much that is.
local expected, missing = {}, 0
local counts = {
    kills = 0, exits = 0, link_downs = 0, unexpected = 0, rounds = 0,
    own_exits = 0, own_exits_must = 0, orphaned = 0, orphaned_must = 0,
}

local function expect(what, pid)
    local must = what == "orphaned" and "orphaned_must" or what == "own exit " and "own_exits_must"
    if must then counts[must] = counts[must] + 1 end
    expected[what .. pid] = true
    missing = missing + 1
end

local function came(what, pid)
    local key = what .. pid
    if not expected[key] then
        counts.unexpected = counts.unexpected + 1
        return
    end
    expected[key] = nil
    missing = missing - 1
end

-- Whatever a supervisor says of the tree.
local function hear(report)
    local what, more = report.what, report.more
    if what == "started" then
        tree[more.path] = { path = more.path, pid = report.pid, pids = more.pids, of_leaves = more.of_leaves }
        came("started", more.path)
    elseif what == "restarted" then
        tree[more.path].pids[more.place] = report.pid
        came("restarted", more.path .. more.place)
    else
        local counter = what == EXIT and "exits" or what == LINK_DOWN and "link_downs" or "orphaned"
        counts[counter] = counts[counter] + 1
        came(what, report.pid)
    end
end

-- Hears reports and its own EXITs until nothing is missing.
local function hear_all(reports, events)
    local timeout = time.after(PATIENCE)
    local cases = { reports:case_receive(), events:case_receive(), timeout:case_receive() }
    while missing > 0 do
        local ready = channel.select(cases)
        if ready.channel == reports then
            hear(ready.value)
        elseif ready.channel == events then
            counts.own_exits = counts.own_exits + 1
            came("own exit ", ready.value.from)
        else
            error("missing after " .. PATIENCE .. ": " .. missing .. ", as " .. next(expected))
        end
    end
end

-- What must be heard when a supervisor dies, of and from all below it.
local function expect_of(path)
    local node = tree[path]
    for place, pid in ipairs(node.pids) do
        assert(process.monitor(pid))
        expect("own exit ", pid)
        if not node.of_leaves then
            expect("orphaned", pid)
            expect_of(path .. place .. "/")
        end
    end
    expect("started", path)
end

-- Every node above a path, and whether it is hit is remembered: victims of a round must not meet.
local function meets(hit, above, path)
    if hit[path] or above[path] then return true end
    for at = 1, #path - 1 do
        if path:sub(at, at) == "/" and hit[path:sub(1, at)] then return true end
    end
    return false
end

local function mark(hit, above, path)
    hit[path] = true
    for at = 1, #path - 1 do
        if path:sub(at, at) == "/" then above[path:sub(1, at)] = true end
    end
end

-- A way down from the root by chance; it ends early now and then, at a supervisor: one in fifty, higher up one in a
-- thousand.
local function choose()
    local node = tree["/"]
    while true do
        local place = math.random(#node.pids)
        if node.of_leaves then return node, place, node.path .. place end
        local path = node.path .. place .. "/"
        local next_node = tree[path]
        if math.random(next_node.of_leaves and 50 or 1000) == 1 then return node, place, path end
        node = next_node
    end
end

local function round(reports, events)
    local hit, above, victims = {}, {}, {}
    for _ = 1, VICTIMS do
        local node, place, path = choose()
        if not meets(hit, above, path) then
            mark(hit, above, path)
            local pid = node.pids[place]
            victims[#victims + 1] = pid
            assert(process.monitor(pid))
            expect("own exit ", pid)
            expect(EXIT, pid)
            expect(LINK_DOWN, pid)
            expect("restarted", node.path .. place)
            if not node.of_leaves then expect_of(path) end
        end
    end
    for _, pid in ipairs(victims) do
        assert(process.terminate(pid))
        counts.kills = counts.kills + 1
    end
    hear_all(reports, events)
    counts.rounds = counts.rounds + 1
end

local function kill_for(seconds, reports, events)
    local start = time.now()
    repeat round(reports, events) until time.now():sub(start):seconds() >= seconds
end

-- How many of the tree live.
local function alive()
    local count = 0
    for _, node in pairs(tree) do
        for _, pid in ipairs(node.pids) do
            if process.monitor(pid) then
                count = count + 1
                process.unmonitor(pid)
            end
        end
    end
    return count
end

-- What comes although nothing is missing.
local function hear_calm(reports, events)
    local calm = time.after((env.get("CALM")))
    local cases = { reports:case_receive(), events:case_receive(), calm:case_receive() }
    while channel.select(cases).channel ~= calm do
        counts.unexpected = counts.unexpected + 1
    end
end

local function main()
    local leaves = tonumber((env.get("LEAVES")))
    local seconds = tonumber((env.get("SECONDS")))
    local reports, events = process.listen("report"), process.events()

    local start = time.now()
    local me = process.pid()
    assert(process.spawn("app:supervisor", "app:processes", me, me, "/", leaves))
    local whole, supervisors = 0, 1
    while whole < leaves do
        local report = reports:receive()
        hear(report)
        if report.more.of_leaves then
            whole = whole + #report.more.pids
        else
            supervisors = supervisors + #report.more.pids
        end
    end
    while tree["/"] == nil do hear(reports:receive()) end
    counts.unexpected = 0
    logger:info("built", { supervisors = supervisors, elapsed_s = time.now():sub(start):seconds() })
    hear_calm(reports, events)

    -- A supervisor that has worked holds more than one that never has: only what comes after that can be a leak.
    kill_for(seconds / 3, reports, events)
    logger:info("begun", { rounds = counts.rounds })
    hear_calm(reports, events)
    kill_for(seconds, reports, events)
    logger:info("over", { rounds = counts.rounds })
    hear_calm(reports, events)

    counts.alive, counts.processes = alive(), leaves + supervisors - 1
    logger:info("result", counts)
    repeat
        local event = events:receive()
    until event.kind == process.event.CANCEL
end

return { main = main }
