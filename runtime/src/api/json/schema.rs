//! JSON schemas, compiled once for all programs.
//!
//! A schema that refers to another document is refused: nothing is fetched. Knows nothing of Lua.

use std::fmt::Write;
use std::sync::Arc;

use jsonschema::{Retrieve, Uri, Validator};
use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use serde_json::Value;

use crate::error::{Error, kind};
use crate::lua::Plain;
use crate::payload::Payload;

/// Compiled schemas that are kept, those that were used last.
const KEPT: usize = 100;

/// Bytes of the largest schema that is kept, and of the largest there may be. Both are guesses: the first bounds what all
/// that are kept take, the second what compiling takes.
const LARGEST_KEPT: usize = 64 << 10;
const LARGEST: usize = 1 << 20;

/// Bytes of memory that a byte of text takes as a tree, about: what is validated is one, outside the VM, and may not take
/// more than a VM.
const TREE_PER_BYTE: usize = 32;

/// Violations that an error tells of.
const TOLD: usize = 8;

/// Bytes of what is told of each: what is wrong can be a whole document.
const LONGEST_TOLD: usize = 256;

/// How a program wrote a schema.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Written {
    /// As text.
    Text(Vec<u8>),
    /// As a table, of which this is the text. An empty table in it is an object, where a schema has none but objects.
    Table(Vec<u8>),
}

/// The schemas that were used last.
#[derive(Debug, Default)]
pub struct Schemas {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    /// How often any was asked for.
    asked: u64,
    /// Each with when it was asked for last.
    compiled: FxHashMap<Written, (Arc<Validator>, u64)>,
}

impl Schemas {
    /// Whether the JSON in `data` is as the schema wants it, for a VM of so many bytes.
    ///
    /// # Errors
    /// It is not, or is no JSON, or the schema is none (Invalid); one is too large (LimitExceeded).
    pub(super) fn check(&self, schema: Written, data: &[u8], room: usize) -> Result<(), Error> {
        if data.len() > room / TREE_PER_BYTE {
            let text = format!(
                "data is too large to be validated: {} bytes, of at most {}",
                data.len(),
                room / TREE_PER_BYTE
            );
            return Err(Error::new(kind::LIMIT_EXCEEDED, text));
        }
        let validator = self.compiled(schema)?;
        let data: Value = serde_json::from_slice(data)
            .map_err(|error| invalid(format!("data is no JSON: {error}")))?;
        match validator.is_valid(&data) {
            true => Ok(()),
            false => Err(violations(&validator, &data)),
        }
    }

    /// The schema, compiled.
    fn compiled(&self, schema: Written) -> Result<Arc<Validator>, Error> {
        if let Some(known) = self.kept.lock().find(&schema) {
            return Ok(known);
        }
        let validator = Arc::new(compile(&schema)?);
        let (Written::Text(text) | Written::Table(text)) = &schema;
        if text.len() <= LARGEST_KEPT {
            self.kept.lock().keep(schema, &validator);
        }
        Ok(validator)
    }
}

impl Kept {
    fn find(&mut self, schema: &Written) -> Option<Arc<Validator>> {
        self.asked += 1;
        let (validator, asked) = self.compiled.get_mut(schema)?;
        *asked = self.asked;
        Some(validator.clone())
    }

    fn keep(&mut self, schema: Written, validator: &Arc<Validator>) {
        if self.compiled.len() >= KEPT {
            let oldest = self.compiled.iter().min_by_key(|(_, (_, asked))| *asked);
            if let Some(oldest) = oldest.map(|(schema, _)| schema.clone()) {
                self.compiled.remove(&oldest);
            }
        }
        self.compiled
            .insert(schema, (validator.clone(), self.asked));
    }
}

/// Refuses to get any document.
struct Nothing;

impl Retrieve for Nothing {
    fn retrieve(&self, _: &Uri<String>) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        Err("schemas are not fetched".into())
    }
}

fn compile(schema: &Written) -> Result<Validator, Error> {
    let (Written::Text(text) | Written::Table(text)) = schema;
    if text.len() > LARGEST {
        let text = format!("schema is too large: more than {LARGEST} bytes");
        return Err(Error::new(kind::LIMIT_EXCEEDED, text));
    }
    let mut value: Value = serde_json::from_slice(text)
        .map_err(|error| invalid(format!("schema is no JSON: {error}")))?;
    if let Written::Table(_) = schema {
        mend("", &mut value);
    }
    jsonschema::options()
        .with_retriever(Nothing)
        .build(&value)
        .map_err(|error| invalid(format!("schema is invalid: {}", told(&error))))
}

/// Keywords that have a list, or any value. An empty table elsewhere is an object.
const WITH_LISTS: [&str; 10] = [
    "required",
    "enum",
    "const",
    "default",
    "examples",
    "type",
    "allOf",
    "anyOf",
    "oneOf",
    "prefixItems",
];

