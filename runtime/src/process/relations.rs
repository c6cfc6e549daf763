//! What a process has to do with others: who is told when it ends, and how.
//!
//! Knows nothing of how they are told.

use std::sync::Arc;

use super::{Exit, OnExit, PidSet};
use crate::pid::Pid;

/// Who is told when the process ends.
#[derive(Default)]
pub(crate) struct Relations {
    pub monitors: PidSet,
    pub rare: Option<Box<Rare>>,
}

/// What few processes have.
#[derive(Default)]
pub(crate) struct Rare {
    pub links: PidSet,
    /// Whether it is told when a linked process ends abnormally, rather than ended too.
    pub traps_links: bool,
    pub on_exit: Option<Arc<dyn OnExit>>,
    /// How it is to end; set before the run state is marked as killed.
    pub killed: Option<Exit>,
}

/// What a process has to do with a linked one that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LinkEnded {
    /// Nothing: they are not linked any more.
    Unlinked,
    /// It wants to be told.
    Traps,
    /// It ends with it.
    Dies,
}

/// Why a process can't be monitored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MonitorRefused {
    /// It has ended, or never was.
    Unknown,
    /// Whoever asks monitors it already.
    Already,
}

impl Relations {
    /// Those of a process that begins.
    pub fn new(monitor: Option<Pid>, on_exit: Option<Arc<dyn OnExit>>) -> Relations {
        let mut relations = Relations::default();
        if let Some(monitor) = monitor {
            let _first = relations.monitors.add(monitor);
        }
        if on_exit.is_some() {
            relations.rare().on_exit = on_exit;
        }
        relations
    }

    fn rare(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }

    /// Whether it is told when a linked process ends abnormally, rather than ended too.
    pub fn traps_links(&self) -> bool {
        self.rare.as_ref().is_some_and(|rare| rare.traps_links)
    }

    pub fn set_trap_links(&mut self, traps: bool) {
        if traps != self.traps_links() {
            self.rare().traps_links = traps;
        }
    }

    pub fn is_linked(&self, peer: Pid) -> bool {
        self.rare.as_ref().is_some_and(|rare| rare.links.has(peer))
    }

    pub fn add_link(&mut self, peer: Pid) {
        let _again = self.rare().links.add(peer);
    }

    /// Takes a link out; answers what follows if that peer has ended abnormally.
    pub fn remove_link(&mut self, peer: Pid) -> LinkEnded {
        let Some(rare) = &mut self.rare else {
            return LinkEnded::Unlinked;
        };
        match rare.links.remove(peer) {
            false => LinkEnded::Unlinked,
            true if rare.traps_links => LinkEnded::Traps,
            true => LinkEnded::Dies,
        }
    }

    /// Says how the process is to end if it is killed; the first to say so wins.
    pub fn set_killed(&mut self, exit: Exit) {
        self.rare().killed.get_or_insert(exit);
    }

    /// All that are linked with it.
    pub fn links(&self) -> impl Iterator<Item = Pid> + '_ {
        self.rare.iter().flat_map(|rare| rare.links.iter())
    }
}
