-- process.pid, id, spawn, spawn_monitored and the registry of names.

local test = require("test")

local HOST = "app:processes"
local cases, others = {}, {}

function others.answers(to, ...) process.send(to, "got", { n = select("#", ...), ... }) end
function others.ends() end
function others.waits() process.inbox():receive() end
function others.registers(name)
    assert(process.registry.register(name))
    process.inbox():receive()
end

function cases.a_pid_names_host_entry_and_a_number_that_is_never_used_twice()
    local pid = process.pid()
    test.equal(type(pid), "string")
    local host, entry = pid:match("^{(.*)|(.*)|0x%x+}$")
    assert(host == HOST or host == "functions", pid)
    test.equal(entry, process.id())
    test.equal(process.pid(), pid)
    local seen = { [pid] = true }
    for _ = 1, 100 do
        local from = test.exit_of("ends").from
        assert(not seen[from], from)
        seen[from] = true
    end
end

function cases.the_id_is_the_entry()
    assert(process.id() == "app:suite" or process.id() == "app:function", process.id())
    test.equal(test.exit_of("tells_its_id").result.value, "app:suite")
end
function others.tells_its_id() return process.id() end

function cases.arguments_are_positional_and_keep_their_holes()
    local got = process.listen("got")
    test.other("answers", process.pid(), nil, 1, nil, "x", nil)
    test.equal(got:receive(), { n = 5, nil, 1, nil, "x", nil })
    test.other("answers", process.pid())
    test.equal(got:receive(), { n = 0 })
end

function cases.arguments_are_copies()
    local got, given = process.listen("got"), { list = { 1, 2.5, true } }
    given.itself = given
    test.other("answers", process.pid(), given)
    given.list[1] = "changed"
    local copy = got:receive()[1]
    test.equal(copy.list, { 1, 2.5, true })
    assert(copy.itself == copy)
end

function cases.spawn_with_too_few_arguments_fails()
    test.fails(errors.INVALID, "spawn requires at least id and host", process.spawn())
    test.fails(errors.INVALID, "spawn requires at least id and host", process.spawn("app:suite"))
    test.fails(errors.INVALID, "spawn_monitored requires", process.spawn_monitored("app:suite"))
end

function cases.spawn_with_arguments_of_the_wrong_type_raises_with_number_and_name()
    test.raises("bad argument #1 to 'spawn' (string expected, got nil)", function() process.spawn(nil, HOST) end)
    test.raises("bad argument #2 to 'spawn' (string expected, got table)", function() process.spawn("app:suite", {}) end)
    test.raises("bad argument #1 to 'spawn_monitored' (string expected, got boolean)", function() process.spawn_monitored(true, HOST) end)
end

function cases.unknown_entries_and_hosts_fail_and_no_exit_comes()
    local _, err = process.spawn_monitored("app:none", HOST)
    test.fails(errors.NOT_FOUND, "factory not found", nil, err)
    test.equal(err:details(), { factory_id = "app:none" })
    _, err = process.spawn_monitored("app:suite", "app:none")
    test.fails(errors.NOT_FOUND, "host not found", nil, err)
    test.equal(err:details(), { host_id = "app:none" })
    _, err = process.spawn_monitored("app:suite", "app:memory")
    test.fails(errors.INTERNAL, "app:memory is no process.host", nil, err)
    test.fails(errors.NOT_FOUND, "", process.spawn("app:once", HOST))
    test.fails(errors.UNAVAILABLE, "host is not running", process.spawn_monitored("app:suite", "app:closed"))
    local got = channel.select({ process.events():case_receive(), default = true })
    assert(got.default)
end

-- An entry that is no template yet reports the same as the EXIT of its process.
local function refusal(entry)
    local pid, err = process.spawn_monitored(entry, HOST)
    return pid and process.events():receive().result.error or err
end

function cases.a_missing_method_is_an_error_that_names_it()
    local err = refusal("app:empty")
    test.equal(err:kind(), errors.NOT_FOUND)
    test.has(err, 'method "main" not found in module')
end

function cases.an_error_at_the_top_level_is_named_with_its_place()
    test.has(refusal("app:broken"), "app:broken:1: at the top")
end

function cases.a_file_may_return_its_function_itself()
    assert(process.spawn_monitored("app:plain", HOST, "there and back"))
    test.equal(process.events():receive().result.value, "there and back")
end

function cases.names_are_registered_looked_up_and_given_back()
    test.fails(errors.NOT_FOUND, "name not registered", process.registry.lookup("ada"))
    test.equal(process.registry.register("ada"), true)
    test.equal(process.registry.lookup("ada"), process.pid())
    test.equal(process.registry.register("ada", process.pid()), true)
    test.equal(process.registry.register("ada", nil, 0.0), true)
    test.equal(process.registry.unregister("ada"), true)
    test.equal(process.registry.unregister("ada"), false)
    test.fails(errors.NOT_FOUND, "name not registered", process.registry.lookup("ada"))
end

function cases.a_taken_name_is_refused()
    local other = test.other("waits")
    assert(process.registry.register("grace", other))
    test.equal(process.registry.lookup("grace"), other)
    test.fails(errors.ALREADY_EXISTS, "name already registered", process.registry.register("grace"))
end

function cases.one_process_may_have_many_names()
    for _, name in ipairs({ "one", "two", "three" }) do assert(process.registry.register(name)) end
    for _, name in ipairs({ "one", "two", "three" }) do
        test.equal(process.registry.lookup(name), process.pid())
    end
end

function cases.names_are_released_before_the_exit_is_told()
    for _ = 1, 50 do
        local pid = test.watched("registers", "short-lived")
        local sent
        repeat sent = process.send("short-lived", "end") until sent
        test.equal(process.events():receive().from, pid)
        test.fails(errors.NOT_FOUND, "name not registered", process.registry.lookup("short-lived"))
        assert(process.registry.register("short-lived"))
        assert(process.registry.unregister("short-lived"))
    end
end

function cases.registry_arguments_are_checked()
    test.fails(errors.INVALID, "invalid pid format: missing braces", process.registry.register("x", "nobody"))
    test.fails(errors.INVALID, "invalid pid format: missing pipe", process.registry.register("x", "{nobody}"))
    test.fails(errors.INVALID, "pid must be a string", process.registry.register("x", {}))
    test.fails(errors.INVALID, "scope must be a number", process.registry.register("x", nil, "far"))
    test.fails(errors.INTERNAL, "registry not available",
        process.registry.register("x", nil, process.registry.STRONG))
    test.raises("bad argument #1 to 'register' (string expected, got no value)", function() process.registry.register() end)
    test.raises("bad argument #1 to 'lookup' (string expected, got table)", function() process.registry.lookup({}) end)
    test.raises("bad argument #1 to 'unregister' (string expected, got no value)", function() process.registry.unregister() end)
end

function cases.the_tables_are_read_only()
    test.raises("", function() process.pid = nil end)
    test.raises("", function() process.mine = 1 end)
    test.raises("", function() process.event.EXIT = "x" end)
    test.raises("", function() process.registry.LOCAL = 1 end)
end

function cases.the_constants_are_those_of_the_reference()
    test.equal({ process.event.CANCEL, process.event.EXIT, process.event.LINK_DOWN },
        { "pid.cancel", "pid.exit", "pid.link.down" })
    local names = process.registry
    test.equal({ names.LOCAL, names.EVENTUAL, names.CONSISTENT, names.STRONG }, { 0, 1, 2, 3 })
end

return test.suite(cases, others)
