-- process.monitor, link, spawn_linked, terminate, cancel, trap_links: what processes have to do with each other.

local test = require("test")
local time = require("time")

local cases, others = {}, {}

function others.ends() return "fine" end
function others.waits() process.inbox():receive() end
function others.fails(what)
    process.inbox():receive()
    error(what or "boom")
end
function others.returns_when_told(value)
    process.inbox():receive()
    return value
end
function others.links_and_waits(peer, to)
    local done, err = process.link(peer)
    process.send(to, "linked", done or tostring(err))
    process.inbox():receive()
end
function others.traps_and_tells(peer, to)
    process.set_options({ trap_links = true })
    assert(process.link(peer))
    process.send(to, "linked", true)
    local event = process.events():receive()
    process.send(to, "event", { kind = event.kind, from = event.from, why = tostring(event.result.error), at = event.at })
    process.inbox():receive()
end
function others.spawns_linked(to)
    process.send(to, "child", assert(process.spawn_linked("app:suite", "app:processes", "other", "fails")))
    process.inbox():receive()
end
function others.tells_of_cancels(to)
    local events = process.events()
    process.send(to, "ready")
    while true do
        local event = events:receive()
        process.send(to, "event", { kind = event.kind, from = event.from, reason = event.reason, deadline = event.deadline, at = event.at })
    end
end

-- A process that has just ended.
local function dead()
    return test.exit_of("ends").from
end

local function exit_event()
    local event = process.events():receive()
    test.equal(event.kind, process.event.EXIT)
    return event
end

-- monitor

function cases.a_monitor_gets_an_exit_with_the_value_and_who_and_when()
    local before = time.now():unix()
    local pid = test.other("returns_when_told", { plates = 3 })
    test.values({ true }, process.monitor(pid))
    process.send(pid, "go")
    local event = exit_event()
    test.equal(event.from, pid)
    test.equal(event.result.value, { plates = 3 })
    test.equal(event.result.error, nil)
    test.equal(event.result.payload:data(), { plates = 3 })
    assert(event.at >= before and event.at <= time.now():unix() + 1, event.at)
end

function cases.a_monitor_gets_an_exit_with_the_error()
    local pid = test.other("fails", "chipped")
    assert(process.monitor(pid))
    process.send(pid, "go")
    local event = exit_event()
    test.has(event.result.error, "chipped")
    test.equal(event.result.error:kind(), errors.INTERNAL)
    test.equal(event.result.value, nil)
    test.equal(event.result.payload:data(), nil)
end

function cases.monitoring_twice_fails_and_tells_once()
    local pid = test.other("returns_when_told")
    assert(process.monitor(pid))
    test.fails(errors.ALREADY_EXISTS, "already monitoring pid", process.monitor(pid))
    process.send(pid, "go")
    exit_event()
    test.equal(channel.select({ process.events():case_receive(), default = true }).default, true)
end

function cases.monitoring_or_linking_a_process_that_has_ended_fails()
    test.fails(errors.NOT_FOUND, "pid not registered", process.monitor(dead()))
    test.fails(errors.NOT_FOUND, "pid not registered", process.link(dead()))
end

function cases.unmonitor_suppresses_the_exit()
    local one, other = test.watched("returns_when_told", 1), test.watched("returns_when_told", 2)
    test.values({ true }, process.unmonitor(one))
    test.values({ true }, process.unmonitor(one))
    process.send(one, "go")
    while process.send(one, "are you there?") do coroutine.yield() end
    process.send(other, "go")
    test.equal(exit_event().from, other)
end

function cases.a_name_is_as_good_as_a_pid_everywhere()
    local pid = test.other("returns_when_told", "named")
    assert(process.registry.register("relations.named", pid))
    for _, name in ipairs({ "monitor", "unmonitor", "monitor", "link", "unlink", "cancel" }) do
        test.values({ true }, process[name]("relations.named"))
    end
    assert(process.send("relations.named", "go"))
    test.equal(exit_event().result.value, "named")
    assert(process.registry.register("relations.other", test.watched("waits")))
    test.values({ true }, process.terminate("relations.other"))
    test.has(exit_event().result.error, "process terminated")
end

function cases.a_name_that_another_process_has_now_is_that_ones()
    local other = test.watched("returns_when_told", "passed on")
    assert(process.registry.register("relations.passed"))
    assert(process.send("relations.passed", "first"))
    test.equal(process.inbox():receive():topic(), "first")
    process.registry.unregister("relations.passed")
    assert(process.registry.register("relations.passed", other))
    assert(process.send("relations.passed", "second"))
    test.equal(exit_event().result.value, "passed on")
