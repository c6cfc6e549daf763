//! The slab: the blocks that VMs live in, and the memory of the system behind them.
//!
//! Knows nothing of what is in a block. A block may be made on one thread and freed on another.

mod chunk;
mod general;
mod mapping;
mod poison;
#[cfg(test)]
mod tests;

pub use general::{Allocator, give_back};
use std::array;
use std::fmt;
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use parking_lot::Mutex;

use chunk::Chunk;
pub use mapping::Mapping;

/// Sizes of blocks differ by this many bytes, and every block is aligned to as many: half of it is what a VM loses on
/// average, and two steps are noticed at a million of them.
pub const BLOCK_STEP: usize = 128;

/// Bytes of the smallest block: an empty state takes 3,681.
pub const SMALLEST_BLOCK: usize = 2 * 1024;

/// Bytes from which on sizes differ by [`COARSE_STEP`]: half of that is little then.
const COARSE_FROM: usize = 16 * 1024;
const COARSE_STEP: usize = 2 * 1024;

/// Bytes of the largest block. Programs that are larger don't lie in one piece, and are built one by one rather than
/// copied: 10,000 processes of 66 KB take 9 times the CPU then, and of memory 1.7 times as much (measured).
pub const LARGEST_BLOCK: usize = 256 * 1024;

/// How many sizes of blocks there are.
const SIZES: usize = FINE_SIZES + (LARGEST_BLOCK - COARSE_FROM) / COARSE_STEP;
const FINE_SIZES: usize = (COARSE_FROM - SMALLEST_BLOCK) / BLOCK_STEP + 1;

/// Of this many chunks in use, one more may be kept empty, so that a swarm that ends and is spawned again does not get
/// all its memory anew from the system (1 µs and more a page, measured).
const CHUNKS_PER_SPARE: usize = 8;

/// Most shards. (Guessed: more workers than this share them, which costs them some waiting.)
const MOST_SHARDS: usize = 16;

/// Where the blocks of one size are, in one shard.
struct Size {
    /// Chunks with room, in a list through their heads; the most recently freed into is first, so that what is handed
    /// out is warm.
    open: *mut Chunk,
    /// Blocks in use.
    used: usize,
    /// Blocks of the open chunks that are not in use.
    room: usize,
    /// Bytes of chunks that have been written to at some time.
    touched: usize,
}

/// Chunks without a block in use, whatever size they last had.
struct Spares {
    /// A list through their heads.
    first: *mut Chunk,
    /// How many.
    count: usize,
    /// Bytes of them that have been written to at some time.
    touched: usize,
    /// Chunks that sizes hold.
    in_use: usize,
}

/// A lock on a cache line of its own: two workers that use different sizes don't disturb each other.
#[repr(align(64))]
struct Line<T>(Mutex<T>);

/// Blocks of every size. A thread takes from its own shard, and gives back to the one that a block is of: two workers
/// that spawn at the same time don't wait for each other, nor for each other's cache lines. Only where another has more
/// room than a chunk's it takes from there before it asks the system: or else a swarm that moves from one worker to
/// another, process by process, would have its memory twice.
struct Shard {
    sizes: [Line<Size>; SIZES],
}

/// All the blocks of a runtime's VMs. Shared by all its workers.
pub struct Slab {
    shards: Box<[Shard]>,
    spares: Line<Spares>,
}

/// Threads that have asked for a number so far. Numbers spread threads over shards, nothing else depends on them.
static THREADS: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// This thread's number.
    static THREAD: usize = THREADS.fetch_add(1, Ordering::Relaxed);
}

// SAFETY: the pointers lead to chunks that the slab owns, and are followed only under the lock that they lie behind.
unsafe impl Send for Slab {}
// SAFETY: as above.
unsafe impl Sync for Slab {}

/// Index of the smallest size that holds `bytes`, or none if a block can't be so large.
const fn size_index(bytes: usize) -> Option<usize> {
    if bytes > LARGEST_BLOCK {
        return None;
    }
    if bytes <= SMALLEST_BLOCK {
        return Some(0);
    }
    if bytes <= COARSE_FROM {
        return Some((bytes - SMALLEST_BLOCK).div_ceil(BLOCK_STEP));
    }
    Some(FINE_SIZES - 1 + (bytes - COARSE_FROM).div_ceil(COARSE_STEP))
}

