-- channel.new, send, receive and close.

local test = require("test")

local cases = {}

function cases.an_unbuffered_channel_hands_over()
    local ch, log = channel.new(), {}
    coroutine.spawn(function()
        for i = 1, 3 do
            test.equal(ch:send(i), true)
            log[#log + 1] = "sent " .. i
        end
    end)
    test.equal(log, {})
    for i = 1, 3 do test.values({ i, true }, ch:receive()) end
    coroutine.yield()
    test.equal(log, { "sent 1", "sent 2", "sent 3" })
end

function cases.a_buffered_channel_takes_what_fits_without_waiting()
    local ch, sent = channel.new(2), 0
    coroutine.spawn(function()
        for i = 1, 4 do
            ch:send(i)
            sent = i
        end
    end)
    test.equal(sent, 2)
    for i = 1, 4 do test.values({ i, true }, ch:receive()) end
    coroutine.yield()
    test.equal(sent, 4)
end

function cases.nil_can_be_sent()
    local ch = channel.new(2)
    ch:send(nil)
    ch:send()
    test.values({ nil, true, n = 2 }, ch:receive())
    test.values({ nil, true, n = 2 }, ch:receive())
    local unbuffered = channel.new()
    coroutine.spawn(function() unbuffered:send(nil) end)
    test.values({ nil, true, n = 2 }, unbuffered:receive())
end

function cases.values_pass_as_they_are()
    local ch, table_value, fn = channel.new(3), {}, function() end
    ch:send(table_value)
    ch:send(fn)
    ch:send(ch)
    assert(ch:receive() == table_value)
    assert(ch:receive() == fn)
    assert(ch:receive() == ch)
end

function cases.a_closed_channel_gives_what_it_holds_and_then_nil_for_ever()
    local ch = channel.new(3)
    ch:send(1)
    ch:send(2)
    test.equal(select("#", ch:close()), 0)
    test.values({ 1, true }, ch:receive())
    test.values({ 2, true }, ch:receive())
    for _ = 1, 3 do test.values({ nil, false, n = 2 }, ch:receive()) end
    ch:close()
end

function cases.closing_wakes_all_receivers()
    local ch, woken = channel.new(), 0
    for _ = 1, 3 do
        coroutine.spawn(function()
            test.values({ nil, false, n = 2 }, ch:receive())
            woken = woken + 1
        end)
    end
    ch:close()
    coroutine.yield()
    test.equal(woken, 3)
end

function cases.sending_on_a_closed_channel_raises_and_a_waiting_sender_fails()
    local ch, waiting = channel.new(), nil
    coroutine.spawn(function() waiting = table.pack(ch:send(1)) end)
    ch:close()
    coroutine.yield()
    test.equal(waiting[1], nil)
    test.has(waiting[2], "send on closed channel")
    test.raises("send on closed channel", ch.send, ch, 1)
    test.values({ nil, false, n = 2 }, ch:receive())
end

function cases.waiting_receivers_are_served_in_the_order_in_which_they_came()
    local ch, log = channel.new(), {}
    for i = 1, 20 do
        coroutine.spawn(function()
            local value = ch:receive()
            log[#log + 1] = i .. "=" .. value
        end)
    end
    for i = 1, 20 do ch:send(i) end
    coroutine.yield()
    for i = 1, 20 do test.equal(log[i], i .. "=" .. i) end
end

function cases.waiting_senders_are_served_in_the_order_in_which_they_came()
    for _, capacity in ipairs({ 0, 3 }) do
        local ch = channel.new(capacity)
        for i = 1, 20 do coroutine.spawn(function() ch:send(i) end) end
        for i = 1, 20 do test.values({ i, true }, ch:receive()) end
    end
end

function cases.a_value_set_aside_for_a_receiver_is_taken_by_nobody_else()
    local ch, got = channel.new(1), {}
    coroutine.spawn(function() got.first = ch:receive() end)
    ch:send("one")
    ch:send("two")
    got.second = ch:receive()
    coroutine.yield()
    test.equal(got, { first = "one", second = "two" })
end

function cases.strange_capacities()
    for _, capacity in ipairs({ -1, 0 }) do
        local ch = channel.new(capacity)
        assert(channel.select({ ch:case_send(1), default = true }).default)
    end
    local ch = channel.new(1.9)
    ch:send(1)
    assert(channel.select({ ch:case_send(2), default = true }).default)
    test.raises("bad argument #1 to 'new' (number expected, got string)", function() channel.new("many") end)
end

function cases.methods_on_something_else_raise()
    local ch = channel.new()
    for _, name in ipairs({ "send", "receive", "close", "case_send", "case_receive" }) do
        test.raises("channel expected", ch[name], {})
        test.raises("channel expected", ch[name], errors.new("x"))
    end
end

function cases.a_channel_is_itself_alone()
    local one, other = channel.new(), channel.new()
    local names = { [one] = "one", [other] = "other" }
    test.equal({ names[one], names[other] }, { "one", "other" })
    assert(one == one and one ~= other)
end

function cases.many_values_pass_in_order_through_a_pipeline()
    local input, output = channel.new(), channel.new(7)
    coroutine.spawn(function()
        for i = 1, 1000 do input:send(i) end
        input:close()
    end)
    coroutine.spawn(function()
        while true do
            local value, open = input:receive()
            if not open then break end
            output:send(value * 2)
        end
        output:close()
    end)
    for i = 1, 1000 do test.values({ i * 2, true }, output:receive()) end
    test.values({ nil, false, n = 2 }, output:receive())
end

return test.suite(cases)
