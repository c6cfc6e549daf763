-- Waiting in the midst of what Lua itself calls.

local test = require("test")
local time = require("time")

local cases, others = {}, {}

-- Waits for another coroutine, and passes the values on.
local function pause(...)
    local gate = channel.new()
    coroutine.spawn(function() gate:send(true) end)
    gate:receive()
    return ...
end

local function paused(fn) return function(...) return pause(fn(...)) end end

function cases.a_function_of_the_runtimes_waits_where_a_function_is_expected()
    local ch = channel.new()
    coroutine.spawn(function() for i = 1, 9 do ch:send(i) end ch:close() end)
    test.values({ true, 1, true }, pcall(ch.receive, ch))
    test.values({ true, 2, true }, xpcall(ch.receive, error, ch))
    test.values({ true, true, 3, true }, pcall(pcall, ch.receive, ch))
    test.values({ 4, true }, coroutine.wrap(ch.receive)(ch))
    test.values({ true, 5, true }, coroutine.resume(coroutine.create(ch.receive), ch))
    local receiver = coroutine.spawn(ch.receive, ch)
    test.equal(coroutine.status(receiver), "dead")
    local from = setmetatable({}, { __call = ch.receive, __index = function() return (ch:receive()) end })
    test.equal(from.any, 7)
    local got = {}
    for value in ch.receive, ch do got[#got + 1] = value end
    test.equal(got, { 8, 9 })
    test.values({ true }, pcall(time.sleep, 1))
end

function cases.every_metamethod_waits()
    local names = { "add", "sub", "mul", "div", "mod", "pow", "idiv", "band", "bor", "bxor", "shl", "shr", "concat" }
    local meta = {}
    local it = setmetatable({}, meta)
    for _, name in ipairs(names) do
        meta["__" .. name] = paused(function(a, x) return name .. tostring(rawequal(a, it) and x or "") end)
    end
    for _, name in ipairs({ "unm", "bnot", "len" }) do meta["__" .. name] = paused(function() return name end) end
    test.equal({ it + 1, it - 1, it * 1, it / 1, it % 1, it ^ 1, it // 1, it & 1, it | 1, it ~ 1, it << 1, it >> 1, it .. 1 },
        { "add1", "sub1", "mul1", "div1", "mod1", "pow1", "idiv1", "band1", "bor1", "bxor1", "shl1", "shr1", "concat1" })
    test.equal({ -it, ~it, #it }, { "unm", "bnot", "len" })
    test.equal("a" .. 1 .. it .. "b", "a1concatb")
end

function cases.comparisons_wait_and_answer_booleans()
    local log = {}
    local meta = {}
    for _, name in ipairs({ "eq", "lt", "le" }) do
        meta["__" .. name] = function(a, b)
            log[#log + 1] = name
            return pause(a.n < b.n and name or nil)
        end
    end
    local one, two = setmetatable({ n = 1 }, meta), setmetatable({ n = 2 }, meta)
    test.equal({ one == two, two == one, one ~= two, two ~= one }, { true, false, false, true })
    test.equal({ one < two, two < one, one > two, two > one }, { true, false, false, true })
    test.equal({ one <= two, two <= one, one >= two, two >= one }, { true, false, false, true })
    test.equal(table.concat(log, " "), "eq eq eq eq lt lt lt lt le le le le")
    if one < two and not (two <= one) then log = "branches" end
    test.equal(log, "branches")
end

function cases.index_chains_wait_on_each_level()
    local bottom = setmetatable({}, { __index = paused(function(_, key) return key .. " found" end) })
    local middle = setmetatable({}, { __index = bottom })
    local top = setmetatable({}, { __index = paused(function(_, key) return middle[key] end) })
    test.equal({ top.a, top[1], middle.b }, { "a found", "1 found", "b found" })
    local stored = {}
    local sink = setmetatable({}, { __newindex = paused(function(_, key, value) stored[key] = value end) })
    sink.x, sink[2] = "one", "two"
    test.equal(stored, { x = "one", [2] = "two" })
    function top:method() return pause(self) end
    assert(top:method() == top)
end

function cases.a_variable_is_closed_by_what_waits()
    local log = {}
    local function closing(name)
        return setmetatable({}, { __close = function(_, err)
            pause()
            log[#log + 1] = name .. ": " .. tostring(err)
        end })
    end
    do
        local _ <close> = closing("block")
    end
    local function returns()
        local _ <close> = closing("return")
        return 1, nil, 3
    end
    test.values({ 1, nil, 3, n = 3 }, returns())
    for i = 1, 2 do
        local _ <close> = closing("break")
        if i == 1 then break end
    end
    test.values({ false, "oops" }, pcall(function()
        local _ <close> = closing("outer")
        local _ <close> = closing("inner")
        error("oops", 0)
    end))
    for _ in next, { 1 }, nil, closing("for") do end
    test.equal(log, { "block: nil", "return: nil", "break: nil", "inner: oops", "outer: oops", "for: nil" })
end

function cases.iterators_of_all_sorts_wait()
    local sum = 0
    for value in paused(function() if sum < 6 then return 2 end end) do sum = sum + value end
    test.equal(sum, 6)
    local state = setmetatable({}, { __call = paused(function(self, _, at) return at < 3 and at + 1 or nil end) })
    for at in state, nil, 0 do sum = sum + at end
    test.equal(sum, 12)
    local got = {}
    for word in paused(("a b c"):gmatch("%a")) do got[#got + 1] = word end
    test.equal(got, { "a", "b", "c" })
end

function cases.comparators_and_replacements_wait_for_channels()
    local ch, list = channel.new(), {}
    coroutine.spawn(function() while true do ch:send(true) end end)
    for i = 1, 50 do list[i] = (i * 37) % 50 end
    table.sort(list, function(a, b) ch:receive() return a < b end)
    for i = 1, 50 do test.equal(list[i], i - 1) end
    local text = ("a-b-c"):gsub("%a", function(c) ch:receive() return c .. c end)
    test.equal(text, "aa-bb-cc")
    text = ("a-b"):gsub("%a", setmetatable({}, { __index = function(_, c) ch:receive() return c:upper() end }))
    test.equal(text, "A-B")
    local _, failure = pcall(table.sort, { 3, 2, 1 }, function() ch:receive() error("no order", 0) end)
    test.equal(failure, "no order")
end

function cases.selects_wait_inside_all_of_these()
    local ch = channel.new()
    local function chosen() return channel.select({ ch:case_receive() }).value end
    coroutine.spawn(function() for i = 1, 6 do ch:send(i) end end)
    test.values({ true, 1 }, pcall(chosen))
    test.equal(coroutine.wrap(function() return chosen() end)(), 2)
    test.equal(setmetatable({}, { __index = chosen }).any, 3)
    test.equal((("x"):gsub("x", function() return chosen() end)), "4")
    for value in chosen do
        test.equal(value, 5)
        break
    end
    test.values({ true, true, 6 }, coroutine.resume(coroutine.create(function() return pcall(chosen) end)))
end

function cases.a_coroutine_yields_from_within_protected_calls_and_metamethods()
    local it = setmetatable({}, {
        __index = function(_, key) return pause(coroutine.yield("index " .. key)) end,
        __add = function(_, x) return pause(coroutine.yield("add " .. x)) end,
    })
    local co = coroutine.create(function(...)
        test.values({ "begin" }, ...)
        local fine, a = pcall(function() return pause(it.key) end)
        local _, b = xpcall(function() return it + 1 end, error)
        for value in function() return (coroutine.yield("for")) end do a = a .. value end
        return fine, a, b
    end)
    test.values({ true, "index key" }, coroutine.resume(co, "begin"))
    test.values({ true, "add 1" }, coroutine.resume(co, "A"))
    test.values({ true, "for" }, coroutine.resume(co, "B"))
    test.values({ true, "for" }, coroutine.resume(co, "C"))
    test.values({ true, true, "AC", "B" }, coroutine.resume(co, nil))
    test.equal(coroutine.status(co), "dead")
end

function cases.many_coroutines_wait_at_once_each_in_coroutines_of_its_own()
    local gate, done = channel.new(), channel.new(20)
    for i = 1, 20 do
        coroutine.spawn(function()
            local co = coroutine.wrap(function()
                local inner = coroutine.wrap(function()
                    local fine, failure = pcall(function() gate:receive() error(i, 0) end)
                    coroutine.yield({ fine, failure })
                end)
                coroutine.yield(inner())
            end)
            done:send(co())
        end)
    end
    gate:close()
    for i = 1, 20 do test.equal(done:receive(), { false, i }) end
end

function cases.a_wait_on_a_coroutine_that_is_left_alone_is_over_with_it()
    -- The coroutine that waits is resumed by a task of its own; what it is granted reaches it there and nowhere else.
    local ch, got = channel.new(), {}
    local co = coroutine.create(function() got[#got + 1] = ch:receive() coroutine.yield("between") got[#got + 1] = ch:receive() end)
    coroutine.spawn(function() test.values({ true, "between" }, coroutine.resume(co)) got[#got + 1] = "resumed" end)
    test.equal(coroutine.status(co), "normal")
    ch:send(1)
    coroutine.yield()
    test.equal(got, { 1, "resumed" })
    coroutine.spawn(function() test.values({ true }, coroutine.resume(co)) end)
    ch:send(2)
    coroutine.yield()
    test.equal({ got, coroutine.status(co) }, { { 1, "resumed", 2 }, "dead" })
end

function cases.where_nothing_waits_it_says_so()
    local ch = channel.new()
    local calls = {
        function() return ch:receive() end,
        function() return ch:send(1) end,
        function() return channel.select({ ch:case_receive() }) end,
        function() return time.sleep("1ms") end,
        function() return coroutine.spawn(print) end,
    }
    for _, call in ipairs(calls) do
        local fine, failure = xpcall(error, call, "x")
        test.equal(fine, false)
        test.has(failure, "cannot wait here")
    end
    -- Nobody is left waiting for the channel.
    assert(channel.select({ ch:case_send(1), ch:case_receive(), default = true }).default)
    local fine, failure = xpcall(error, function() coroutine.yield() end, "x")
    test.equal(fine, false)
    test.has(failure, "attempt to yield")
    -- What can be done at once is done.
    local full = channel.new(1)
    test.values({ false, true }, xpcall(error, function() return full:send(1) end, "x"))
    test.values({ false, 1 }, xpcall(error, function() return (full:receive()) end, "x"))
end

return test.suite(cases, others)
