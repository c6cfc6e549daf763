//! One VM's memory: a block, and what outgrows it; freed whole when the VM ends.
//!
//! Knows nothing of where blocks come from, nor of what Lua keeps in them. The head stands at the start of the block
//! itself and holds no address inside it but those its owner puts there, so that a copy of the block is a copy of the
//! arena.

mod outside;
mod pieces;
mod requests;
#[cfg(test)]
mod tests;

use std::cell::Cell;
use std::ffi::c_void;
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicU8, Ordering};

use outside::Outside;
use pieces::Pieces;

/// What everything an arena hands out is aligned to, and what sizes are rounded up to. Lua's objects need no more.
pub const GRAIN: usize = 8;

/// Bytes of the largest block that an arena can manage: its offsets are 16 bits, in grains.
pub const LARGEST_ARENA: usize = (u16::MAX as usize) * GRAIN;

/// Whether a VM is to end.
pub mod doom {
    /// It may live.
    pub const NONE: u8 = 0;
    /// It asked for more memory than its cap, also after a full collection.
    pub const OVER_CAP: u8 = 1;
}

/// Why a request was refused. Lua answers with a full collection, and asks once more.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Refusal {
    /// It was not.
    None,
    /// For the cap, or because the system has no memory: if it is so still, the VM must end.
    Cap,
    /// Because the block is full: if it is so still, there is memory outside.
    Room,
}

/// The memory of one VM, and a few words that its owner keeps with it.
///
/// A block begins with this head; [`Arena::begin`] writes it. `ud` of Lua's allocator is its address.
#[repr(C)]
pub struct Arena {
    /// What lies inside the block.
    pieces: Pieces,
    /// What Lua asked for and did not free, in bytes.
    used: usize,
    /// Most bytes that Lua may have.
    cap: usize,
    /// What did not fit into the block; null as long as everything did.
    outside: *mut Outside,
    /// Why the VM must end, of [`doom`]'s values or the owner's own. An atomic because a signal
    /// handler may write it on the VM's own thread, in the midst of anything; other threads have no business here.
    doomed: AtomicU8,
    /// Why the last request to grow was refused, if it was.
    refused: Cell<Refusal>,
    /// While true, nothing is refused that Lua doesn't ask for once more: Rust frames are on the stack, over which the
    /// error of a refusal would jump. The owner's callbacks set it, and set it back to what it was.
    pub lenient: Cell<bool>,
    /// The kind of the current wait or yield. The owner's; 0 in a new arena.
    pub kind: Cell<u8>,
    /// The owner's: whether collections are done in parts.
    pub incremental: Cell<bool>,
    /// The owner's: whether the VM is being prepared as a template; 0 in a new arena.
    pub preparing: Cell<u8>,
    /// The owner's: how many more times Lua is to collect when the block is full, before the VM gets memory outside it; 0
    /// in a new arena.
    pub collections: Cell<u8>,
    /// Zero, where padding would hold anything: two builds of a template are compared word by word.
    filler: u8,
    /// Called, once, when the arena dooms the VM by itself. May not allocate from the arena.
    pub on_doom: Option<unsafe fn(*mut Arena)>,
    /// The owner's Rust state; null in a new arena.
    pub owner: *mut c_void,
    /// The owner's: which global names the program has been given; 0 in a new arena.
    pub given: [Cell<u64>; 2],
    /// The owner's: what the VM shares with others; null in a new arena.
    pub environment: *const c_void,
}

/// Bytes of the head: what a block has less for Lua.
pub const HEAD: usize = size_of::<Arena>();

const _: () = assert!(HEAD <= 250 && HEAD.is_multiple_of(GRAIN));
// No padding: pieces, three words, seven bytes and the filler, five words.
const _: () = assert!(HEAD == size_of::<Pieces>() + 3 * 8 + 8 + 5 * 8);

impl Arena {
    /// Begins an arena in `block`, which may hold anything.
    ///
    /// # Safety
    /// The `bytes` (between [`HEAD`] and [`LARGEST_ARENA`]) at `block`, aligned to [`GRAIN`], are the arena's until it is
    /// destroyed.
    pub unsafe fn begin(block: NonNull<u8>, bytes: usize, cap: usize) -> NonNull<Arena> {
        assert!((HEAD..=LARGEST_ARENA).contains(&bytes));
        let arena = block.cast::<Arena>();
        // SAFETY: the caller gives the block to the arena.
        unsafe {
            arena.write(Arena {
                pieces: Pieces::new(HEAD, bytes),
                used: 0,
                cap,
                outside: ptr::null_mut(),
                doomed: AtomicU8::new(doom::NONE),
                refused: Cell::new(Refusal::None),
                lenient: Cell::new(false),
                kind: Cell::new(0),
                incremental: Cell::new(false),
                preparing: Cell::new(0),
                collections: Cell::new(0),
                filler: 0,
                on_doom: None,
                owner: ptr::null_mut(),
                given: [const { Cell::new(0) }; 2],
                environment: ptr::null(),
            });
        }
        arena
    }

