//! The variables of an app at run time: declared names, looked up in storages.
//!
//! Knows nothing of who asks. Only declared variables can be read and set; [`Environment::get_all`] lists what the
//! storages hold, which may be more.

mod file;
mod storage;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::app::{App, EntryId, Variable};
use crate::error::{Error, kind};

use storage::Storage;

/// The variables of an app.
#[derive(Debug)]
pub struct Environment {
    by_name: BTreeMap<String, EntryId>,
    variables: BTreeMap<EntryId, Variable>,
    storages: BTreeMap<EntryId, Arc<Storage>>,
}

impl Environment {
    /// The variables of `app`, over the environment that this program was started with.
    pub fn new(app: &App) -> Environment {
        // Names and values that aren't UTF-8 are rare and still better read with marks in them than not at all.
        let text = |s: std::ffi::OsString| s.to_string_lossy().into_owned();
        let os = std::env::vars_os().map(|(name, value)| (text(name), text(value)));
        Environment::over(app, os.collect())
    }

    /// The variables of `app`, over the operating system's environment `os`.
    pub fn over(app: &App, os: BTreeMap<String, String>) -> Environment {
        let names = app.variables.values();
        Environment {
            by_name: names.map(|v| (v.name.clone(), v.id.clone())).collect(),
            variables: app.variables.clone(),
            storages: storage::open_all(app, &Arc::new(os)),
        }
    }

    /// The value of the variable `name`: a variable's name, or the id of its entry, in `namespace` if it has none.
    pub fn get(&self, name: &str, namespace: &str) -> Result<String, Error> {
        let variable = self.find(name, namespace)?;
        let stored = self.storage(variable)?.get(&variable.name)?;
        // An empty value counts as none, so that `NAME= moondust run` means the default.
        let value = stored.filter(|value| !value.is_empty());
        match value {
            Some(value) => Ok(value),
            None if !variable.default.is_empty() => Ok(variable.default.clone()),
            None => Err(not_found()),
        }
    }

    /// Sets the variable `name`, which is looked up as in [`Environment::get`].
    pub fn set(&self, name: &str, namespace: &str, value: &str) -> Result<(), Error> {
        let variable = self.find(name, namespace)?;
        if variable.read_only {
            let what = "environment variable is read-only";
            return Err(Error::new(kind::PERMISSION_DENIED, what));
        }
        self.storage(variable)?.set(&variable.name, value)
    }

    /// Everything that the storages hold. Defaults of variables are not in it.
    pub fn get_all(&self) -> Result<BTreeMap<String, String>, Error> {
        let mut all = BTreeMap::new();
        for storage in self.storages.values() {
            all.extend(storage.list()?);
        }
        Ok(all)
    }

    fn find(&self, name: &str, namespace: &str) -> Result<&Variable, Error> {
        if name.is_empty() {
            return Err(Error::new(kind::INVALID, "empty key"));
        }
        let id = match self.by_name.get(name) {
            Some(id) => Some(id.clone()),
            None => EntryId::parse_in(name, namespace),
        };
        id.and_then(|id| self.variables.get(&id))
            .ok_or_else(not_found)
    }

    fn storage(&self, variable: &Variable) -> Result<&Storage, Error> {
        let storage = self.storages.get(&variable.storage);
        storage.map(Arc::as_ref).ok_or_else(|| {
            let what = format!("environment storage `{}` not found", variable.storage);
            Error::new(kind::NOT_FOUND, what)
        })
    }
}

fn not_found() -> Error {
    Error::new(kind::NOT_FOUND, "environment variable not found")
}

#[cfg(test)]
mod tests;
