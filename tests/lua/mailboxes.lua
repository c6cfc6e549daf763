-- process.send, inbox, listen and unlisten.

local test = require("test")
local time = require("time")

local cases, others = {}, {}

function others.echoes(to)
    local inbox = process.inbox()
    while true do
        local message = inbox:receive()
        process.send(to, message:topic(), message:payload():data())
    end
end
function others.forwards(to)
    process.send(to, "forwarded", process.inbox():receive():payload())
end
function others.counts_up(to, topic, last)
    for count = 1, last do process.send(to, topic, count) end
end
function others.ends() end
function others.hears_once(to)
    do
        local ch = channel.new()
        subscribe("topic", ch)
        coroutine.spawn(function(it) process.send(to, "heard", (it:receive())) end, ch)
    end
    process.send(to, "ready")
    channel.new():receive()
end

local function poll(source)
    local got = channel.select({ source:case_receive(), default = true })
    return got.value, got.default
end

function cases.a_message_has_topic_sender_and_payload()
    test.equal(process.send(process.pid(), "greeting", { hello = "me" }), true)
    local message = process.inbox():receive()
    test.equal(message:topic(), "greeting")
    test.equal(message:from(), process.pid())
    test.equal(message:payload():data(), { hello = "me" })
    test.equal(tostring(message), "process.Message{topic=greeting}")
    test.equal(type(message), "userdata")
end

function others.returns(bytes) return string.rep("x", bytes) end

