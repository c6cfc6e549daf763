-- The tree. Children start from the first to the last, and stop the other way round.

local settings = require("settings")
local supervisor = require("supervisor")

local function worker(name: string): supervisor.Child return { name = name, program = "app:worker" } end

local function tree(): supervisor.Child
    return {
        name = "restaurant",
        strategy = "one_for_one",
        children = {
            {
                -- Waiters don't need each other: who fails is replaced.
                name = "floor",
                program = "app:supervisor",
                strategy = "one_for_one",
                children = { worker("ada"), worker("grace"), worker("barbara") },
            },
            {
                -- The cook works with the stove that was there when he came, the taster with that
                -- cook: who fails is replaced, and so are those who came later.
                name = "kitchen",
                program = "app:supervisor",
                strategy = settings.kitchen_strategy(),
                children = { worker("stove"), worker("cook"), worker("taster") },
            },
            {
                -- They play together, or not at all.
                name = "band",
                program = "app:supervisor",
                strategy = "one_for_all",
                children = { worker("drums"), worker("bass"), worker("piano") },
            },
        },
    }
end

-- What the monkey can do to those below `spec`, by name: workers crash, supervisors are killed.
local function victims(spec: supervisor.Child, found: {[string]: string}): {[string]: string}
    for _, child in ipairs(spec.children or {}) do
        found[child.name] = child.children and "kill" or "crash"
        victims(child, found)
    end
    return found
end

local function make_stubborn(spec: supervisor.Child, names: {string})
    for _, child in ipairs(spec.children or {}) do
        for _, name in ipairs(names) do
            child.stubborn = child.stubborn or child.name == name
        end
        make_stubborn(child, names)
    end
end

local function main()
    local top = tree()
    local known = victims(top, {})
    make_stubborn(top, settings.stubborn(known))
    settings.crashes(known) -- a wrong value shall end the app now, not the monkey later
    -- Transient: once all its crashes have happened, it may rest.
    top.children[#top.children + 1] = {
        name = "monkey",
        program = "app:monkey",
        restart = "transient",
        victims = known,
    }
    supervisor.main(top)
end

return { main = main }
