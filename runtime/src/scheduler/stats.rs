//! What a scheduler says about itself.
//!
//! Counted by each worker for itself, summed here. Knows nothing of how it is shown.

use std::sync::Arc;

use super::Scheduler;
use crate::process::{HostKey, Process};

/// Numbers since the start, but for the first two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Processes that live.
    pub live: usize,
    /// Processes that wait for a moment, or did and have been woken otherwise since.
    pub timers: usize,
    /// Steps that have ended.
    pub steps: u64,
    /// Processes that were spawned.
    pub spawned: u64,
    /// Processes that have ended.
    pub exited: u64,
}

impl Scheduler {
    /// The numbers now. Exact when nothing runs.
    pub fn stats(&self) -> Stats {
        let shared = &self.shared;
        let mut stats = Stats {
            live: shared.table.len(),
            ..Stats::default()
        };
        let seats = shared.seats.iter();
        stats.timers = seats.clone().map(|seat| seat.timers.len()).sum();
        for counters in seats.map(|seat| &seat.counters).chain([&shared.outside]) {
            stats.steps += counters.steps.read();
            stats.spawned += counters.spawned.read();
            stats.exited += counters.exited.read();
        }
        stats
    }

    /// How many processes of `host` live.
    pub fn live_in(&self, host: HostKey) -> usize {
        self.shared.hosts.get(host).live()
    }

    /// All processes, without stopping any: each has `pid`, `host`, `memory` and `mailbox`.
    pub fn processes(&self) -> impl Iterator<Item = Arc<Process>> + '_ {
        self.shared.table.iter()
    }
}
