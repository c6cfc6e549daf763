//! What an app declares, as its programs may read it.
//!
//! Knows nothing of what entries are for.

use crate::api::{Record, Registry};
use crate::app::{App, Entry, Value};
use crate::lua::Plain;

/// All entries of an app.
pub fn registry(app: &App) -> Registry {
    let record = |entry: &Entry| {
        let (meta, data) = (plain(&entry.meta), plain(&entry.data));
        Record::new(entry.id.as_str(), &entry.kind, meta, data)
    };
    Registry::new(app.entries.values().map(record))
}

/// A value of the YAML, as programs get it.
pub(super) fn plain(value: &Value) -> Plain {
    match value {
        Value::Null => Plain::Nil,
        Value::Bool(value) => Plain::Boolean(*value),
        Value::Int(value) => Plain::Integer(*value),
        Value::Float(value) => Plain::Float(*value),
        Value::Text(text) => Plain::Text(text.clone()),
        Value::List(items) => Plain::List(items.iter().map(plain).collect()),
        Value::Map(pairs) => {
            let pair = |(key, value): &(String, Value)| (key.clone(), plain(value));
            Plain::Map(pairs.iter().map(pair).collect())
        }
    }
}
