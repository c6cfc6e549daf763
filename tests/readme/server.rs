//! The README of an example that serves HTTP: the app runs, and the commands after it are run beside it.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::Receiver;

use serde_json::Value;

use crate::app::{App, PATIENCE};
use crate::blocks::{Block, blocks};
use crate::log::{cross_off, messages};

/// How the app is started, and where it answers then.
const START: &str = "cargo run --release -- run -C ";
const ADDRESS: &str = "localhost:8080";

/// Where it answers here.
const FREE_PORT: &str = "app:gateway:addr=127.0.0.1:0";

/// The fields that are different each time.
const IDS: [&str; 2] = ["pid", "task_id"];

/// Runs all that the file says. What follows a command is what it prints; a log that stands elsewhere is
/// what the app has logged by the end.
pub fn follow(markdown: &str) {
    let blocks = blocks(markdown);
    let mut commands = blocks.iter().enumerate();
    let start = commands.find(|(_, block)| block.language == "bash");
    let (_, start) = start.expect("a command that starts the app");
    let mut app = start_app(start.text.trim());
    let log = app.log();
    let address = address(&log);
    let mut printed_last = false;
    for (at, block) in commands {
        match block.language.as_str() {
            "bash" => compare(block, blocks.get(at + 1), &address),
            "text" if !printed_last => wait_for(&log, &block.text),
            _ => {}
        }
        printed_last = block.language == "bash";
    }
    app.interrupt();
    let rest: Vec<String> = log.iter().collect();
    assert!(app.0.wait().unwrap().success(), "{rest:#?}");
}

fn start_app(command: &str) -> App {
    let example = command.strip_prefix(START).expect(command);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(example);
    let child = Command::new(env!("CARGO_BIN_EXE_moondust"))
        .args(["run", "-o", FREE_PORT, "-C"])
        .arg(folder)
        .env_remove("RUST_LOG")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn();
    App(child.unwrap())
}

/// The address that the log names.
fn address(log: &Receiver<String>) -> String {
    loop {
        let line = log.recv_timeout(PATIENCE).expect("a line with an address");
        if let Some(at) = line.find("127.0.0.1:") {
            let end = line[at..].find('"').expect("a text in quotes");
            return line[at..at + end].to_owned();
        }
    }
}

/// Runs each command of a block; each must print its line of the block after.
fn compare(commands: &Block, shown: Option<&Block>, address: &str) {
    let shown = shown.expect("a block with what is printed");
    let commands: Vec<&str> = commands.text.lines().collect();
    let lines: Vec<&str> = shown.text.lines().collect();
    assert_eq!(commands.len(), lines.len(), "{commands:#?} and {lines:#?}");
    for (command, line) in commands.into_iter().zip(lines) {
        let here = command.replace(ADDRESS, address);
        assert_ne!(command, here, "it asks at {ADDRESS}");
        let output = Command::new("bash").args(["-c", &here]).output().unwrap();
        assert!(output.status.success(), "{command}: {output:?}");
        let printed = String::from_utf8(output.stdout).unwrap();
        assert_eq!(
            without_id(printed.trim_end()),
            without_id(line),
            "{command}"
        );
    }
}

/// The text with the name of its id in place of the id, wherever it stands.
fn without_id(text: &str) -> String {
    let fields: Value = serde_json::from_str(text).unwrap_or_default();
    let id = IDS
        .iter()
        .find_map(|name| Some((*name, fields.get(name)?.as_str()?)));
    match id {
        Some((name, id)) => text.replace(id, name),
        None => text.to_owned(),
    }
}

fn wait_for(log: &Receiver<String>, shown: &str) {
    let mut missing = messages(shown);
    while !missing.is_empty() {
        let line = log.recv_timeout(PATIENCE);
        let line = line.unwrap_or_else(|_| panic!("no {missing:?}"));
        cross_off(&mut missing, &line);
    }
}
