-- process.exec, the spawner of with_context and with_options, ctx, upgrade.

local test = require("test")
local ctx = require("ctx")
local time = require("time")

local HOST = "app:processes"
local cases, others = {}, {}

function others.returns(...) return ... end
function others.raises(what) error(what, 0) end
function others.waits() process.inbox():receive() end
function others.answers_slowly(value)
    time.sleep("2ms")
    return value
end
function others.returns_context(key) return { one = key and ctx.get(key), all = ctx.all() } end
function others.execs_the_same(key) return process.exec("app:suite", HOST, "other", "returns_context", key) end

local function exec(name, ...) return process.exec("app:suite", HOST, "other", name, ...) end

-- exec

function cases.exec_answers_the_result()
    test.values({ 7 }, exec("returns", 7))
    test.values({ nil, n = 1 }, exec("returns"))
    test.equal(exec("returns", { list = { 1, 2 } }), { list = { 1, 2 } })
end

function cases.exec_answers_the_error_that_ended_it()
    local value, err = exec("raises", errors.new({ message = "chipped", kind = errors.CONFLICT, retryable = true, details = { plate = 3 } }))
    test.equal(value, nil)
    test.equal({ err:message(), err:kind(), err:retryable(), err:details() }, { "chipped", errors.CONFLICT, true, { plate = 3 } })
    value, err = exec("returns", nil, "no plate")
    test.equal({ value, err:message(), err:kind() }, { nil, "no plate", errors.INTERNAL })
end

function cases.exec_checks_its_arguments()
    test.fails(errors.INVALID, "exec requires at least id and host", process.exec())
    test.fails(errors.INVALID, "exec requires at least id and host", process.exec("app:suite"))
    test.fails(errors.INVALID, "id must not be empty", process.exec("", HOST))
    test.fails(errors.INVALID, "id must have a namespace", process.exec("suite", HOST))
    test.fails(errors.INVALID, "host must not be empty", process.exec("app:suite", ""))
    test.fails(errors.NOT_FOUND, "factory not found", process.exec("app:none", HOST))
    test.fails(errors.NOT_FOUND, "host not found", process.exec("app:suite", "app:none"))
    test.fails(errors.UNAVAILABLE, "host is not running", process.exec("app:suite", "app:closed"))
    test.raises("bad argument #1 to 'exec' (string expected, got nil)", function() process.exec(nil, HOST) end)
end

function cases.many_execs_wait_side_by_side_and_each_gets_its_own()
    local done = channel.new()
    for number = 1, 200 do
        coroutine.spawn(function() done:send({ number, (exec("answers_slowly", number)) }) end)
    end
    for _ = 1, 200 do
        local pair = done:receive()
        test.equal(pair[1], pair[2])
    end
end

function cases.wrong_types_raise_with_number_and_name()
    test.raises("bad argument #1 to 'spawn_linked' (string expected, got nil)", function() process.spawn_linked(nil, HOST) end)
    test.raises("bad argument #2 to 'spawn_linked_monitored' (string expected, got table)", function()
        process.spawn_linked_monitored("app:suite", {})
    end)
    test.raises("bad argument #1 to 'upgrade' (string expected, got table)", function() process.upgrade({}) end)
    test.fails(errors.INVALID, "spawn_linked requires at least id and host", process.spawn_linked("app:suite"))
    test.fails(errors.INVALID, "spawn_linked_monitored requires", process.spawn_linked_monitored())
end

function cases.names_are_text_that_is_no_pid()
    local with = process.with_options({})
    for name, part in pairs({ ["{app:processes|x}"] = "must not look like a pid", ["caf\xe8"] = "must be UTF-8", [""] = "must not be empty" }) do
        test.fails(errors.INVALID, part, process.registry.register(name))
        test.raises("bad argument #1 to 'with_name' (", function() with:with_name(name) end)
    end
end

function cases.exec_waits_inside_pcall_and_user_coroutines()
    test.values({ true, 5 }, pcall(exec, "answers_slowly", 5))
    local wrapped = coroutine.wrap(function() coroutine.yield((exec("answers_slowly", 6))) end)
    test.equal(wrapped(), 6)
end

function cases.a_process_that_execs_may_be_terminated_meanwhile()
    local pid = assert(process.spawn_monitored("app:suite", HOST, "other", "execs_a_waiter"))
    process.terminate(pid)
    test.has(process.events():receive().result.error, "process terminated")
