//! All processes that live: pid to process, and the names and origins that pids have.
//!
//! A sharded slab. Spawn against close is decided here: a gate is looked at under the lock that inserts, so that whoever
//! closes the gate and *then* walks the table meets every process that got through. Knows nothing of hosts or workers.

use std::sync::Arc;

use super::names::{NameRefused, Names};
use super::origins::{Origin, Origins};
use super::{Process, Slab};
use crate::pid::Pid;
use crate::sync::{AtomicUsize, Mutex, Ordering::Relaxed};

/// Bits of a slot that choose the shard. More shards than workers, so that two seldom meet.
const SHARD_BITS: u32 = if cfg!(loom) { 1 } else { 4 };
const SHARDS: usize = 1 << SHARD_BITS;
const SLOTS_PER_SHARD: u32 = Pid::MAX_SLOTS >> SHARD_BITS;

/// Pid to process.
#[derive(Debug)]
pub struct Table {
    shards: Box<[Mutex<Slab<Arc<Process>>>]>,
    /// Where threads that aren't workers insert next. A count only: orders nothing.
    next_shard: AtomicUsize,
    names: Names,
    origins: Origins,
}

/// Why a process was not taken into the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InsertRefused {
    /// The gate was closed.
    Closed,
    /// No slot is free.
    Full,
}

impl Default for Table {
    fn default() -> Table {
        Table::new()
    }
}

impl Table {
    /// An empty table.
    pub fn new() -> Table {
        Table {
            shards: (0..SHARDS).map(|_| Mutex::new(Slab::new())).collect(),
            next_shard: AtomicUsize::new(0),
            names: Names::default(),
            origins: Origins::default(),
        }
    }

    /// Takes in the process that `make` makes of its pid, unless `is_open` says no under the lock. A worker gives a number
    /// of its own as `near`, so that workers don't meet at one lock. `make` must not block: the lock is held.
    pub fn insert(
        &self,
        near: Option<usize>,
        origin: u32,
        is_open: impl FnOnce() -> bool,
        make: impl FnOnce(Pid) -> Process,
    ) -> Result<Arc<Process>, InsertRefused> {
        let index = near.unwrap_or_else(|| self.next_shard.fetch_add(1, Relaxed)) % SHARDS;
        let mut shard = self.shards[index].lock();
        if !is_open() {
            return Err(InsertRefused::Closed);
        }
        // No pid has the key 0: all generations begin with 1.
        let vacancy = shard.vacancy(1);
        if vacancy.index >= SLOTS_PER_SHARD {
            return Err(InsertRefused::Full);
        }
        let slot = vacancy.index << SHARD_BITS | index as u32;
        // 2^40 generations of one slot take weeks of nothing but spawning into it.
        let process = Arc::new(make(Pid::new(slot, vacancy.generation, origin)));
        shard.insert(vacancy, process.clone());
        Ok(process)
    }

    /// The process, if it still lives.
    pub fn get(&self, pid: Pid) -> Option<Arc<Process>> {
        let shard = self.shards[pid.slot() as usize % SHARDS].lock();
        let (process, generation) = shard.get(pid.slot() >> SHARD_BITS)?;
        (generation == pid.generation()).then(|| process.clone())
    }

    /// Whether the process still lives.
    pub fn has(&self, pid: Pid) -> bool {
        let shard = self.shards[pid.slot() as usize % SHARDS].lock();
        let found = shard.get(pid.slot() >> SHARD_BITS);
        found.is_some_and(|(_, generation)| generation == pid.generation())
    }

    /// Takes a process out. Names are to be released before.
    pub fn remove(&self, pid: Pid) -> Option<Arc<Process>> {
        let mut shard = self.shards[pid.slot() as usize % SHARDS].lock();
        let slot = pid.slot() >> SHARD_BITS;
        let (_, generation) = shard.get(slot)?;
        if generation != pid.generation() {
            return None;
        }
        shard.remove(slot)
    }

    /// How many processes live.
    pub fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.lock().len()).sum()
    }

    /// Whether none lives.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All processes: those of each shard as they are at the moment when the walk reaches it. Stops nobody for longer
    /// than it takes to copy one shard.
    pub fn iter(&self) -> impl Iterator<Item = Arc<Process>> + '_ {
        self.shards
            .iter()
            .flat_map(|shard| shard.lock().iter().cloned().collect::<Vec<_>>())
    }

    /// Registers `name` for `pid`: again is well, for another pid it is refused. A name for a process that has ended is
    /// accepted and gone at once. Its names may take as much memory as its mailbox.
    pub fn register(&self, name: &str, pid: Pid) -> Result<(), NameRefused> {
        let process = self.get(pid);
        let limit = process.as_ref().map_or(0, |it| it.mailbox().limit());
        let alive = || process.is_some_and(|process| process.run_state().mark_named());
        self.names.register(name, pid, limit, alive)
    }

    /// The process that has the name.
    pub fn lookup(&self, name: &str) -> Option<Pid> {
        self.names.lookup(name)
    }

    /// Takes the name away from whoever has it; false if nobody has.
    pub fn unregister(&self, name: &str) -> bool {
        self.names.unregister(name)
    }

    /// Releases the names of a process whose run state said at its exit that it may have some.
    pub fn release_names(&self, pid: Pid) {
        self.names.release(pid);
    }

    /// The number of a host and an entry, for [`Pid::origin`].
    pub fn origin(&self, host: &str, entry: &str) -> u32 {
        self.origins.number(host, entry)
    }

    /// What [`Table::origin`] gave the number for.
    pub fn origin_of(&self, number: u32) -> Option<Arc<Origin>> {
        self.origins.get(number)
    }
}
