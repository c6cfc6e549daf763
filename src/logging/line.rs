//! A log record as one line of text.
//!
//! Knows nothing of filters, queues or streams: a record and a moment in, bytes out.

use std::io::{self, Write};
use std::time::{SystemTime, UNIX_EPOCH};

use log::{Level, Record, kv};
use moondust_runtime::fields::{LOCATION, PID};
use serde::Serialize;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter, Serializer};

/// The field whose text goes below the line in console encoding, a line of it on a line.
const STACK: &str = "stack";

/// Integral floats below this print as integers, as the dialect prints them.
const INTEGRAL_LIMIT: f64 = 1e15;

/// What a line looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// For people: `LEVEL  message  {"k": v}`.
    Console,
    /// For machines: one JSON object a line, with `level`, `ts` (Unix seconds), `logger` (the target), `msg`, and the
    /// fields beside them.
    Json,
}

/// How records become lines.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// For people or machines.
    pub encoding: Encoding,
    /// Whether `pid` and `location` of a program's record are shown.
    pub origin: bool,
    /// Whether the level is coloured (console only).
    pub colour: bool,
}

impl Style {
    /// Appends the record's line to `out`, with its newline.
    pub fn format(self, record: &Record<'_>, now: SystemTime, out: &mut Vec<u8>) {
        match self.encoding {
            Encoding::Console => self.console(record, out),
            Encoding::Json => self.json(record, now, out),
        }
        out.push(b'\n');
    }

    fn console(self, record: &Record<'_>, out: &mut Vec<u8>) {
        let level = record.level();
        if self.colour {
            out.extend_from_slice(colour(level).as_bytes());
        }
        out.extend_from_slice(level.as_str().as_bytes());
        if self.colour {
            out.extend_from_slice(b"\x1b[0m");
        }
        out.extend_from_slice(b"  ");
        push_message(record, out);

        let before = out.len();
        out.extend_from_slice(b"  {");
        let mut fields = Fields::new(out, self, Spaced, &[]);
        visit(record, &mut fields);
        let (count, stack) = (fields.count, fields.stack.take());
        match count {
            0 => out.truncate(before),
            _ => out.push(b'}'),
        }
        for line in stack.iter().flat_map(|stack| stack.lines()) {
            out.extend_from_slice(b"\n    ");
            push_visible(line, out);
        }
    }

    fn json(self, record: &Record<'_>, now: SystemTime, out: &mut Vec<u8>) {
        let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        let level = record.level().as_str().to_ascii_lowercase();
        let (seconds, micros) = (since.as_secs(), since.subsec_micros());
        infallible(write!(
            out,
            r#"{{"level":"{level}","ts":{seconds}.{micros:06},"logger":"#
        ));
        push_json(record.target(), out);
        out.extend_from_slice(br#","msg":"#);
        match record.args().as_str() {
            Some(text) => push_json(text, out),
            None => push_json(&record.args().to_string(), out),
        }
        let mut fields = Fields::new(out, self, Tight, &["level", "ts", "logger", "msg"]);
        fields.count = 1; // a comma comes before the first field too
        visit(record, &mut fields);
        out.push(b'}');
    }
}

/// The escape sequence that colours a level.
fn colour(level: Level) -> &'static str {
    match level {
        Level::Error => "\x1b[31m",
        Level::Warn => "\x1b[33m",
        Level::Info => "\x1b[32m",
        Level::Debug => "\x1b[34m",
        Level::Trace => "\x1b[36m",
    }
}

/// Writing to a `Vec` cannot fail.
fn infallible(result: io::Result<()>) {
    result.expect("memory takes every write");
}

fn push_message(record: &Record<'_>, out: &mut Vec<u8>) {
    match record.args().as_str() {
        Some(text) => push_visible(text, out),
        None => push_visible(&record.args().to_string(), out),
    }
}

/// Appends text with its control characters escaped: a program's message is one line, and sends nothing to a terminal.
fn push_visible(text: &str, out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_control() && c != '\t') {
        let (plain, from) = rest.split_at(at);
        out.extend_from_slice(plain.as_bytes());
        let control = from.chars().next().expect("found there");
        infallible(write!(out, "{}", control.escape_default()));
        rest = &from[control.len_utf8()..];
    }
    out.extend_from_slice(rest.as_bytes());
}

fn push_json(text: &str, out: &mut Vec<u8>) {
    let mut serializer = Serializer::with_formatter(out, Layout(Tight));
    text.serialize(&mut serializer).expect("a string is JSON");
}

fn visit<S: Spacing>(record: &Record<'_>, fields: &mut Fields<'_, '_, S>) {
    // Fails only where a value's own formatting does; the fields before it stand.
    let _ = record.key_values().visit(fields);
}

