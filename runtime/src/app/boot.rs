//! In which order hosts, services and servers start and stop.
//!
//! Knows nothing of starting and stopping: that is `runtime.rs` and `node/supervisor.rs`.

use super::App;
use super::entry::EntryId;
use super::graph::{self, Needs};
use super::kind::lifecycle::Lifecycle;

/// Hosts, services and servers (`http.service`) in levels; those of one level may start and stop at the same time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BootOrder {
    levels: Vec<Vec<EntryId>>,
}

impl BootOrder {
    /// The order of the hosts, services and servers of `app`; or a circle of entries of which each needs the next.
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

/// What each host, service and server needs: what it `requires`, and a service its host.
pub(super) fn needs(app: &App) -> Needs<EntryId> {
    let hosts = app.hosts.values();
    let hosts = hosts.map(|host| (host.id.clone(), host.lifecycle.requires.clone()));
    let services = app.services.values().map(|service| {
        let mut needs = service.lifecycle.requires.clone();
        needs.push(service.host.clone());
        (service.id.clone(), needs)
    });
    let servers = app.http_services.values();
    let servers = servers.map(|server| (server.id.clone(), server.lifecycle.requires.clone()));
    hosts.chain(services).chain(servers).collect()
}

impl App {
    /// When the host, service or server `id` starts and stops; `None` for entries that do neither.
    pub fn lifecycle(&self, id: &EntryId) -> Option<&Lifecycle> {
        let host = self.hosts.get(id).map(|host| &host.lifecycle);
        let service = || self.services.get(id).map(|service| &service.lifecycle);
        let server = || self.http_services.get(id).map(|server| &server.lifecycle);
        host.or_else(service).or_else(server)
    }

    /// What has a lifecycle, and must run before `id` does.
    pub fn needs(&self, id: &EntryId) -> Vec<&EntryId> {
        let requires = self.lifecycle(id).map(|lifecycle| &lifecycle.requires);
        let host = self.services.get(id).map(|service| &service.host);
        let all = requires.into_iter().flatten().chain(host);
        all.filter(|id| self.lifecycle(id).is_some()).collect()
    }
}
