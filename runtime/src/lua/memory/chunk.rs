//! A chunk: two mebibytes from the system, cut into blocks of one size.
//!
//! Knows nothing of locks: whoever calls holds the one that the chunk is behind.

use std::ptr::{self, NonNull};

use super::{BLOCK_STEP, Mapping, poison};

/// Bytes of a chunk, and what it is aligned to, so that a block's address says its chunk. Two mebibytes are what the
/// system itself likes best; a multiple would hold more memory back, a fraction means more calls.
pub(super) const CHUNK: usize = 2 * 1024 * 1024;

/// Bytes before the first block.
const HEAD: usize = BLOCK_STEP;

/// Bytes that are asked of the system at once where a chunk is filled from end to end. Page by page costs 1.6 µs a page
/// where this was measured, 64 KiB at a time 1.0 µs; larger windows gain nothing.
const WINDOW: usize = 64 * 1024;

/// What stands at the start of a chunk.
///
/// Bytes of a block and shard are read without the lock, by whoever frees a block: so nobody makes a reference to the whole.
pub(super) struct Chunk {
    /// Next in the list that it is in.
    next: *mut Chunk,
    /// The one before.
    previous: *mut Chunk,
    /// Freed blocks; the first word of each is the next.
    freed: *mut u8,
    /// Offset of the first block that was never handed out.
    fresh: usize,
    /// Offset after the last byte that was ever written to, by whichever size had the chunk.
    touched: usize,
    /// Bytes of a block.
    block_bytes: usize,
    /// Blocks in use.
    used: usize,
    /// The shard whose chunk it is.
    shard: usize,
}

const _: () = assert!(size_of::<Chunk>() <= HEAD);

impl Chunk {
    /// A new chunk from the system; [`Chunk::begin`] is to follow.
    pub(super) fn map() -> Option<*mut Chunk> {
        let chunk = Mapping::new(CHUNK, CHUNK)?.leak().cast::<Chunk>().as_ptr();
        // SAFETY: mapped just now, large and aligned enough.
        unsafe {
            ptr::write(
                chunk,
                Chunk {
                    next: ptr::null_mut(),
                    previous: ptr::null_mut(),
                    freed: ptr::null_mut(),
                    fresh: HEAD,
                    touched: HEAD,
                    block_bytes: 0,
                    used: 0,
                    shard: 0,
                },
            );
        }
        Some(chunk)
    }

    /// Gives a chunk back to the system.
    ///
    /// # Safety
    /// It is in no list, and no block of it is in use.
    pub(super) unsafe fn unmap(chunk: *mut Chunk) {
        // SAFETY: `map` leaked it; nobody uses it any more.
        unsafe {
            let start = NonNull::new_unchecked(chunk.cast());
            poison::unmapped(start);
            drop(Mapping::adopt(start, CHUNK));
        }
    }

    /// The chunk that `block` lies in.
    ///
    /// # Safety
    /// `block` is a block of a chunk.
    pub(super) unsafe fn of(block: NonNull<u8>) -> *mut Chunk {
        block
            .as_ptr()
            .map_addr(|address| address & !(CHUNK - 1))
            .cast()
    }

    /// Cuts the chunk into blocks of `block_bytes` from now on, for a shard.
    ///
    /// # Safety
    /// No block of it is in use.
    pub(super) unsafe fn begin(chunk: *mut Chunk, block_bytes: usize, shard: usize) {
        // SAFETY: the caller's promise: the head is nobody else's.
        unsafe {
            debug_assert_eq!((*chunk).used, 0);
            (*chunk).freed = ptr::null_mut();
            (*chunk).fresh = HEAD;
            (*chunk).block_bytes = block_bytes;
            (*chunk).shard = shard;
        }
    }

    /// Bytes of each of its blocks.
    ///
    /// # Safety
    /// A block of it is in use, or the caller holds the lock that the chunk is behind.
    pub(super) unsafe fn block_bytes(chunk: *mut Chunk) -> usize {
        // SAFETY: the caller's promise.
        unsafe { (*chunk).block_bytes }
    }

    /// The shard whose chunk it is.
    ///
    /// # Safety
    /// As `block_bytes`.
    pub(super) unsafe fn shard(chunk: *mut Chunk) -> usize {
        // SAFETY: as there.
        unsafe { (*chunk).shard }
    }