/// Writes fields as members of a JSON object.
struct Fields<'o, 't, S> {
    out: &'o mut Vec<u8>,
    style: Style,
    spacing: S,
    /// Keys that the line has already: a field of that name is shown as `field.name`.
    taken: &'t [&'t str],
    /// Whether the program's own `pid` and `location` make way for the automatic ones.
    origin_shown: bool,
    count: usize,
    stack: Option<String>,
}

impl<'o, 't, S: Spacing> Fields<'o, 't, S> {
    fn new(out: &'o mut Vec<u8>, style: Style, spacing: S, taken: &'t [&'t str]) -> Self {
        Fields {
            out,
            style,
            spacing,
            taken,
            origin_shown: false,
            count: 0,
            stack: None,
        }
    }

    fn member(&mut self, prefix: &str, key: &str, value: &kv::Value<'_>) {
        let start = self.out.len();
        if self.count > 0 {
            self.out.extend_from_slice(self.spacing.comma());
        }
        if prefix.is_empty() {
            push_json(key, self.out);
        } else {
            push_json(&format!("{prefix}{key}"), self.out);
        }
        self.out.extend_from_slice(self.spacing.colon());
        let value_at = self.out.len();
        let mut serializer = Serializer::with_formatter(&mut *self.out, Layout(self.spacing));
        if value.serialize(&mut serializer).is_err() {
            // Not JSON, such as a map whose keys are no strings: its text is.
            self.out.truncate(value_at);
            push_json(&value.to_string(), self.out);
        }
        debug_assert!(self.out.len() > start);
        self.count += 1;
    }
}

impl<'kvs, S: Spacing> kv::VisitSource<'kvs> for Fields<'_, '_, S> {
    fn visit_pair(&mut self, key: kv::Key<'kvs>, value: kv::Value<'kvs>) -> Result<(), kv::Error> {
        match key.as_str() {
            PID | LOCATION => {
                if self.style.origin {
                    self.origin_shown = true;
                    self.member("", &key.as_str()[1..], &value);
                }
            }
            STACK
                if self.style.encoding == Encoding::Console
                    && value.to_borrowed_str().is_some() =>
            {
                self.stack = Some(value.to_string());
            }
            name => {
                let taken = self.taken.contains(&name)
                    || self.origin_shown && (name == &PID[1..] || name == &LOCATION[1..]);
                self.member(if taken { "field." } else { "" }, name, &value);
            }
        }
        Ok(())
    }
}

/// What stands between the parts of an object or array.
trait Spacing: Copy {
    fn comma(self) -> &'static [u8];
    fn colon(self) -> &'static [u8];
}

/// `{"a": 1, "b": 2}`
#[derive(Clone, Copy)]
struct Spaced;

impl Spacing for Spaced {
    fn comma(self) -> &'static [u8] {
        b", "
    }
    fn colon(self) -> &'static [u8] {
        b": "
    }
}

/// `{"a":1,"b":2}`
#[derive(Clone, Copy)]
struct Tight;

impl Spacing for Tight {
    fn comma(self) -> &'static [u8] {
        b","
    }
    fn colon(self) -> &'static [u8] {
        b":"
    }
}

/// JSON on one line with the given spacing, integral floats as integers, and no control character but escaped.
struct Layout<S>(S);

impl<S: Spacing> Formatter for Layout<S> {
    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        out.write_all(if first { b"" } else { self.0.comma() })
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        out.write_all(if first { b"" } else { self.0.comma() })
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(self.0.colon())
    }

    fn write_f64<W: ?Sized + Write>(&mut self, out: &mut W, value: f64) -> io::Result<()> {
        if value.fract() == 0.0 && value.abs() < INTEGRAL_LIMIT {
            return write!(out, "{}", value as i64);
        }
        CompactFormatter.write_f64(out, value)
    }

    /// JSON lets DEL and the C1 controls stand; a terminal may obey them.
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        text: &str,
    ) -> io::Result<()> {
        let mut rest = text;
        while let Some(at) = rest.find(char::is_control) {
            let (plain, from) = rest.split_at(at);
            out.write_all(plain.as_bytes())?;
            let control = from.chars().next().expect("found there");
            write!(out, "\\u{:04x}", u32::from(control))?;
            rest = &from[control.len_utf8()..];
        }
        out.write_all(rest.as_bytes())
    }

    fn write_char_escape<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        escape: CharEscape,
    ) -> io::Result<()> {
        CompactFormatter.write_char_escape(out, escape)
    }
}

#[cfg(test)]
#[path = "line_tests.rs"]
mod tests;
