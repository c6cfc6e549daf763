//! Commands: what they are given, what is started with them, and what status they end with.

use super::{tool, with};
use crate::app::App;

/// The same, which has a terminal host more than is good.
const SECOND_HOST: &str = "  - {name: other, kind: terminal.host}\n";

#[test]
fn a_command_gets_all_that_stands_behind_its_name() {
    let app = tool(
        "function(...)
            io.print('main', ...)
            io.print('args', table.concat(io.args(), ' '))
        end",
    );
    let expected = (0, "main\ta\t-v\t--x\t\nargs\ta -v --x \n", "");
    for line in [
        &["run", "tool", "a", "-v", "--x", ""][..],
        &["run", "-x", "app:tool", "a", "-v", "--x", ""],
        &[
            "run",
            "-x",
            "app:tool",
            "--host",
            "app:terminal",
            "a",
            "-v",
            "--x",
            "",
        ],
        &["run", "--host=app:terminal", "tool", "a", "-v", "--x", ""],
    ] {
        assert_eq!(app.run(line).all(), expected, "{line:?}");
    }
    assert_eq!(app.run(&["run", "tool"]).stdout, "main\nargs\t\n");
}

#[test]
fn what_is_written_comes_out_in_order_and_with_the_texts_of_its_values() {
    let app = tool(
        "function()
            local named = setmetatable({}, { __tostring = function() time.sleep('1ms') return 'named' end })
            assert(io.print(1, 2.5, nil, true, 'x', named, errors.new('wrong')) == true)
            assert(io.print() == true)
            assert(io.write('a', 1, named, '\\0\\n') == true)
            assert(io.eprint('to', 'stderr') == true)
        end",
    );
    let written = "1\t2.5\tnil\ttrue\tx\tnamed\twrong\n\na1named\0\n";
    assert_eq!(
        app.run(&["run", "tool"]).all(),
        (0, written, "to\tstderr\n")
    );
}

#[test]
fn the_result_of_a_command_is_the_status() {
    let app = tool("function(text) return ({
        nothing = function() end, yes = function() return true end, no = function() return false end,
        three = function() return 3.9 end, much = function() return 256 end, nan = function() return 0 / 0 end,
        text = function() return '3' end, list = function() return { 3 } end,
        raised = function() error('torn') end, returned = function() return nil, 'broken' end,
        exits = function() return 42 end,
    })[text]() end");
    for (what, expected) in [
        ("nothing", (0, "", "")),
        ("yes", (0, "", "")),
        ("no", (1, "", "")),
        ("three", (3, "", "")),
        ("much", (255, "", "")),
        ("nan", (1, "", "")),
        ("text", (0, "", "")),
        ("list", (0, "", "")),
        ("exits", (42, "", "")),
        ("raised", (1, "", "moondust: app:tool:6: torn\n")),
        ("returned", (1, "", "moondust: broken\n")),
    ] {
        assert_eq!(app.run(&["run", "tool", what]).all(), expected, "{what}");
    }
}

