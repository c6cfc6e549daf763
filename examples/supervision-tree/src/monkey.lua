-- Makes one process after the other crash, at regular intervals.

local logger = require("logger")
local settings = require("settings")
local time = require("time")

-- Who is next, by script or by chance; nil when all is done.
local function chooser(crashes: settings.Crashes, victims: {[string]: string}): () -> string?
    if crashes.script then
        local at = 0
        return function()
            at = at + 1
            return crashes.script[at]
        end
    end
    local names: {string} = {}
    for name, what in pairs(victims) do
        if what == "crash" then names[#names + 1] = name end
    end
    table.sort(names) -- the order of pairs differs from process to process
    math.randomseed(crashes.seed)
    return function() return names[math.random(#names)] end
end

local function main(spec: { victims: {[string]: string} }, supervisor: string)
    local crashes = settings.crashes(spec.victims)
    local choose = chooser(crashes, spec.victims)
    local events = process.events()
    local tick = time.ticker(crashes.every):response()
    local cases = { events:case_receive(), tick:case_receive() }
    process.send(supervisor, "ready", process.pid())

    -- Does it, and waits until it is done; false when we are to end ourselves.
    local function attack(name: string, pid: string): boolean
        logger:info("the monkey strikes", { name = name })
        if spec.victims[name] == "kill" then
            process.terminate(pid)
        else
            process.send(pid, "crash")
        end
        while true do
            local event = events:receive()
            if event.kind == process.event.CANCEL then return false end
            if event.from == pid then return true end
        end
    end

    local name = choose()
    while name do
        local got = channel.select(cases)
        if got.channel == events then
            if got.value.kind == process.event.CANCEL then return end
        else
            -- Where nobody has the name, it is being restarted: the next tick will do.
            local pid = process.registry.lookup(name)
            if pid and process.monitor(pid) then
                if not attack(name, pid) then return end
                name = choose()
            end
        end
    end
    logger:info("the monkey rests")
end

return { main = main }
