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

function cases.a_sender_goes_on_before_the_receiver_that_it_woke()
    local ch, log = channel.new(), {}
    coroutine.spawn(function()
        local value = ch:receive()
        log[#log + 1] = "got " .. value
    end)
    ch:send("value")
    log[#log + 1] = "sent"
    coroutine.yield()
    test.equal(log, { "sent", "got value" })
end

function cases.a_freed_place_goes_to_the_sender_that_has_waited_longest()
    local ch, sent = channel.new(2), {}
    for i = 1, 5 do coroutine.spawn(function() ch:send(i) sent[#sent + 1] = i end) end
    test.equal(sent, { 1, 2 })
    test.values({ 1, true }, ch:receive())
    coroutine.yield()
    test.equal(sent, { 1, 2, 3 })
    -- No value that comes later gets in before those that wait.
    coroutine.spawn(function() ch:send(6) end)
    for i = 2, 6 do test.values({ i, true }, ch:receive()) end
    assert(channel.select({ ch:case_receive(), default = true }).default)
end

function cases.closing_a_full_channel_keeps_what_is_stored_and_fails_who_waits_to_send()
    local ch, results = channel.new(2), {}
    for i = 1, 4 do coroutine.spawn(function() results[i] = table.pack(ch:send(i)) end) end
    ch:close()
    coroutine.yield()
    test.equal({ results[1], results[2] }, { { n = 1, true }, { n = 1, true } })
    for i = 3, 4 do test.fails("InvalidState", "send on closed channel", table.unpack(results[i], 1, results[i].n)) end
    test.values({ 1, true }, ch:receive())
    test.values({ 2, true }, ch:receive())
    test.values({ nil, false, n = 2 }, ch:receive())
end

function cases.a_receiver_may_close_or_send_to_what_it_received_from()
    local ch = channel.new()
    coroutine.spawn(function() ch:send("question") test.values({ "answer", true }, ch:receive()) ch:close() end)
    test.equal(ch:receive(), "question")
    test.equal(ch:send("answer"), true)
    coroutine.yield()
    test.values({ nil, false, n = 2 }, ch:receive())
end

function cases.nil_waits_in_line_like_any_value()
    local ch, sent = channel.new(1), 0
    coroutine.spawn(function() for i = 1, 6 do ch:send(i % 2 == 0 and i or nil) sent = i end end)
    test.equal(sent, 1)
    for i = 1, 6 do test.values({ i % 2 == 0 and i or nil, true, n = 2 }, ch:receive()) end
    local got
    coroutine.spawn(function() got = table.pack(ch:receive()) end)
    ch:send(nil)
    coroutine.yield()
    test.equal(got, { n = 2, nil, true })
    ch:send(false)
    test.values({ false, true }, ch:receive())
end

function cases.only_the_first_value_of_a_send_is_sent()
    local ch = channel.new(1)
    ch:send(1, 2, 3)
    test.values({ 1, true }, ch:receive("ignored"))
    assert(channel.select({ ch:case_receive(), default = true }).default)
end

function cases.functions_of_channels_check_their_arguments()
    local ch = channel.new()
    for text, call in pairs({
        ["bad argument #1 to 'new' (number expected, got boolean)"] = function() channel.new(true) end,
        ["bad argument #1 to 'new' (number expected, got channel)"] = function() channel.new(ch) end,
        ["bad argument #1 to 'new' (capacity is not finite)"] = function() channel.new(0 / 0) end,
        ["bad argument #1 to 'new' (a capacity is at most 16777216)"] = function() channel.new(1 << 25) end,
        ["bad argument #1 to 'select' (table expected, got nil)"] = function() channel.select(nil) end,
        ["bad argument #1 to 'select' (table expected, got channel)"] = function() channel.select(ch) end,
        ["bad argument #1 to 'send' (channel expected, got no value)"] = function() ch.send() end,
        ["bad argument #1 to 'receive' (channel expected, got table)"] = function() ch.receive({}) end,
        ["bad argument #1 to 'close' (channel expected, got error)"] = function() ch.close(errors.new("x")) end,
        ["bad argument #1 to 'case_send' (channel expected, got string)"] = function() ch.case_send("x") end,
        ["bad argument #1 to 'case_receive' (channel expected, got channel.Case)"] = function()
            ch.case_receive(ch:case_send(1))
        end,
    }) do test.raises(text, call) end
    test.equal({ channel.new(nil) ~= nil, ch.length, ch[1] }, { true })
    test.raises("", function() ch.mine = 1 end)
    assert(tostring(ch):match("^channel: 0x%x+$"), tostring(ch))
    test.equal(type(ch), "userdata")
end

function cases.a_hundred_thousand_values_pass_in_order()
    for _, capacity in ipairs({ 0, 10, 100000 }) do
        local ch, count = channel.new(capacity), 0
        coroutine.spawn(function() for i = 1, 100000 do ch:send(i) end ch:close() end)
        while true do
            local value, open = ch:receive()
            if not open then break end
            count = count + 1
            if value ~= count then error("found " .. value .. " in place " .. count) end
        end
        test.equal(count, 100000)
    end
end

function cases.ten_thousand_wait_for_one_channel()
    local ch, count, got, woken = channel.new(), 10000, {}, 0
    -- Some may be interrupted on their way: a turn for each is not always enough.
    local function all_receive()
        woken = 0
        for i = 1, count do
            coroutine.spawn(function()
                got[i] = table.pack(ch:receive())
                woken = woken + 1
            end)
        end
    end
    all_receive()
    for i = 1, count do ch:send(i) end
    repeat coroutine.yield() until woken == count
    for i = 1, count do if got[i][1] ~= i then error("found " .. got[i][1] .. " in place " .. i) end end
    all_receive()
    ch:close()
    repeat coroutine.yield() until woken == count
    for i = 1, count do if got[i].n ~= 2 or got[i][2] then error("found a value in place " .. i) end end
end

function cases.ten_thousand_wait_to_send_to_one_channel()
    local ch, count, sent, failed = channel.new(), 10000, 0, 0
    local function all_send()
        for i = 1, count do
            coroutine.spawn(function()
                if ch:send(i) then sent = sent + 1 else failed = failed + 1 end
            end)
        end
    end
    all_send()
    for i = 1, count do if ch:receive() ~= i then error("out of order at " .. i) end end
    repeat coroutine.yield() until sent == count
    all_send()
    ch:close()
    repeat coroutine.yield() until failed == count
end

return test.suite(cases)
