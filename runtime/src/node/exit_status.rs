//! The exit status of the program: what the first process on a terminal host that ends says. Its end is the program's.
//!
//! Knows nothing of how the program is shut down: it asks for it.

use std::sync::{Arc, OnceLock};

use crate::clock::Moment;
use crate::lua::Plain;
use crate::pid::Pid;
use crate::process::{Exit, OnExit};
use crate::terminal::{Stream, Terminal};

use super::supervisor::Shutdown;

/// The status of a program that has failed.
const FAILED: u8 = 1;

/// The status for a number that is none: a status has eight bits, and what they leave of a larger number may be 0.
const OUT_OF_RANGE: u8 = 255;

/// The exit status, once it is known.
pub struct ExitStatus {
    terminal: Arc<Terminal>,
    known: OnceLock<u8>,
    shutdown: OnceLock<Shutdown>,
}

impl ExitStatus {
    /// Nothing has ended yet. Failures are told on `terminal`.
    pub fn new(terminal: Arc<Terminal>) -> Arc<ExitStatus> {
        Arc::new(ExitStatus {
            terminal,
            known: OnceLock::new(),
            shutdown: OnceLock::new(),
        })
    }

    /// Says how to end the program. To be called before anything is started.
    pub fn connect(&self, shutdown: Shutdown) {
        let _ = self.shutdown.set(shutdown);
    }

    /// The terminal.
    pub fn terminal(&self) -> &Arc<Terminal> {
        &self.terminal
    }

    /// The status, if anything has said it.
    pub fn known(&self) -> Option<u8> {
        self.known.get().copied()
    }

    /// Ends the program as failed, because of `why`.
    pub fn fail(&self, why: &str) {
        self.end(FAILED, Some(why));
    }

    /// Ends the program, unless it is ending.
    fn end(&self, status: u8, why: Option<&str>) {
        if self.known.set(status).is_err() {
            return;
        }
        if let Some(why) = why {
            // Where that can't be said, the status says it.
            let line = format!("moondust: {why}\n");
            let _ = self.terminal.output().write(Stream::Err, line.into_bytes());
        }
        if let Some(shutdown) = self.shutdown.get() {
            shutdown.request();
        }
    }
}

/// What is told when a process on a terminal host ends.
pub struct OnTerminal {
    /// Where its end is noted.
    pub status: Arc<ExitStatus>,
    /// Who is told before.
    pub before: Option<Arc<dyn OnExit>>,
}

impl OnExit for OnTerminal {
    fn on_exit(&self, pid: Pid, exit: &Exit, watched: bool, at: Moment) {
        if let Some(before) = &self.before {
            before.on_exit(pid, exit, watched, at);
        }
        match exit {
            Exit::Normal(result) => self.status.end(status(result.encoded()), None),
            Exit::Failed(error) | Exit::Killed(error) => self.status.fail(&error.to_string()),
        }
    }
}

/// The status that an encoded result stands for.
fn status(result: &[u8]) -> u8 {
    match Plain::decode_simple(result) {
        Some(Plain::Boolean(false)) => FAILED,
        Some(Plain::Integer(number)) => u8::try_from(number).unwrap_or(OUT_OF_RANGE),
        Some(Plain::Float(number)) if !number.is_finite() => FAILED,
        // What an i64 can't hold becomes its nearest, which is out of range too.
        Some(Plain::Float(number)) => u8::try_from(number as i64).unwrap_or(OUT_OF_RANGE),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_says_the_status() {
        let cases = [
            (Plain::Nil, 0),
            (Plain::Boolean(true), 0),
            (Plain::Boolean(false), 1),
            (Plain::Integer(0), 0),
            (Plain::Integer(255), 255),
            (Plain::Integer(256), 255),
            (Plain::Integer(-1), 255),
            (Plain::Float(3.9), 3),
            (Plain::Float(-0.5), 0),
            (Plain::Float(1e300), 255),
            (Plain::Float(f64::NAN), 1),
            (Plain::Float(f64::NEG_INFINITY), 1),
            (Plain::Text("7".into()), 0),
            (Plain::List(vec![Plain::Integer(7)]), 0),
        ];
        for (result, expected) in cases {
            let mut encoded = Vec::new();
            result.encode(&mut encoded);
            assert_eq!(status(&encoded), expected, "{result:?}");
        }
    }
}
