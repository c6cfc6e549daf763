//! `process.host` and `terminal.host`: a limit on how many of its processes run at once, and other limits.
//!
//! Knows nothing of how a host runs processes: that is `scheduler/host.rs`; nor of the terminal: that is `terminal/`.

use super::lifecycle::{self, Lifecycle};
use crate::app::entry::EntryId;
use crate::app::fields::Fields;
use crate::app::size;
use crate::size::Size;

/// The kinds of hosts: what a service may run on.
pub(in crate::app) const HOSTS: [&str; 2] = ["process.host", "terminal.host"];

/// A `process.host` or a `terminal.host`.
#[derive(Clone, Debug, PartialEq)]
pub struct Host {
    /// Its id.
    pub id: EntryId,
    /// What a `terminal.host` has more.
    pub terminal: Option<TerminalFields>,
    /// The most of its processes that run at once; as many as there are cores, if it isn't said.
    pub workers: Option<u32>,
    /// Has no effect: queues grow.
    pub queue_size: u32,
    /// Has no effect: queues grow.
    pub local_queue_size: u32,
    /// The most bytes that the VM of one of its processes may use.
    pub memory_limit: u64,
    /// When it starts and stops.
    pub lifecycle: Lifecycle,
}

/// What a `terminal.host` has more than a `process.host`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TerminalFields {
    /// Nothing is logged once one of its processes has started.
    pub hide_logs: bool,
}

/// What a VM may use when nothing else is said.
pub(super) const MEMORY_LIMIT: u64 = 256 << 20;

/// The least that a VM may be limited to. A bare one has 4 KiB, one that runs a program of a few lines 6; below this a
/// process could hardly say why it fails.
pub(super) const LEAST_MEMORY: Size = Size(16 << 10);

/// Reads a host of the kind `kind`.
pub(in crate::app) fn read(kind: &str, mut fields: Fields) -> Host {
    let terminal = (kind == "terminal.host").then(|| TerminalFields {
        hide_logs: fields.flag("hide_logs").unwrap_or(false),
    });
    let mut host = Host {
        id: fields.id.clone(),
        terminal,
        workers: None,
        queue_size: 1024,
        local_queue_size: 256,
        memory_limit: MEMORY_LIMIT,
        lifecycle: lifecycle::read(&mut fields),
    };
    if let Some(mut limits) = fields.block("host") {
        host.workers = limits.count("workers", 1);
        host.queue_size = limits.count("queue_size", 1).unwrap_or(host.queue_size);
        host.local_queue_size = limits
            .count("local_queue_size", 1)
            .unwrap_or(host.local_queue_size);
        host.memory_limit =
            size::read(&mut limits, "memory_limit", LEAST_MEMORY).unwrap_or(MEMORY_LIMIT);
        limits.finish();
    }
    fields.get("security");
    fields.finish();
    host
}
