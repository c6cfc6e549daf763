//! An entry: its id, its kind, and its data as it was written.
//!
//! Knows nothing of what a kind needs: that is `kind/`.

use std::fmt;
use std::sync::Arc;

use super::node::Node;
use super::problem::Place;
use super::value::Value;

/// Names an entry: `namespace:name`. Cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId {
    text: Arc<str>,
    /// Where the colon is.
    colon: u32,
}

impl EntryId {
    /// The id of `name` in `namespace` (which holds no colon).
    pub fn new(namespace: &str, name: &str) -> EntryId {
        EntryId {
            text: format!("{namespace}:{name}").into(),
            colon: namespace.len() as u32,
        }
    }

    /// Reads `namespace:name`, split at the first colon; `None` without one, or when a part is empty.
    pub fn parse(text: &str) -> Option<EntryId> {
        let (namespace, name) = text.split_once(':')?;
        if namespace.is_empty() || name.is_empty() {
            return None;
        }
        Some(EntryId {
            text: text.into(),
            colon: namespace.len() as u32,
        })
    }

    /// Reads `text`, which may leave out the namespace when it is `namespace`.
    pub fn parse_in(text: &str, namespace: &str) -> Option<EntryId> {
        if text.contains(':') {
            return EntryId::parse(text);
        }
        (!text.is_empty()).then(|| EntryId::new(namespace, text))
    }

    /// The whole id.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The part before the first colon.
    pub fn namespace(&self) -> &str {
        &self.text[..self.colon as usize]
    }

    /// The part after the first colon.
    pub fn name(&self) -> &str {
        &self.text[self.colon as usize + 1..]
    }
}

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// An entry as it was written, texts of `file://` values in their places.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its id.
    pub id: EntryId,
    /// Its kind, such as `process.lua`.
    pub kind: String,
    /// Its `meta`, with the defaults of its file: a map.
    pub meta: Value,
    /// All other fields, or those of `data:`: a map.
    pub data: Value,
    /// Where it begins.
    pub place: Place,
}

/// An entry that is not checked yet: everything in it knows its place.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) id: EntryId,
    pub(super) place: Place,
    pub(super) kind: String,
    pub(super) kind_place: Place,
    pub(super) meta: Node,
    pub(super) data: Node,
}

impl Draft {
    /// The entry without the places in it.
    pub(super) fn to_entry(&self) -> Entry {
        Entry {
            id: self.id.clone(),
            kind: self.kind.clone(),
            meta: self.meta.to_value(),
            data: self.data.to_value(),
            place: self.place.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_split_at_the_first_colon() {
        let id = EntryId::parse("a.b:c:d").unwrap();
        assert_eq!((id.namespace(), id.name()), ("a.b", "c:d"));
        assert_eq!(EntryId::parse_in("c", "a"), EntryId::parse("a:c"));
        assert_eq!(EntryId::parse_in("x:c", "a"), EntryId::parse("x:c"));
        for text in ["", "a", ":", "a:", ":b"] {
            assert_eq!(EntryId::parse(text), None, "{text}");
        }
        assert_eq!(EntryId::parse_in("", "a"), None);
    }
}
