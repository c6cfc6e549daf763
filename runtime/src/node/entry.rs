//! A process entry at run time: its code, made ready at its first spawn, and who its processes are.
//!
//! Knows nothing of YAML: it was resolved when the app was loaded.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use parking_lot::RwLock;

use crate::api::{self, Code, Identity, Program};
use crate::app::{App, EntryId, Lua, LuaSource};
use crate::error::Error;
use crate::lua::{Chunk, Import, Libraries, Method, Preparation, Recipe, Slab, SyntaxError};
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

/// Makes entries of what an app declares; every source is compiled once.
pub struct Compiler<'a> {
    app: &'a App,
    libraries: Libraries<api::Host>,
    slab: Arc<Slab>,
    seed: u32,
    compiled: BTreeMap<EntryId, Chunk>,
}

/// A source that doesn't compile: whose, and why.
#[derive(Clone, Debug)]
pub struct BadSource {
    /// The source.
    pub source: LuaSource,
    /// Why.
    pub error: SyntaxError,
}

impl<'a> Compiler<'a> {
    /// For the entries of `app`. All VMs hash strings with `seed`.
    pub fn new(app: &'a App, slab: Arc<Slab>, seed: u32) -> Compiler<'a> {
        let compiled = BTreeMap::new();
        Compiler {
            app,
            libraries: api::libraries(),
            slab,
            seed,
            compiled,
        }
    }

    /// The code of the entry `id`, whose program is `lua` and runs `method`; `main`, else `run`, if it isn't said.
    ///
    /// # Errors
    /// A source that doesn't compile.
    pub fn code(
        &mut self,
        id: &EntryId,
        method: Option<&str>,
        lua: &Lua,
    ) -> Result<Code, BadSource> {
        let chunk = self.chunk(id, lua)?;
        let mut modules: BTreeSet<String> = lua.modules.iter().cloned().collect();
        let mut imports = Vec::new();
        self.imports(lua, &mut modules, &mut imports)?;
        let imports = imports.into_iter().map(|(_, import)| import).collect();
        let method = method.map_or(Method::Usual, |name| Method::Named(name.to_owned()));
        let modules = modules.into_iter().collect();
        let recipe = Recipe {
            chunk,
            types: Arc::default(),
            method,
            modules,
            imports,
            templates: self.app.config.templates,
        };
        Ok(Code::new(
            &self.libraries,
            recipe,
            self.slab.clone(),
            self.seed,
        ))
    }

    /// Adds the libraries that `lua` imports, those that they need first, each once.
    fn imports(
        &mut self,
        lua: &Lua,
        modules: &mut BTreeSet<String>,
        imports: &mut Vec<(EntryId, Import)>,
    ) -> Result<(), BadSource> {
        for (alias, id) in &lua.imports {
            if let Some((_, import)) = imports.iter_mut().find(|(known, _)| known == id) {
                import.aliases.push(alias.clone());
                continue;
            }
            // Loading found that all imports exist and that they have no cycle.
            let Some(library) = self.app.lua(id) else {
                continue;
            };
            modules.extend(library.modules.iter().cloned());
            self.imports(library, modules, imports)?;
            let chunk = self.chunk(id, library)?;
            imports.push((
                id.clone(),
                Import {
                    aliases: vec![alias.clone()],
                    chunk,
                    types: Arc::default(),
                },
            ));
        }
        Ok(())
    }

    fn chunk(&mut self, id: &EntryId, lua: &Lua) -> Result<Chunk, BadSource> {
        if let Some(chunk) = self.compiled.get(id) {
            return Ok(chunk.clone());
        }
        let chunk =
            Chunk::compile(lua.source.text.as_bytes(), id.as_str(), 0).map_err(|error| {
                BadSource {
                    source: lua.source.clone(),
                    error,
                }
            })?;
        self.compiled.insert(id.clone(), chunk.clone());
        Ok(chunk)
    }
}
