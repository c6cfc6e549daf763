//! Where the values of variables are, at run time.
//!
//! Knows nothing of variables: a storage has names and values.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::Mutex;

use super::file::EnvFile;
use crate::app::{App, EntryId, StoragePlace};
use crate::error::{Error, kind};

/// Names and values.
type Values = BTreeMap<String, String>;

/// An open storage.
#[derive(Debug)]
pub(super) enum Storage {
    /// Values that nobody can set: the operating system's, or an entry's.
    Fixed(Arc<Values>),
    /// Values that are gone when the program ends.
    Memory(Mutex<Values>),
    /// A file, read anew for every get.
    File(EnvFile),
    /// Other storages: the first that has a value; set goes to the first. Never empty.
    Router(Vec<Arc<Storage>>),
}

/// Opens the storages of `app`; `os` is the environment of the operating system.
pub(super) fn open_all(app: &App, os: &Arc<Values>) -> BTreeMap<EntryId, Arc<Storage>> {
    let mut opened = BTreeMap::new();
    for id in app.storages.keys() {
        open(app, id, os, &mut opened);
    }
    opened
}

/// Opens the storage `id` once; a router's storages before it, in which there is no circle.
fn open(
    app: &App,
    id: &EntryId,
    os: &Arc<Values>,
    opened: &mut BTreeMap<EntryId, Arc<Storage>>,
) -> Option<Arc<Storage>> {
    if let Some(storage) = opened.get(id) {
        return Some(storage.clone());
    }
    let storage = match &app.storages.get(id)?.place {
        StoragePlace::Os => Storage::Fixed(os.clone()),
        StoragePlace::Memory => Storage::Memory(Mutex::default()),
        StoragePlace::File(file) => Storage::File(EnvFile::new(file.clone())),
        StoragePlace::Static(values) => Storage::Fixed(Arc::new(values.iter().cloned().collect())),
        StoragePlace::Router(ids) => {
            let storages = ids.iter().filter_map(|id| open(app, id, os, opened));
            Storage::Router(storages.collect())
        }
    };
    let storage = Arc::new(storage);
    opened.insert(id.clone(), storage.clone());
    Some(storage)
}

impl Storage {
    /// The value of `name`, if there is one.
    pub(super) fn get(&self, name: &str) -> Result<Option<String>, Error> {
        match self {
            Storage::Fixed(values) => Ok(values.get(name).cloned()),
            Storage::Memory(values) => Ok(values.lock().get(name).cloned()),
            Storage::File(file) => Ok(file.read()?.remove(name)),
            Storage::Router(storages) => {
                for storage in storages {
                    if let Some(value) = storage.get(name)? {
                        return Ok(Some(value));
                    }
                }
                Ok(None)
            }
        }
    }

    /// Sets the value of `name`.
    pub(super) fn set(&self, name: &str, value: &str) -> Result<(), Error> {
        match self {
            Storage::Fixed(_) => Err(Error::new(kind::PERMISSION_DENIED, "storage is read-only")),
            Storage::Memory(values) => {
                values.lock().insert(name.to_string(), value.to_string());
                Ok(())
            }
            Storage::File(file) => file.set(name, value),
            Storage::Router(storages) => match storages.first() {
                Some(first) => first.set(name, value),
                None => Err(Error::new(kind::NOT_FOUND, "the router has no storages")),
            },
        }
    }

    /// All names and values.
    pub(super) fn list(&self) -> Result<Values, Error> {
        match self {
            Storage::Fixed(values) => Ok(Values::clone(values)),
            Storage::Memory(values) => Ok(values.lock().clone()),
            Storage::File(file) => file.read(),
            Storage::Router(storages) => {
                let mut all = Values::new();
                // The first storage wins, as for get.
                for storage in storages.iter().rev() {
                    all.extend(storage.list()?);
                }
                Ok(all)
            }
        }
    }
}
