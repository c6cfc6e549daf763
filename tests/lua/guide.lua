-- The process API as its guide tells it: a case for each of the guide's sections, in its order, named after it.

local test = require("test")
local time = require("time")

local HOST = "app:processes"
local cases, others = {}, {}

function others.worker(args) return { status = "completed", data = args } end
function others.failing() error("worker failed") end
function others.idle() process.inbox():receive() end

local function default_of(chan)
    return channel.select({ chan:case_receive(), default = true }).default
end

-- Process identification

function cases.process_id_has_host_entry_and_name_with_or_without_a_node()
    local host, entry, unique = process.pid():match("^{([^|]+)|([^|]+)|([^|]+)}$")
    assert(host == HOST or host == "functions", host)
    test.equal(entry, process.id())
    local inbox = process.inbox()
    for _, form in ipairs({ "{%s|%s|%s}", "{node1@%s|%s|%s}" }) do
        assert(process.send(form:format(host, entry, unique), "form", form))
        test.equal(inbox:receive():payload():data(), form)
    end
    assert(process.send(("{%s|%s}"):format(host, unique), "form", "two parts"))
    test.equal(inbox:receive():payload():data(), "two parts")
end

-- Process constants

function cases.process_constants()
    test.equal({ process.event.CANCEL, process.event.EXIT, process.event.LINK_DOWN }, { "pid.cancel", "pid.exit", "pid.link.down" })
    test.raises("", function() process.event.CANCEL = "other" end)
end

-- Communication

function cases.message_passing_to_a_pid_and_to_a_name()
    local inbox = process.inbox()
    test.values({ true }, process.send(process.pid(), "notification", { type = "alert", level = "warning" }))
    test.equal(inbox:receive():payload():data(), { type = "alert", level = "warning" })
    process.registry.register("guide.worker1")
    test.values({ true }, process.send("guide.worker1", "task", { action = "process", id = "12345" }))
    test.equal(inbox:receive():topic(), "task")
    test.fails(errors.NOT_FOUND, "could not resolve", process.send("guide.nobody", "task"))
end

function cases.message_format_each_value_is_a_message_and_order_is_kept()
    process.send(process.pid(), "values", 1, nil, "three")
    local values, got = process.listen("values"), {}
    for at = 1, 3 do got[at] = values:receive() or "nil" end
    test.equal(got, { 1, "nil", "three" })
    test.equal(default_of(values), true)
end

function cases.topic_channels_hand_out_values()
    local tasks = process.listen("task")
    process.send(process.pid(), "task", { foo = "bar" })
    local task, ok = tasks:receive()
    test.equal({ task.foo, ok }, { "bar", true })
end

function cases.default_inbox_hands_out_messages_and_payloads_can_be_passed_on()
    local inbox = process.inbox()
    process.send(process.pid(), "first", { 1 })
    local message = inbox:receive()
    test.equal({ message:topic(), message:from() }, { "first", process.pid() })
    process.send(process.pid(), "again", message:payload())
    test.equal(inbox:receive():payload():data(), { 1 })
end

function cases.system_events_cancel_exit_link_down()
    local events = process.events()
    process.cancel(process.pid(), "5s")
    local event = events:receive()
    test.equal(event.kind, process.event.CANCEL)
    test.equal(type(event.deadline), "number")
    test.equal(test.exit_of("worker", 1).result.payload:data(), { status = "completed", data = 1 })
    test.has(test.exit_of("failing").result.error, "worker failed")
    process.set_options({ trap_links = true })
    process.spawn_linked("app:suite", HOST, "other", "failing")
    test.equal(events:receive().kind, process.event.LINK_DOWN)
end

function cases.event_structures_are_flat()
    local event = test.exit_of("worker", 1)
    test.equal({ type(event.at), event.kind, type(event.from) }, { "number", "pid.exit", "string" })
    test.equal({ event.result.value.status, event.result.error }, { "completed", nil })
    process.cancel(process.pid(), 1000)
    event = process.events():receive()
    test.equal({ type(event.at), event.kind, event.from }, { "number", "pid.cancel", process.pid() })
    local ahead = event.deadline - event.at
    assert(ahead > 0.9 and ahead < 2, ahead)
end