    /// Blocks of `block_bytes` that a chunk has.
    pub(super) const fn capacity(block_bytes: usize) -> usize {
        (CHUNK - HEAD) / block_bytes
    }

    /// Bytes that were written to at some time.
    pub(super) fn touched(&self) -> usize {
        self.touched
    }

    /// Whether all blocks are in use.
    ///
    /// # Safety
    /// The caller holds the lock that the chunk is behind.
    pub(super) unsafe fn is_full(chunk: *mut Chunk) -> bool {
        // SAFETY: the caller's promise.
        unsafe { (*chunk).freed.is_null() && (*chunk).fresh + (*chunk).block_bytes > CHUNK }
    }

    /// Whether no block is in use.
    ///
    /// # Safety
    /// The caller holds the lock that the chunk is behind.
    pub(super) unsafe fn is_empty(chunk: *mut Chunk) -> bool {
        // SAFETY: the caller's promise.
        unsafe { (*chunk).used == 0 }
    }

    /// Hands out a block, the last freed if there is one. Answers too by how much [`Chunk::touched`] grew.
    ///
    /// # Safety
    /// The caller holds the lock that the chunk is behind; the chunk is not full.
    pub(super) unsafe fn take(chunk: *mut Chunk) -> (NonNull<u8>, usize) {
        // SAFETY: the caller's promise; a freed block's first word is the next one; what is fresh lies in the chunk.
        unsafe {
            (*chunk).used += 1;
            if !(*chunk).freed.is_null() {
                let block = (*chunk).freed;
                (*chunk).freed = ptr::read(block.cast());
                return (NonNull::new_unchecked(block), 0);
            }
            let block = chunk.cast::<u8>().add((*chunk).fresh);
            (*chunk).fresh += (*chunk).block_bytes;
            let before = (*chunk).touched;
            if (*chunk).fresh > before {
                (*chunk).touched = (*chunk).fresh;
                let window = (*chunk).fresh / WINDOW * WINDOW;
                if before >= WINDOW && before < window && window < CHUNK {
                    populate(chunk, window);
                    (*chunk).touched = window + WINDOW;
                }
            }
            (NonNull::new_unchecked(block), (*chunk).touched - before)
        }
    }

    /// Takes a block back.
    ///
    /// # Safety
    /// The caller holds the lock that the chunk is behind; `block` is one of its blocks, in use until now.
    pub(super) unsafe fn put(chunk: *mut Chunk, block: NonNull<u8>) {
        // SAFETY: the caller's promise; a block is aligned and larger than a word.
        unsafe {
            debug_assert!((*chunk).used > 0);
            debug_assert_eq!(
                (block.addr().get() - chunk.addr() - HEAD) % (*chunk).block_bytes,
                0
            );
            ptr::write(block.as_ptr().cast(), (*chunk).freed);
            (*chunk).freed = block.as_ptr();
            (*chunk).used -= 1;
        }
    }

    /// Puts the chunk first in the list that begins at `first`.
    ///
    /// # Safety
    /// It is in no list; the caller holds the lock of the list.
    pub(super) unsafe fn link(chunk: *mut Chunk, first: &mut *mut Chunk) {
        // SAFETY: the caller's promise; what is in the list is alive.
        unsafe {
            (*chunk).next = *first;
            (*chunk).previous = ptr::null_mut();
            if !first.is_null() {
                (**first).previous = chunk;
            }
        }
        *first = chunk;
    }

    /// Takes the chunk out of the list that begins at `first`.
    ///
    /// # Safety
    /// It is in that list; the caller holds the lock of the list.
    pub(super) unsafe fn unlink(chunk: *mut Chunk, first: &mut *mut Chunk) {
        // SAFETY: the caller's promise; what is in the list is alive.
        unsafe {
            let (next, previous) = ((*chunk).next, (*chunk).previous);
            if previous.is_null() {
                *first = next;
            } else {
                (*previous).next = next;
            }
            if !next.is_null() {
                (*next).previous = previous;
            }
        }
    }
}

/// Asks the system for the pages of the window at `offset` in one go. It may refuse: then they come one by one.
///
/// # Safety
/// The window lies in the chunk.
unsafe fn populate(chunk: *mut Chunk, offset: usize) {
    // SAFETY: the pages are the chunk's own; populating them changes no byte of them.
    unsafe {
        let window = chunk.cast::<u8>().add(offset);
        libc::madvise(window.cast(), WINDOW, libc::MADV_POPULATE_WRITE);
    }
}
