-- Starts the users, and waits until the last of them has gone and the last room has ended.

local logger = require("logger")
local settings = require("settings")
local time = require("time")

local HOST = "app:processes"

type Told = { said: integer, heard: integer, missed: integer }
type Result = { value: Told?, error: string? }

local NAMES: {string} = { "ada", "barbara", "edsger", "grace", "john", "joe", "alan", "donald", "niklaus", "tony" }

local function main()
    local config = settings.read()
    local started = time.now()
    local events = process.events()
    local opened = process.listen("opened") -- pids of rooms, as they begin

    local users: {[string]: boolean}, rooms: {[string]: boolean} = {}, {} -- pids of those that live
    local here, open = 0, 0     -- how many they are
    local sums = { said = 0, heard = 0, missed = 0, crashed = 0, rooms = 0 }

    local function add(result: Told)
        for _, name in ipairs({ "said", "heard", "missed" }) do
            sums[name] = sums[name] + result[name]
        end
    end

    local function on_exit(pid: string, result: Result)
        if rooms[pid] then
            rooms[pid], open = nil, open - 1
            if result.error then error(result.error) end
        elseif users[pid] then
            users[pid], here = nil, here - 1
            if result.error then
                sums.crashed = sums.crashed + 1
            else
                add(result.value)
            end
        end
    end

    local function watch_room(pid: string)
        sums.rooms = sums.rooms + 1
        -- It may have ended already.
        if process.monitor(pid) then
            rooms[pid], open = true, open + 1
        end
    end

    local function start_user(number: integer)
        local room = (number - 1) % config.rooms + 1
        local seat = (number - 1) // config.rooms + 1
        local name = NAMES[(seat - 1) % #NAMES + 1]
        if seat > #NAMES then name = name .. " " .. (seat - 1) // #NAMES + 1 end
        local crashes = config.crash_every > 0 and seat % config.crash_every == 0
        local pid, err = process.spawn_monitored("app:user", HOST,
            name, "room-" .. room, process.pid(), config, crashes)
        if not pid then error(err) end
        users[pid], here = true, here + 1
    end

    logger:info("the town wakes up", { users = config.users, rooms = config.rooms })
    for number = 1, config.users do start_user(number) end

    -- Rooms come first: what a room told us before its last user left is known before that is.
    local cases = { opened:case_receive(), events:case_receive() }
    while here > 0 or open > 0 do
        local got = channel.select(cases)
        if got.channel == opened then
            watch_room(got.value :: string)
        elseif got.value.kind == process.event.EXIT then
            on_exit(got.value.from, got.value.result)
        else
            logger:info("closing time", { users = here, rooms = open })
            for pid in pairs(users) do process.cancel(pid, "closing time") end
        end
    end
    logger:info("all users have gone, and all rooms have ended", {
        users = config.users,
        crashed = sums.crashed,
        rooms_opened = sums.rooms,
        said = sums.said,
        heard = sums.heard,
        missed = sums.missed,
        elapsed_s = math.floor(time.now():sub(started):seconds() * 10 + 0.5) / 10,
    })
end

return { main = main }
