//! One line of moondust's log: `LEVEL  message  {"key": value}`.

use serde_json::{Map, Value};

use crate::error::StressError;

/// What a line says.
#[derive(Debug, Clone, PartialEq)]
pub struct LogLine {
    /// What happened.
    pub message: String,
    fields: Map<String, Value>,
}

impl LogLine {
    /// Reads a line; nothing if it isn't one of the log.
    pub fn parse(line: &str) -> Option<Self> {
        let (_level, rest) = line.trim().split_once(char::is_whitespace)?;
        let (message, fields) = match rest.find('{') {
            Some(at) => (&rest[..at], serde_json::from_str(&rest[at..]).ok()?),
            None => (rest, Map::new()),
        };
        Some(Self {
            message: message.trim().to_owned(),
            fields,
        })
    }

    /// A field that is a number, if there is one.
    pub fn number(&self, name: &str) -> Option<f64> {
        self.fields.get(name)?.as_f64()
    }

    /// A field that must be there.
    pub fn figure(&self, name: &str) -> Result<f64, StressError> {
        self.number(name).ok_or_else(|| StressError::NoFigure {
            name: name.to_owned(),
            text: format!("{} {}", self.message, Value::Object(self.fields.clone())),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_message_and_fields() {
        let line =
            LogLine::parse(r#"INFO  all workers spawned  {"count": 10000, "elapsed_s": 0.01}"#)
                .expect("a log line");
        assert_eq!(line.message, "all workers spawned");
        assert_eq!(line.number("count"), Some(10_000.0));
        assert_eq!(line.number("elapsed_s"), Some(0.01));
        assert!(line.figure("rate").is_err());
    }

    #[test]
    fn a_line_may_lack_fields() {
        let line = LogLine::parse("WARN  careful now").expect("a log line");
        assert_eq!(line.message, "careful now");
    }

    #[test]
    fn other_text_is_no_log_line() {
        assert_eq!(LogLine::parse(""), None);
        assert_eq!(LogLine::parse("word"), None);
        assert_eq!(LogLine::parse("ERROR  half a {line"), None);
    }
}
