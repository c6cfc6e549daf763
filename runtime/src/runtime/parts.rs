//! What an app's entries become at boot: code, functions, what serves clients.
//!
//! Knows nothing of the order of boot.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{BootError, add_room};
use crate::api::Identity;
use crate::app::{App, EntryId};
use crate::dialect::types::Types;
use crate::http;
use crate::node::compiler::Compiler;
use crate::node::entry::Entry;
use crate::node::{Node, function, services};
use crate::process::OnExit;

/// Who the processes of an entry are.
fn identity(id: &EntryId, node: &Arc<Node>, types: Arc<Types>) -> Arc<Identity> {
    Arc::new(Identity {
        entry: id.as_str().into(),
        types,
        system: node.clone(),
    })
}

/// Compiles all process entries.
pub(super) fn add_entries(
    app: &App,
    node: &Arc<Node>,
    compiler: &mut Compiler,
) -> Result<(), BootError> {
    for process in app.processes.values() {
        let made = compiler.code(&process.id, process.method.as_deref(), &process.lua);
        let made = made.map_err(BootError::BadSource)?;
        let entry = Entry::new(identity(&process.id, node, made.types), made.code);
        let default_host = process.default_host.as_ref().map(ToString::to_string);
        node.add_entry(entry.with_default_host(default_host));
    }
    Ok(())
}

/// Compiles all functions. Those whose VMs have the same limit share a host.
pub(super) fn add_functions(
    app: &App,
    node: &Arc<Node>,
    compiler: &mut Compiler,
    orphans: &Arc<dyn OnExit>,
) -> Result<(), BootError> {
    let mut rooms = BTreeMap::new();
    for function in app.functions.values() {
        let made = compiler.code(&function.id, function.method.as_deref(), &function.lua);
        let made = made.map_err(BootError::BadSource)?;
        let entry = Entry::new(identity(&function.id, node, made.types), made.code);
        let scheduler = node.scheduler();
        let limit = function.pool.memory_limit;
        let room = rooms
            .entry(limit)
            .or_insert_with(|| add_room(scheduler, function::HOST, usize::MAX, limit));
        let size = function::Size {
            most: function.pool.most as usize,
            warm: function.pool.warm as usize,
            idle: function.pool.idle,
        };
        let pool = function::Pool::new(entry, size, *room, scheduler.clone(), orphans.clone());
        node.functions().add(pool);
    }
    Ok(())
}

/// What serves clients, for each service that does.
pub(super) fn fronts(
    app: &App,
    node: &Arc<Node>,
) -> Result<BTreeMap<EntryId, Arc<dyn services::Front>>, BootError> {
    if app.http_services.is_empty() {
        return Ok(BTreeMap::new());
    }
    let server = http::Server::start(*node.scheduler().clock());
    let server =
        server.map_err(|error| BootError::Plan(format!("HTTP can't be served: {error}")))?;
    let server = Arc::new(server);
    let fronts = app.http_services.values().map(|service| {
        let front = http::Front::new(app, service, server.clone(), node.clone());
        let front = front.map_err(BootError::BadSite)?;
        Ok((service.id.clone(), Arc::new(front) as Arc<_>))
    });
    fronts.collect()
}