#[test]
fn the_end_of_a_command_is_the_end_of_all() {
    let app = with(
        "  - {name: processes, kind: process.host, lifecycle: {auto_start: true}}
  - {name: server, kind: process.lua, source: file://server.lua, modules: [io, time]}
  - {name: serving, kind: process.service, process: server, host: app:processes, lifecycle: {auto_start: true}}\n",
        "function()
            local pid = assert(process.registry.lookup('server'), 'services start first')
            process.send(pid, 'hello', process.pid())
            io.print(process.inbox():receive():payload():data())
            return 5
        end",
    )
    .file(
        "src/server.lua",
        "require('time').sleep('50ms')
        process.registry.register('server')
        return { main = function()
            local asker = process.inbox():receive():payload():data()
            process.send(asker, 'hello', tostring(require('io').print('nowhere')))
            process.events():receive()
        end }",
    );
    assert_eq!(app.run(&["run", "tool"]).all(), (5, "nil\n", ""));
}

#[test]
fn a_command_outlives_services_that_fail_for_good() {
    let app = with(
        "  - {name: broken, kind: process.lua, source: error('torn')}
  - {name: serving, kind: process.service, process: broken, host: app:terminal, \
       lifecycle: {auto_start: true, restart: {max_attempts: 1}}}\n",
        "function() io.print('done') end",
    );
    assert_eq!(app.run(&["run", "tool"]).all(), (0, "done\n", ""));
}

#[test]
fn what_is_not_there_is_named() {
    let app = tool("function() end");
    let why = |args: &[&str]| {
        let said = app.run(args);
        assert_eq!((said.code, &*said.stdout), (1, ""), "{said:?}");
        said.stderr
    };
    assert_eq!(
        why(&["run", "toll"]),
        "moondust: command \"toll\" not found. Use 'moondust run list' to see all commands\n"
    );
    assert_eq!(
        why(&["run", "-x", "app:toll"]),
        "moondust: there is no entry `app:toll`: did you mean `app:tool`?\n"
    );
    assert_eq!(why(&["test"]), why(&["run", "test"]));
    let several = with(SECOND_HOST, "function() io.print('here') end");
    assert_eq!(
        several.run(&["run", "tool"]).stderr,
        "moondust: several terminal.host entries found: app:other, app:terminal. Name one with --host\n"
    );
    let chosen = several.run(&["run", "-x", "app:tool", "--host", "app:other"]);
    assert_eq!(chosen.all(), (0, "here\n", ""));
    let none = App::of("  - {name: tool, kind: process.lua, source: return main}\n");
    assert_eq!(
        none.run(&["run", "-x", "app:tool"]).stderr,
        "moondust: no terminal.host found in registry\n"
    );
}

#[test]
fn a_command_that_cannot_start_says_why() {
    let app = tool("error('torn')");
    assert_eq!(
        app.run(&["run", "tool"]).all(),
        (1, "", "moondust: app:tool:2: torn\n")
    );
    let app = tool("function() end").file("src/tool.lua", "return {");
    let said = app.run(&["run", "tool"]);
    assert_eq!(said.code, 1);
    assert!(said.stderr.starts_with("src/tool.lua:1"), "{said:?}");
}

#[test]
fn a_terminal_host_that_does_not_run_is_not_waited_for_long() {
    let app = App::of(
        "  - {name: broken, kind: process.lua, source: error('torn')}
  - {name: processes, kind: process.host, lifecycle: {auto_start: true}}
  - {name: serving, kind: process.service, process: broken, host: app:processes, \
       lifecycle: {auto_start: true, startup: required, restart: {max_attempts: 1}}}
  - {name: terminal, kind: terminal.host, lifecycle: {requires: [serving]}}
  - {name: tool, kind: process.lua, source: return main}\n",
    );
    assert_eq!(
        app.run(&["run", "-x", "app:tool"]).all(),
        (
            1,
            "",
            "moondust: host app:terminal is not running after 5s\n"
        )
    );
}

#[test]
fn commands_are_listed() {
    let app = with(
        "  - {name: serve, kind: process.lua, source: return main, meta: {command: {name: serve-all}}}\n",
        "function() end",
    );
    assert_eq!(
        app.run(&["run", "list"]).all(),
        (
            0,
            "serve-all           (app:serve)\ntool       Does it  (app:tool)\n",
            ""
        )
    );
    let app = App::of("  - {name: e, kind: registry.entry}\n");
    assert_eq!(
        app.run(&["run", "list"]).all(),
        (0, "No commands found.\n", "")
    );
}

#[test]
fn the_command_named_test_has_a_word_of_its_own() {
    let app = tool("function(...) io.print(...) end");
    let index = std::fs::read_to_string(app.path().join("src/_index.yaml")).unwrap();
    let app = app.file(
        "src/_index.yaml",
        &index.replace("{name: tool, short", "{name: test, short"),
    );
    assert_eq!(
        app.run(&["test", "-s", "units", "-v"]).all(),
        (0, "units\t-v\n", "")
    );
}

#[test]
fn a_command_is_logged_when_it_is_asked_for() {
    let main = "function() print('logged') io.eprint('told') end";
    let app = with("  - {name: odd, kind: odd.kind}\n", main);
    assert_eq!(app.run(&["run", "tool"]).all(), (0, "", "told\n"));
    assert_eq!(app.run(&["run", "-s", "tool"]).stdout, "");
    let said = app.run(&["run", "-c", "tool"]);
    assert!(said.stdout.contains("INFO  logged"), "{said:?}");
    assert!(said.stderr.contains("unknown kind `odd.kind`"), "{said:?}");
    let hides = "app:terminal:hide_logs=true";
    let said = app.run(&["run", "-c", "-o", hides, "tool"]);
    assert_eq!(said.stdout, "");
}

#[test]
fn a_process_that_a_program_starts_on_a_terminal_host_ends_the_app_too() {
    let app = App::of(
        "  - {name: terminal, kind: terminal.host, hide_logs: true, lifecycle: {auto_start: true}}
  - {name: processes, kind: process.host, lifecycle: {auto_start: true}}
  - {name: tool, kind: process.lua, source: file://tool.lua, modules: [io]}
  - {name: main, kind: process.lua, source: file://main.lua}
  - {name: serving, kind: process.service, process: main, host: app:processes, lifecycle: {auto_start: true}}\n",
    )
    .file(
        "src/tool.lua",
        "return { main = function(x) print('hidden') require('io').print(x, #require('io').args()) return 9 end }",
    )
    .file(
        "src/main.lua",
        "return { main = function()
            print('seen')
            assert(process.spawn('app:tool', 'app:terminal', 'spawned'))
            process.events():receive()
        end }",
    );
    let said = app.run(&["run"]);
    assert_eq!((said.code, &*said.stdout), (9, "spawned\t0\n"), "{said:?}");
    assert!(said.stderr.contains("INFO  seen"), "{said:?}");
    assert!(!said.stderr.contains("hidden"), "{said:?}");
}

#[test]
fn ctrl_c_asks_a_command_and_its_status_counts() {
    let app = tool(
        "function()
            local events = process.events()
            io.print('ready')
            local event = events:receive()
            io.print(event.kind, event.reason)
            return 130
        end",
    );
    let mut running = app.start_with(&["tool"], &[]);
    running.wait_for("ready");
    running.signal("INT");
    let ended = running.ended();
    assert_eq!(ended.code, Some(130), "{ended:?}");
    assert_eq!(ended.with("cancel"), ["pid.cancel\tservice stopping"]);
}

#[test]
fn the_second_ctrl_c_ends_a_command_at_once() {
    let app = tool("function() io.print('deaf') process.inbox():receive() end");
    let mut running = app.start_with(&["-c", "tool"], &[]);
    running.wait_for("deaf");
    running.signal("INT");
    running.wait_for("shutting down");
    running.signal("INT");
    assert_eq!(running.ended().code, Some(1));
}
