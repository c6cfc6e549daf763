//! Functions: the warm VMs of each, how many calls of it run at once, which wait.
//!
//! A call is a process of its own; what it comes to goes to whoever called. Knows nothing of HTTP.

mod call;
mod pool;

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::RwLock;

use crate::clock::Moment;
use crate::process::{Exit, HostKey};

pub use call::Call;
pub use pool::{Pool, Size, Work};

/// The host of all functions, in their pids: no entry has such an id.
pub const HOST: &str = "functions";

/// Who called a function. Nothing here may block.
pub trait Called: Send + Sync {
    /// What it came to; told once. `goes_on`: coroutines of it still run; then the answer is told of their end.
    fn returned(&self, exit: &Exit, goes_on: bool) -> Option<Arc<dyn Afterwards>>;

    /// Whether a program hears why a call fails; otherwise the log says it.
    fn is_program(&self) -> bool;
}

/// Who wants to know when the coroutines of a function that has returned are over.
pub trait Afterwards: Send + Sync {
    /// They are. Must not block.
    fn ended(&self);
}

/// All functions by the id of their entry.
#[derive(Default)]
pub struct Functions {
    /// Emptied at the end, since each holds the node.
    pools: RwLock<BTreeMap<String, Arc<Pool>>>,
}

impl Functions {
    /// Adds a function.
    pub fn add(&self, pool: Pool) {
        let id = pool.id().to_owned();
        self.pools.write().insert(id, Arc::new(pool));
    }

    /// The hosts that they run in: one for each limit of their VMs.
    pub fn hosts(&self) -> Vec<HostKey> {
        let pools = self.pools.read();
        let mut keys: Vec<HostKey> = Vec::new();
        for pool in pools.values() {
            if !keys.contains(&pool.host()) {
                keys.push(pool.host());
            }
        }
        keys
    }

    /// The function with this id.
    pub fn get(&self, id: &str) -> Option<Arc<Pool>> {
        self.pools.read().get(id).cloned()
    }

    /// Makes the VMs that are to wait for their first calls.
    pub fn warm_up(&self) {
        let pools = self.all();
        let warm = pools.iter().filter(|pool| pool.is_to_be_warm());
        warm.for_each(|pool| pool.prepare());
    }

    /// Frees VMs that have served nobody for long.
    pub fn shrink(&self, now: Moment) {
        self.all().iter().for_each(|pool| pool.shrink(now));
    }

    fn all(&self) -> Vec<Arc<Pool>> {
        self.pools.read().values().cloned().collect()
    }

    /// Forgets all functions.
    pub fn clear(&self) {
        let pools = std::mem::take(&mut *self.pools.write());
        pools.values().for_each(|pool| pool.clear());
    }
}

#[cfg(all(test, not(loom)))]
mod tests;
