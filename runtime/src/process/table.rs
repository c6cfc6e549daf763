//! All processes that live: pid to process, and the names and origins that pids have.
//!
//! A sharded slab. Spawn against close is decided here: a gate is looked at under the lock that inserts, so that whoever
//! closes the gate and *then* walks the table meets every process that got through. Knows nothing of hosts or workers.

use std::mem;
use std::sync::Arc;

use super::Process;
use super::names::{NameTaken, Names};
use super::origins::{Origin, Origins};
use crate::pid::Pid;
use crate::sync::{AtomicUsize, Mutex, Ordering::Relaxed};

/// Bits of a slot that choose the shard. More shards than workers, so that two seldom meet.
const SHARD_BITS: u32 = if cfg!(loom) { 1 } else { 4 };
const SHARDS: usize = 1 << SHARD_BITS;
const SLOTS_PER_SHARD: u32 = Pid::MAX_SLOTS >> SHARD_BITS;

/// A shard that becomes empty gives its memory back if it has room for more than this many processes.
const KEPT_ENTRIES: usize = 256;

/// Pid to process.
#[derive(Debug)]
pub struct Table {
    shards: Box<[Mutex<Shard>]>,
    /// Where threads that aren't workers insert next. A count only: orders nothing.
    next_shard: AtomicUsize,
    names: Names,
    origins: Origins,
}

#[derive(Debug)]
struct Shard {
    entries: Vec<Entry>,
    /// The first free entry, or `entries.len()`.
    free: u32,
    live: u32,
    /// Where the generations of new entries begin: past all those of entries that were given back.
    generation: u64,
}

#[derive(Debug)]
struct Entry {
    process: Option<Arc<Process>>,
    /// Of the process, or if there is none, of the next one; above it, 24 bits, the next free entry.
    word: u64,
}

impl Entry {
    const GENERATION: u64 = (1 << 40) - 1;

    fn generation(&self) -> u64 {
        self.word & Entry::GENERATION
    }
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
        let shard = |index| {
            Mutex::new(Shard {
                entries: Vec::new(),
                free: 0,
                live: 0,
                // No pid has the key 0.
                generation: u64::from(index == 0),
            })
        };
        Table {
            shards: (0..SHARDS).map(shard).collect(),
            next_shard: AtomicUsize::new(0),
            names: Names::default(),
            origins: Origins::default(),
        }
    }

    /// Takes in the process that `make` makes of its pid, unless `is_open` says no under the lock. A worker gives its
    /// index as `near`, so that workers don't meet at one lock. `make` must not block: the lock is held.
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
        let (slot, generation) = shard.reserve().ok_or(InsertRefused::Full)?;
        let pid = Pid::new(slot << SHARD_BITS | index as u32, generation, origin);
        let process = Arc::new(make(pid));
        shard.occupy(slot, process.clone());
        Ok(process)
    }

    /// The process, if it still lives.
    pub fn get(&self, pid: Pid) -> Option<Arc<Process>> {
        let shard = self.shards[pid.slot() as usize % SHARDS].lock();
        let entry = shard.entries.get((pid.slot() >> SHARD_BITS) as usize)?;
        if entry.generation() != pid.generation() {
            return None;
        }
        entry.process.clone()
    }

    /// Takes a process out. Names are to be released before.
    pub fn remove(&self, pid: Pid) -> Option<Arc<Process>> {
        let mut shard = self.shards[pid.slot() as usize % SHARDS].lock();
        shard.vacate(pid.slot() >> SHARD_BITS, pid.generation())
    }

    /// How many processes live.
    pub fn len(&self) -> usize {
        self.shards
            .iter()
            .map(|shard| shard.lock().live as usize)
            .sum()
    }

    /// Whether none lives.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All processes: those of each shard as they are at the moment when the walk reaches it. Stops nobody for longer
    /// than it takes to copy one shard.
    pub fn iter(&self) -> impl Iterator<Item = Arc<Process>> + '_ {
        self.shards.iter().flat_map(|shard| {
            let shard = shard.lock();
            shard
                .entries
                .iter()
                .filter_map(|entry| entry.process.clone())
                .collect::<Vec<_>>()
        })
    }

    /// Registers `name` for `pid`: again is well, for another pid it is refused. A name for a process that has ended is
    /// accepted and gone at once.
    pub fn register(&self, name: &str, pid: Pid) -> Result<(), NameTaken> {
        let process = self.get(pid);
        let alive = || process.is_some_and(|process| process.run_state().mark_named());
        self.names.register(name, pid, alive)
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

impl Shard {
    fn reserve(&self) -> Option<(u32, u64)> {
        match self.entries.get(self.free as usize) {
            Some(entry) => Some((self.free, entry.generation())),
            None if self.free < SLOTS_PER_SHARD => Some((self.free, self.generation)),
            None => None,
        }
    }

    fn occupy(&mut self, slot: u32, process: Arc<Process>) {
        let generation = process.pid().generation();
        match self.entries.get_mut(slot as usize) {
            Some(entry) => {
                self.free = (entry.word >> 40) as u32;
                entry.process = Some(process);
            }
            None => {
                self.entries.push(Entry {
                    process: Some(process),
                    word: generation,
                });
                self.free = self.entries.len() as u32;
            }
        }
        self.live += 1;
    }

    fn vacate(&mut self, slot: u32, generation: u64) -> Option<Arc<Process>> {
        let entry = self.entries.get_mut(slot as usize)?;
        if entry.generation() != generation {
            return None;
        }
        let process = entry.process.take()?;
        // 2^40 generations of one slot take weeks of nothing but spawning into it.
        entry.word = (generation + 1) & Entry::GENERATION | u64::from(self.free) << 40;
        self.free = slot;
        self.live -= 1;
        if self.live == 0 && self.entries.capacity() > KEPT_ENTRIES {
            let used = mem::take(&mut self.entries);
            let newest = used.iter().map(Entry::generation).max();
            self.generation = newest.map_or(self.generation, |newest| newest.max(self.generation));
            self.free = 0;
        }
        Some(process)
    }
}
