//! `env.storage.*`: where the values of variables are.
//!
//! Knows nothing of reading or writing them: that is `node/env.rs`.

use super::variable::STORAGES;
use crate::app::entry::EntryId;
use crate::app::fields::Fields;
use crate::app::node::{Content, Node};
use crate::app::permissions;
use crate::app::value::Value;

/// An `env.storage.*`.
#[derive(Clone, Debug, PartialEq)]
pub struct Storage {
    /// Its id.
    pub id: EntryId,
    /// Where its values are.
    pub place: StoragePlace,
}

/// Where the values of a storage are.
#[derive(Clone, Debug, PartialEq)]
pub enum StoragePlace {
    /// The environment of the operating system, read-only.
    Os,
    /// Memory, empty at start.
    Memory,
    /// A file of `NAME=value` lines.
    File(StorageFile),
    /// The entry itself, read-only.
    Static(Vec<(String, String)>),
    /// Other storages: the first that has a value; set goes to the first.
    Router(Vec<EntryId>),
}

/// The file of an `env.storage.file`.
#[derive(Clone, Debug, PartialEq)]
pub struct StorageFile {
    /// Its path, relative to the current folder.
    pub path: String,
    /// Whether set makes it.
    pub auto_create: bool,
    /// The permissions of the file when it is made.
    pub file_mode: u32,
    /// The permissions of its folder when that is made.
    pub dir_mode: u32,
}

/// Reads an `env.storage.*` of the kind `kind`.
pub(in crate::app) fn read(kind: &str, mut fields: Fields) -> Option<Storage> {
    let place = match kind {
        "env.storage.os" => Some(StoragePlace::Os),
        "env.storage.memory" => Some(StoragePlace::Memory),
        "env.storage.file" => file(&mut fields),
        "env.storage.static" => Some(StoragePlace::Static(values(&mut fields))),
        _ => router(&mut fields),
    };
    // A lifecycle does no harm here: a storage is always there.
    fields.get("lifecycle");
    let id = fields.id.clone();
    fields.finish();
    Some(Storage { id, place: place? })
}

fn file(fields: &mut Fields) -> Option<StoragePlace> {
    let path = fields.required_text("file_path");
    let auto_create = fields.flag("auto_create").unwrap_or(false);
    let file_mode = permissions::read(fields, "file_mode").unwrap_or(0o644);
    let dir_mode = permissions::read(fields, "dir_mode").unwrap_or(0o755);
    Some(StoragePlace::File(StorageFile {
        path: path?.0.to_string(),
        auto_create,
        file_mode,
        dir_mode,
    }))
}

fn values(fields: &mut Fields) -> Vec<(String, String)> {
    let mut values = Vec::new();
    for pair in fields.pairs("values") {
        match text_of(&pair.value) {
            Some(text) => values.push((pair.key.clone(), text)),
            None => {
                let what = format!("`{}` must be a text", pair.key);
                fields.report(fields.error("values", &pair.value.place, what));
            }
        }
    }
    values
}

/// The characters of a single value; nothing for `null`.
fn text_of(node: &Node) -> Option<String> {
    match &node.content {
        Content::Scalar(scalar) if scalar.value == Value::Null => Some(String::new()),
        Content::Scalar(scalar) => Some(scalar.text.clone()),
        _ => None,
    }
}

fn router(fields: &mut Fields) -> Option<StoragePlace> {
    let named = fields.texts("storages");
    if named.is_empty() {
        fields.missing("storages");
    }
    let resolve = |&(text, place)| fields.resolve("storages", text, place, true, &STORAGES);
    let storages: Vec<_> = named.iter().filter_map(resolve).collect();
    (!storages.is_empty()).then_some(StoragePlace::Router(storages))
}