end
function others.execs_a_waiter() return exec("waits") end

-- context

function cases.context_is_seen_by_the_child_and_all_below_it()
    local with = process.with_context({ user = "ann", plates = 3 })
    local found = with:exec("app:suite", HOST, "other", "returns_context", "user")
    test.equal(found, { one = "ann", all = { user = "ann", plates = 3 } })
    found = with:with_context({ plates = 4, deep = { list = { 1 } } }):exec("app:suite", HOST, "other", "execs_the_same", "deep")
    test.equal(found, { one = { list = { 1 } }, all = { user = "ann", plates = 4, deep = { list = { 1 } } } })
    -- The first is as it was.
    test.equal(with:exec("app:suite", HOST, "other", "returns_context").all, { user = "ann", plates = 3 })
end

function cases.without_context_there_is_none()
    test.equal(exec("returns_context").all, {})
    test.equal(ctx.all(), {})
    test.fails(errors.NOT_FOUND, "key not found: user", ctx.get("user"))
    test.fails(errors.INVALID, "key must not be empty", ctx.get(""))
    test.raises("bad argument #1 to 'get' (string expected, got no value)", function() ctx.get() end)
end

function cases.context_is_a_copy_of_plain_values()
    local given = { list = { 1 }, fn = print, none = nil }
    local with = process.with_context({ given = given, fn = print })
    given.list[1] = 2
    local found = with:exec("app:suite", HOST, "other", "returns_context").all
    test.equal(found.given.list, { 1 })
    test.has(found.fn, "function")
    test.has(found.given.fn, "function")
end

function cases.methods_of_a_spawner_are_called_on_one()
    local spawner = process.with_context({ key = 1 })
    for _, name in ipairs({ "spawn", "spawn_monitored", "spawn_linked", "spawn_linked_monitored", "exec", "with_name", "with_message" }) do
        for _, other in ipairs({ "app:plain", 1, payload.new(1), {} }) do
            test.raises("process.Spawner expected", spawner[name], other, HOST)
        end
        test.raises("process.Spawner expected", spawner[name])
    end
    test.raises("bad argument #1 to 'spawn' (string expected", function() process.spawn(spawner, "app:plain", HOST) end)
end

function cases.spawners_refuse_what_they_cannot_use()
    test.raises("bad argument #1 to 'with_context' (table expected, got nil)", function() process.with_context(nil) end)
    test.raises("bad argument #1 to 'with_options' (table expected, got string)", function() process.with_options("x") end)
    test.raises("context keys must be strings of UTF-8", function() process.with_context({ 1 }) end)
    local with = process.with_options({ network = "none" })
    test.raises("bad argument #1 to 'with_name' (name must not be empty)", function() with:with_name("") end)
    test.raises("bad argument #1 to 'with_message' (cannot send to @ topics)", function() with:with_message("@x") end)
    test.raises("bad argument #1 to 'with_name' (string expected, got table)", function() with:with_name({}) end)
    test.fails(errors.INVALID, "spawn requires at least id and host", with:spawn("app:suite"))
    test.raises("bad argument #2 to 'spawn' (string expected, got nil)", function() with:spawn("app:suite", nil) end)
end

-- name and messages

function others.tells_its_mail(to, count)
    local inbox, mail = process.inbox(), {}
    for at = 1, count do
        local msg = inbox:receive()
        mail[at] = { msg:topic(), msg:payload() and msg:payload():data() or "none", msg:from() }
    end
    process.send(to, "mail", mail)
    inbox:receive()
end

function cases.a_child_finds_its_messages_in_order_before_all_others()
    local with = process.with_options({}):with_message("first", 1, 2):with_message("empty"):with_message("last", { 3 })
    assert(with:spawn("app:suite", HOST, "other", "tells_its_mail", process.pid(), 4))
    test.equal(process.listen("mail"):receive(), {
        { "first", 1, "" }, { "first", 2, "" }, { "empty", "none", "" }, { "last", { 3 }, "" },
    })
end

function cases.a_name_is_registered_before_the_child_runs_and_is_spawn_or_signal()
    local with = process.with_options({}):with_name("starting.keeper")
    local pid = assert(with:with_message("a", 1):spawn("app:suite", HOST, "other", "tells_its_mail", process.pid(), 2))
    test.equal(process.registry.lookup("starting.keeper"), pid)
    test.equal(with:with_message("b", 2):spawn_monitored("app:suite", HOST, "other", "nobody"), pid)
    test.equal(process.listen("mail"):receive(), { { "a", 1, "" }, { "b", 2, "" } })
    process.terminate(pid)
    test.equal(process.events():receive().from, pid)
    local again = assert(with:spawn("app:suite", HOST, "other", "waits"))
    assert(again ~= pid)
    test.fails(errors.ALREADY_EXISTS, "name already registered", with:exec("app:suite", HOST, "other", "returns"))
