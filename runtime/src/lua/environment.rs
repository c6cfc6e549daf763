//! What all VMs of one entry have in common: its bytecode, what it may see, its limits.
//!
//! Knows nothing of YAML: the layer above resolved everything.

use std::marker::PhantomData;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use super::chunk::Chunk;
use super::library::Libraries;
use super::memory::{BLOCK_STEP, LARGEST_BLOCK, Slab};
use super::shelf::Shelf;
use super::template::{Prepared, Template};
use super::type_value::TypeValue;

/// A library that an entry imports, run in each of its VMs before the entry itself.
#[derive(Clone, Debug)]
pub struct Import {
    /// The global names that its first return value gets.
    pub aliases: Vec<String>,
    /// The library's file.
    pub chunk: Chunk,
    /// The type values of the file, by their numbers in it.
    pub types: Arc<[TypeValue]>,
}

/// What an entry is made of.
#[derive(Clone, Debug)]
pub struct Recipe {
    /// The entry's file.
    pub chunk: Chunk,
    /// The type values of the file, by their numbers in it.
    pub types: Arc<[TypeValue]>,
    /// Which function of the table that the file returns is the program. A file may return the function itself.
    pub method: Method,
    /// The modules that it (or a library that it imports) lists. Names that no library has are left out.
    pub modules: Vec<String>,
    /// Libraries, those that others need first.
    pub imports: Vec<Import>,
    /// Whether VMs may be copies of one that was prepared.
    pub templates: bool,
}

/// Which function of the returned table is the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Method {
    /// The one with this name.
    Named(String),
    /// `main`, else `run`.
    Usual,
}

/// What all VMs of an entry share, whatever their host state.
pub(super) struct Environment {
    pub(super) shelf: Arc<Shelf>,
    /// The bits of the globals that must be listed and are.
    pub(super) modules: u128,
    pub(super) recipe: Recipe,
    pub(super) slab: Arc<Slab>,
    /// Hashes strings; the same in all VMs of the program, so that clones agree.
    pub(super) seed: u32,
    /// Bytes of the block that the next VM gets: what the last ones needed.
    pub(super) block: AtomicUsize,
    /// Whether it is known how large a copy is when it first waits.
    pub(super) measured: AtomicBool,
    /// What its VMs start from, once its first process was spawned.
    pub(super) prepared: OnceLock<Prepared>,
}

// SAFETY: of an environment two kinds of things change once it was made, and may on any thread: atomics, and what is
// prepared, which is set once and only read then. The function pointers and bytecode in it are read only, and what a
// template holds are bytes and offsets.
unsafe impl Send for Environment {}
// SAFETY: as above.
unsafe impl Sync for Environment {}

impl Environment {
    /// What its VMs are copies of, if they are.
    pub(super) fn template(&self) -> Option<&Template> {
        match self.prepared.get() {
            Some(Prepared::Template(template)) => Some(template),
            _ => None,
        }
    }

    /// Bytes that every VM's block must have.
    fn smallest_block(&self) -> usize {
        self.template().map_or(FIRST_BLOCK / 2, Template::bytes)
    }

    /// Notes that a VM has `bytes` when its program begins.
    pub(super) fn expect_block(&self, bytes: usize) {
        let block = (bytes + bytes * HEADROOM_EIGHTHS / 8 + HEADROOM).min(LARGEST_BLOCK);
        self.block.store(block, Ordering::Relaxed);
    }

    /// Whether what a copy has when it first waits is yet to be noted; from then on it is not.
    pub(super) fn is_to_be_measured(&self) -> bool {
        self.template().is_some()
            && !self.measured.load(Ordering::Relaxed)
            && !self.measured.swap(true, Ordering::Relaxed)
    }

    /// Notes that `bytes` of a copy's block are live when it first waits. The next blocks become no larger by that, since
    /// the first copy may be a special one; nor smaller than a copy.
    pub(super) fn note_first_wait(&self, bytes: usize) {
        let block = (bytes + bytes / ROOM_PART + ROOM).max(self.smallest_block());
        self.block.fetch_min(block, Ordering::Relaxed);
    }

    /// Notes that a VM did not fit into its block of so many bytes: the next ones get a step more.
    pub(super) fn note_outgrown(&self, block: usize) {
        let more = (block + STEP).min(LARGEST_BLOCK);
        self.block.fetch_max(more, Ordering::Relaxed);
    }

    /// Notes that a VM ended that left room in its block.
    pub(super) fn note_spare(&self) {
        let least = self.smallest_block();
        // Others may note something at the same time; one of the notes being lost does no harm.
        let block = self.block.load(Ordering::Relaxed);
        let less = (block - STEPS_BACK.min(block)).max(least);
        self.block.store(less, Ordering::Relaxed);
    }
}

/// What a program is expected to need beyond what it begins with, until one has run: three eighths of that and so many
/// bytes.
const HEADROOM_EIGHTHS: usize = 3;
const HEADROOM: usize = 128;

/// What it is expected to need beyond what it has when it first waits: a part of that and so many bytes, for what a
/// step makes and a collection before it is over can't free. (Measured: with a quarter of a kilobyte less most
/// workers of `examples/mass-spawn` outgrow their blocks, which costs each two kilobytes.) A swarm's blocks are all made before the
/// first is outgrown, but mostly not before the first has waited.
const ROOM_PART: usize = 64;
const ROOM: usize = 512;

/// By how much the next blocks are larger after a VM that outgrew its own.
const STEP: usize = 2 * BLOCK_STEP;

/// By how much the next blocks are smaller after a VM that left room. One VM in sixteen may then outgrow its block.
const STEPS_BACK: usize = STEP / 16;

/// An entry's code, ready to make VMs of, whose host state is `S`.
pub struct Code<S> {
    pub(super) environment: Arc<Environment>,
    host: PhantomData<fn(S)>,
}

impl<S> Clone for Code<S> {
    fn clone(&self) -> Self {
        Code {
            environment: self.environment.clone(),
            host: PhantomData,
        }
    }
}

/// Bytes of a new VM's block until something is known of its entry: an empty state, our base metatable, a file.
const FIRST_BLOCK: usize = 8 * 1024;

impl<S> Code<S> {
    /// Makes an entry's code. `seed` is the program's.
    ///
    /// # Panics
    /// If a chunk has another number of type values than is given with it.
    pub fn new(libraries: &Libraries<S>, recipe: Recipe, slab: Arc<Slab>, seed: u32) -> Code<S> {
        let imports = recipe.imports.iter();
        let mut files = imports.map(|import| (&import.chunk, &import.types));
        let is_typed = |(chunk, types): (&Chunk, &Arc<[TypeValue]>)| chunk.types() == types.len();
        assert!(
            files.all(is_typed) && is_typed((&recipe.chunk, &recipe.types)),
            "a type value for each that a chunk was compiled with"
        );
        let shelf = libraries.shelf.clone();
        let modules = recipe
            .modules
            .iter()
            .filter_map(|name| shelf.global_by_name.get(name.as_bytes()))
            .fold(0, |mask, bit| mask | 1 << bit);
        let block = AtomicUsize::new(FIRST_BLOCK);
        let environment = Environment {
            shelf,
            modules,
            recipe,
            slab,
            seed,
            block,
            measured: AtomicBool::new(false),
            prepared: OnceLock::new(),
        };
        Code {
            environment: Arc::new(environment),
            host: PhantomData,
        }
    }

    /// Bytes of the block that the next VM gets.
    pub fn block_bytes(&self) -> usize {
        self.environment.block.load(Ordering::Relaxed)
    }
}
