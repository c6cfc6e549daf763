//! `env.variable`: a name that programs may read from a storage.
//!
//! Knows nothing of the values: that is `node/env.rs`.

use crate::app::entry::EntryId;
use crate::app::fields::Fields;

/// The kinds that a variable may be stored in.
pub(in crate::app) const STORAGES: [&str; 5] = [
    "env.storage.os",
    "env.storage.memory",
    "env.storage.file",
    "env.storage.static",
    "env.storage.router",
];

/// An `env.variable`.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    /// Its id.
    pub id: EntryId,
    /// The name in the storage; the entry's id, where none was given.
    pub name: String,
    /// The storage with its value.
    pub storage: EntryId,
    /// The value when the storage has none.
    pub default: String,
    /// Whether programs are kept from setting it.
    pub read_only: bool,
}

/// Reads an `env.variable`.
pub(in crate::app) fn read(mut fields: Fields) -> Option<Variable> {
    let name = name(&mut fields);
    let storage = fields.reference("storage", false, &STORAGES);
    let default = fields.characters("default").unwrap_or_default();
    // Both spellings are in use.
    let read_only = [fields.flag("readonly"), fields.flag("read_only")].contains(&Some(true));
    let id = fields.id.clone();
    fields.finish();
    Some(Variable {
        id,
        name: name?,
        storage: storage?,
        default: default.to_string(),
        read_only,
    })
}

/// The name of the variable; `None` if it is no good one.
fn name(fields: &mut Fields) -> Option<String> {
    let Some((name, place)) = fields.text("variable").filter(|(name, _)| !name.is_empty()) else {
        return Some(fields.id.to_string());
    };
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if let Some(odd) = name.chars().find(|&c| !allowed(c)) {
        let what = format!("must hold letters, digits and `_` only, and holds {odd:?}");
        fields.report(fields.error("variable", place, what));
        return None;
    }
    Some(name.to_string())
}