end

function cases.of_many_that_race_for_a_name_one_is_started()
    local got = process.listen("raced")
    for _ = 1, 20 do test.other("races", process.pid()) end
    local pids = {}
    for _ = 1, 20 do pids[got:receive()] = true end
    local winner = next(pids)
    test.equal(next(pids, winner), nil)
    test.equal(process.registry.lookup("starting.raced"), winner)
end
function others.races(to)
    process.send(to, "raced", assert(process.with_options({}):with_name("starting.raced"):spawn("app:suite", HOST, "other", "waits")))
end

-- upgrade

function others.upgrades(to)
    local inbox, tasks, events = process.inbox(), process.listen("tasks"), process.events()
    assert(process.registry.register("starting.upgraded"))
    coroutine.spawn(function() time.sleep("1h") end)
    process.send(to, "ready")
    -- All that was sent has been delivered to the channels, and nothing received but the first.
    while inbox:receive():topic() ~= "go" do end
    process.upgrade(nil, "other", "has_taken_over", to, { "plates" })
    process.send(to, "mail", "upgrade returned")
end
function others.has_taken_over(to, given)
    local inbox, mail = process.inbox(), {}
    for at = 1, 3 do
        local msg = inbox:receive()
        mail[at] = { msg:topic(), msg:payload():data() }
    end
    local event = process.events():receive()
    process.send(to, "mail", {
        pid = process.pid(), mail = mail, event = event.reason, given = given,
        name = process.registry.lookup("starting.upgraded"), traps = process.get_options().trap_links,
    })
    return "taken over"
end

function cases.upgrade_keeps_pid_names_monitors_and_mail()
    local pid = test.watched("upgrades", process.pid())
    process.listen("ready"):receive()
    process.send(pid, "tasks", 1)
    process.send(pid, "go")
    process.send(pid, "other", 2)
    process.send(pid, "tasks", 3)
    process.cancel(pid, "soon")
    test.equal(process.listen("mail"):receive(), {
        pid = pid, name = pid, given = { "plates" }, event = "soon", traps = false,
        mail = { { "tasks", 1 }, { "other", 2 }, { "tasks", 3 } },
    })
    local event = process.events():receive()
    test.equal({ event.from, event.result.value }, { pid, "taken over" })
end

function others.becomes(entry, ...) process.upgrade(entry, ...) end

function cases.another_entry_may_take_over()
    test.equal(exec("becomes", "app:plain", 5), 5)
end

function cases.who_took_over_is_the_running_entry() test.equal(exec("becomes", "app:named"), "app:named") end

function others.sleeps_and_upgrades()
    local _ <const> = coroutine.spawn(function() time.sleep("1ms") end)
    process.upgrade(nil, "other", "waits_in_a_task")
end
function others.waits_in_a_task()
    local given, answered = channel.new(), channel.new()
    coroutine.spawn(function() answered:send((given:receive())) end)
    time.sleep("3ms")
    given:send("from the new one")
    return (answered:receive())
end

function cases.timers_of_the_program_before_are_gone()
    test.equal(exec("sleeps_and_upgrades"), "from the new one")
end

function cases.a_program_that_cannot_take_over_ends_the_process()
    local _, err = exec("becomes", "app:none")
    test.fails(errors.NOT_FOUND, "upgrade: create failed: factory not found: app:none", nil, err)
    for _, entry in ipairs({ "app:broken", "app:empty" }) do
        local _, failure = exec("becomes", entry)
        test.has(failure, "upgrade: create failed: ")
    end
    -- One whose top level is not run beforehand, since it asks who it is.
    local _, failure = exec("becomes", "app:late")
    test.has(failure, "upgrade: init failed: ")
    test.has(failure, "no plates")
end

function others.upgrades_in_a_task()
    coroutine.spawn(function() process.upgrade("app:plain", "from a task") end)
    process.inbox():receive()
end

function cases.any_task_may_upgrade()
    test.equal(exec("upgrades_in_a_task"), "from a task")
end

return test.suite(cases, others)
