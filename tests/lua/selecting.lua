-- channel.select.

local test = require("test")
local time = require("time")

local cases = {}

function cases.the_first_ready_case_wins()
    local one, two, three = channel.new(1), channel.new(1), channel.new(1)
    two:send("two")
    three:send("three")
    local list = { one:case_receive(), two:case_receive(), three:case_receive() }
    test.equal(channel.select(list), { channel = two, value = "two", ok = true })
    test.equal(channel.select(list), { channel = three, value = "three", ok = true })
    one:send("one")
    two:send("again")
    test.equal(channel.select(list).value, "one")
    test.equal(channel.select(list).value, "again")
end

function cases.without_a_ready_case_the_default_is_taken()
    local ch = channel.new()
    test.equal(channel.select({ ch:case_receive(), default = true }), { default = true, ok = true })
    test.equal(channel.select({ ch:case_receive() }, true), { default = true, ok = true })
    test.equal(channel.select({ ch:case_send(1), default = true }), { default = true, ok = true })
    test.equal(channel.select({}, true), { default = true, ok = true })
    ch:close()
    test.equal(channel.select({ ch:case_receive(), default = true }), { channel = ch, ok = false })
end

function cases.it_waits_for_the_first_that_comes_and_withdraws_the_others()
    local one, two = channel.new(), channel.new()
    local got
    coroutine.spawn(function() got = channel.select({ one:case_receive(), two:case_receive() }) end)
    two:send("two")
    coroutine.yield()
    test.equal(got, { channel = two, value = "two", ok = true })
    assert(channel.select({ one:case_send("x"), default = true }).default)
    assert(channel.select({ two:case_send("x"), default = true }).default)
end

function cases.a_send_case_that_waits_hands_its_value_over()
    local ch, got = channel.new(), nil
    coroutine.spawn(function() got = channel.select({ ch:case_send("value") }) end)
    test.values({ "value", true }, ch:receive())
    coroutine.yield()
    test.equal(got, { channel = ch, value = "value", ok = true })
end

function cases.a_withdrawn_send_leaves_nothing_behind()
    local out, signal = channel.new(), channel.new()
    coroutine.spawn(function()
        channel.select({ out:case_send("never"), signal:case_receive() })
    end)
    signal:send(true)
    coroutine.yield()
    assert(channel.select({ out:case_receive(), default = true }).default)
    coroutine.spawn(function() out:send("later") end)
    test.equal(out:receive(), "later")
end

