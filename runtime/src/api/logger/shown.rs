//! What a log line shows of a program's values: JSON, cut where it would be too much.
//!
//! A table can hold itself many times, and one string thousands of times: what is shown is bounded by values and by bytes,
//! not by what the VM holds. Knows nothing of loggers.

use std::ops::ControlFlow;

use serde_json::{Map, Value};

use crate::lua::{Number, Stack, Type};

/// How deep tables are shown.
const MAX_DEPTH: usize = 16;

/// Values that the fields of a line show, in tables within tables too. A guess: nobody reads more, and to show so many
/// takes some hundred microseconds, in which the process can't be preempted.
const MAX_VALUES: usize = 1000;

/// Bytes of names and texts in the fields of a line. A guess: a sixteenth of the lines that may wait to be written.
const MAX_BYTES: usize = 64 << 10;

/// Bytes of a line's message. A guess: whoever logs a document as a message finds most of it.
pub(super) const MAX_MESSAGE: usize = 256 << 10;

/// Stands where something was cut.
const CUT: &str = "…";

/// Stands for a table that is shown around this place already.
const CYCLE: &str = "(cycle)";

/// The text of a message, cut where it is too long.
pub(super) fn message(bytes: &[u8]) -> String {
    text(bytes, &mut { MAX_MESSAGE })
}

/// What the fields of one line may still show.
pub(super) struct Shown {
    values: usize,
    bytes: usize,
    /// The tables around the present value.
    around: Vec<usize>,
}

impl Shown {
    /// For a line that shows `own` already.
    pub(super) fn beside(own: &Map<String, Value>) -> Shown {
        let mut shown = Shown {
            values: MAX_VALUES,
            bytes: MAX_BYTES,
            around: Vec::new(),
        };
        shown.charge_fields(own);
        shown
    }

    /// The fields of the table at `index`, by name. Lua's order of fields has no meaning, so they are sorted.
    pub(super) fn fields(mut self, lua: &mut Stack, index: i32) -> Map<String, Value> {
        self.around.push(lua.identity(index));
        let mut fields = Vec::new();
        let mut cut = false;
        lua.for_each(index, |lua| {
            if lua.kind(-2) != Type::String {
                return ControlFlow::Continue(());
            }
            if self.is_full() {
                cut = true;
                return ControlFlow::Break(());
            }
            let key = self.text(lua.bytes(-2).unwrap_or_default());
            if let Some(value) = self.value(lua, -1) {
                fields.push((key, value));
            }
            ControlFlow::Continue(())
        });
        named(fields, cut)
    }

    fn is_full(&self) -> bool {
        self.values == 0 || self.bytes == 0
    }

    fn charge_fields(&mut self, fields: &Map<String, Value>) {
        for (key, value) in fields {
            self.bytes = self.bytes.saturating_sub(key.len());
            self.charge(value);
        }
    }

    /// Charges for a value that is shown already.
    fn charge(&mut self, value: &Value) {
        self.values = self.values.saturating_sub(1);
        match value {
            Value::String(text) => self.bytes = self.bytes.saturating_sub(text.len()),
            Value::Array(items) => items.iter().for_each(|item| self.charge(item)),
            Value::Object(fields) => self.charge_fields(fields),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn text(&mut self, bytes: &[u8]) -> String {
        text(bytes, &mut self.bytes)
    }

    /// A Lua value as JSON; `None` for what has no place in a log.
    fn value(&mut self, lua: &mut Stack, index: i32) -> Option<Value> {
        let shown = match lua.kind(index) {
            Type::None | Type::Nil => return None,
            Type::Boolean => Value::Bool(lua.truth(index)),
            Type::Number => number(lua.number(index)?),
            Type::String => Value::String(self.text(lua.bytes(index)?)),
            Type::Table => self.table(lua, index),
            Type::Userdata => Value::String(self.text(lua.error(index)?.to_string().as_bytes())),
            other => Value::String(other.name().to_owned()),
        };
        self.values = self.values.saturating_sub(1);
        Some(shown)
    }

    /// A table as a JSON array if it is a list, else as an object.
    fn table(&mut self, lua: &mut Stack, index: i32) -> Value {
        let table = lua.identity(index);
        if self.around.contains(&table) {
            return Value::from(CYCLE);
        }
        if self.around.len() >= MAX_DEPTH {
            return Value::from(CUT);
        }
        self.around.push(table);
        let length = lua.len(index);
        let (mut items, mut fields, mut cut) = (Vec::new(), Vec::new(), false);
        lua.for_each(index, |lua| {
            if self.is_full() {
                cut = true;
                return ControlFlow::Break(());
            }
            let key = match lua.number(-2) {
                Some(Number::Integer(at)) => Err(at),
                Some(Number::Float(at)) => Ok(at.to_string()),
                None => match lua.bytes(-2) {
                    Some(key) => Ok(self.text(key)),
                    None => return ControlFlow::Continue(()),
                },
            };
            match (key, self.value(lua, -1)) {
                (Err(at), Some(value)) => items.push((at, value)),
                (Ok(key), Some(value)) => fields.push((key, value)),
                (_, None) => {}
            }
            ControlFlow::Continue(())
        });
        self.around.pop();
        items.sort_by_key(|(at, _)| *at);
        if fields.is_empty() && is_list(&items, length) {
            return list(items, cut);
        }
        let items = items.into_iter().map(|(at, value)| (at.to_string(), value));
        let mut all = named(fields, cut);
        all = items.chain(all).collect();
        Value::Object(all)
    }
}

fn number(number: Number) -> Value {
    match number {
        Number::Integer(value) => value.into(),
        // Integral floats print without a fraction.
        Number::Float(value) if value.fract() == 0.0 && value.abs() < 1e15 => (value as i64).into(),
        Number::Float(value) => serde_json::Number::from_f64(value)
            .map_or_else(|| Value::String(value.to_string()), Value::Number),
    }
}

/// The text of `bytes`, as far as `left` goes, which it is taken from.
fn text(bytes: &[u8], left: &mut usize) -> String {
    if bytes.len() <= *left {
        *left -= bytes.len();
        return String::from_utf8_lossy(bytes).into_owned();
    }
    // Not in the midst of a character.
    let is_inside = |at: usize| bytes[at] & 0xC0 == 0x80;
    let end = (0..=*left).rev().find(|&at| !is_inside(at));
    *left = 0;
    let mut text = String::from_utf8_lossy(&bytes[..end.unwrap_or(0)]).into_owned();
    text.push_str(CUT);
    text
}

/// Fields in the order of their names.
fn named(mut fields: Vec<(String, Value)>, cut: bool) -> Map<String, Value> {
    fields.sort_by(|(one, _), (other, _)| one.cmp(other));
    let cut = cut.then(|| (CUT.to_owned(), Value::from(CUT)));
    fields.into_iter().chain(cut).collect()
}

/// Whether these, in order, are a list up to `length`, with no more holes than items.
fn is_list(items: &[(i64, Value)], length: usize) -> bool {
    let (Some(first), Some(last)) = (items.first(), items.last()) else {
        return false;
    };
    first.0 >= 1 && last.0 as usize <= length && last.0 as usize <= 2 * items.len()
}

fn list(items: Vec<(i64, Value)>, cut: bool) -> Value {
    let mut list = Vec::with_capacity(items.len());
    for (at, value) in items {
        list.resize(at as usize - 1, Value::Null);
        list.push(value);
    }
    if cut {
        list.push(Value::from(CUT));
    }
    Value::Array(list)
}
