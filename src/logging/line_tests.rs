//! Records in, lines out.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use log::{Level, Record};
use moondust_runtime::fields::ProgramFields;
use serde_json::{Value, json};

use super::*;

const CONSOLE: Style = Style {
    encoding: Encoding::Console,
    origin: false,
    colour: false,
};
const JSON: Style = Style {
    encoding: Encoding::Json,
    ..CONSOLE
};

fn moment() -> SystemTime {
    UNIX_EPOCH + Duration::from_micros(1_700_000_000_000_012)
}

/// The line of a program's record.
fn line(style: Style, level: Level, message: &str, fields: &[(&str, Value)]) -> String {
    let own: Vec<(String, Value)> = fields
        .iter()
        .map(|(k, v)| (k.to_string(), v.clone()))
        .collect();
    let fields = ProgramFields {
        pid: "{app:processes|app:worker|0x0002a}",
        location: "app:worker:12",
        fields: &own,
    };
    let mut out = Vec::new();
    style.format(
        &Record::builder()
            .level(level)
            .target("process")
            .args(format_args!("{message}"))
            .key_values(&fields)
            .build(),
        moment(),
        &mut out,
    );
    String::from_utf8(out).unwrap()
}

#[test]
fn a_line_is_level_message_and_fields_in_order() {
    let fields = [
        ("num_workers", json!(10000)),
        ("tick_min_ms", json!(500)),
        ("elapsed_s", json!(0.027)),
        ("whole", json!(3.0)),
        ("nested", json!({"z": [1, "two", null], "a": {}})),
    ];
    assert_eq!(
        line(CONSOLE, Level::Info, "mass spawn starting", &fields),
        "INFO  mass spawn starting  {\"num_workers\": 10000, \"tick_min_ms\": 500, \"elapsed_s\": 0.027, \
         \"whole\": 3, \"nested\": {\"z\": [1, \"two\", null], \"a\": {}}}\n"
    );
}

#[test]
fn without_fields_there_are_no_braces() {
    assert_eq!(line(CONSOLE, Level::Error, "gone", &[]), "ERROR  gone\n");
}

#[test]
fn pid_and_location_come_first_when_asked_for() {
    let style = Style {
        origin: true,
        ..CONSOLE
    };
    assert_eq!(
        line(style, Level::Debug, "x", &[("k", json!(true))]),
        "DEBUG  x  {\"pid\": \"{app:processes|app:worker|0x0002a}\", \"location\": \"app:worker:12\", \"k\": true}\n"
    );
}

#[test]
fn a_programs_own_pid_is_always_shown_and_never_twice_under_one_name() {
    let fields = [("pid", json!("mine"))];
    assert_eq!(
        line(CONSOLE, Level::Info, "x", &fields),
        "INFO  x  {\"pid\": \"mine\"}\n"
    );
    let style = Style {
        origin: true,
        ..CONSOLE
    };
    assert!(line(style, Level::Info, "x", &fields).ends_with(", \"field.pid\": \"mine\"}\n"));
}

#[test]
fn only_the_level_is_coloured() {
    let style = Style {
        colour: true,
        ..CONSOLE
    };
    assert_eq!(
        line(style, Level::Warn, "x", &[("a", json!(1))]),
        "\x1b[33mWARN\x1b[0m  x  {\"a\": 1}\n"
    );
}

#[test]
fn a_program_can_forge_no_line_and_command_no_terminal() {
    let evil = "a\nERROR  forged\x1b[2J\u{9b}2J\tb";
    assert_eq!(
        line(CONSOLE, Level::Info, evil, &[("k\n", json!(evil))]),
        "INFO  a\\nERROR  forged\\u{1b}[2J\\u{9b}2J\tb  \
         {\"k\\n\": \"a\\nERROR  forged\\u001b[2J\\u009b2J\\tb\"}\n"
    );
}

#[test]
fn a_stack_stands_below_its_line() {
    let fields = [
        ("reason", json!("boom")),
        (
            "stack",
            json!("src/worker.lua:12: in main\nsrc/a.lua:1\x1b"),
        ),
    ];
    assert_eq!(
        line(CONSOLE, Level::Error, "ended", &fields),
        "ERROR  ended  {\"reason\": \"boom\"}\n    src/worker.lua:12: in main\n    src/a.lua:1\\u{1b}\n"
    );
    assert!(
        line(JSON, Level::Error, "ended", &fields)
            .contains(r#""stack":"src/worker.lua:12: in main\n"#)
    );
}

#[test]
fn json_is_one_object_whose_own_keys_nobody_takes() {
    let fields = [
        ("level", json!("mine")),
        ("a", json!([1, 2])),
        ("half", json!(0.5)),
    ];
    let text = line(JSON, Level::Warn, "it \"says\"\n", &fields);
    assert_eq!(
        text,
        "{\"level\":\"warn\",\"ts\":1700000000.000012,\"logger\":\"process\",\"msg\":\"it \\\"says\\\"\\n\",\
         \"field.level\":\"mine\",\"a\":[1,2],\"half\":0.5}\n"
    );
    assert!(serde_json::from_str::<Value>(&text).unwrap().is_object());
}

#[test]
fn json_without_fields_is_an_object_too() {
    let value: Value = serde_json::from_str(&line(JSON, Level::Trace, "", &[])).unwrap();
    assert_eq!(value["level"], "trace");
    assert_eq!(value["msg"], "");
}

#[test]
fn values_of_the_macros_keep_their_types() {
    let source: [(&str, kv::Value<'_>); 5] = [
        ("text", "t".into()),
        ("int", (-3_i64).into()),
        ("float", f64::NAN.into()),
        ("big", 1e300.into()),
        ("shown", kv::Value::from_debug(&Some(1))),
    ];
    let mut out = Vec::new();
    let record = Record::builder()
        .level(Level::Info)
        .args(format_args!("m"))
        .key_values(&source)
        .build();
    CONSOLE.format(&record, moment(), &mut out);
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "INFO  m  {\"text\": \"t\", \"int\": -3, \"float\": null, \"big\": 1e+300, \"shown\": \"Some(1)\"}\n"
    );
}
