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

/// What a program that logs by `source` said, as JSON.
fn logged(source: &str) -> Vec<serde_json::Value> {
    let main = format!(
        "local logger = require('logger')
        return {{ main = function() {source} logger:info('ready') process.events():receive() end }}"
    );
    let mut running =
        App::program(&main, "return {}").start_with(&["--set", "logger.encoding=json"], &[]);
    running.wait_for("ready");
    let ended = running.stop();
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    let lines = ended
        .lines
        .iter()
        .take_while(|line| !line.contains("ready"));
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn a_table_in_itself_is_shown_as_such_and_one_that_is_there_twice_is_shown_twice() {
    let lines = logged(
        "local t = {}
        for i = 1, 4 do t['k' .. i] = t end
        logger:info('x', { t = t })
        local fields = {}
        fields.fields = fields
        logger:with(fields):info('x')
        local two = { 2 }
        logger:info('x', { a = two, b = { two, two } })",
    );
    let cycle = "(cycle)";
    let around = serde_json::json!({"k1": cycle, "k2": cycle, "k3": cycle, "k4": cycle});
    assert_eq!(lines[0]["t"], around);
    assert_eq!(lines[1]["fields"], cycle);
    assert_eq!(lines[2]["a"], serde_json::json!([2]));
    assert_eq!(lines[2]["b"], serde_json::json!([[2], [2]]));
}

#[test]
fn a_line_that_would_show_too_much_is_cut_and_says_so() {
    let lines = logged(
        "local leaf = {}
        for i = 1, 10 do leaf[i] = i end
        for _ = 1, 10 do leaf = { leaf, leaf, leaf, leaf, leaf, leaf, leaf, leaf, leaf, leaf } end
        logger:info('values', { a = leaf })
        local text = ('é'):rep(1 << 20)
        logger:info('bytes', { a = text, z = text })
        logger:with({ a = text }):with({ b = text }):info('with', { c = text })
        logger:info(text)
        local many = {}
        for i = 1, 100 do many[i] = text end
        print(table.unpack(many))",
    );
    let sizes: Vec<usize> = lines.iter().map(|line| line.to_string().len()).collect();
    assert_eq!(sizes.len(), 5, "{sizes:?}");
    assert!(sizes.iter().all(|&size| size < 300_000), "{sizes:?}");
    assert!(lines[0]["a"].to_string().contains("…"), "{}", lines[0]);
    // Which of the two came first is Lua's business; there was no room for the other.
    let text = lines[1]["a"].as_str().or(lines[1]["z"].as_str()).unwrap();
    let whole = text.strip_suffix('…').expect("it was cut");
    assert_eq!(whole.len(), whole.matches('é').count() * 2);
    assert_eq!(lines[1]["…"], "…");
    assert!(lines[2]["a"].as_str().unwrap().ends_with('…'));
    assert_eq!(
        (&lines[2]["b"], &lines[2]["c"]),
        (&serde_json::Value::Null, &serde_json::Value::Null)
    );
    for line in &lines[3..] {
        assert!(line["msg"].as_str().unwrap().ends_with('…'));
    }
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
