-- A room: hands what a member says to all members. It begins with the first who joins, and ends
-- when nobody is left. It is linked with each member: one that crashes has left too, and if the room
-- itself crashed, its members would end with it.

local logger = require("logger")

-- What users send.
type Guest = { pid: string, name: string }
type Said = { pid: string, text: string }

type Member = { name: string, told: integer }

local function main(name: string, town: string, is_watched: boolean)
    process.set_options({ trap_links = true }) -- a member's crash is an event, and not our end
    local events = process.events()
    local joins = process.listen("join")
    local says = process.listen("say")
    local leaves = process.listen("leave")

    local members: {[string]: Member}, count = {}, 0 -- by pid: its name, and how much it was told
    local guests, said = 0, 0    -- how many joined, and how many things were said, in all

    local function note(message: string, who: string?, fields: {[string]: any}?)
        if is_watched then
            fields = fields or {}
            fields.room, fields.who = name, who
            logger:info(message, fields)
        end
    end

    local function tell(pid: string, what: string, who: string, text: string?)
        members[pid].told = members[pid].told + 1
        process.send(pid, "news", { what = what, who = who, text = text })
    end

    local function tell_all(what: string, who: string, text: string?)
        for pid in pairs(members) do tell(pid, what, who, text) end
    end

    local function join(guest: Guest)
        -- Who has ended since it asked is not let in: nobody would tell us of its end.
        if not process.link(guest.pid) then return end
        note("joined", guest.name)
        tell_all("joined", guest.name)
        members[guest.pid] = { name = guest.name, told = 0 }
        count, guests = count + 1, guests + 1
        process.send(guest.pid, "welcome", process.pid())
    end

    local function remove(pid: string, message: string, why: any?)
        local member = members[pid]
        members[pid], count = nil, count - 1
        note(message, member.name, { why = why })
        tell_all("left", member.name)
    end

    local function leave(pid: string)
        if not members[pid] then return end
        process.unlink(pid)
        process.send(pid, "bye", members[pid].told)
        remove(pid, "left")
    end

    local function say(what: Said)
        local member = members[what.pid]
        if not member then return end
        said = said + 1
        note("said", member.name, { text = what.text })
        tell_all("said", member.name, what.text)
    end

    process.send(town, "opened", process.pid())
    local actions = { [joins] = join, [says] = say, [leaves] = leave }
    -- In the order of their rank: what a member said before it left or crashed comes first.
    local cases = {
        joins:case_receive(), says:case_receive(), leaves:case_receive(), events:case_receive(),
    }
    -- The message of the first who joined was here before us: see user.lua.
    join(joins:receive() :: Guest)
    while count > 0 do
        local got = channel.select(cases)
        local action = actions[got.channel]
        if action then
            action(got.value)
        elseif got.value.kind == process.event.LINK_DOWN and members[got.value.from] then
            remove(got.value.from, "crashed", got.value.result.error)
        end
    end
    -- Somebody may be asking to join right now. Its message is lost with us, but it monitors us and
    -- will ask again: then for another room of this name.
    note("the room is empty: it ends", nil, { guests = guests, said = said })
    return { guests = guests, said = said }
end

return { main = main }
