-- What the cases are told with: a suite of them, looks at what they got, and other processes.

local test = {}

local HOST = "app:processes"

-- The program of a suite, which is told what to do: to name its cases, to run one, or to be one of `others`, the programs
-- that cases spawn.
function test.suite(cases, others)
    return {
        main = function(what, name, ...)
            if what == "other" then return others[name](...) end
            if what == "case" then return cases[name]() end
            local names = {}
            for case in pairs(cases) do names[#names + 1] = case end
            table.sort(names)
            return names
        end,
    }
end

-- Spawns one of the suite's other programs; answers its pid.
function test.other(name, ...)
    return assert(process.spawn("app:suite", HOST, "other", name, ...))
end

-- The same, monitored.
function test.watched(name, ...)
    return assert(process.spawn_monitored("app:suite", HOST, "other", name, ...))
end

-- Spawns one, and answers the EXIT event of its end.
function test.exit_of(name, ...)
    local pid = test.watched(name, ...)
    local event = process.events():receive()
    test.equal(event.kind, process.event.EXIT)
    test.equal(event.from, pid)
    return event
end

local function text(value)
    if type(value) ~= "table" then return type(value) .. " " .. tostring(value) end
    local parts = {}
    for key, part in pairs(value) do parts[#parts + 1] = tostring(key) .. " = " .. text(part) end
    table.sort(parts)
    return "{" .. table.concat(parts, ", ") .. "}"
end

local function same(one, other)
    if math.type(one) ~= math.type(other) then return false end
    if type(one) ~= "table" or type(other) ~= "table" then return one == other end
    for key, value in pairs(one) do
        if not same(value, other[key]) then return false end
    end
    for key in pairs(other) do
        if one[key] == nil then return false end
    end
    return true
end

-- Both are the same, tables part by part.
function test.equal(found, expected)
    if not same(found, expected) then
        error("found " .. text(found) .. ", expected " .. text(expected), 2)
    end
end

-- What follows `expected` (a table of values, nils included by `n`) is what was found.
function test.values(expected, ...)
    local found = table.pack(...)
    expected.n = expected.n or #expected
    if not same(found, expected) then
        error("found " .. text(found) .. ", expected " .. text(expected), 2)
    end
end

-- The text has `part` in it.
function test.has(whole, part)
    if not tostring(whole):find(part, 1, true) then
        error("found " .. text(whole) .. ", expected " .. part .. " in it", 2)
    end
end

-- The function raises an error whose text has `part` in it.
function test.raises(part, fn, ...)
    local fine, failure = pcall(fn, ...)
    if fine then error("nothing was raised, expected " .. part, 2) end
    if not tostring(failure):find(part, 1, true) then
        error("raised " .. text(failure) .. ", expected " .. part, 2)
    end
end

-- What follows is nil and an error object of the kind, with `part` in its message, which nobody should try again.
function test.fails(kind, part, ...)
    local value, failure = ...
    if value or not failure then error("found " .. text(value) .. ", expected a failure", 2) end
    if failure:kind() ~= kind or not failure:message():find(part, 1, true) then
        error("failed with " .. failure:kind() .. ": " .. failure:message() .. ", expected " .. kind .. ": " .. part, 2)
    end
    if failure:retryable() ~= false then error("found a failure that may be retried: " .. failure, 2) end
end

return test
