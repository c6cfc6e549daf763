//! Values that don't come from a VM, as bytes: what an app's YAML gives a program, details of errors.
//!
//! Knows nothing of YAML.

use super::form::{hint, put_integer, put_string, tag};

/// A value without identity: no cycles, nothing shared.
#[derive(Clone, Debug, PartialEq)]
pub enum Plain {
    /// `nil`
    Nil,
    /// `true` or `false`
    Boolean(bool),
    /// An integer.
    Integer(i64),
    /// A float.
    Float(f64),
    /// A string.
    Text(String),
    /// A table with items from 1 on; nil is a hole.
    List(Vec<Plain>),
    /// A table with string keys; nil is left out.
    Map(Vec<(String, Plain)>),
}

impl Plain {
    /// Appends the encoded value to `out`. Nested deeper than `MAX_DEPTH` it can't be decoded.
    pub fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Plain::Nil => out.push(tag::NIL),
            Plain::Boolean(false) => out.push(tag::FALSE),
            Plain::Boolean(true) => out.push(tag::TRUE),
            Plain::Integer(value) => put_integer(out, *value),
            Plain::Float(value) => {
                out.push(tag::FLOAT);
                out.extend_from_slice(&value.to_le_bytes());
            }
            Plain::Text(text) => put_string(out, text.as_bytes()),
            Plain::List(items) => {
                out.extend([tag::TABLE, hint(items.len()), 0]);
                items.iter().for_each(|item| item.encode(out));
                out.push(tag::END);
            }
            Plain::Map(fields) => {
                let fields = || fields.iter().filter(|(_, value)| *value != Plain::Nil);
                out.extend([tag::TABLE, 0, hint(fields().count())]);
                if fields().next().is_some() {
                    out.push(tag::PAIRS);
                }
                for (key, value) in fields() {
                    put_string(out, key.as_bytes());
                    value.encode(out);
                }
                out.push(tag::END);
            }
        }
    }
}