/// Makes objects of the empty lists in a schema that was a table.
fn mend(keyword: &str, value: &mut Value) {
    match value {
        _ if matches!(keyword, "enum" | "const" | "default" | "examples") => {}
        Value::Array(items) if items.is_empty() && WITH_LISTS.contains(&keyword) => {}
        Value::Array(items) if items.is_empty() => *value = Value::Object(serde_json::Map::new()),
        Value::Array(items) => items.iter_mut().for_each(|item| mend("", item)),
        Value::Object(fields) => fields.iter_mut().for_each(|(key, field)| mend(key, field)),
        _ => {}
    }
}

fn invalid(text: String) -> Error {
    Error::new(kind::INVALID, text)
}

/// What is wrong with `data`: in the message, and as a list of `{path =, message =}` in the details.
fn violations(validator: &Validator, data: &Value) -> Error {
    let mut text = String::new();
    let mut list = Vec::new();
    for error in validator.iter_errors(data).take(TOLD) {
        let between = if text.is_empty() { "" } else { "; " };
        let message = told(&error);
        let path = error.instance_path().as_str().to_owned();
        match path.is_empty() {
            true => write!(text, "{between}{message}"),
            false => write!(text, "{between}{path}: {message}"),
        }
        .expect("a string takes all");
        let fields = [("path", path), ("message", message)];
        let fields = fields.map(|(name, value)| (name.to_owned(), Plain::Text(value)));
        list.push(Plain::Map(fields.into()));
    }
    let mut details = Vec::new();
    Plain::List(list).encode(&mut details);
    let mut error = invalid(text);
    error.details = Some(Payload::from_encoded(details));
    error
}

/// What an error says, cut where it is long.
fn told(error: &jsonschema::ValidationError) -> String {
    let mut text = error.to_string();
    if text.len() > LONGEST_TOLD {
        let end = (0..=LONGEST_TOLD)
            .rev()
            .find(|&at| text.is_char_boundary(at));
        text.truncate(end.unwrap_or(0));
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: usize = 1 << 20;

    fn text(schema: &str) -> Written {
        Written::Text(schema.into())
    }

    #[test]
    fn the_schemas_that_were_used_last_are_kept() {
        let schemas = Schemas::default();
        let one = |number: usize| text(&format!(r#"{{"minimum": {number}}}"#));
        for number in 0..KEPT {
            schemas.check(one(number), b"1000", ROOM).unwrap();
        }
        let first = Arc::downgrade(&schemas.compiled(one(0)).unwrap());
        let second = Arc::downgrade(&schemas.compiled(one(1)).unwrap());
        schemas.compiled(one(0)).unwrap();
        let third = Arc::downgrade(&schemas.compiled(one(2)).unwrap());
        for number in KEPT..2 * KEPT - 2 {
            schemas.compiled(one(number)).unwrap();
        }
        let alive = [&first, &second, &third].map(|kept| kept.upgrade().is_some());
        assert_eq!(alive, [true, false, true]);
        assert_eq!(schemas.kept.lock().compiled.len(), KEPT);
        let large = text(&format!("{}true", " ".repeat(LARGEST_KEPT)));
        schemas.check(large, b"1", ROOM).unwrap();
        assert!(third.upgrade().is_some(), "a large one takes no place");
    }

    #[test]
    fn what_refers_to_itself_ends() {
        let schemas = Schemas::default();
        for schema in [
            r##"{"$ref": "#"}"##,
            r##"{"allOf": [{"$ref": "#"}], "anyOf": [{"$ref": "#"}], "not": {"$ref": "#"}}"##,
            r##"{"if": {"$ref": "#"}, "then": {"$ref": "#"}, "else": {"$ref": "#"}}"##,
            r##"{"unevaluatedProperties": false, "oneOf": [{"$ref": "#"}], "dependentSchemas": {"a": {"$ref": "#"}}}"##,
            r##"{"$dynamicAnchor": "x", "allOf": [{"$dynamicRef": "#x"}]}"##,
            r##"{"$recursiveAnchor": true, "$schema": "https://json-schema.org/draft/2019-09/schema", "allOf": [{"$recursiveRef": "#"}]}"##,
        ] {
            for data in ["1", r#"{"a": {"a": [1]}}"#] {
                let _ = schemas.check(text(schema), data.as_bytes(), ROOM);
            }
        }
        let deep = format!("{}{}", "[".repeat(120), "]".repeat(120));
        let tree = r##"{"type": "array", "items": {"$ref": "#"}}"##;
        schemas.check(text(tree), deep.as_bytes(), ROOM).unwrap();
    }

    #[test]
    fn an_empty_table_is_what_a_schema_has_there() {
        for (empty, mended) in [
            ("[]", "{}"),
            (r#"{"properties":[]}"#, r#"{"properties":{}}"#),
            (r#"{"properties":{"a":[]}}"#, r#"{"properties":{"a":{}}}"#),
            (r#"{"anyOf":[[]]}"#, r#"{"anyOf":[{}]}"#),
            (r#"{"required":[]}"#, r#"{"required":[]}"#),
            (r#"{"enum":[[]]}"#, r#"{"enum":[[]]}"#),
        ] {
            let mut value = serde_json::from_str(empty).unwrap();
            mend("", &mut value);
            assert_eq!(value.to_string(), mended);
        }
    }
}
