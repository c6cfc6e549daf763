-- Types as values: between files, processes and copies of a program.

local test = require("test")
local shapes = require("shapes")

local cases, others = {}, {}

type User = {name: string, age: integer @min(0), friends: {User}?}
type Place = {x: number, y: number}
type Drawing = {at: Place, circles: {shapes.Circle}}
type Mine = shapes.Circle
type Numbers = {number}

-- What the top level does with types is done once for all processes.
local ann = User { name = "Ann", age = 3 }
local names = { [User] = "user", [shapes.Point] = "point" }
local boxed = shapes.Box(User)
assert(User:is(1) == nil and User <= User)

function cases.a_library_hands_out_its_types()
    local circle = shapes.unit()
    test.equal(shapes.Circle(circle), circle)
    local value, err = shapes.Circle:is({ center = { x = 1 }, radius = 1 })
    test.equal(value, nil)
    test.equal(err:message(), "center.y: required field missing")
    test.equal(shapes.Circle:name(), "Circle")
    test.equal(tostring(shapes.Circle.center), "Point")
end

function cases.the_types_of_a_library_are_those_of_its_users()
    assert(Mine == shapes.Circle and Place == shapes.Point and Place ~= shapes.Circle)
    assert(Drawing:is({ at = { x = 0, y = 0 }, circles = { shapes.unit() } }))
    local _, err = Drawing:is({ at = { x = 0, y = 0 }, circles = { shapes.unit(), { center = {}, radius = 1 } } })
    test.equal(err:message(), "circles[2].center.x: required field missing")
    assert(shapes.Box(Place) == shapes.Box(shapes.Point))
end

function cases.what_the_top_level_made_of_types_is_there()
    test.equal(names[User], "user")
    test.equal(names[shapes.Point], "point")
    test.equal(User(ann), ann)
    assert(boxed == shapes.Box(User) and boxed:is({ value = ann }))
    test.equal(boxed:is({ value = 1 }), nil)
end

function others.checking(type_name, value)
    local types = { User = User, Circle = shapes.Circle }
    local found, err = types[type_name]:is(value)
    return found ~= nil, err
end

function cases.an_error_of_a_type_crosses_processes_whole()
    local event = test.exit_of("checking", "User", { name = "Bob", age = -1 })
    local err = event.result.error
    test.equal(err:kind(), errors.INVALID)
    test.equal(err:message(), "age: -1 is less than min 0")
    test.equal(err:details(), { field = "age", expected = "@min(0)", got = "-1", constraint = "min" })
end

function others.answering()
    local message = process.inbox():receive()
    local value = message:payload():data()
    return { string(value.text), integer(value.count), value.type == nil }
end

function cases.messages_are_checked_and_types_stay_at_home()
    local pid = test.watched("answering")
    process.send(pid, "values", { text = "x", count = 2, type = User })
    local event = process.events():receive()
    test.equal(event.result.value, { "x", 2, true })
end

function others.looking(count)
    local many = {}
    for at = 1, count do many[at] = at end
    local good = Numbers:is(many) == many and rawequal(Numbers(many), many)
    many[count] = "x"
    local _, err = Numbers:is(many)
    return good and err:message()
end

function cases.a_large_array_is_looked_at_to_its_end_though_others_run()
    local count, started = 400000, 6
    for _ = 1, started do test.watched("looking", count) end
    local events = process.events()
    for _ = 1, started do
        test.equal(events:receive().result.value, "[" .. count .. "]: expected number, got string")
    end
end

return test.suite(cases, others)
