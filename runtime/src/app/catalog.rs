//! Which entries and modules there are, for those who name one.
//!
//! Knows nothing of what is in an entry beside its kind.

use std::cell::Cell;
use std::collections::BTreeMap;

use super::entry::{Draft, EntryId};
use super::suggest;

/// How many entries are looked at in all to say which were meant: of thousands of wrong names, the first are told enough.
const MOST_LOOKS: usize = 200_000;

/// All that can be named.
pub(super) struct Catalog<'a> {
    kinds: BTreeMap<EntryId, String>,
    /// The modules that programs may list.
    pub(super) modules: &'a [&'a str],
    /// Of [`MOST_LOOKS`], how many are left.
    looks: Cell<usize>,
}

impl<'a> Catalog<'a> {
    /// The catalog of `drafts`.
    pub(super) fn new(drafts: &BTreeMap<EntryId, Draft>, modules: &'a [&'a str]) -> Catalog<'a> {
        let kinds = drafts.values().map(|d| (d.id.clone(), d.kind.clone()));
        Catalog {
            kinds: kinds.collect(),
            modules,
            looks: Cell::new(MOST_LOOKS),
        }
    }

    /// The kind of the entry `id`, if there is one.
    pub(super) fn kind_of(&self, id: &EntryId) -> Option<&str> {
        self.kinds.get(id).map(String::as_str)
    }

    /// What to say to somebody in `namespace` who wrote `text` and wanted an entry of one of `kinds`.
    pub(super) fn nearest(&self, text: &str, namespace: &str, kinds: &[&str]) -> Option<String> {
        let left = self.looks.get().checked_sub(self.kinds.len())?;
        self.looks.set(left);
        let wanted = |kind: &str| kinds.is_empty() || kinds.contains(&kind);
        let ids = || {
            let of_kind = self.kinds.iter().filter(|(_, kind)| wanted(kind));
            of_kind.map(|(id, _)| id)
        };
        // The namespace is what is most often left out or wrong.
        let name = text.split_once(':').map_or(text, |(_, name)| name);
        let same_name = |id: &&EntryId| id.name() == name;
        let elsewhere = ids().find(|id| same_name(id) && id.namespace() == namespace);
        if let Some(id) = elsewhere.or_else(|| ids().find(same_name)) {
            return Some(format!("did you mean `{id}`?"));
        }
        let qualified = match text.contains(':') {
            true => text.to_string(),
            false => format!("{namespace}:{text}"),
        };
        suggest::did_you_mean_id(&qualified, ids())
    }
}
