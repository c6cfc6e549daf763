//! The entries of an app as programs read them: encoded once, and what one can look for in them.
//!
//! Knows nothing of where they are from, nor of Lua.

use crate::lua::Plain;
use crate::payload::Payload;

/// All entries of an app, by id.
#[derive(Debug, Default)]
pub struct Registry(Vec<Record>);

/// One entry.
#[derive(Debug)]
pub struct Record {
    id: String,
    kind: String,
    meta: Plain,
    /// The table `{id, kind, meta, data}`.
    encoded: Payload,
}

impl Record {
    /// An entry; `meta` and `data` are maps.
    pub fn new(id: &str, kind: &str, meta: Plain, data: Plain) -> Record {
        let text = |text: &str| Plain::Text(text.to_owned());
        let fields = [
            ("id", text(id)),
            ("kind", text(kind)),
            ("meta", meta.clone()),
            ("data", data),
        ];
        let mut encoded = Vec::new();
        Plain::Map(fields.map(|(key, value)| (key.to_owned(), value)).into()).encode(&mut encoded);
        Record {
            id: id.to_owned(),
            kind: kind.to_owned(),
            meta,
            encoded: Payload::from_encoded(encoded),
        }
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its kind.
    pub(super) fn kind(&self) -> &str {
        &self.kind
    }

    /// What the app says about it: a map.
    pub(super) fn meta(&self) -> &Plain {
        &self.meta
    }

    /// The part of its id before the first colon.
    pub(super) fn namespace(&self) -> &str {
        self.parts().0
    }

    /// The part of its id behind the first colon.
    pub(super) fn name(&self) -> &str {
        self.parts().1
    }

    fn parts(&self) -> (&str, &str) {
        self.id.split_once(':').unwrap_or(("", &self.id))
    }

    /// The encoded table `{id, kind, meta, data}`.
    pub(super) fn encoded(&self) -> &Payload {
        &self.encoded
    }
}

impl Registry {
    /// All these entries.
    pub fn new(entries: impl IntoIterator<Item = Record>) -> Registry {
        let mut all: Vec<_> = entries.into_iter().collect();
        all.sort_by(|one, other| one.id.cmp(&other.id));
        Registry(all)
    }

    /// The entry with this id.
    pub fn get(&self, id: &str) -> Option<&Record> {
        let found = self.0.binary_search_by(|record| record.id.as_str().cmp(id));
        found.ok().map(|at| &self.0[at])
    }

    /// All entries, in the order of their ids.
    pub(super) fn all(&self) -> &[Record] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_found_by_their_ids_whatever_the_order_in_which_they_came() {
        let record = |id: &str| Record::new(id, "k", Plain::Map(vec![]), Plain::Map(vec![]));
        let registry = Registry::new(["b:c", "a:z", "b:a:d"].map(record));
        let ids: Vec<_> = registry.all().iter().map(Record::id).collect();
        assert_eq!(ids, ["a:z", "b:a:d", "b:c"]);
        for id in ids {
            assert_eq!(registry.get(id).map(Record::id), Some(id));
        }
        assert!(registry.get("b").is_none() && registry.get("").is_none());
        let record = registry.get("b:a:d").unwrap();
        assert_eq!((record.namespace(), record.name()), ("b", "a:d"));
    }
}
