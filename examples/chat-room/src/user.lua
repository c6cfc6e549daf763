-- A user: joins a room, says a few things, listens to the others, and leaves, or crashes.

local time = require("time")

local HOST = "app:processes"

type Config = { says: integer, pause: integer, watch: string }

local function main(name: string, room_name: string, town: string, config: Config, crashes: boolean)
    local me = process.pid()
    local events = process.events()
    local welcome = process.listen("welcome")
    local news = process.listen("news")
    local bye = process.listen("bye")

    local room: string?
    local heard = 0
    local closing = false -- the town wants us to leave

    -- Asks for the room of that name. If there is one, it gets our message; if there is none, one
    -- is started that finds our message in its mailbox. Which of the two is decided in one step, so
    -- that there are never two rooms of one name.
    local function ask(): string
        local is_watched = config.watch == room_name or config.watch == "all"
        local pid, err = process.with_options({})
            :with_name(room_name)
            :with_message("join", { pid = me, name = name })
            :spawn_monitored("app:room", HOST, room_name, town, is_watched)
        if not pid then error(err) end
        return pid
    end

    local function join()
        room = ask()
        local cases = { welcome:case_receive(), events:case_receive() }
        while true do
            local got = channel.select(cases)
            if got.channel == welcome then return end
            if got.value.kind == process.event.CANCEL then
                closing = true
            elseif got.value.from == room then
                room = ask() -- it has ended before it saw us
            end
        end
    end

    -- Listens until `channel` has something, and answers that; nil if we are to leave before.
    local function listen_until(awaited: any): any
        local cases = { awaited:case_receive(), news:case_receive(), events:case_receive() }
        while true do
            local got = channel.select(cases)
            if got.channel == awaited then return got.value end
            if got.channel == news then
                heard = heard + 1
            elseif got.value.kind == process.event.CANCEL then
                closing = true
                if awaited ~= bye then return nil end
            elseif got.value.from == room then
                error("the room is gone")
            end
        end
    end

    local function pause()
        listen_until(time.after(1 + math.random(0, 2 * config.pause)))
    end

    join()
    local said = 0
    while said < config.says and not closing do
        pause()
        if not closing then
            said = said + 1
            process.send(room, "say", { pid = me, text = "hello, no. " .. said })
        end
    end
    if not closing then pause() end
    if crashes and not closing then error(name .. " has lost the connection") end

    process.send(room, "leave", me)
    local told = listen_until(bye) :: integer
    -- What it sent to us before has all arrived before.
    local got = channel.select({ news:case_receive(), default = true })
    while not got.default do
        heard = heard + 1
        got = channel.select({ news:case_receive(), default = true })
    end
    return { said = said, heard = heard, missed = told - heard }
end

return { main = main }
