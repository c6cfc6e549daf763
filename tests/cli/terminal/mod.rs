//! Processes on the terminal: how they are started and what their end is, what they read and write, and keys.
//!
//! Here are the apps that all of these are told with.

mod commands;
mod keys;
mod streams;

use std::io::Write;
use std::process::{Child, Stdio};
use std::thread;

use crate::app::{App, Said};

/// An app with the command `tool`, which runs `main` on the only terminal host.
fn tool(main: &str) -> App {
    with("", main)
}

/// The same, with more entries.
fn with(entries: &str, main: &str) -> App {
    App::of(&format!(
        "  - {{name: terminal, kind: terminal.host}}
  - {{name: tool, kind: process.lua, source: file://tool.lua, modules: [io, time, logger], \
       meta: {{command: {{name: tool, short: Does it}}}}}}
{entries}"
    ))
    .file(
        "src/tool.lua",
        &format!("local io, time = require('io'), require('time')\nreturn {{ main = {main} }}"),
    )
}

impl Said {
    /// Status, stdout, stderr.
    fn all(&self) -> (i32, &str, &str) {
        (self.code, &self.stdout, &self.stderr)
    }
}

/// Runs the command `tool` with `args` behind `run`, and gives it `input`.
fn fed(app: &App, args: &[&str], input: &[u8]) -> Said {
    let mut child = piped(app, args);
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let feeding = thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().unwrap();
    feeding.join().unwrap().unwrap();
    Said {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The running command, all of its streams pipes that nobody reads or writes yet.
fn piped(app: &App, args: &[&str]) -> Child {
    let mut command = app.command(args, &[]);
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    command.stderr(Stdio::piped()).spawn().unwrap()
}