const fn size_bytes(index: usize) -> usize {
    if index < FINE_SIZES {
        return SMALLEST_BLOCK + index * BLOCK_STEP;
    }
    COARSE_FROM + (index + 1 - FINE_SIZES) * COARSE_STEP
}

impl Size {
    /// Takes a chunk in.
    ///
    /// # Safety
    /// It was begun for this size, no block of it is in use, and it is in no list; the caller holds the lock of the size.
    unsafe fn adopt(&mut self, chunk: *mut Chunk) {
        // SAFETY: the caller's promise.
        unsafe {
            self.room += Chunk::capacity(Chunk::block_bytes(chunk));
            self.touched += (*chunk).touched();
            Chunk::link(chunk, &mut self.open);
        }
    }

    /// Hands out a block.
    ///
    /// # Safety
    /// There is room; the caller holds the lock of the size.
    unsafe fn take(&mut self) -> NonNull<u8> {
        let chunk = self.open;
        // SAFETY: the caller's promise: where there is room, the first of the open chunks has some, and is this size's own.
        unsafe {
            let (block, newly_touched) = Chunk::take(chunk);
            self.used += 1;
            self.room -= 1;
            self.touched += newly_touched;
            if Chunk::is_full(chunk) {
                Chunk::unlink(chunk, &mut self.open);
            }
            block
        }
    }
}

impl Shard {
    fn new() -> Shard {
        Shard {
            sizes: array::from_fn(|_| {
                Line(Mutex::new(Size {
                    open: ptr::null_mut(),
                    used: 0,
                    room: 0,
                    touched: 0,
                }))
            }),
        }
    }
}

impl Slab {
    /// A slab without any memory.
    pub fn new() -> Slab {
        let shards = thread::available_parallelism()
            .map_or(1, usize::from)
            .min(MOST_SHARDS);
        Slab {
            shards: (0..shards).map(|_| Shard::new()).collect(),
            spares: Line(Mutex::new(Spares {
                first: ptr::null_mut(),
                count: 0,
                touched: 0,
                in_use: 0,
            })),
        }
    }

    /// Bytes of the block that [`Slab::allocate`] makes for `bytes`; none if that is more than [`LARGEST_BLOCK`].
    pub const fn block_bytes(bytes: usize) -> Option<usize> {
        match size_index(bytes) {
            Some(index) => Some(size_bytes(index)),
            None => None,
        }
    }

    /// A block of at least `bytes`, aligned to [`BLOCK_STEP`], holding anything. None if that is more than
    /// [`LARGEST_BLOCK`], or the system has no memory.
    pub fn allocate(&self, bytes: usize) -> Option<NonNull<u8>> {
        let index = size_index(bytes)?;
        let own = THREAD.with(|thread| thread % self.shards.len());
        self.allocate_in(own, index)
    }

    /// A block of a size for a thread whose shard is `own`.
    fn allocate_in(&self, own: usize, index: usize) -> Option<NonNull<u8>> {
        let take = |size: &mut Size| {
            // SAFETY: the chunk is its size's own, and has room; the caller holds the size's lock.
            unsafe { size.take() }
        };
        let sizes = |shard: usize| self.shards[shard].sizes[index].0.lock();
        let block = {
            let mut size = sizes(own);
            (size.room > 0).then(|| take(&mut size))
        };
        let count = self.shards.len();
        let block = block.or_else(|| {
            (1..count).find_map(|step| {
                let mut size = sizes((own + step) % count);
                (size.room > Chunk::capacity(size_bytes(index))).then(|| take(&mut size))
            })
        });
        let block = match block {
            Some(block) => block,
            None => {
                let mut size = sizes(own);
                if size.room == 0 {
                    // The lock of the spares is taken inside that of a size, never the other way round.
                    let chunk = self.take_chunk(size_bytes(index), own)?;
                    // SAFETY: the chunk was just handed to this size, and is in no list.
                    unsafe { size.adopt(chunk) };
                }
                take(&mut size)
            }
        };
        poison::taken(block, size_bytes(index));
        Some(block)
    }

