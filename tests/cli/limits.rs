//! Programs that go too far: each ends alone, its watcher hears why, and the others go on.

use crate::app::App;

/// A watcher that spawns `app:worker` once for each kind, says how it ended, and lets another tick meanwhile.
const WATCHER: &str = "
local function main()
    local events = process.events()
    assert(process.spawn('app:worker', 'app:processes', 'tick', process.pid()))
    local ticks = process.listen('tick')
    for _, kind in ipairs({ KINDS }) do
        local pid = assert(process.spawn_monitored('app:worker', 'app:processes', kind))
        local event = events:receive()
        assert(event.from == pid)
        print(kind .. ':', tostring(event.result.error), event.result.error:kind())
        for _ = 1, 3 do ticks:receive() end
    end
    print('all done')
    events:receive()
end
return { main = main }";

/// Runs the kinds of `worker` with 16 MiB a VM; answers what their watcher said of each.
pub fn endings(kinds: &[&str], worker: &str) -> Vec<String> {
    let app = App::of_kinds(WATCHER, kinds, worker);
    let mut running = app.start_with(&["-o", "app:processes:host.memory_limit=16MiB"], &[]);
    let last = running.wait_for_any(&["INFO  all done", "ERROR"]);
    assert_eq!(last, "INFO  all done");
    let ended = running.stop().cleanly();
    let said = ended
        .lines
        .iter()
        .filter_map(|line| line.strip_prefix("INFO  "));
    let said = said.filter(|line| kinds.iter().any(|kind| line.starts_with(kind)));
    let said: Vec<String> = said.map(str::to_owned).collect();
    assert_eq!(said.len(), kinds.len(), "{said:#?}");
    said
}

#[test]
fn a_program_that_raises_ends_alone() {
    let said = endings(
        &["text", "object", "table", "returned", "task"],
        "function kinds.text() error('boom') end
        function kinds.object() error(errors.new{message = 'gone', kind = errors.NOT_FOUND}) end
        function kinds.table() error({}) end
        function kinds.returned() return nil, 'no luck' end
        function kinds.task() coroutine.spawn(error, 'in a task') process.inbox():receive() end",
    );
    assert_eq!(said[0], "text: app:worker:5: boom Internal");
    assert_eq!(said[1], "object: gone NotFound");
    assert!(
        said[2].starts_with("table: ") && said[2].ends_with(" Internal"),
        "{said:?}"
    );
    assert_eq!(said[3], "returned: no luck Internal");
    assert_eq!(said[4], "task: in a task Internal");
}

#[test]
fn endless_recursion_is_a_stack_overflow() {
    let said = endings(
        &["plain", "tostring", "coroutines", "pattern"],
        "function kinds.plain() return 1 + kinds.plain() end
        function kinds.tostring()
            local t = {}
            return tostring(setmetatable(t, { __tostring = function() return tostring(t) end }))
        end
        function kinds.coroutines() return coroutine.wrap(kinds.coroutines)() end
        function kinds.pattern() return string.rep('x', 1 << 20):match(string.rep('(', 40)) end",
    );
    assert!(said[0].contains("stack overflow"), "{said:?}");
    assert!(said[1].contains("stack overflow"), "{said:?}");
    assert!(said[2].contains("stack overflow"), "{said:?}");
    assert!(said[3].contains("too many captures"), "{said:?}");
}