    /// Frees what lies outside the block. The block is the caller's again.
    ///
    /// # Safety
    /// Nobody uses anything in the arena any more; nor is the arena used again without [`Arena::begin`].
    pub unsafe fn destroy(arena: NonNull<Arena>) {
        // SAFETY: the caller's promise; what is outside is a box that `Outside::new` made.
        unsafe {
            let outside = (*arena.as_ptr()).outside;
            (*arena.as_ptr()).outside = ptr::null_mut();
            if !outside.is_null() {
                Outside::destroy(outside);
            }
        }
    }

    /// Begins to build a template: from now on what is handed out and what is freed is zeroed, so that two builds of a
    /// VM differ in nothing but addresses.
    pub fn begin_template(&mut self) {
        self.pieces.zeroing = true;
    }

    /// Ends the building of a template, unless something lies outside the block. The template are the grains for which
    /// the answer is true, side by side; the head already says so, so that nothing can be allocated in this block.
    pub fn end_template(&mut self) -> Option<Vec<bool>> {
        if !self.outside.is_null() {
            return None;
        }
        self.pieces.zeroing = false;
        let base = ptr::from_mut(self).cast();
        // SAFETY: the arena is at the start of its own block.
        Some(unsafe { self.pieces.seal(base) })
    }

    /// Bytes at the start of the block that the arena has used at some time.
    pub fn image_bytes(&self) -> usize {
        self.pieces.used_bytes()
    }

    /// Says how large the block is that the arena now lies in: a clone's may be larger or smaller than its template's.
    ///
    /// # Panics
    /// If the image doesn't fit into `bytes`, or they are more than [`LARGEST_ARENA`].
    pub fn set_block_bytes(&mut self, bytes: usize) {
        assert!((self.image_bytes()..=LARGEST_ARENA).contains(&bytes));
        self.pieces.set_end(bytes);
    }

    /// Bytes of the block.
    pub fn block_bytes(&self) -> usize {
        self.pieces.end_bytes()
    }

    /// Whether the block was too small at some time.
    pub fn is_outgrown(&self) -> bool {
        !self.outside.is_null()
    }

    /// Bytes that Lua asked for and has not freed.
    pub fn used(&self) -> usize {
        self.used
    }

    /// Bytes that the VM holds: its block, and all outside of it.
    pub fn held(&self) -> usize {
        // SAFETY: not null, so a box that only this arena knows.
        let outside = unsafe { self.outside.as_ref() }.map_or(0, Outside::held);
        self.block_bytes() + outside
    }

    /// The most bytes that Lua may have.
    pub fn cap(&self) -> usize {
        self.cap
    }

    /// Sets the most bytes that Lua may have. Lowering it frees nothing; the next request to grow is refused.
    pub fn set_cap(&mut self, bytes: usize) {
        self.cap = bytes;
    }

    /// Why the VM must end: one of [`doom`]'s values, or what was written to [`Arena::doom_mark`].
    pub fn doomed(&self) -> u8 {
        // Relaxed, here and below: the mark is looked at again and again, nothing else is published by it.
        self.doomed.load(Ordering::Relaxed)
    }

    /// The mark that says why the VM must end, for a signal handler, which may have come in the midst of anything and must
    /// not touch anything else of an arena.
    ///
    /// # Safety
    /// `arena` was begun, and isn't destroyed nor its block freed as long as the reference lives.
    pub unsafe fn doom_mark<'a>(arena: NonNull<Arena>) -> &'a AtomicU8 {
        // SAFETY: the caller's promise. The mark is never reached other than as an atomic.
        unsafe { &(*arena.as_ptr()).doomed }
    }

    /// Gives back what lies outside the block and is free: whole segments in which no piece is used. For a VM that
    /// waits, when it holds far more than it uses. Takes time in proportion to the free pieces. Answers the bytes.
    pub fn trim(&mut self) -> usize {
        // SAFETY: not null, so a box that only this arena knows.
        unsafe { self.outside.as_mut() }.map_or(0, Outside::trim)
    }
}
