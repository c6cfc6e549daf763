//! One load from wrk, and what it says came of it. Knows nothing of who answers.

use std::io::Read;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::error::StressError;
use crate::moondust::Moondust;

/// What is asked for.
#[derive(Clone, Copy)]
pub struct Load<'a> {
    /// The path that is asked for, as `/hello`.
    pub path: &'a str,
    /// What is POSTed there as JSON; without it, the path is got.
    pub body: Option<&'a str>,
    /// How long, in seconds.
    pub seconds: u64,
}

/// Threads and connections of every load.
const THREADS: u64 = 2;
pub const CONNECTIONS: u64 = 64;

/// What wrk is told to do and to print.
const SCRIPT: &str = "stress/http/load.lua";

/// What came of a load.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Report {
    /// Answers that arrived, whatever their status.
    pub answers: u64,
    /// Answers a second.
    pub rate: f64,
    /// Milliseconds that half of them took at most, and 99 of 100.
    pub p50_ms: f64,
    pub p99_ms: f64,
    /// Answers with a status of 400 and above.
    pub refused: u64,
    /// These, connections that broke, and requests that got no answer in time.
    pub errors: u64,
}

impl Report {
    /// Puts a load on a port of this machine.
    pub fn of(moondust: &Moondust, port: u16, load: Load<'_>) -> Result<Self, StressError> {
        let mut command = Command::new("wrk");
        command
            .arg(format!("-t{THREADS}"))
            .arg(format!("-c{CONNECTIONS}"))
            .arg(format!("-d{}s", load.seconds))
            .arg("--latency")
            .arg("-s")
            .arg(moondust.folder(SCRIPT))
            .arg(format!("http://127.0.0.1:{port}{}", load.path))
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        if let Some(body) = load.body {
            command.arg("--").arg(body);
        }
        let mut member = moondust.groups().start(&mut command)?;
        let stdout = member.child.stdout.as_mut();
        let mut text = String::new();
        stdout
            .expect("stdout was asked to be piped")
            .read_to_string(&mut text)
            .map_err(StressError::io("read what wrk says"))?;
        Self::parse(&text)
    }

    /// Reads the line that the script prints at the end.
    fn parse(text: &str) -> Result<Self, StressError> {
        let last = text.lines().last().unwrap_or_default();
        let fields: Value = serde_json::from_str(last).unwrap_or_default();
        let number = |name: &str| {
            fields
                .get(name)
                .and_then(Value::as_u64)
                .ok_or_else(|| StressError::NoFigure {
                    name: name.to_owned(),
                    text: text.to_owned(),
                })
        };
        let answers = number("answers")?;
        Ok(Self {
            answers,
            rate: answers as f64 / (number("duration_us")? as f64 / 1e6),
            p50_ms: number("p50_us")? as f64 / 1e3,
            p99_ms: number("p99_us")? as f64 / 1e3,
            refused: number("refused")?,
            errors: number("refused")? + number("broken")? + number("late")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_is_read() {
        let text = "Running 10s test @ http://127.0.0.1:1/hello\n\
            {\"answers\": 3000, \"duration_us\": 1500000, \"p50_us\": 1500, \"p99_us\": 30000, \
            \"refused\": 1, \"broken\": 2, \"late\": 4}\n";
        let expected = Report {
            answers: 3000,
            rate: 2000.0,
            p50_ms: 1.5,
            p99_ms: 30.0,
            refused: 1,
            errors: 7,
        };
        assert_eq!(Report::parse(text).expect("a report"), expected);
        assert!(Report::parse("unable to connect").is_err());
    }
}
