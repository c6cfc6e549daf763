//! Values that don't come from a VM, as bytes: what an app's YAML gives a program, details of errors.
//!
//! Knows nothing of YAML.

use super::form::{Reader, hint, put_integer, put_string, tag};

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
    /// A string that need not be text.
    Bytes(Vec<u8>),
    /// A table with items from 1 on; nil is a hole.
    List(Vec<Plain>),
    /// A table with string keys; nil is left out.
    Map(Vec<(String, Plain)>),
}

impl Plain {
    /// The encoded value, if it is nil, a boolean or a number. No bytes at all mean nil.
    pub fn decode_simple(encoded: &[u8]) -> Option<Plain> {
        let mut reader = Reader::new(encoded);
        Some(match reader.byte().unwrap_or(tag::NIL) {
            tag::NIL => Plain::Nil,
            tag::FALSE => Plain::Boolean(false),
            tag::TRUE => Plain::Boolean(true),
            tag::INTEGER => Plain::Integer(reader.integer().ok()?),
            tag::FLOAT => Plain::Float(reader.float().ok()?),
            small @ tag::SMALL_INTEGER.. => Plain::Integer((small - tag::SMALL_INTEGER).into()),
            _ => return None,
        })
    }

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
            Plain::Bytes(bytes) => put_string(out, bytes),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simple_values_come_back_and_others_do_not() {
        let simple = [
            Plain::Nil,
            Plain::Boolean(true),
            Plain::Boolean(false),
            Plain::Integer(0),
            Plain::Integer(127),
            Plain::Integer(-1),
            Plain::Integer(i64::MAX),
            Plain::Float(-2.5),
        ];
        let coded = |value: &Plain| {
            let mut out = Vec::new();
            value.encode(&mut out);
            Plain::decode_simple(&out)
        };
        for value in simple {
            assert_eq!(coded(&value), Some(value));
        }
        for other in [Plain::Text("1".into()), Plain::List(Vec::new())] {
            assert_eq!(coded(&other), None);
        }
        assert_eq!(Plain::decode_simple(&[]), Some(Plain::Nil));
        assert_eq!(Plain::decode_simple(&[tag::FLOAT, 0]), None);
    }
}