end

function cases.destinations_that_mean_nobody_fail()
    for _, name in ipairs({ "monitor", "unmonitor", "link", "unlink", "cancel", "terminate" }) do
        local fn = process[name]
        test.fails(errors.INVALID, name .. " requires a destination argument", fn())
        test.fails(errors.NOT_FOUND, "could not resolve 'relations.nobody' as PID or registered name", fn("relations.nobody"))
        test.fails(errors.NOT_FOUND, "host not found", fn("{app:nowhere|app:suite|0x1}"))
    end
    for _, name in ipairs({ "cancel", "terminate" }) do
        test.fails(errors.NOT_FOUND, "process not found", process[name](dead()))
    end
    test.values({ true }, process.unmonitor(dead()))
    test.values({ true }, process.unlink(dead()))
end

function cases.destinations_of_the_wrong_type_raise_with_number_and_name()
    test.raises("bad argument #1 to 'monitor' (string expected, got table)", function() process.monitor({}) end)
    test.raises("bad argument #1 to 'monitor' (string expected, got nil)", function() process.monitor(nil) end)
    test.raises("bad argument #1 to 'unmonitor' (string expected, got table)", function() process.unmonitor({}) end)
    test.raises("bad argument #1 to 'unmonitor' (string expected, got nil)", function() process.unmonitor(nil) end)
    test.raises("bad argument #1 to 'link' (string expected, got table)", function() process.link({}) end)
    test.raises("bad argument #1 to 'link' (string expected, got nil)", function() process.link(nil) end)
    test.raises("bad argument #1 to 'unlink' (string expected, got table)", function() process.unlink({}) end)
    test.raises("bad argument #1 to 'unlink' (string expected, got nil)", function() process.unlink(nil) end)
    test.raises("bad argument #1 to 'cancel' (string expected, got table)", function() process.cancel({}) end)
    test.raises("bad argument #1 to 'cancel' (string expected, got nil)", function() process.cancel(nil) end)
    test.raises("bad argument #1 to 'terminate' (string expected, got table)", function() process.terminate({}) end)
    test.raises("bad argument #1 to 'terminate' (string expected, got nil)", function() process.terminate(nil) end)
    test.raises("bad argument #2 to 'cancel' (string expected, got table)", function() process.cancel(process.pid(), {}) end)
end

function cases.a_wrong_argument_is_told_with_the_functions_name_however_it_is_called()
    test.raises("bad argument #1 to 'monitor' (string expected, got table)", process.monitor, {})
    test.raises("bad argument #1 to 'listen' (string expected, got table)", process.listen, {})
    local chan = channel.new()
    test.raises("to 'send' (channel expected, got string)", chan.send, "x")
end

-- link

function cases.a_linked_process_dies_with_the_one_that_fails()
    local first = test.watched("fails")
    local second = test.watched("links_and_waits", first, process.pid())
    test.equal(process.listen("linked"):receive(), true)
    process.send(first, "go")
    local seen = {}
    for _ = 1, 2 do
        local event = exit_event()
        seen[event.from] = tostring(event.result.error)
    end
    test.has(seen[first], "boom")
    test.has(seen[second], "linked process failed")
end

function cases.links_cascade_in_both_directions()
    local linked = process.listen("linked")
    local first = test.watched("waits")
    local pids = { first }
    for at = 2, 5 do
        pids[at] = test.watched("links_and_waits", pids[at - 1], process.pid())
        test.equal(linked:receive(), true)
    end
    process.terminate(pids[3])
    local seen = {}
    for _ = 1, 5 do
        local event = exit_event()
        assert(not seen[event.from], "told twice")
        seen[event.from] = tostring(event.result.error)
    end
    for at, pid in ipairs(pids) do
        test.has(seen[pid], at == 3 and "process terminated" or "linked process failed")
    end
end

function cases.a_normal_exit_leaves_linked_processes_alone()
    local first = test.watched("returns_when_told")
    local second = test.watched("links_and_waits", first, process.pid())
    process.listen("linked"):receive()
    process.send(first, "go")
    test.equal(exit_event().from, first)
    process.send(second, "go")
    local event = exit_event()
    test.equal(event.from, second)
    test.equal(event.result.error, nil)
end

