-- Where errors are said to be in typed programs. Lines are counted from the top of this file: new cases go to its end.

local test = require("test")

type Before = {
    name: string,   -- a comment in a type
    tags?: {
        [string]: string[],
    },
}

local cases: {[string]: () -> ()} = {}

-- The line that an error names.
local function line_of(fn: (...any) -> any, ...: any): integer?
    local _, text = pcall(fn, ...)
    local line = tostring(text):match("^" .. process.id() .. ":(%d+): ")
    return math.tointeger(tonumber(line))
end

function cases.behind_a_record_of_several_lines(): ()
    test.equal(line_of(function() error("here") end), 22)
end

type Shape =
    | { kind: "circle", radius: number @min(0) @max(
        100) }
    | { kind: "square", side: number }

interface Area
    function area(): number

    function scale(by: number): Area
end

function cases.behind_unions_and_interfaces_of_several_lines(): ()
    test.equal(line_of(function() error("here") end), 37)
end

local function long<
    T,
    U: Before
>(
    first: T,
    second: {
        [string]: U,
    },
    ...: any
): (
    T,
    string
)
    if first == nil then error("no first") end
    return first, second.key.missing.deeper
end

function cases.in_a_function_with_a_head_of_several_lines(): ()
    test.equal({ line_of(long, nil, {}), line_of(long, 1, { key = {} }) }, { 53, 54 })
end

function cases.around_casts_of_several_lines(): ()
    test.equal(line_of(function()
        local value = ({} :: {
            a: number,
            b: string,
        }).a
        local other = value as
            | number
            | nil
        return other.field
    end), 70)
    test.equal(line_of(function()
        local text = (nil as any
            as string?)
        return text:upper()
    end), 75)
end

function cases.behind_types_of_which_several_are_on_a_line(): ()
    type A = { a: number } type B = { b: A } error = error
    test.equal({ line_of(function() type C = A | B error("here") end), line_of(function() error("here") end) }, { 81, 81 })
    test.equal(type(A), type(B))
end

function cases.in_loops_whose_variable_is_assigned(): ()
    test.equal(line_of(function()
        for i = 1, 3 do i = i + 1
            for key, value in pairs({ "a" }) do key = nil
                error("here " .. i)
            end
        end
    end), 89)
    test.equal(line_of(function() for i = 1, 3 do i = nil; local _ = i + 1 end end), 93)
end

function cases.behind_strings_and_comments_of_several_lines(): ()
    local text = [[
        type Inner = { a: number }
        ::label::
    ]] .. "strange \d escapes \
        on two lines" --[==[ local x: {
        number } ]==]
    local none: nil = nil
    test.equal(line_of(function() return text .. none end), 104)
end

function cases.a_statement_of_several_lines_names_the_line_of_its_call(): ()
    local function fail(_: any, _: any): () error("here", 2) end
    test.equal(line_of(function()
        fail(
            1 :: number,
            2 as {
                a: number,
            }
        )
        return 1
    end), 110)
end

function cases.the_stack_of_an_error_names_lines_too(): ()
    local function inner(input: {
        deep: any,
    }): error
        return errors.new("m")
    end
    local function outer(): error
        local made: error = inner({
            deep = 1 :: integer,
        })
        return made
    end
    local frames = errors.call_stack(outer()).frames
    test.equal({ frames[2].line, frames[3].line }, { 124, 127 })
    test.has(outer():stack(), process.id() .. ":124")
end

return test.suite(cases)
