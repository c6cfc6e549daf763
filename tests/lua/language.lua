-- The globals, what is not among them, imports and modules.

local test = require("test")

local cases = {}

function cases.nothing_that_leads_outside_is_there()
    for _, name in ipairs({ "load", "loadstring", "loadfile", "dofile", "collectgarbage", "debug", "io" }) do
        test.equal(_G[name], nil)
    end
    for _, name in ipairs({ "execute", "exit", "getenv", "remove", "rename", "tmpname", "setlocale" }) do
        test.equal(os[name], nil)
    end
    test.raises("unable to dump", function() string.dump(print) end)
    test.equal({ package.path, package.cpath }, { "", "" })
end

function cases.libraries_are_read_only_and_globals_are_not()
    for _, library in ipairs({ string, table, math, coroutine, errors, process, channel, os }) do
        test.raises("", function() library.mine = 1 end)
        test.raises("", function() rawset(library, "mine", 1) end)
    end
    mine = 1
    test.equal(_G.mine, 1)
    pcall(function() getmetatable("").__index = {} end)
    test.equal(("x"):upper(), "X")
end

function cases.globals_are_each_process_own() test.equal(mine, nil) end

function cases.modules_that_are_not_listed_are_absent()
    test.raises("module 'yaml' not found", function() require("yaml") end)
    test.equal(yaml, nil)
    assert(require("time") == time)
    assert(require("process") == process)
end

function cases.imports_run_once_and_are_the_same_everywhere()
    assert(require("once") == require("once") and once == require("once"))
    assert(require("chained").first == once)
    test.equal(runs, 1)
    once.state.x = 1
    test.equal(require("once").state.x, 1)
end

function cases.imports_are_each_process_own() test.equal(once.state.x, nil) end

function cases.strings_and_numbers_print_as_the_dialect_says()
    test.equal({ tostring(3.0), 3.0 .. "", tostring(0.5), tostring(1e15), tostring(-0.0 + 2) },
        { "3", "3", "0.5", "1e+15", "2" })
    test.equal({ 10 // 3, 7 % 3, 2 ^ 10, 7 / 2 }, { 3, 1, 1024.0, 3.5 })
    test.equal("10" + 1, 11)
end

function cases.finalizers_never_run()
    for _ = 1, 10000 do setmetatable({}, { __gc = function() finalized = true end }) end
    test.equal(finalized, nil)
end

function cases.goto_closures_varargs_and_integer_division()
    local total = 0
    for i = 1, 10 do
        if i % 2 == 0 then goto continue end
        total = total + i
        ::continue::
    end
    test.equal(total, 25)
    local function count(...) return select("#", ...) end
    test.equal(count(nil, nil), 2)
    test.equal({ table.unpack({ 1, 2, 3 }, 2) }, { 2, 3 })
end

return test.suite(cases)
