//! In which order hosts and services start and stop.
//!
//! Knows nothing of starting and stopping: that is `runtime.rs` and `node/supervisor.rs`.

use super::App;
use super::entry::EntryId;
use super::graph::{self, Needs};
use super::kind::lifecycle::Lifecycle;

/// Hosts and services in levels; those of one level may start and stop at the same time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BootOrder {
    levels: Vec<Vec<EntryId>>,
}

impl BootOrder {
    /// The order of the hosts and services of `app`; or a circle of entries of which each needs the next.
    pub(super) fn of(app: &App) -> Result<BootOrder, Vec<EntryId>> {
        let levels = graph::levels(&needs(app))?;
        Ok(BootOrder { levels })
    }

    /// Levels in the order of starting: what an entry needs is in a level before it.
    pub fn start(&self) -> impl Iterator<Item = &[EntryId]> {
        self.levels.iter().map(Vec::as_slice)
    }

    /// Levels in the order of stopping: what needs an entry is in a level before it.
    pub fn stop(&self) -> impl Iterator<Item = &[EntryId]> {
        self.levels.iter().rev().map(Vec::as_slice)
    }
}

/// What each host and service needs: what it `requires`, and a service its host.
pub(super) fn needs(app: &App) -> Needs<EntryId> {
    let hosts = app.hosts.values();
    let hosts = hosts.map(|host| (host.id.clone(), host.lifecycle.requires.clone()));
    let services = app.services.values().map(|service| {
        let mut needs = service.lifecycle.requires.clone();
        needs.push(service.host.clone());
        (service.id.clone(), needs)
    });
    hosts.chain(services).collect()
}

impl App {
    /// When the host or service `id` starts and stops; `None` for entries that do neither.
    pub fn lifecycle(&self, id: &EntryId) -> Option<&Lifecycle> {
        let host = self.hosts.get(id).map(|host| &host.lifecycle);
        host.or_else(|| self.services.get(id).map(|service| &service.lifecycle))
    }

    /// The hosts and services that the host or service `id` needs running.
    pub fn needs(&self, id: &EntryId) -> Vec<&EntryId> {
        let requires = self.lifecycle(id).map(|lifecycle| &lifecycle.requires);
        let host = self.services.get(id).map(|service| &service.host);
        let all = requires.into_iter().flatten().chain(host);
        all.filter(|id| self.lifecycle(id).is_some()).collect()
    }
}