function cases.one_that_traps_links_gets_link_down_and_lives()
    local before = time.now():unix()
    local first = test.other("fails", "chipped")
    local second = test.other("traps_and_tells", first, process.pid())
    process.listen("linked"):receive()
    process.send(first, "go")
    local told = process.listen("event"):receive()
    test.equal(told.kind, process.event.LINK_DOWN)
    test.equal(told.kind, "pid.link.down")
    test.equal(told.from, first)
    test.has(told.why, "chipped")
    assert(told.at >= before, told.at)
    assert(process.send(second, "are you there?"))
end

function cases.both_linked_and_monitored_gets_exit_first_then_link_down()
    process.set_options({ trap_links = true })
    local pid = assert(process.spawn_linked_monitored("app:suite", "app:processes", "other", "fails"))
    process.send(pid, "go")
    local events = process.events()
    local first, second = events:receive(), events:receive()
    test.equal({ first.kind, second.kind }, { process.event.EXIT, process.event.LINK_DOWN })
    test.equal({ first.from, second.from }, { pid, pid })
end

function cases.spawn_linked_links_both_ways()
    local child_of = process.listen("child")
    local parent = test.watched("spawns_linked", process.pid())
    local child = child_of:receive()
    assert(process.monitor(child))
    process.terminate(parent)
    local seen = {}
    for _ = 1, 2 do
        local event = exit_event()
        seen[event.from] = tostring(event.result.error)
    end
    test.has(seen[parent], "process terminated")
    test.has(seen[child], "linked process failed")

    parent = test.watched("spawns_linked", process.pid())
    child = child_of:receive()
    process.send(child, "go")
    local event = exit_event()
    test.equal(event.from, parent)
    test.has(event.result.error, "linked process failed")
end

function cases.an_unlinked_process_hears_nothing()
    process.set_options({ trap_links = true })
    local pid = assert(process.spawn_linked("app:suite", "app:processes", "other", "fails"))
    test.values({ true }, process.link(pid))
    test.values({ true }, process.unlink(pid))
    test.values({ true }, process.unlink(pid))
    assert(process.monitor(pid))
    process.send(pid, "go")
    exit_event()
    test.equal(channel.select({ process.events():case_receive(), default = true }).default, true)
end

function cases.a_normal_exit_is_no_link_down_for_one_that_traps()
    process.set_options({ trap_links = true })
    local pid = assert(process.spawn_linked_monitored("app:suite", "app:processes", "other", "returns_when_told"))
    process.send(pid, "go")
    exit_event()
    test.equal(channel.select({ process.events():case_receive(), default = true }).default, true)
end

function others.unlinks_and_fails(peer)
    assert(process.link(peer))
    assert(process.unlink(peer))
    error("boom")
end

function cases.the_failure_of_one_that_unlinked_harms_nobody()
    local peer = test.watched("returns_when_told", "fine")
    test.equal(test.exit_of("unlinks_and_fails", peer).result.value, nil)
    process.send(peer, "go")
    test.equal(exit_event().result.value, "fine")
end

function cases.linking_twice_tells_once_and_a_process_may_link_itself()
    process.set_options({ trap_links = true })
    local pid = assert(process.spawn_linked_monitored("app:suite", "app:processes", "other", "fails"))
    test.values({ true }, process.link(pid))
    test.values({ true }, process.link(process.pid()))
    process.send(pid, "go")
    local events = process.events()
    test.equal(events:receive().kind, process.event.EXIT)
    test.equal(events:receive().kind, process.event.LINK_DOWN)
    test.equal(channel.select({ events:case_receive(), default = true }).default, true)
end

-- cancel and terminate

function cases.terminate_ends_at_once_with_an_error_that_says_so()
    local pid = test.watched("waits")
    test.values({ true }, process.terminate(pid))
    local event = exit_event()
    test.equal(event.from, pid)
    test.equal(event.result.error:message(), "process terminated")
    test.equal(event.result.error:kind(), errors.INTERNAL)
    test.fails(errors.NOT_FOUND, "process not found", process.terminate(pid))
end

function others.terminates_itself(to)
    process.terminate(process.pid())
    while true do process.send(to, "still here") end
end

function cases.who_terminates_itself_ends_at_its_next_look()
    local event = test.exit_of("terminates_itself", process.pid())
    test.equal(event.result.error:message(), "process terminated")
end

