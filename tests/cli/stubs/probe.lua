-- Holds what the stubs declare, which is written behind this, against what is there.
local missing, different, undeclared, found = {}, {}, {}, {}
local objects = {}

-- Notes a name whose value is not of that type.
local function has(name, kind, get)
    local ok, value = pcall(get)
    if not ok or value == nil then
        missing[#missing + 1] = name
    elseif kind ~= type(value) then
        different[#different + 1] = name
    end
end

-- Notes a constant that is not as declared.
local function holds(name, expected, get)
    local ok, value = pcall(get)
    if not ok or value == nil then
        missing[#missing + 1] = name
    elseif value ~= expected or math.type(value) ~= math.type(expected) then
        different[#different + 1] = name
    end
end

-- The event of a process of the app that has ended.
local function ended(name)
    assert(process.spawn_monitored("app:" .. name, "app:processes"))
    return process.events():receive()
end

-- Keeps an object of a class.
local function sample(class, make)
    local ok, object = pcall(make)
    if not ok or object == nil then
        missing[#missing + 1] = class
    else
        objects[class] = object
    end
end

-- Notes the method of a class of which there is an object, but not that method.
local function method(class, name)
    if objects[class] then
        has(class .. ":" .. name, "function", function() return objects[class][name] end)
    end
end

-- Notes the fields of a plain table that are missing or not declared.
local function fields(class, required, allowed)
    for _, name in ipairs(required) do
        if objects[class] and objects[class][name] == nil then
            missing[#missing + 1] = class .. "." .. name
        end
    end
    for name in pairs(objects[class] or {}) do
        if not allowed[name] then
            undeclared[#undeclared + 1] = class .. "." .. tostring(name)
        end
    end
end

-- Collects the names in a table and in the tables in it.
local function walk(table, prefix)
    for name, value in pairs(table) do
        found[#found + 1] = prefix .. name
        if type(value) == "table" and value ~= _G then
            walk(value, prefix .. name .. ".")
        end
    end
end

local function report()
    walk(_G, "")
    print("found:", table.concat(found, " "))
    print("undeclared:", table.concat(undeclared, " "))
    print("missing:", table.concat(missing, " "))
    print("different:", table.concat(different, " "))
end

