//! A value that knows where it is written.
//!
//! Knows nothing of YAML's syntax (`yaml.rs`) or of what entries need (`fields.rs`).

use super::problem::Place;
use super::value::Value;

/// A value and its place.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) place: Place,
    pub(super) content: Content,
}

/// The value of a [`Node`].
#[derive(Clone, Debug)]
pub(super) enum Content {
    /// A bare word or a quoted text.
    Scalar(Scalar),
    /// A list.
    List(Vec<Node>),
    /// A map, in the order in which it was written, each key once.
    Map(Vec<Pair>),
}

/// A single value, and how it was written.
#[derive(Clone, Debug)]
pub(super) struct Scalar {
    /// What it means.
    pub(super) value: Value,
    /// The characters, for fields that want a text: `1.50` stays so.
    pub(super) text: String,
    /// The file that the text was read from, when the value was `file://…`.
    pub(super) file: Option<String>,
    /// Where the first line of a text of several lines is.
    pub(super) first_line: u32,
    /// How many columns each of these lines is indented.
    pub(super) indent: u32,
}

/// A key with its place, and its value.
#[derive(Clone, Debug)]
pub(super) struct Pair {
    pub(super) key: String,
    pub(super) place: Place,
    pub(super) value: Node,
}

impl Node {
    /// A map without keys.
    pub(super) fn empty_map(place: &Place) -> Node {
        Node {
            place: place.clone(),
            content: Content::Map(Vec::new()),
        }
    }

    /// A bare word, as it may be written on the command line.
    pub(super) fn word(text: &str, place: &Place) -> Node {
        let scalar = Scalar {
            value: super::scalar::value_of(text),
            text: text.to_string(),
            file: None,
            first_line: place.line,
            indent: 0,
        };
        Node {
            place: place.clone(),
            content: Content::Scalar(scalar),
        }
    }

    /// The pairs, if this is a map.
    pub(super) fn as_map(&self) -> Option<&[Pair]> {
        match &self.content {
            Content::Map(pairs) => Some(pairs),
            _ => None,
        }
    }

    /// The value of `key`, if this is a map that has it.
    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        let pair = self.as_map()?.iter().find(|pair| pair.key == key)?;
        Some(&pair.value)
    }

    /// How many values it is, itself included.
    pub(super) fn count(&self) -> usize {
        let inside: usize = match &self.content {
            Content::Scalar(_) => 0,
            Content::List(items) => items.iter().map(Node::count).sum(),
            Content::Map(pairs) => pairs.iter().map(|pair| pair.value.count()).sum(),
        };
        1 + inside
    }

    /// The text, if this is one (not a number or a truth value).
    pub(super) fn as_text(&self) -> Option<&str> {
        match &self.content {
            Content::Scalar(scalar) => scalar.value.as_text(),
            _ => None,
        }
    }

    /// Whether nothing was written.
    pub(super) fn is_null(&self) -> bool {
        matches!(&self.content, Content::Scalar(scalar) if scalar.value == Value::Null)
    }

    /// The value without its places.
    pub(super) fn to_value(&self) -> Value {
        match &self.content {
            Content::Scalar(scalar) => scalar.value.clone(),
            Content::List(items) => Value::List(items.iter().map(Node::to_value).collect()),
            Content::Map(pairs) => {
                let plain = |pair: &Pair| (pair.key.clone(), pair.value.to_value());
                Value::Map(pairs.iter().map(plain).collect())
            }
        }
    }

    /// What it is, for sentences such as "must be a list, and is a text".
    pub(super) fn what(&self) -> String {
        match &self.content {
            Content::List(_) => "a list".to_string(),
            Content::Map(_) => "a map".to_string(),
            Content::Scalar(scalar) => match &scalar.value {
                Value::Null => "empty".to_string(),
                Value::Text(text) => shortened(text),
                _ => scalar.text.clone(),
            },
        }
    }

    /// Puts `value` where `path` leads, making maps on the way. Says which part of the path is no map.
    pub(super) fn put(&mut self, path: &[&str], value: Node) -> Result<(), String> {
        let Some((first, rest)) = path.split_first() else {
            *self = value;
            return Ok(());
        };
        if self.is_null() {
            self.content = Content::Map(Vec::new());
        }
        match &mut self.content {
            Content::Map(pairs) => {
                let index = pairs.iter().position(|pair| pair.key == *first);
                let index = index.unwrap_or_else(|| {
                    pairs.push(Pair {
                        key: first.to_string(),
                        place: value.place.clone(),
                        value: Node::word("", &value.place),
                    });
                    pairs.len() - 1
                });
                pairs[index].value.put(rest, value)
            }
            Content::List(items) => {
                let item = first.parse().ok().and_then(|i: usize| items.get_mut(i));
                match item {
                    Some(item) => item.put(rest, value),
                    None => Err(format!("the list has no item `{first}`")),
                }
            }
            Content::Scalar(_) => Err(format!("there is no `{first}` in {}", self.what())),
        }
    }

    /// Puts the keys of the map `over` on top of those of this map.
    pub(super) fn merge_keys(&mut self, over: Node) {
        let (Content::Map(below), Content::Map(above)) = (&mut self.content, over.content) else {
            return;
        };
        for pair in above {
            below.retain(|old| old.key != pair.key);
            below.push(pair);
        }
    }

    /// Lays `over` on top of this: maps are merged key by key, anything else is replaced.
    pub(super) fn merge(&mut self, over: Node) {
        match (&mut self.content, over.content) {
            (Content::Map(below), Content::Map(above)) => {
                for pair in above {
                    match below.iter_mut().find(|p| p.key == pair.key) {
                        Some(old) => old.value.merge(pair.value),
                        None => below.push(pair),
                    }
                }
            }
            (_, content) => {
                self.place = over.place;
                self.content = content;
            }
        }
    }
}

/// `text` in quotes, cut where it gets too long for a sentence.
fn shortened(text: &str) -> String {
    /// Long enough for ids, short enough for a line.
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{:?}", format!("{}…", &text[..end])),
        None => format!("{text:?}"),
    }
}