    /// Takes a block back.
    ///
    /// # Safety
    /// `block` came from this slab's [`Slab::allocate`], was not freed since, and nobody uses it any more.
    pub unsafe fn free(&self, block: NonNull<u8>) {
        // SAFETY: a block that is in use lies in a chunk, whose head says its size and shard; neither changes while any of
        // its blocks is in use, so they are read without a lock.
        let (chunk, block_bytes, shard) = unsafe {
            let chunk = Chunk::of(block);
            (chunk, Chunk::block_bytes(chunk), Chunk::shard(chunk))
        };
        let index = size_index(block_bytes).expect("the size of a block");
        let mut size = self.shards[shard].sizes[index].0.lock();
        // SAFETY: the chunk is this size's own, under its lock; a full chunk is in no list, any other in the open ones.
        unsafe {
            if Chunk::is_full(chunk) {
                Chunk::link(chunk, &mut size.open);
            }
            Chunk::put(chunk, block);
            poison::freed(block, block_bytes);
            size.used -= 1;
            size.room += 1;
            if !Chunk::is_empty(chunk) {
                return;
            }
            Chunk::unlink(chunk, &mut size.open);
            size.room -= Chunk::capacity(block_bytes);
            size.touched -= (*chunk).touched();
        }
        drop(size);
        self.put_chunk(chunk);
    }

    /// Gives all memory without a block in use back to the system. For a worker that goes idle.
    pub fn flush(&self) {
        let mut spares = self.spares.0.lock();
        self.shed(&mut spares, 0);
    }

    /// Bytes that the slab holds of the system's memory: what was written to at some time and not given back.
    pub fn held(&self) -> usize {
        let sizes = self.shards.iter().flat_map(|shard| &shard.sizes);
        let touched: usize = sizes.map(|size| size.0.lock().touched).sum();
        touched + self.spares.0.lock().touched
    }

    /// Bytes of all blocks in use.
    pub fn in_use(&self) -> usize {
        let sizes = self
            .shards
            .iter()
            .flat_map(|shard| shard.sizes.iter().enumerate());
        sizes
            .map(|(index, size)| size.0.lock().used * size_bytes(index))
            .sum()
    }

    /// A chunk for blocks of `block_bytes` of a shard: a spare one, or a new one.
    fn take_chunk(&self, block_bytes: usize, shard: usize) -> Option<*mut Chunk> {
        let mut spares = self.spares.0.lock();
        let chunk = if spares.first.is_null() {
            Chunk::map()?
        } else {
            let chunk = spares.first;
            // SAFETY: a chunk in the list of spares is the slab's own, under this lock.
            unsafe {
                Chunk::unlink(chunk, &mut spares.first);
                spares.touched -= (*chunk).touched();
            }
            spares.count -= 1;
            chunk
        };
        spares.in_use += 1;
        // SAFETY: nobody else knows this chunk, and no block of it is in use.
        unsafe { Chunk::begin(chunk, block_bytes, shard) };
        Some(chunk)
    }

    /// Takes a chunk that no size has any more.
    fn put_chunk(&self, chunk: *mut Chunk) {
        let mut spares = self.spares.0.lock();
        // SAFETY: the caller took it out of its size's list; nobody else knows it.
        unsafe {
            Chunk::link(chunk, &mut spares.first);
            spares.touched += (*chunk).touched();
        }
        spares.count += 1;
        spares.in_use -= 1;
        let keep = 1 + spares.in_use / CHUNKS_PER_SPARE;
        self.shed(&mut spares, keep);
    }

    /// Gives spare chunks back until at most `keep` are left.
    fn shed(&self, spares: &mut Spares, keep: usize) {
        while spares.count > keep {
            let chunk = spares.first;
            // SAFETY: a chunk in the list of spares is the slab's own, under this lock, and no block of it is in use.
            unsafe {
                Chunk::unlink(chunk, &mut spares.first);
                spares.touched -= (*chunk).touched();
                Chunk::unmap(chunk);
            }
            spares.count -= 1;
        }
    }
}

impl Default for Slab {
    fn default() -> Slab {
        Slab::new()
    }
}

/// Gives all chunks back but those with blocks in use: they stay, since somebody may still write to them.
impl Drop for Slab {
    fn drop(&mut self) {
        self.flush();
    }
}

impl fmt::Debug for Slab {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slab")
            .field("held", &self.held())
            .field("in_use", &self.in_use())
            .finish()
    }
}
