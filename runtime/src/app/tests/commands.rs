//! Commands, and the terminal hosts that they run on.

use super::*;

/// `entries`, and processes with the commands `serve` and `test`.
fn with_commands(entries: &str) -> App {
    let processes = "  - {name: a, kind: process.lua, source: return main, \
                         meta: {command: {name: test, short: Runs the tests}}}
  - {name: b, kind: process.lua, source: return main, meta: {command: {name: serve}}}
  - {name: c, kind: process.lua, source: return main, meta: {command: serve}}
  - {name: d, kind: library.lua, source: 'return {}', meta: {command: {name: library}}}
";
    Folder::of(&format!("{processes}{entries}")).app()
}

fn why<T: std::fmt::Debug>(result: Result<T, NoCommand>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn a_terminal_host_is_a_host_with_a_terminal() {
    let app = Folder::of(
        "  - {name: t, kind: terminal.host, hide_logs: true, host: {memory_limit: 1 MiB}}
  - {name: p, kind: process.host}
  - {name: w, kind: process.lua, source: return main}
  - {name: s, kind: process.service, process: w, host: app:t}\n",
    )
    .app();
    let host = &app.hosts[&id("app:t")];
    assert_eq!(host.terminal, Some(TerminalFields { hide_logs: true }));
    assert_eq!(host.memory_limit, 1 << 20);
    assert_eq!(app.hosts[&id("app:p")].terminal, None);
    assert_eq!(
        Folder::of("  - {name: t, kind: terminal.host, hide_logs: 1, hide: 2}\n").errors(),
        [
            "src/_index.yaml:3:47: app:t: hide_logs: must be true or false, and is 1",
            "src/_index.yaml:3:50: app:t: hide: unknown field, which has no effect",
        ]
    );
}

#[test]
fn commands_are_processes_with_a_name() {
    let app = with_commands("");
    let commands = app.commands();
    let told: Vec<_> = commands.iter().map(|c| (c.name, c.short)).collect();
    assert_eq!(told, [("serve", ""), ("test", "Runs the tests")]);
    assert_eq!(app.command("test"), Ok(id("app:a")));
    assert_eq!(
        why(app.command("library")),
        "command \"library\" not found. Use 'moondust run list' to see all commands"
    );
    let app = with_commands(
        "  - {name: e, kind: process.lua, source: return main, meta: {command: {name: test}}}\n",
    );
    assert_eq!(
        why(app.command("test")),
        "command \"test\" is the name of several processes: app:a, app:e. Name one with -x"
    );
}

#[test]
fn a_process_is_named_by_its_whole_id() {
    let app = with_commands("");
    assert_eq!(app.process("app:b"), Ok(id("app:b")));
    assert_eq!(
        why(app.process("b")),
        "there is no entry `b`: did you mean `app:b`?"
    );
    assert_eq!(
        why(app.process("app:d")),
        "`app:d` is a library.lua: name a process.lua"
    );
}

#[test]
fn the_only_terminal_host_need_not_be_named() {
    let one = "  - {name: t, kind: terminal.host}\n  - {name: h, kind: process.host}\n";
    let app = with_commands(one);
    assert_eq!(app.terminal_host(None), Ok(id("app:t")));
    assert_eq!(app.terminal_host(Some("app:t")), Ok(id("app:t")));
    assert_eq!(
        why(app.terminal_host(Some("app:h"))),
        "`app:h` is a process.host: name a terminal.host"
    );
    assert_eq!(
        why(app.terminal_host(Some("app:xyz"))),
        "there is no entry `app:xyz`"
    );
    assert_eq!(
        why(with_commands("").terminal_host(None)),
        "no terminal.host found in registry"
    );
    let app = with_commands(&format!("{one}  - {{name: u, kind: terminal.host}}\n"));
    assert_eq!(
        why(app.terminal_host(None)),
        "several terminal.host entries found: app:t, app:u. Name one with --host"
    );
    assert_eq!(app.terminal_host(Some("app:u")), Ok(id("app:u")));
}
