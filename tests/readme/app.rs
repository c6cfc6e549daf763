//! An app that a README starts: what it logs, and its end.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

/// How long a line of the log may take. Reached only by a test that fails.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A running app, which ends with its test.
pub struct App(pub Child);

impl App {
    /// The lines of its log, as they come.
    pub fn log(&mut self) -> Receiver<String> {
        let (sender, receiver) = channel();
        let log = BufReader::new(self.0.stderr.take().unwrap());
        thread::spawn(move || {
            let lines = log.lines().map_while(Result::ok);
            lines.for_each(|line| drop(sender.send(line)));
        });
        receiver
    }

    /// Ctrl-C.
    pub fn interrupt(&self) {
        let script = format!("kill -INT {}", self.0.id());
        let status = Command::new("bash").args(["-c", &script]).status();
        assert!(status.unwrap().success());
    }
}

impl Drop for App {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