function cases.events_that_were_received_take_no_room()
    -- Far more than the mailbox's share, but never at once.
    local events = process.events()
    for _ = 1, 40 do
        test.watched("returns", 10 << 20)
        test.equal(#events:receive().result.value, 10 << 20)
    end
    test.equal(process.send(process.pid(), "still", "open"), true)
end

function cases.an_exit_is_heard_of_even_if_its_result_has_no_room()
    local events, values, refused = process.events(), 0, 0
    local pids = {}
    for i = 1, 20 do pids[i] = test.watched("returns", 10 << 20) end
    for _, pid in ipairs(pids) do
        while process.send(pid, "are you there") do time.sleep("1ms") end
    end
    for _ = 1, 20 do
        local result = events:receive().result
        if result.value then
            values = values + 1
        else
            refused = refused + 1
            test.equal(result.error:kind(), "LimitExceeded")
            test.has(result.error, "10485765 bytes of result did not fit into the mailbox")
        end
    end
    test.equal({ values > 0, refused > 0 }, { true, true })
end

function cases.several_values_are_several_messages_in_order()
    process.send(process.pid(), "numbers", 1, nil, "three", false)
    local inbox, got = process.inbox(), { n = 4 }
    for i = 1, 4 do got[i] = inbox:receive():payload():data() end
    test.equal(got, { n = 4, 1, nil, "three", false })
    test.values({ nil, true, n = 2 }, poll(inbox))
end

function cases.no_value_is_one_message()
    process.send(process.pid(), "bare")
    test.equal(process.inbox():receive():payload():data(), nil)
    process.send(process.pid(), "bare")
    local listener = process.listen("bare")
    test.values({ nil, true, n = 2 }, listener:receive())
end

function cases.what_came_before_inbox_or_listen_is_not_lost()
    for i = 1, 3 do
        process.send(process.pid(), "a", i)
        process.send(process.pid(), "b", i * 10)
    end
    local b = process.listen("b")
    test.equal({ (b:receive()), (b:receive()), (b:receive()) }, { 10, 20, 30 })
    local inbox = process.inbox()
    for i = 1, 3 do test.equal(inbox:receive():payload():data(), i) end
end

function cases.a_waiting_message_goes_to_a_later_listener_of_its_topic()
    local inbox = process.inbox()
    process.send(process.pid(), "late", "value")
    process.send(process.pid(), "other", "rest")
    test.equal(process.listen("late"):receive(), "value")
    test.equal(inbox:receive():topic(), "other")
end

function cases.messages_of_one_sender_arrive_in_order()
    local count = process.listen("count")
    test.other("counts_up", process.pid(), "count", 5000)
    for i = 1, 5000 do test.equal(count:receive(), i) end
end

function cases.each_of_many_senders_keeps_its_order()
    local inbox, next_of, left = process.inbox(), {}, 20 * 200
    for _ = 1, 20 do next_of[test.other("counts_up", process.pid(), "count", 200)] = 1 end
    while left > 0 do
        local message = inbox:receive()
        test.equal(message:payload():data(), next_of[message:from()])
        next_of[message:from()] = message:payload():data() + 1
        left = left - 1
    end
end

function cases.polls_see_what_has_arrived()
    local inbox, events, listener = process.inbox(), process.events(), process.listen("topic")
    for _, source in ipairs({ inbox, events, listener }) do test.values({ nil, true, n = 2 }, poll(source)) end
    local echo = test.other("echoes", process.pid())
    process.send(echo, "topic", 7)
    process.send(echo, "elsewhere", 8)
    local value, nothing
    repeat value, nothing = poll(listener); coroutine.yield() until not nothing
    test.equal(value, 7)
    repeat value, nothing = poll(inbox); coroutine.yield() until not nothing
    test.equal(value:payload():data(), 8)
    test.watched("ends")
    repeat value, nothing = poll(events); coroutine.yield() until not nothing
    test.equal(value.kind, process.event.EXIT)
end

function cases.channels_are_the_same_each_time()
    assert(process.inbox() == process.inbox())
    assert(process.events() == process.events())
    assert(process.listen("x") == process.listen("x"))
    assert(process.listen("x") ~= process.listen("y"))
    process.send(process.pid(), "hi")
    assert(channel.select({ process.inbox():case_receive() }).channel == process.inbox())
end

function cases.a_listener_may_ask_for_messages()
    local listener = process.listen("topic", { message = true })
    process.send(process.pid(), "topic", "value")
    local message = listener:receive()
    test.equal({ message:topic(), message:from(), message:payload():data() },
        { "topic", process.pid(), "value" })
end

function cases.unlisten_closes_the_channel_and_later_messages_go_to_the_inbox()
    local listener = process.listen("topic")
    local got
    coroutine.spawn(function() got = table.pack(listener:receive()) end)
    test.equal(process.unlisten(listener), true)
    coroutine.yield()
    test.equal(got, { n = 2, nil, false })
    process.send(process.pid(), "topic", 1)
    test.equal(process.inbox():receive():payload():data(), 1)
    local value, err = process.unlisten(listener)
    test.equal(value, false)
    test.equal(err:kind(), errors.INVALID)
    assert(process.listen("topic") ~= listener)
end

function cases.what_an_unlistened_channel_still_held_goes_to_the_inbox()
    local listener = process.listen("topic")
    process.send(process.pid(), "topic", 1, 2)
    test.equal(listener:receive(), 1)
    assert(process.unlisten(listener))
    test.equal(process.inbox():receive():payload():data(), 2)
end

function cases.closing_a_channel_of_the_runtime_raises()
    for _, source in ipairs({ process.inbox(), process.events(), process.listen("x") }) do
        test.raises("can't be closed", source.close, source)
        test.raises("can only be received from", source.send, source, 1)
    end
end

function cases.a_payload_may_be_sent_on_unwrapped()
    local forwarder = test.other("forwards", process.pid())
    process.send(forwarder, "x", { 1, 2 })
    test.equal(process.listen("forwarded"):receive(), { 1, 2 })
end

function cases.a_name_is_a_destination()
    assert(process.registry.register("me"))
    assert(process.send("me", "hi", 1))
    test.equal(process.inbox():receive():payload():data(), 1)
end

function cases.older_forms_of_a_pid_are_understood()
    local number = process.pid():match("|(0x%x+)}$")
    assert(process.send("{app:processes|" .. number .. "}", "a"))
    assert(process.send("{local@app:processes|app:suite|" .. number .. "}", "b"))
    test.equal(process.inbox():receive():topic(), "a")
    test.equal(process.inbox():receive():topic(), "b")
end

function cases.sending_to_what_is_not_there_fails()
    local ended = test.exit_of("ends").from
    test.fails(errors.NOT_FOUND, "process not found", process.send(ended, "x"))
    test.fails(errors.NOT_FOUND, "could not resolve 'nobody' as PID or registered name",
        process.send("nobody", "x"))
    test.fails(errors.NOT_FOUND, "host not found", process.send("{app:none|x|0x00001}", "x"))
    test.fails(errors.NOT_FOUND, "process not found", process.send("{app:processes|x|0xfffffff}", "x"))
    test.fails(errors.NOT_FOUND, "", process.send("", "x"))
end

function cases.send_checks_its_arguments()
    test.fails(errors.INVALID, "send requires at least destination and topic", process.send("x"))
    test.fails(errors.INVALID, "cannot send to @ topics", process.send(process.pid(), "@x"))
    test.raises("bad argument #1 to 'send' (string expected, got nil)", function() process.send(nil, "x") end)
    test.raises("bad argument #2 to 'send' (string expected, got table)", function() process.send("x", {}) end)
end

function cases.listen_and_unlisten_check_their_arguments()
    test.fails(errors.INVALID, "", process.listen(""))
    test.fails(errors.INVALID, "", process.listen("@x"))
    test.raises("bad argument #1 to 'listen' (string expected, got no value)", function() process.listen() end)
    test.raises("bad argument #1 to 'unlisten' (channel expected, got no value)", function() process.unlisten() end)
    local value, err = process.unlisten(channel.new())
    test.equal(value, false)
    test.equal(err:kind(), errors.INVALID)
end

function cases.an_empty_topic_and_one_called_inbox_are_ordinary()
    process.send(process.pid(), "", 1)
    process.send(process.pid(), "inbox", 2)
    test.equal(process.inbox():receive():topic(), "")
    test.equal(process.inbox():receive():topic(), "inbox")
end

function cases.a_message_that_a_waiting_task_was_given_is_not_polled_away()
    for _, source in ipairs({ process.inbox(), process.listen("topic") }) do
        local got = {}
        for i = 1, 2 do coroutine.spawn(function() got[i] = table.pack(source:receive()) end) end
        local topic = source == process.inbox() and "any" or "topic"
        process.send(process.pid(), topic, 1, 2, 3)
        local value, nothing = poll(source)
        test.equal(nothing, nil)
        value = type(value) == "userdata" and value:payload():data() or value
        test.equal(value, 3)
        test.equal(poll(source), nil)
        coroutine.yield()
        for i = 1, 2 do
            test.equal({ got[i].n, got[i][2] }, { 2, true })
            value = got[i][1]
            test.equal(type(value) == "userdata" and value:payload():data() or value, i)
        end
    end
end

function cases.what_a_waiting_task_was_given_outlives_unlisten()
    local listener, got = process.listen("topic"), {}
    for i = 1, 2 do coroutine.spawn(function() got[i] = table.pack(listener:receive()) end) end
    process.send(process.pid(), "topic", 7)
    poll(process.inbox())
    test.equal(process.unlisten(listener), true)
    coroutine.yield()
    test.equal(got, { { n = 2, 7, true }, { n = 2, nil, false } })
    test.values({ nil, true, n = 2 }, poll(process.inbox()))
end

function cases.what_unlisten_gives_back_goes_to_who_waits_for_the_inbox()
    local listener, got = process.listen("topic"), nil
    coroutine.spawn(function() got = process.inbox():receive() end)
    process.send(process.pid(), "topic", 1, 2)
    test.equal(listener:receive(), 1)
    assert(process.unlisten(listener))
    coroutine.yield()
    test.equal({ got:topic(), got:payload():data() }, { "topic", 2 })
end

function cases.what_comes_while_a_select_looks_for_it_is_not_left_lying()
    -- A race between two workers: the answer comes while the select goes from case to case.
    local echo, answers = test.other("echoes", process.pid()), process.listen("answer")
    local list = { answers:case_receive() }
    for i = 1, 300 do list[i + 1] = process.listen("other " .. i):case_receive() end
    for i = 1, 2000 do
        process.send(echo, "answer", i)
        test.equal(channel.select(list).value, i)
    end
end

function cases.a_channel_of_the_programs_may_hear_a_topic()
    local me, ch = process.pid(), channel.new(1)
    process.send(me, "topic", "before")
    test.equal(subscribe("topic", ch), true)
    test.equal(subscribe("topic", ch), true)
    process.send(me, "topic", { "after" })
    process.send(me, "other", "elsewhere")
    test.values({ "before", true }, ch:receive())
    test.equal(ch:receive(), { "after" })
    test.values({ nil, true, n = 2 }, poll(ch))
    assert(process.listen("topic") == ch)
    -- It is a channel like any other beside that.
    ch:send("own")
    process.send(me, "topic", "sent")
    test.values({ "own", true }, ch:receive())
    test.equal(channel.select({ channel.new():case_receive(), ch:case_receive() }),
        { channel = ch, value = "sent", ok = true })
    test.equal(process.inbox():receive():topic(), "other")
end

function cases.whoever_waits_for_a_subscribed_channel_is_given_what_comes()
    local ch, inbox, got = channel.new(), process.inbox(), {}
    for i = 1, 2 do coroutine.spawn(function() got[i] = table.pack(ch:receive()) end) end
    process.send(process.pid(), "topic", 1)
    -- What lies there already goes to who waits, too.
    test.equal(poll(inbox):topic(), "topic")
    process.send(process.pid(), "topic", 2)
    poll(process.events())
    assert(subscribe("topic", ch))
    repeat coroutine.yield() until got[1]
    process.send(process.pid(), "topic", 3)
    poll(inbox)
    repeat coroutine.yield() until got[2]
    test.equal(got, { { n = 2, 2, true }, { n = 2, 3, true } })
    local echo = test.other("echoes", process.pid())
    for i = 1, 100 do
        process.send(echo, "topic", i)
        test.values({ i, true }, ch:receive())
    end
end

function cases.unsubscribe_ends_that_and_leaves_the_channel_open()
    local me, ch = process.pid(), channel.new(1)
    assert(subscribe("topic", ch))
    process.send(me, "topic", 1, 2)
    test.equal(ch:receive(), 1)
    test.equal(unsubscribe(ch), true)
    process.send(me, "topic", 3)
    local inbox = process.inbox()
    for i = 2, 3 do test.equal(inbox:receive():payload():data(), i) end
    test.equal(ch:send("own"), true)
    test.values({ "own", true }, ch:receive())
    assert(channel.select({ ch:case_receive(), default = true }).default)
    assert(subscribe("topic", ch) and unsubscribe(ch))
    local listener = process.listen("topic")
    test.equal(unsubscribe(listener), true)
    test.values({ nil, false, n = 2 }, listener:receive())
end

function cases.closing_a_subscribed_channel_ends_its_subscription()
    local ch = channel.new(1)
    assert(subscribe("topic", ch))
    process.send(process.pid(), "topic", "late")
    ch:close()
    test.values({ nil, false, n = 2 }, ch:receive())
    test.equal(process.inbox():receive():payload():data(), "late")
    assert(subscribe("topic", channel.new()))
end

function cases.a_subscribed_channel_is_kept_and_its_process_is_not_deadlocked()
    local pid = test.other("hears_once", process.pid())
    test.equal(process.inbox():receive():topic(), "ready")
    process.send(pid, "topic", "value")
    test.equal(process.inbox():receive():payload():data(), "value")
end

function cases.subscribe_and_unsubscribe_check_their_arguments()
    local ch = channel.new()
    assert(subscribe("topic", ch))
    test.fails(errors.ALREADY_EXISTS, "another channel hears this topic", subscribe("topic", channel.new()))
    test.fails(errors.ALREADY_EXISTS, "the channel hears another topic", subscribe("other", ch))
    test.fails(errors.INVALID, "topic must not be empty", subscribe("", ch))
    test.fails(errors.INVALID, "cannot listen to @ topics", subscribe("@x", ch))
    test.fails(errors.INVALID, "a topic has at most 4096 bytes", subscribe(("x"):rep(4097), ch))
    local closed = channel.new()
    closed:close()
    test.fails(errors.INVALID, "a closed channel", subscribe("closed", closed))
    for _, source in ipairs({ process.inbox(), process.events(), process.listen("x"), time.after("1h") }) do
        test.fails(errors.INVALID, "of the runtime", subscribe("y", source))
    end
    for text, call in pairs({
        ["bad argument #1 to 'subscribe' (string expected, got no value)"] = function() subscribe() end,
        ["bad argument #1 to 'subscribe' (string expected, got channel)"] = function() subscribe(ch, "topic") end,
        ["bad argument #2 to 'subscribe' (channel expected, got no value)"] = function() subscribe("z") end,
        ["bad argument #1 to 'unsubscribe' (channel expected, got string)"] = function() unsubscribe("topic") end,
    }) do test.raises(text, call) end
    local value, err = unsubscribe(channel.new())
    test.equal({ value, err:kind() }, { false, "Invalid" })
end

function cases.methods_of_messages_check_what_they_are_called_on()
    process.send(process.pid(), "topic")
    local message = process.inbox():receive()
    for _, name in ipairs({ "topic", "from", "payload" }) do
        local method = message[name]
        test.raises("bad argument #1 to 'method' (process.Message expected, got no value)", function() method() end)
        test.raises("bad argument #1 to 'method' (process.Message expected, got payload)",
            function() method(message:payload()) end)
    end
    test.equal({ message.x, message[1] }, {})
end

return test.suite(cases, others)
