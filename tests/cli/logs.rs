//! What the log says and where, and what becomes of it when nobody reads.

use std::process::Stdio;

use crate::app::App;
use crate::running::Running;

/// Says two lines, and ends when it is cancelled.
fn talker() -> App {
    App::program(
        "local logger = require('logger')
        local function main()
            logger:info('hello', { name = 'ada', count = 3, half = 0.5, list = { 1, 2 } })
            logger:debug('details')
            logger:warn('ready')
            process.events():receive()
        end
        return { main = main }",
        "return {}",
    )
}

#[test]
fn a_line_is_level_message_and_fields() {
    let mut running = talker().start();
    running.wait_for("WARN  ready");
    let ended = running.stop().cleanly();
    assert_eq!(
        ended.lines[0],
        r#"INFO  hello  {"count": 3, "half": 0.5, "list": [1, 2], "name": "ada"}"#
    );
    assert!(ended.with("details").is_empty(), "{ended:#?}");
}

#[test]
fn verbose_shows_debug_lines_their_origin_and_how_many_processes_live() {
    let mut running = talker().start_with(&["-v"], &[]);
    let line = running.wait_for("DEBUG  details");
    assert!(
        line.contains(r#""location": "app:main_process:4""#),
        "{line}"
    );
    assert!(
        line.contains(r#""pid": "{app:processes|app:main_process|0x"#),
        "{line}"
    );
    let line = running.wait_for("INFO  processes");
    assert!(line.contains(r#""processes": 1, "bytes_each": "#), "{line}");
    assert!(line.contains(r#""steps_per_s": "#), "{line}");
    running.stop().cleanly();
}

#[test]
fn silent_says_nothing_whatever_else_was_asked() {
    let app = App::program(
        "return { main = function() print('hello'); error('loud') end }",
        "return {}",
    );
    let ended = app
        .start_with(&["-s", "-v"], &[("RUST_LOG", "trace")])
        .ended();
    assert_eq!((ended.code, ended.lines), (Some(1), vec![]));
}

#[test]
fn rust_log_wins_over_verbose() {
    let app = App::program(
        "return { main = function() print('hello'); error('loud') end }",
        "return {}",
    );
    let ended = app.start_with(&["-v"], &[("RUST_LOG", "error")]).ended();
    assert_eq!(ended.code, Some(1));
    assert!(ended.with("hello").is_empty(), "{ended:#?}");
    assert!(ended.lines[0].starts_with("ERROR  "), "{ended:#?}");
}

#[test]
fn the_console_flag_logs_to_stdout() {
    let app = talker();
    let mut command = app.command(&["-c"], &[]);
    let mut running = Running::of(command.stdout(Stdio::piped()).stderr(Stdio::null()));
    running.wait_for("ready");
    running.stop().cleanly();
}

#[test]
fn json_is_one_object_a_line() {
    let mut running = talker().start_with(&["--set", "logger.encoding=json"], &[]);
    running.wait_for("ready");
    let ended = running.stop();
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    let objects: Vec<serde_json::Value> = ended
        .lines
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    for object in &objects {
        for key in ["level", "ts", "logger", "msg"] {
            assert!(object.get(key).is_some(), "{key}: {object}");
        }
    }
    assert_eq!(objects[0]["msg"], "hello");
    assert_eq!(objects[0]["level"], "info");
    assert_eq!(objects[0]["count"], 3);
    assert_eq!(objects[0]["list"], serde_json::json!([1, 2]));
}

/// Logs far more than any buffer holds, and then fails, which ends the run with status 1.
fn chatterer() -> App {
    App::program(
        "local logger = require('logger')
        local function main()
            local long = string.rep('x', 1000)
            for line = 1, 20000 do logger:info(long, { line = line }) end
            error('all was said')
        end
        return { main = main }",
        "return {}",
    )
}

#[test]
fn a_reader_who_never_reads_holds_up_neither_the_run_nor_its_end() {
    let app = chatterer();
    let mut child = app
        .command(&[], &[])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let stalled = child.stderr.take();
    assert_eq!(Running::of_child(child).ended().code, Some(1));
    drop(stalled);
}

#[test]
fn a_closed_stream_under_the_log_stops_nobody() {
    for args in [&[][..], &["-c"]] {
        let app = chatterer();
        let mut child = app
            .command(args, &[])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop((child.stdout.take(), child.stderr.take()));
        assert_eq!(Running::of_child(child).ended().code, Some(1), "{args:?}");
    }
}
