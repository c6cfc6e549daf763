//! What an app's folder says, checked and resolved: plain data.
//!
//! [`load`] goes from files (`files`) over YAML with places (`yaml`, `node`) and drafts of entries (`index`,
//! `overrides`, `include`) to one struct a kind (`kind/`, read through `fields`), and notes all problems on the way.
//! Knows nothing of what entries do when they run. After it, every reference names an entry that exists.

mod boot;
mod catalog;
mod command;
mod config;
mod entry;
mod fields;
mod files;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
mod graph;
mod include;
mod index;
mod kind;
mod load;
mod node;
mod overrides;
mod permissions;
mod problem;
mod scalar;
mod size;
mod suggest;
mod syntax;
mod value;
mod yaml;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use boot::BootOrder;
pub use command::{Command, NoCommand};
pub use config::{Config, LogEncoding, LogLevel, NoSetting, Setting};
pub use entry::{Entry, EntryId};
pub use kind::directory::Directory;
pub use kind::function::Function;
pub use kind::host::{Host, TerminalFields};
pub use kind::http::address::{Address, NoAddress};
pub use kind::http::chain::ChainPlaces;
pub use kind::http::endpoint::{HttpEndpoint, METHODS};
pub use kind::http::router::HttpRouter;
pub use kind::http::service::{HttpLimits, HttpService, Timeouts};
pub use kind::http::statics::HttpStatic;
pub use kind::lifecycle::{Lifecycle, Restart, Startup};
pub use kind::lua::{Library, Lua, LuaSource, Process};
pub use kind::pool::Pool;
pub use kind::service::Service;
pub use kind::storage::{Storage, StorageFile, StoragePlace};
pub use kind::variable::Variable;
pub use load::{Duplicates, Loaded, Options, declares_entries, load};
pub use overrides::{NoOverride, Override};
pub use problem::{Excerpt, Place, Problem, Severity};
pub use suggest::did_you_mean;
pub use syntax::check_syntax;
pub use value::Value;

/// An app: all that its folder declares.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct App {
    /// Every entry as it was written, those of kinds that this version doesn't run too.
    pub entries: BTreeMap<EntryId, Entry>,
    /// Every `process.host` and `terminal.host`.
    pub hosts: BTreeMap<EntryId, Host>,
    /// Every `process.lua`.
    pub processes: BTreeMap<EntryId, Process>,
    /// Every `process.service`.
    pub services: BTreeMap<EntryId, Service>,
    /// Every `library.lua`.
    pub libraries: BTreeMap<EntryId, Library>,
    /// Every `function.lua`.
    pub functions: BTreeMap<EntryId, Function>,
    /// Every `http.service`.
    pub http_services: BTreeMap<EntryId, HttpService>,
    /// Every `http.router`.
    pub http_routers: BTreeMap<EntryId, HttpRouter>,
    /// Every `http.endpoint`.
    pub http_endpoints: BTreeMap<EntryId, HttpEndpoint>,
    /// Every `http.static`.
    pub http_statics: BTreeMap<EntryId, HttpStatic>,
    /// Every `fs.directory`.
    pub directories: BTreeMap<EntryId, Directory>,
    /// Every `env.variable`.
    pub variables: BTreeMap<EntryId, Variable>,
    /// Every `env.storage.*`.
    pub storages: BTreeMap<EntryId, Storage>,
    /// How the runtime behaves.
    pub config: Config,
    /// In which order hosts and services start and stop.
    pub boot: BootOrder,
}

impl App {
    /// The program of the entry `id`, be it a process, a function or a library.
    pub fn lua(&self, id: &EntryId) -> Option<&Lua> {
        let process = self.processes.get(id).map(|process| &process.lua);
        let function = || self.functions.get(id).map(|function| &function.lua);
        let library = || self.libraries.get(id).map(|library| &library.lua);
        process.or_else(function).or_else(library)
    }

    /// Every program with the entry that has it.
    pub fn programs(&self) -> impl Iterator<Item = (&EntryId, &Lua)> {
        let processes = self.processes.iter().map(|(id, p)| (id, &p.lua));
        let functions = self.functions.iter().map(|(id, f)| (id, &f.lua));
        let libraries = self.libraries.iter().map(|(id, l)| (id, &l.lua));
        processes.chain(functions).chain(libraries)
    }
}