#[test]
fn ten_thousand_texts_of_the_programs_own_are_made_at_once() {
    let said = endings(
        &["print", "format", "wrong"],
        "local function many(text)
            local all = {}
            for i = 1, 10000 do all[i] = setmetatable({}, { __tostring = text }) end
            return table.unpack(all)
        end
        function kinds.print()
            print(many(function() return 'x' end))
            error('printed', 0)
        end
        function kinds.format()
            local text = string.rep('%s', 10000):format(many(function() return 'x' end))
            error(#text .. ' bytes', 0)
        end
        function kinds.wrong() return string.rep('%s', 10000):format(many(function() return {} end)) end",
    );
    assert_eq!(said[0], "print: printed Internal");
    assert_eq!(said[1], "format: 10000 bytes Internal");
    assert!(
        said[2].contains("'__tostring' must return a string"),
        "{said:?}"
    );
}

#[test]
fn a_value_is_not_sent_if_it_is_larger_than_a_vm_may_be() {
    let said = endings(
        &["send", "spawn", "result"],
        "local function huge()
            local text, all = string.rep('x', 1 << 20), {}
            for i = 1, 1000 do all[i] = text end
            return all
        end
        function kinds.send() return process.send(process.pid(), 'x', huge()) end
        function kinds.spawn() return process.spawn('app:worker', 'app:processes', huge()) end
        function kinds.result() return huge() end",
    );
    for said in said {
        assert!(said.contains("16777216 bytes"), "{said}");
    }
}

#[test]
fn endless_allocation_ends_at_the_limit_even_in_pcall() {
    let said = endings(
        &[
            "table",
            "strings",
            "rep",
            "pcall_loop",
            "concat",
            "coroutines",
            "close",
        ],
        "function kinds.table() local t = {} while true do t[#t + 1] = {} end end
        function kinds.strings() local s = 'x' while true do s = s .. s end end
        function kinds.rep() return string.rep('x', 1 << 40) end
        function kinds.pcall_loop()
            local t = {}
            while true do pcall(function() while true do t[#t + 1] = #t .. 'x' end end) end
        end
        function kinds.concat()
            local t = {}
            for i = 1, 1000 do t[i] = string.rep('x', 100000) end
            return #table.concat(t, ',')
        end
        function kinds.coroutines()
            local all = {}
            while true do
                all[#all + 1] = coroutine.create(kinds.coroutines)
                coroutine.resume(all[#all])
            end
        end
        function kinds.close()
            local closing = setmetatable({}, { __close = function() while true do end end })
            local _ <close> = closing
            kinds.table()
        end",
    );
    for line in &said {
        let memory =
            line.contains("out of memory: the process needs more than its limit of 16 MiB");
        let alternative = line.starts_with("rep:") && line.contains("resulting string too large")
            || line.starts_with("coroutines:") && line.contains("stack overflow");
        assert!(memory || alternative, "{line}");
    }
}

#[test]
fn the_least_memory_that_is_accepted_is_enough_for_a_program() {
    let app = App::program(
        "local function main()
            print('small, and here')
            process.events():receive()
        end
        return { main = main }",
        "return { main = function() local t = {} while true do t[#t + 1] = #t end end }",
    );
    let mut running = app.start_with(&["-o", "app:processes:host.memory_limit=16KiB"], &[]);
    let line = running.wait_for_any(&["small, and here", "ERROR"]);
    assert_eq!(line, "INFO  small, and here");
    running.stop().cleanly();
    let refused = app.run(&["run", "-o", "app:processes:host.memory_limit=4KiB"]);
    assert_eq!(refused.code, 1);
    assert!(
        refused
            .stderr
            .contains("host.memory_limit: must be at least 16 KiB, and is \"4KiB\""),
        "{refused:?}"
    );
}

#[test]
fn a_pathological_pattern_is_given_up() {
    let said = endings(
        &["find", "gsub"],
        "function kinds.find() return string.rep('a', 100000):find(string.rep('a-', 30) .. 'b') end
        function kinds.gsub() return string.rep('a', 100000):gsub(string.rep('a-', 30) .. 'b', '') end",
    );
    for line in said {
        assert!(line.contains("pattern too complex"), "{line}");
    }
}

#[test]
fn tasks_that_only_wait_for_each_other_are_reported_as_a_deadlock() {
    let said = endings(
        &["receive", "send", "tasks"],
        "function kinds.receive() channel.new():receive() end
        function kinds.send() channel.new():send(1) end
        function kinds.tasks()
            local one, two = channel.new(), channel.new()
            coroutine.spawn(function() one:receive() two:send(1) end)
            two:receive()
        end",
    );
    let text = "deadlock: all coroutines blocked with no pending operations";
    assert_eq!(
        said,
        [
            format!("receive: {text} (threads=1) Internal"),
            format!("send: {text} (threads=1) Internal"),
            format!("tasks: {text} (threads=2) Internal")
        ]
    );
}

#[test]
fn a_context_counts_as_arguments_do() {
    let app = App::program(
        "return function()
            local with = process.with_context({ text = ('x'):rep(200000) })
            assert(with:spawn('app:worker', 'app:processes'))
            local twice = with:with_context({ more = ('x'):rep(200000) })
            local pid, err = twice:spawn('app:worker', 'app:processes')
            print(tostring(pid), err:kind(), err:message())
        end",
        "return function() end",
    );
    let mut running = app.start_with(&["-o", "app:processes:host.memory_limit=1MiB"], &[]);
    let line = running.wait_for("LimitExceeded");
    let said = "INFO  nil LimitExceeded arguments and context of ";
    assert!(line.starts_with(said), "{line}");
    running.stop();
}

#[test]
fn a_full_mailbox_refuses_its_sender_and_its_owner_lives() {
    let app = App::program(
        "local function main()
            local pid = assert(process.spawn_monitored('app:worker', 'app:processes'))
            local text, sent = string.rep('x', 1 << 20), 0
            local ok, err
            repeat
                ok, err = process.send(pid, 'text', text)
                if ok then sent = sent + 1 end
            until not ok or sent > 1000
            print('refused after', sent, err:kind(), err:retryable())
            local time = require('time')
            assert(process.send(pid, 'go'))
            print('ended with', process.events():receive().result.value)
            process.events():receive()
        end
        return { main = main }",
        "local function main()
            process.listen('go'):receive()
            local inbox, count = process.inbox(), 0
            local arrived = { inbox:case_receive(), default = true }
            while not channel.select(arrived).default do count = count + 1 end
            return count
        end
        return { main = main }",
    );
    let mut running = app.start_with(&["-o", "app:processes:host.memory_limit=16MiB"], &[]);
    let line = running.wait_for_any(&["refused after", "ERROR"]);
    assert_eq!(line, "INFO  refused after 5 LimitExceeded true");
    let line = running.wait_for_any(&["ended with", "ERROR"]);
    assert_eq!(line, "INFO  ended with 5");
    running.stop().cleanly();
}

#[test]
fn cancels_neither_fill_a_process_nor_end_it() {
    let app = App::program(
        "local function main()
            local events, ready = process.events(), process.listen('ready')
            local pid = assert(process.spawn_monitored('app:worker', 'app:processes', process.pid()))
            ready:receive()
            local reason, sent = string.rep('x', 1 << 20), 0
            local ok, err
            repeat
                ok, err = process.cancel(pid, reason)
                if ok then sent = sent + 1 end
            until not ok or sent > 1000
            print('refused after', sent, err:kind(), err:retryable())
            assert(process.terminate(pid))
            assert(events:receive().kind == process.event.EXIT)

            pid = assert(process.spawn_monitored('app:worker', 'app:processes', process.pid(), 13 << 20))
            ready:receive()
            assert(process.cancel(pid, string.rep('x', 5 << 20)))
            assert(process.send(pid, 'go'))
            local result = events:receive().result
            print('was told', result.value or result.error)
            events:receive()
        end
        return { main = main }",
        "local function main(parent, size)
            local kept = string.rep('x', size or 0)
            process.send(parent, 'ready')
            process.listen('go'):receive()
            return process.events():receive().reason, #kept
        end
        return { main = main }",
    );
    let mut running = app.start_with(&["-o", "app:processes:host.memory_limit=16MiB"], &[]);
    let line = running.wait_for_any(&["refused after", "ERROR"]);
    assert_eq!(line, "INFO  refused after 7 LimitExceeded true");
    let line = running.wait_for_any(&["was told", "ERROR"]);
    let told =
        "INFO  was told 5242880 bytes from another process do not fit into this one's memory";
    assert!(line.starts_with(told), "{line}");
    running.stop().cleanly();
}
