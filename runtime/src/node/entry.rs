//! A process entry at run time: its code, made ready at its first spawn, and who its processes are.
//!
//! Knows nothing of YAML: it was resolved when the app was loaded.

use std::sync::Arc;

use parking_lot::RwLock;

use crate::api::{Code, Identity, Program};
use crate::error::Error;
use crate::lua::Preparation;
use crate::process::HostKey;

/// A process entry.
pub struct Entry {
    identity: Arc<Identity>,
    code: Code,
    /// Where it runs when it is called like a function; `None` if it can't be.
    default_host: Option<String>,
    /// Its number in the process table, by host: a handful.
    origins: RwLock<Vec<(HostKey, u32)>>,
}

impl Entry {
    /// An entry with its code.
    pub fn new(identity: Arc<Identity>, code: Code) -> Entry {
        Entry {
            identity,
            code,
            default_host: None,
            origins: RwLock::default(),
        }
    }

    /// The same, which can be called like a function and runs on `host` then.
    pub fn with_default_host(self, host: Option<String>) -> Entry {
        Entry {
            default_host: host,
            ..self
        }
    }

    /// Where it runs when it is called like a function; `None` if it can't be.
    pub fn default_host(&self) -> Option<&str> {
        self.default_host.as_deref()
    }

    /// The id of the entry.
    pub fn id(&self) -> &str {
        &self.identity.entry
    }

    /// Who its processes are.
    pub fn identity(&self) -> &Arc<Identity> {
        &self.identity
    }

    /// Its code, once its top level has run.
    ///
    /// # Errors
    /// As [`Entry::prepare`].
    pub fn ready(&self) -> Result<Code, Error> {
        self.prepare()?;
        Ok(self.code.clone())
    }

    /// Runs its top level, unless that was done.
    ///
    /// # Errors
    /// What the top level failed with, or that the method is missing.
    pub fn prepare(&self) -> Result<(), Error> {
        let first = !self.code.is_prepared();
        let prepared = Program::prepare(&self.code, &self.identity)?;
        if let Preparation::Unfit(why) = prepared
            && first
        {
            log::debug!("{} has no template: {why}", self.id());
        }
        Ok(())
    }

    /// Its number in the process table as an entry on `host`; `ask` asks the table.
    pub fn origin(&self, host: HostKey, ask: impl FnOnce() -> u32) -> u32 {
        let known = |origins: &[(HostKey, u32)]| {
            let found = origins.iter().find(|(key, _)| *key == host);
            found.map(|found| found.1)
        };
        if let Some(origin) = known(&self.origins.read()) {
            return origin;
        }
        let mut origins = self.origins.write();
        known(&origins).unwrap_or_else(|| {
            let origin = ask();
            origins.push((host, origin));
            origin
        })
    }
}
