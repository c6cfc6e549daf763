//! Commands: processes that people start by a name, or by the id of their entry, on a `terminal.host`.
//!
//! Knows nothing of the command line that names them, nor of starting them.

use std::fmt;

use super::entry::EntryId;
use super::suggest;
use super::{App, Value};

/// A process with a name for people, from its `meta.command`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Command<'a> {
    /// What people call it.
    pub name: &'a str,
    /// What it does, in a few words; may be empty.
    pub short: &'a str,
    /// The `process.lua` that it runs.
    pub entry: &'a EntryId,
}

/// Why there is nothing to start, or nowhere to start it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoCommand {
    /// No process has this name.
    UnknownName {
        /// The name.
        name: String,
    },
    /// Several processes have the name.
    Ambiguous {
        /// The name.
        name: String,
        /// The entries that have it.
        entries: Vec<EntryId>,
    },
    /// No entry has this id.
    UnknownEntry {
        /// What was written.
        text: String,
        /// What was perhaps meant, as a question.
        advice: Option<String>,
    },
    /// The entry is of another kind.
    WrongKind {
        /// The entry.
        id: EntryId,
        /// Its kind.
        kind: String,
        /// The kind that is wanted.
        wanted: &'static str,
    },
    /// There is no `terminal.host`.
    NoHost,
    /// There are several.
    ManyHosts {
        /// Which.
        hosts: Vec<EntryId>,
    },
}

impl fmt::Display for NoCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoCommand::UnknownName { name } => write!(
                f,
                "command {name:?} not found. Use 'moondust run list' to see all commands"
            ),
            NoCommand::Ambiguous { name, entries } => write!(
                f,
                "command {name:?} is the name of several processes: {}. Name one with -x",
                listed(entries)
            ),
            NoCommand::UnknownEntry { text, advice } => {
                write!(f, "there is no entry `{text}`")?;
                let advice = advice.as_ref();
                advice.map_or(Ok(()), |advice| write!(f, ": {advice}"))
            }
            NoCommand::WrongKind { id, kind, wanted } => {
                write!(f, "`{id}` is a {kind}: name a {wanted}")
            }
            NoCommand::NoHost => f.write_str("no terminal.host found in registry"),
            NoCommand::ManyHosts { hosts } => write!(
                f,
                "several terminal.host entries found: {}. Name one with --host",
                listed(hosts)
            ),
        }
    }
}

impl std::error::Error for NoCommand {}

fn listed(ids: &[EntryId]) -> String {
    let ids: Vec<&str> = ids.iter().map(EntryId::as_str).collect();
    ids.join(", ")
}

/// The kind of what a command runs on.
const TERMINAL_HOST: &str = "terminal.host";

impl App {
    /// All commands, by name.
    pub fn commands(&self) -> Vec<Command<'_>> {
        let named = self.processes.keys().filter_map(|id| {
            let command = self.entries.get(id)?.meta.get("command")?;
            let name = command.get("name").and_then(Value::as_text)?;
            Some(Command {
                name,
                short: command.get("short").and_then(Value::as_text).unwrap_or(""),
                entry: id,
            })
        });
        let mut commands: Vec<_> = named.filter(|command| !command.name.is_empty()).collect();
        commands.sort_by_key(|command| (command.name, command.entry));
        commands
    }

    /// The process of the command `name`.
    ///
    /// # Errors
    /// No command has the name, or several have.
    pub fn command(&self, name: &str) -> Result<EntryId, NoCommand> {
        let mut found = self.commands();
        found.retain(|command| command.name == name);
        match &found[..] {
            [] => Err(NoCommand::UnknownName { name: name.into() }),
            [one] => Ok(one.entry.clone()),
            _ => Err(NoCommand::Ambiguous {
                name: name.into(),
                entries: found.iter().map(|command| command.entry.clone()).collect(),
            }),
        }
    }

    /// The process with the whole id `text`.
    ///
    /// # Errors
    /// There is no such entry, or it is no `process.lua`.
    pub fn process(&self, text: &str) -> Result<EntryId, NoCommand> {
        let id = self.named(text, self.processes.keys())?;
        match self.processes.contains_key(&id) {
            true => Ok(id),
            false => Err(self.wrong_kind(id, "process.lua")),
        }
    }

    /// The `terminal.host` with the whole id `named`, or the only one that there is.
    ///
    /// # Errors
    /// There is none such.
    pub fn terminal_host(&self, named: Option<&str>) -> Result<EntryId, NoCommand> {
        let hosts = self.hosts.values().filter(|host| host.terminal.is_some());
        let mut hosts: Vec<EntryId> = hosts.map(|host| host.id.clone()).collect();
        if let Some(text) = named {
            let id = self.named(text, hosts.iter())?;
            return match hosts.contains(&id) {
                true => Ok(id),
                false => Err(self.wrong_kind(id, TERMINAL_HOST)),
            };
        }
        match hosts.len() {
            0 => Err(NoCommand::NoHost),
            1 => Ok(hosts.remove(0)),
            _ => Err(NoCommand::ManyHosts { hosts }),
        }
    }

    /// The entry with the whole id `text`; if there is none, one of `wanted` may have been meant.
    fn named<'a>(
        &self,
        text: &str,
        wanted: impl Iterator<Item = &'a EntryId> + Clone,
    ) -> Result<EntryId, NoCommand> {
        let id = EntryId::parse(text).filter(|id| self.entries.contains_key(id));
        id.ok_or_else(|| {
            // The namespace is what is most often left out.
            let same_name = wanted.clone().find(|id| id.name() == text);
            let text = text.to_owned();
            let advice = match same_name {
                Some(id) => Some(format!("did you mean `{id}`?")),
                None => suggest::did_you_mean_id(&text, wanted),
            };
            NoCommand::UnknownEntry { text, advice }
        })
    }

    fn wrong_kind(&self, id: EntryId, wanted: &'static str) -> NoCommand {
        let kind = self.entries[&id].kind.clone();
        NoCommand::WrongKind { id, kind, wanted }
    }
}
