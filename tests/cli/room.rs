//! What processes send, return and keep outside their VMs: nobody ends another by it, and nothing is without a limit.

use crate::app::App;
use crate::limits::endings;

/// Runs `main` and `worker` (two functions' bodies) with 16 MiB a VM; answers what `main` printed, up to "done".
fn said(main: &str, worker: &str) -> Vec<String> {
    let app = App::program(
        &format!(
            "local function main()
                {main}
                print('done')
                process.events():receive()
            end
            return {{ main = main }}"
        ),
        &format!("return {{ main = function(...) {worker} end }}"),
    );
    let mut running = app.start_with(&["-o", "app:processes:host.memory_limit=16MiB"], &[]);
    let last = running.wait_for_any(&["INFO  done", "ERROR"]);
    assert_eq!(last, "INFO  done");
    let ended = running.stop().cleanly();
    let said = ended
        .lines
        .iter()
        .filter_map(|line| line.strip_prefix("INFO  "));
    said.take_while(|line| *line != "done")
        .map(str::to_owned)
        .collect()
}

#[test]
fn a_process_full_of_garbage_is_not_out_of_memory() {
    let kinds = [
        "rep", "sub", "gsub", "each", "join", "format", "upper", "message", "listen", "payload",
        "table",
    ];
    let said = endings(
        &kinds,
        "local mib = 1 << 20
        local function times(f) for i = 1, 30 do f(i) end error('lives', 0) end
        function kinds.rep() times(function(i) return string.rep('x', 7 * mib - i) end) end
        function kinds.sub()
            local s = string.rep('x', 4 * mib)
            times(function(i) return s:sub(i) end)
        end
        function kinds.gsub()
            local s = string.rep('x', mib)
            times(function() return (s:gsub('x', 'xxxxxxx')) end)
        end
        function kinds.each()
            local s = string.rep('x', 4096)
            local map = {x = string.rep('y', 1792)}
            times(function() return (s:gsub('x', map)) end)
        end
        function kinds.join()
            local s, y = string.rep('x', 4096), string.rep('y', 1792)
            times(function() return (s:gsub('x', function() return y end)) end)
        end
        function kinds.format()
            local s = string.rep('x', 2 * mib)
            times(function(i) return string.format('%d%s%s', i, s, s) end)
        end
        function kinds.upper()
            local s = string.rep('x', 5 * mib)
            times(function() return s:upper() end)
        end
        function kinds.message()
            local inbox, s = process.inbox(), string.rep('x', 4 * mib)
            times(function()
                assert(process.send(process.pid(), 't', s))
                assert(inbox:receive():payload():data() == s)
            end)
        end
        function kinds.listen()
            local values, s = process.listen('t'), string.rep('x', 4 * mib)
            times(function()
                assert(process.send(process.pid(), 't', {s}))
                assert(values:receive()[1] == s)
            end)
        end
        function kinds.payload()
            local s = string.rep('x', 3 * mib)
            times(function() assert(payload.new({s}):data()[1] == s) end)
        end
        function kinds.table()
            local t = {}
            for i = 1, 150000 do t[i] = i + 0.5 end
            times(function() assert(#payload.new(t):data() == #t) end)
        end",
    );
    for (kind, said) in kinds.iter().zip(said) {
        assert_eq!(said, format!("{kind}: lives Internal"));
    }
}

#[test]
fn who_takes_a_message_that_its_mailbox_took_lives() {
    let said = said(
        "local pid = assert(process.spawn_monitored('app:worker', 'app:processes'))
        local ready, events = process.listen('ready'), process.events()
        local function send(topic, bytes, wrap)
            local text = string.rep('x', bytes)
            return process.send(pid, topic, wrap and {text} or text)
        end
        -- As much as the mailbox takes, to the byte.
        local least, most = 0, 16 << 20
        while most - least > 1 do
            local bytes = (least + most) // 2
            if send('probe', bytes) then
                least = bytes
                assert(ready:receive())
            else
                most = bytes
            end
        end
        local _, err = send('probe', most)
        print(least > 5000000, err:kind(), err:retryable(), tostring(err):find(tostring(16 * 1024 * 1024 // 3)) ~= nil)
        for _, topic in ipairs({'object', 'value', 'forwarded'}) do
            for i = 1, 6 do
                assert(send(topic, least - 20, i % 2 == 0))
                assert(ready:receive() == least - 20)
            end
        end
        assert(process.send(pid, 'end'))
        print(events:receive().result.value)",
        "local inbox, values = process.inbox(), process.listen('value')
        local forwarded, back = process.listen('forwarded', {message = true}), process.listen('back')
        local keeper
        local function answer(to, value)
            if type(value) == 'table' then value = value[1] end
            process.send(to, 'ready', #value)
        end
        while true do
            local got = channel.select({inbox:case_receive(), values:case_receive(), forwarded:case_receive()})
            if got.channel == values then
                answer(keeper, got.value)
            elseif got.channel == forwarded then
                assert(process.send(process.pid(), 'back', got.value:payload()))
                got = got.value:from()
                answer(got, back:receive())
            else
                keeper = got.value:from()
                if got.value:topic() == 'end' then return 'lives' end
                assert(got.value:payload() == got.value:payload())
                answer(keeper, got.value:payload():data())
            end
        end",
    );
    assert_eq!(said, ["true LimitExceeded false true", "lives"]);
}

#[test]
fn what_becomes_too_large_in_its_receiver_is_an_error_there() {
    let said = said(
        "local pid = assert(process.spawn_monitored('app:worker', 'app:processes', process.pid()))
        local tables, events = {}, process.events()
        for i = 1, 80000 do tables[i] = {} end
        for i = 1, 10 do tables[80000 + i] = tables end
        local nest = payload.new(tables)
        tables = nil
        process.listen('ready'):receive()
        assert(process.send(pid, 'object', {nest, nest, nest, nest}))
        assert(process.send(pid, 'value', {nest, nest, nest, nest}))
        process.listen('ready'):receive()
        assert(process.send(pid, 'large', string.rep('x', 5 << 20)))
        local result = events:receive().result
        print(result.value or result.error)",
        "local parent = ...
        local inbox, values = process.inbox(), process.listen('value')
        local large = process.listen('large', {message = true})
        process.send(parent, 'ready')
        local value, err = inbox:receive():payload():data()
        assert(value == nil and err:kind() == 'LimitExceeded', err)
        local value = values:receive()
        assert(value:kind() == 'LimitExceeded', value)
        local kept = string.rep('x', 11 << 20)
        process.send(parent, 'ready')
        local message = large:receive()
        local value = message:payload():data()
        assert(value:kind() == 'LimitExceeded', value)
        return (tostring(value):gsub('%d+ bytes', 'N bytes'))",
    );
    assert_eq!(
        said,
        [
            "N bytes from another process do not fit into this one's memory: raise its host's memory_limit, or send less"
        ]
    );
}

#[test]
fn a_result_that_has_no_room_is_an_error_in_the_event() {
    let said = said(
        "local events = process.events()
        local function ended(...)
            assert(process.spawn_monitored('app:worker', 'app:processes', ...))
            local result = events:receive().result
            if result.error then return result.error:kind(), result.payload:data() end
            assert(result.value == result.payload:data())
            return #result.value
        end
        for i = 1, 4 do print(ended('text', 4 << 20)) end
        print(ended('text', 7 << 20))
        print(ended('tables', 500000))
        local kept = string.rep('x', 9 << 20)
        print(ended('text', 5 << 20))
        print(ended('error', 5 << 20))
        print(ended('text', 1 << 20))",
        "local kind, size = ...
        if kind == 'tables' then
            local tables = {}
            for i = 1, size / 10 do tables[i] = {} end
            local nest = payload.new(tables)
            tables = {}
            for i = 1, 10 do tables[i] = nest end
            return tables
        end
        local text = string.rep('x', size)
        if kind == 'error' then error(text, 0) end
        return text",
    );
    let mut expected = vec!["4194304".to_owned(); 4];
    expected.extend(["LimitExceeded nil"; 3].map(str::to_owned));
    expected.extend(["Internal nil", "1048576"].map(str::to_owned));
    assert_eq!(said, expected);
}

#[test]
fn arguments_that_a_host_has_no_room_for_are_refused() {
    let said = said(
        "local ok, err = process.spawn('app:worker', 'app:processes', string.rep('x', 6 << 20))
        print(ok, err:kind(), err:retryable())
        assert(process.spawn_monitored('app:worker', 'app:processes', string.rep('x', 5 << 20)))
        print(process.events():receive().result.value)
        local tables = {}
        for i = 1, 50000 do tables[i] = {} end
        local nest = payload.new(tables)
        local grown = {nest, nest, nest, nest, nest, nest}
        assert(process.spawn_monitored('app:worker', 'app:processes', grown))
        print(process.events():receive().result.error)",
        "return #...",
    );
    let expected = [
        "nil LimitExceeded false",
        "5242880",
        "the arguments do not fit into the process's memory",
    ];
    assert_eq!(said, expected);
}

#[test]
fn names_are_short_and_not_without_end() {
    let said = said(
        "local register, unregister = process.registry.register, process.registry.unregister
        local _, err = register(string.rep('n', 4097))
        print(err:kind(), tostring(err))
        assert(register(string.rep('n', 4096)))
        local count = 0
        repeat
            local ok, err = register('name' .. count)
            if ok then count = count + 1 else print(count > 40000, count < 80000, err:kind()) end
        until not ok
        for i = 0, count - 1, 2 do assert(unregister('name' .. i)) end
        for i = 0, count - 1, 2 do assert(register('name' .. i)) end
        assert(not register('more'))
        print(process.registry.lookup('name0') == process.pid())",
        "",
    );
    assert_eq!(
        said,
        [
            "Invalid a name has at most 4096 bytes",
            "true true LimitExceeded",
            "true"
        ]
    );
}

#[test]
fn listeners_are_not_without_end_and_are_found_all_the_same() {
    let said = said(
        "local _, err = process.listen(string.rep('n', 4097))
        print(err:kind(), tostring(err))
        local _, err = process.send(process.pid(), string.rep('n', 4097))
        print(err:kind(), tostring(err))
        local count, all = 0, {}
        repeat
            local heard, err = process.listen('topic' .. count)
            if heard then
                count = count + 1
                all[count] = heard
            else
                print(count > 10000, count < 40000, err:kind())
            end
        until not heard
        for i = 1, count do
            assert(process.send(process.pid(), 'topic' .. i - 1, i))
            assert(all[i]:receive() == i)
        end
        for i = 1, count, 2 do assert(process.unlisten(all[i])) end
        for i = 1, count do assert(process.send(process.pid(), 'topic' .. i - 1, i)) end
        for i = 2, count, 2 do assert(all[i]:receive() == i) end
        for i = 1, count, 2 do assert(process.inbox():receive():topic() == 'topic' .. i - 1) end
        print('all heard')",
        "",
    );
    assert_eq!(
        said,
        [
            "Invalid a topic has at most 4096 bytes",
            "Invalid a topic has at most 4096 bytes",
            "true true LimitExceeded",
            "all heard"
        ]
    );
}