function cases.cancel_tells_reason_or_deadline()
    local told, ready = process.listen("event"), process.listen("ready")
    local pid = test.other("tells_of_cancels", process.pid())
    ready:receive()
    local function cancel(...)
        test.values({ true }, process.cancel(pid, ...))
        return told:receive()
    end
    local event = cancel()
    test.equal({ event.kind, event.from, event.reason, event.deadline }, { "pid.cancel", process.pid(), "", nil })
    test.equal(cancel("time to wash up").reason, "time to wash up")
    test.equal(cancel(nil).reason, "")
    for _, given in ipairs({ "5s", 5000, 5000.0, "5000ms", "0.083333333333m" }) do
        event = cancel(given)
        local after = event.deadline - event.at
        assert(after > 4.9 and after < 6, tostring(given) .. ": " .. after)
        test.equal(event.reason, "")
    end
end

function cases.deadlines_that_are_none_fail()
    for _, given in ipairs({ -1, 0 / 0, math.huge, "-5s" }) do
        test.fails(errors.INVALID, "a deadline is a finite number of milliseconds", process.cancel(process.pid(), given))
    end
end

function cases.who_never_asks_for_events_is_not_bothered_by_a_cancel()
    local pid = test.watched("returns_when_told", "fine")
    for _ = 1, 10 do assert(process.cancel(pid, "enough")) end
    process.send(pid, "go")
    test.equal(exit_event().result.value, "fine")
end

-- options

function cases.options_are_read_set_and_checked()
    test.equal(process.get_options(), { trap_links = false, upgradable = false })
    test.values({ true }, process.set_options({ trap_links = true, upgradable = true, [1] = "ignored" }))
    test.equal(process.get_options(), { trap_links = true, upgradable = true })
    test.values({ true }, process.set_options({}))
    local function refused(part, ...)
        local fine, err = process.set_options(...)
        test.equal(fine, false)
        test.fails(errors.INVALID, part, nil, err)
    end
    refused("options parameter must be a table")
    refused("options parameter must be a table", "trap_links")
    refused("trap_links must be a boolean", { trap_links = 1 })
    refused("option colour is not supported", { colour = "red", trap_links = false })
    refused("option colour is not supported", { trap_links = false, colour = true })
    test.equal(process.get_options().trap_links, true)
end

function others.tells_its_options(to) process.send(to, "options", process.get_options()) end

function cases.options_are_not_inherited()
    process.set_options({ trap_links = true })
    test.other("tells_its_options", process.pid())
    test.equal(process.listen("options"):receive().trap_links, false)
end

function others.waits_for_nothing(to)
    process.send(to, "leaf", process.pid())
    channel.new():receive()
end
function others.links_a_leaf_and_fails(to)
    assert(process.spawn_linked("app:suite", "app:processes", "other", "waits_for_nothing", to))
    process.inbox():receive()
    error("the stem broke", 0)
end

function others.links_and_waits_for_nothing(peer, to)
    assert(process.link(peer))
    process.send(to, "linked", process.pid())
    channel.new():receive()
end

function others.unlinks_when_told()
    process.unlink(process.inbox():receive():payload():data())
    process.inbox():receive()
end

function cases.who_loses_its_last_link_and_waits_for_nothing_is_deadlocked()
    for _, name in ipairs({ "returns_when_told", "unlinks_when_told" }) do
        local peer = test.other(name)
        local waits = test.watched("links_and_waits_for_nothing", peer, process.pid())
        test.equal(process.listen("linked"):receive(), waits)
        process.send(peer, "go", waits)
        test.has(exit_event().result.error, "deadlock")
    end
end

function others.terminates_itself_where_nothing_can_be_left()
    local co = coroutine.create(function()
        local _ <close> = setmetatable({}, { __close = function() process.terminate(process.pid()) end })
        coroutine.yield()
    end)
    coroutine.resume(co)
    coroutine.close(co)
    return "fine"
end

function cases.who_was_terminated_does_not_end_as_if_nothing_had_been()
    local result = test.exit_of("terminates_itself_where_nothing_can_be_left").result
    test.equal(tostring(result.error), "process terminated")
    for _ = 1, 2000 do
        local pid = test.watched("ends")
        local terminated = process.terminate(pid)
        local failure = exit_event().result.error
        test.equal(failure and tostring(failure), terminated and "process terminated" or nil)
    end
end

function cases.who_waits_for_nothing_but_has_a_link_is_not_deadlocked()
    local leaves = process.listen("leaf")
    local stem = test.other("links_a_leaf_and_fails", process.pid())
    local leaf = leaves:receive()
    assert(process.monitor(leaf))
    process.send(stem, "fail")
    local err = exit_event().result.error
    test.equal(err:message():find("deadlock", 1, true), nil)
end

return test.suite(cases, others)