function cases.sends_and_receives_in_one_select()
    local input, output, log = channel.new(), channel.new(), {}
    coroutine.spawn(function()
        for i = 1, 3 do input:send(i) end
        for _ = 1, 2 do
            local value = output:receive()
            log[#log + 1] = "got " .. value
        end
        input:close()
    end)
    local queue = {}
    while true do
        local list = { input:case_receive() }
        if queue[1] then list[2] = output:case_send(queue[1]) end
        local got = channel.select(list)
        if got.channel == output then
            table.remove(queue, 1)
        elseif got.ok then
            queue[#queue + 1] = got.value
        else
            break
        end
    end
    test.equal(log, { "got 1", "got 2" })
    test.equal(queue, { 3 })
end

function cases.a_closed_receive_case_is_ready()
    local ch = channel.new()
    ch:close()
    test.equal(channel.select({ ch:case_receive() }), { channel = ch, ok = false })
end

function cases.a_channel_closed_under_a_waiting_receive_wakes_it()
    local ch, other, got = channel.new(), channel.new(), nil
    coroutine.spawn(function() got = channel.select({ other:case_receive(), ch:case_receive() }) end)
    ch:close()
    coroutine.yield()
    test.equal(got, { channel = ch, ok = false })
end

function cases.a_send_case_on_a_closed_channel_raises_and_a_waiting_one_fails()
    local ch, got = channel.new(), nil
    coroutine.spawn(function() got = table.pack(channel.select({ ch:case_send(1) })) end)
    ch:close()
    coroutine.yield()
    test.equal(got[1], nil)
    test.has(got[2], "send on closed channel")
    test.raises("send on closed channel", channel.select, { ch:case_send(1), default = true })
end

function cases.cases_can_be_used_again()
    local ch = channel.new(1)
    local receive, send = { ch:case_receive(), default = true }, { ch:case_send("x") }
    for _ = 1, 5 do
        test.equal(channel.select(send).ok, true)
        test.equal(channel.select(receive).value, "x")
        test.equal(channel.select(receive).default, true)
    end
end

function cases.one_channel_may_be_in_several_cases()
    local ch = channel.new(1)
    test.equal(channel.select({ ch:case_receive(), ch:case_send("first") }).value, "first")
    test.equal(channel.select({ ch:case_receive(), ch:case_send("second") }).value, "first")
end

function cases.nil_passes_through_select()
    local ch = channel.new(1)
    test.equal(channel.select({ ch:case_send(nil) }), { channel = ch, ok = true })
    test.equal(channel.select({ ch:case_receive() }), { channel = ch, ok = true })
end

function cases.waiting_selects_are_served_in_the_order_in_which_they_came()
    local one, two, log = channel.new(), channel.new(), {}
    for i = 1, 10 do
        coroutine.spawn(function()
            local got = channel.select({ one:case_receive(), two:case_receive() })
            log[#log + 1] = i .. got.value
        end)
    end
    for _ = 1, 5 do
        one:send("a")
        two:send("b")
    end
    coroutine.yield()
    test.equal(log, { "1a", "2b", "3a", "4b", "5a", "6b", "7a", "8b", "9a", "10b" })
end

function cases.more_cases_than_a_handful()
    local all, list = {}, {}
    for i = 1, 50 do
        all[i] = channel.new()
        list[i] = all[i]:case_receive()
    end
    for _, i in ipairs({ 50, 1, 33 }) do
        coroutine.spawn(function() all[i]:send(i) end)
        local got = channel.select(list)
        assert(got.channel == all[i])
        test.equal(got.value, i)
    end
end

function cases.timers_and_messages_in_one_select()
    local timeout, inbox = time.after("10ms"), process.inbox()
    local list = { inbox:case_receive(), timeout:case_receive() }
    assert(channel.select(list).channel == timeout)
    process.send(process.pid(), "hi")
    test.equal(channel.select(list).value:topic(), "hi")
end

function cases.what_is_no_case_is_ignored_and_no_table_raises()
    local ch = channel.new(1)
    ch:send(1)
    test.equal(channel.select({ "x", ch:case_receive(), 3, key = {} }).value, 1)
    test.raises("bad argument #1 to 'select' (table expected, got no value)", function() channel.select() end)
end

function cases.what_becomes_of_the_table_while_a_select_waits_is_of_no_concern()
    local one, other, got = channel.new(), channel.new(1), nil
    local function waits(list)
        coroutine.spawn(function() got = channel.select(list) end)
    end
    local list = { one:case_receive() }
    waits(list)
    list[1] = other:case_send("never")
    one:send("value")
    coroutine.yield()
    test.equal(got, { channel = one, value = "value", ok = true })
    assert(channel.select({ other:case_receive(), default = true }).default)

    list = { "no case", one:case_receive(), other:case_receive() }
    waits(list)
    list[2], list[3] = nil, nil
    one:send("again")
    coroutine.yield()
    test.equal(got, { channel = one, value = "again", ok = true })

    list = { one:case_send("mine"), channel.new():case_receive() }
    waits(list)
    list[1] = channel.new():case_send("other")
    test.values({ "mine", true }, one:receive())
    coroutine.yield()
    test.equal(got, { channel = one, value = "mine", ok = true })

    list = { one:case_send("mine"), other:case_receive() }
    waits(list)
    list[1] = nil
    other:send("signal")
    coroutine.yield()
    test.equal(got, { channel = other, value = "signal", ok = true })
    assert(channel.select({ one:case_receive(), default = true }).default)
end

function cases.one_table_serves_two_selects_at_once()
    local one, two, got = channel.new(), channel.new(), {}
    local list = { one:case_receive(), two:case_send("value") }
    for i = 1, 2 do coroutine.spawn(function() got[i] = channel.select(list) end) end
    one:send("first")
    test.values({ "value", true }, two:receive())
    coroutine.yield()
    test.equal(got[1], { channel = one, value = "first", ok = true })
    test.equal(got[2], { channel = two, value = "value", ok = true })
end

function cases.what_a_waiting_select_was_given_is_its_own()
    local ch, inbox, got = channel.new(1), process.inbox(), {}
    coroutine.spawn(function() got[1] = channel.select({ ch:case_receive() }) end)
    coroutine.spawn(function() got[2] = channel.select({ inbox:case_receive() }) end)
    ch:send("value")
    process.send(process.pid(), "topic")
    for _, source in ipairs({ ch, inbox }) do
        assert(channel.select({ source:case_receive(), default = true }).default)
    end
    ch:close()
    coroutine.yield()
    test.equal(got[1], { channel = ch, value = "value", ok = true })
    test.equal({ got[2].channel == inbox, got[2].value:topic(), got[2].ok }, { true, "topic", true })
end

function cases.thousands_of_cases()
    local list, last = {}, channel.new(1)
    for i = 1, 5000 do list[i] = channel.new():case_receive() end
    list[5001] = last:case_receive()
    local got
    coroutine.spawn(function() got = channel.select(list) end)
    last:send("x")
    repeat coroutine.yield() until got
    test.equal(got, { channel = last, value = "x", ok = true })
    for i = 1, 300000 do list[i] = list[5001] end
    test.raises("too many cases", channel.select, list)
end

function cases.a_closed_send_case_raises_when_it_is_its_turn()
    local closed, ready = channel.new(), channel.new(1)
    closed:close()
    ready:send("value")
    test.raises("send on closed channel", channel.select, { closed:case_send(1), ready:case_receive() })
    test.equal(channel.select({ ready:case_receive(), closed:case_send(1) }).value, "value")
    test.raises("send on closed channel", channel.select, { ready:case_receive(), closed:case_send(1) })
    -- A closed channel is always ready to be received from.
    test.equal(channel.select({ closed:case_receive(), closed:case_send(1) }), { channel = closed, ok = false })
end

function cases.a_waiting_select_whose_send_case_is_closed_withdraws_the_others()
    local closing, other, got = channel.new(), channel.new(), nil
    coroutine.spawn(function()
        got = table.pack(channel.select({ other:case_receive(), closing:case_send(1), other:case_send(2) }))
    end)
    closing:close()
    coroutine.yield()
    test.fails("InvalidState", "send on closed channel", table.unpack(got, 1, got.n))
    assert(channel.select({ other:case_receive(), other:case_send("x"), default = true }).default)
    test.values({ nil, false, n = 2 }, closing:receive())
end

function cases.a_select_does_not_meet_itself()
    local ch, got = channel.new(), nil
    assert(channel.select({ ch:case_send(1), ch:case_receive(), default = true }).default)
    coroutine.spawn(function() got = channel.select({ ch:case_send("mine"), ch:case_receive() }) end)
    ch:send("yours")
    coroutine.yield()
    test.equal(got, { channel = ch, value = "yours", ok = true })
    assert(channel.select({ ch:case_receive(), default = true }).default)
    coroutine.spawn(function() got = channel.select({ ch:case_receive(), ch:case_send("mine") }) end)
    test.values({ "mine", true }, ch:receive())
    coroutine.yield()
    test.equal(got, { channel = ch, value = "mine", ok = true })
end

function cases.two_selects_meet()
    local ch, got = channel.new(), {}
    local both = { ch:case_send("value"), ch:case_receive() }
    for i = 1, 2 do coroutine.spawn(function() got[i] = channel.select(both) end) end
    coroutine.yield()
    test.equal(got[1], { channel = ch, value = "value", ok = true })
    test.equal(got[2], { channel = ch, value = "value", ok = true })
    assert(channel.select({ both[2], default = true }).default)
end

function cases.the_first_of_several_sends_to_one_channel_is_taken()
    local ch, got = channel.new(), nil
    coroutine.spawn(function() got = channel.select({ ch:case_send("first"), ch:case_send("second") }) end)
    test.values({ "first", true }, ch:receive())
    coroutine.yield()
    test.equal(got.value, "first")
    assert(channel.select({ ch:case_receive(), default = true }).default)
    local cases_of_one = {}
    for i = 1, 100 do cases_of_one[i] = ch:case_receive() end
    for i = 1, 20 do
        coroutine.spawn(function() ch:send(i) end)
        test.equal(channel.select(cases_of_one), { channel = ch, value = i, ok = true })
    end
end

function cases.nil_passes_through_a_select_that_waits()
    local ch, got = channel.new(), nil
    coroutine.spawn(function() got = channel.select({ ch:case_receive() }) end)
    ch:send(nil)
    coroutine.yield()
    test.equal(got, { channel = ch, ok = true })
    coroutine.spawn(function() got = channel.select({ ch:case_send(nil) }) end)
    test.values({ nil, true, n = 2 }, ch:receive())
    coroutine.yield()
    test.equal(got, { channel = ch, ok = true })
    ch = channel.new(1)
    channel.select({ ch:case_send() })
    test.values({ nil, true, n = 2 }, ch:receive())
    test.equal(channel.select({ ch:case_send(false) }), { channel = ch, value = false, ok = true })
    test.equal(channel.select({ ch:case_receive() }), { channel = ch, value = false, ok = true })
end

function cases.a_select_that_waits_stands_in_line()
    local ch, log = channel.new(), {}
    local function note(name, value) log[#log + 1] = name .. " " .. value end
    coroutine.spawn(function() note("receive", (ch:receive())) end)
    coroutine.spawn(function() note("select", channel.select({ ch:case_receive() }).value) end)
    coroutine.spawn(function() note("again", (ch:receive())) end)
    for i = 1, 3 do ch:send(i) end
    coroutine.yield()
    test.equal(log, { "receive 1", "select 2", "again 3" })
    coroutine.spawn(function() ch:send("a") end)
    coroutine.spawn(function() channel.select({ ch:case_send("b") }) end)
    coroutine.spawn(function() ch:send("c") end)
    test.equal({ (ch:receive()), (ch:receive()), (ch:receive()) }, { "a", "b", "c" })
end

function cases.the_default_is_taken_if_it_is_true()
    local ch = channel.new(1)
    ch:send(1)
    test.equal(channel.select({ ch:case_receive(), default = false }, nil), { channel = ch, value = 1, ok = true })
    test.equal(channel.select({ ch:case_receive() }, true).default, true)
    local got
    coroutine.spawn(function() got = channel.select({ ch:case_receive(), default = false }, false) end)
    ch:send(2)
    coroutine.yield()
    test.equal(got, { channel = ch, value = 2, ok = true })
    test.equal(channel.select({ default = true }), { default = true, ok = true })
    test.raises("select without a case", channel.select, {})
    test.raises("select without a case", channel.select, { "no case", {}, 5 })
end

function cases.one_array_of_cases_is_appended_to_and_used_again()
    local all, list = {}, {}
    for i = 1, 10 do
        all[i] = channel.new(1)
        list[i] = all[i]:case_receive()
        all[i]:send(i)
        test.equal(channel.select(list), { channel = all[i], value = i, ok = true })
    end
    for i = 10, 1, -1 do all[i]:send(i) end
    for i = 1, 10 do test.equal(channel.select(list).value, i) end
    -- A send case offers the same value each time, to whoever is there.
    local send, got = { all[1]:case_send({ "same" }) }, {}
    for i = 1, 3 do
        channel.select(send)
        got[i] = all[1]:receive()
    end
    assert(got[1] == got[2] and got[2] == got[3])
end

function cases.a_select_that_is_left_by_an_error_elsewhere_leaves_nothing()
    local ch, got = channel.new(), nil
    local co = coroutine.create(function() return channel.select({ ch:case_receive(), ch:case_send("never") }) end)
    coroutine.spawn(function() got = table.pack(coroutine.resume(co)) end)
    test.equal(coroutine.resume(co), false)
    test.equal(pcall(coroutine.close, co), false)
    ch:send("value")
    coroutine.yield()
    test.equal({ got[1], got[2].value }, { true, "value" })
end

function cases.a_thousand_channels_ten_thousand_times()
    local all, list, count = {}, {}, 1000
    for i = 1, count do
        all[i] = channel.new()
        list[i] = all[i]:case_receive()
    end
    coroutine.spawn(function() for i = 1, 10000 do all[i * 7 % count + 1]:send(i) end end)
    for i = 1, 10000 do
        local got = channel.select(list)
        if got.value ~= i or got.channel ~= all[i * 7 % count + 1] then error("found " .. got.value .. ", expected " .. i) end
    end
    assert(channel.select(list, true).default)
end

function cases.a_value_that_was_offered_in_vain_is_let_go()
    local ch, signal, weak = channel.new(), channel.new(), setmetatable({}, { __mode = "k" })
    coroutine.spawn(function()
        local value = {}
        weak[value] = true
        channel.select({ ch:case_send(value), signal:case_receive() })
    end)
    signal:send(true)
    coroutine.yield()
    -- Until what nobody holds has been collected.
    local garbage
    for _ = 1, 1000000 do
        garbage = { garbage and 1 }
        if next(weak) == nil then break end
    end
    test.equal(next(weak), nil)
    assert(channel.select({ ch:case_receive(), default = true }).default)
end

return test.suite(cases)