function cases.link_down_comes_only_to_who_traps_links()
    local linked = [[the one that doesn't]]
    local pid = assert(process.spawn_monitored("app:suite", HOST, "other", "links_with_a_failure", linked))
    local event = process.events():receive()
    test.equal(event.from, pid)
    test.equal(event.result.error:message(), "linked process failed")
end
function others.links_with_a_failure()
    assert(process.spawn_linked("app:suite", HOST, "other", "failing"))
    process.events():receive()
end

-- Process management

function cases.creating_processes_with_arguments()
    assert(process.spawn("app:suite", HOST, "other", "worker"):match("^{"))
    local pid = process.spawn_monitored("app:suite", HOST, "other", "worker", { key = "value" })
    local event = process.events():receive()
    test.equal({ event.from, event.result.value.data }, { pid, { key = "value" } })
    assert(process.spawn_linked("app:suite", HOST, "other", "worker", 1))
end

function cases.supervision_behaviours_spawn_monitored_linked()
    -- Not supervised: nothing comes of its failure.
    process.spawn("app:suite", HOST, "other", "failing")
    -- Monitored: success and failure are told.
    test.equal(test.exit_of("worker").result.error, nil)
    test.has(test.exit_of("failing").result.error, "worker failed")
    test.equal(default_of(process.events()), true)
end

function cases.process_links_and_monitors_of_processes_that_run()
    local pid = test.other("idle")
    for _, name in ipairs({ "link", "unlink", "monitor", "unmonitor" }) do test.values({ true }, process[name](pid)) end
    process.terminate(pid)
    while process.send(pid, "are you there?") do coroutine.yield() end
    test.equal(default_of(process.events()), true)
end

function cases.process_registry_registers_looks_up_and_unregisters()
    local other = test.other("idle")
    test.values({ true }, process.registry.register("guide.me"))
    test.values({ true }, process.registry.register("guide.backup", other))
    test.values({ process.pid() }, process.registry.lookup("guide.me"))
    test.values({ other }, process.registry.lookup("guide.backup"))
    test.values({ true }, process.registry.unregister("guide.backup"))
    test.values({ false }, process.registry.unregister("guide.backup"))
    test.fails(errors.NOT_FOUND, "name not registered", process.registry.lookup("guide.backup"))
end

function cases.process_lifecycle_control_terminate_and_cancel()
    local pid = test.watched("idle")
    test.values({ true }, process.cancel(pid, "5s"))
    test.values({ true }, process.cancel(pid, 5000))
    test.values({ true }, process.terminate(pid))
    test.equal(process.events():receive().from, pid)
end

function cases.process_options_trap_links()
    test.equal(process.get_options().trap_links, false)
    local success, err = process.set_options({ trap_links = true })
    test.equal({ success, err }, { true, nil })
    test.equal(process.get_options().trap_links, true)
end

-- Process implementation patterns

function cases.basic_process_structure_result_data()
    test.equal(test.exit_of("worker", "data").result.value, { status = "completed", data = "data" })
end

function others.event_loop()
    local tasks, inbox, events = process.listen("tasks"), process.inbox(), process.events()
    local state = { running = true, processed = 0, messages = 0 }
    while state.running do
        local result = channel.select({ tasks:case_receive(), inbox:case_receive(), events:case_receive() })
        if result.channel == tasks then
            state.processed = state.processed + result.value
        elseif result.channel == inbox then
            state.messages = state.messages + result.value:payload():data()
        elseif result.channel == events and result.value.kind == process.event.CANCEL then
            state.running = false
        end
    end
    return { processed = state.processed, messages = state.messages }
end

function cases.event_loop_pattern()
    local pid = test.watched("event_loop")
    process.send(pid, "tasks", 1, 2, 3)
    process.send(pid, "other", 10)
    process.cancel(pid)
    test.equal(process.events():receive().result.value, { processed = 6, messages = 10 })
end

-- Channel operations

function cases.channel_creation_unbuffered_and_buffered()
    local unbuffered, buffered = channel.new(), channel.new(5)
    for value = 1, 5 do test.values({ true }, buffered:send(value)) end
    coroutine.spawn(function() unbuffered:send("handed over") end)
    test.values({ "handed over", true }, unbuffered:receive())
    test.values({ 1, true }, buffered:receive())
end

function cases.channel_select_over_several()
    local one, two, three = channel.new(), channel.new(), channel.new(1)
    local result = channel.select({ one:case_receive(), two:case_receive(), three:case_send("value") })
    test.equal({ result.ok, result.channel == three, result.value }, { true, true, "value" })
    one:close()
    result = channel.select({ one:case_receive(), two:case_receive() })
    test.equal({ result.ok, result.channel == one, result.error }, { false, true, nil })
end

function cases.implementing_timeouts()
    local timeout = time.after("1ms")
    local result = channel.select({ process.inbox():case_receive(), timeout:case_receive() })
    test.equal(result.channel == timeout, true)
    process.send(process.pid(), "in time")
    timeout = time.after("1h")
    result = channel.select({ process.inbox():case_receive(), timeout:case_receive() })
    test.equal(result.value:topic(), "in time")
end

function cases.select_with_default_case()
    local one, two = channel.new(), channel.new()
    test.equal(channel.select({ one:case_receive(), two:case_send("value"), default = true }).default, true)
end

function cases.channels_of_the_process_cannot_be_closed()
    for _, chan in ipairs({ process.inbox(), process.events(), process.listen("own") }) do
        test.raises("", function() chan:close() end)
    end
    local own = channel.new()
    own:close()
    test.values({ nil, false, n = 2 }, own:receive())
end

-- Common patterns

function others.responder()
    while true do
        local request = process.inbox():receive():payload():data()
        if request.reply_to then process.send(request.reply_to, "response", request.data * 2) end
    end
end

local function send_request(target, data)
    local inbox, timeout = process.inbox(), time.after("10s")
    process.send(target, "request", { data = data, reply_to = process.pid() })
    local result = channel.select({ inbox:case_receive(), timeout:case_receive() })
    if result.channel == timeout then return nil, "timeout" end
    return result.value:payload():data()
end

function cases.request_response_pattern()
    local pid = test.other("responder")
    for data = 1, 3 do test.equal(send_request(pid, data), 2 * data) end
end

function others.work(args)
    local inbox, done = process.inbox(), {}
    repeat
        local item = inbox:receive():payload():data()
        if item then done[#done + 1] = item end
    until not item
    return { worker = args.worker_id, done = done }
end

function cases.work_distribution_pattern()
    local workers = {}
    for id = 1, 3 do workers[id] = test.watched("work", { worker_id = id }) end
    for item = 1, 10 do process.send(workers[(item - 1) % 3 + 1], "work", item) end
    for _, worker in ipairs(workers) do process.send(worker, "work") end
    local results = {}
    for _ = 1, 3 do
        local value = process.events():receive().result.value
        results[value.worker] = value.done
    end
    test.equal(results, { { 1, 4, 7, 10 }, { 2, 5, 8 }, { 3, 6, 9 } })
end

function others.database()
    process.registry.register("guide.database")
    process.inbox():receive()
    error("disk full")
end

function others.supervisor(to, traps)
    process.set_options({ trap_links = traps })
    local children, events = {}, process.events()
    local function start_child(id) children[id] = process.spawn_monitored("app:suite", HOST, "other", "idle") end
    for id = 1, 5 do start_child(id) end
    local database = process.registry.lookup("guide.database")
    process.link(database)
    process.send(to, "children", children)
    while true do
        local event = events:receive()
        if event.kind == process.event.EXIT then
            for id, pid in pairs(children) do
                if pid == event.from then
                    start_child(id)
                    process.send(to, "restarted", { id = id, pid = children[id] })
                    break
                end
            end
        elseif event.kind == process.event.LINK_DOWN then
            process.send(to, "down", event.from)
        end
    end
end

function cases.supervision_tree_with_links_and_monitors()
    local database = test.watched("database")
    while not process.registry.lookup("guide.database") do coroutine.yield() end
    -- It traps links, or else the failure of the database would end it too.
    local supervisor = test.watched("supervisor", process.pid(), true)
    local children = process.listen("children"):receive()
    test.equal(#children, 5)
    process.terminate(children[3])
    local restarted = process.listen("restarted"):receive()
    test.equal(restarted.id, 3)
    assert(restarted.pid ~= children[3])
    process.send(database, "fail")
    test.equal(process.listen("down"):receive(), database)
    test.equal(process.events():receive().from, database)
    assert(process.send(supervisor, "are you there?"))
end

function cases.a_supervisor_that_does_not_trap_links_dies_with_what_it_is_linked_with()
    local database = test.watched("database")
    while not process.registry.lookup("guide.database") do coroutine.yield() end
    local supervisor = test.watched("supervisor", process.pid(), false)
    process.listen("children"):receive()
    process.send(database, "fail")
    local first, second = process.events():receive(), process.events():receive()
    test.equal({ first.from, second.from }, { database, supervisor })
    test.equal(second.result.error:message(), "linked process failed")
end

-- Best practices

function others.returns_an_error() return nil, errors.new({ message = "no plates", kind = errors.NOT_FOUND }) end

function cases.best_practice_error_information_in_results()
    local event = test.exit_of("returns_an_error")
    test.equal({ event.result.error:message(), event.result.error:kind() }, { "no plates", errors.NOT_FOUND })
end

function cases.best_practice_unlink_before_terminating()
    local pid = assert(process.spawn_linked_monitored("app:suite", HOST, "other", "idle"))
    process.unlink(pid)
    process.terminate(pid)
    test.equal(process.events():receive().from, pid)
end

return test.suite(cases, others)
