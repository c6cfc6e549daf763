//! One VM's memory: a block, and what outgrows it; freed whole when the VM ends.
//!
//! Knows nothing of where blocks come from, nor of what Lua keeps in them. The head stands at the start of the block
//! itself and holds no address inside it but those its owner puts there, so that a copy of the block is a copy of the
//! arena.

mod outside;
mod pieces;
#[cfg(test)]
mod tests;

use std::alloc::{Layout, handle_alloc_error};
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

/// While callbacks of ours run, a VM may pass its cap by this part of it before it is doomed: what they allocate can be
/// garbage that no emergency collection was allowed to free. (A guess; any small part will do.)
const LENIENT_PART: usize = 4;

/// Whether a VM is to end, as other threads may read it.
pub mod doom {
    /// It may live.
    pub const NONE: u8 = 0;
    /// It asked for more memory than its cap, also after a full collection.
    pub const OVER_CAP: u8 = 1;
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
    /// Why the VM must end, of [`doom`]'s values or the owner's own; as other threads may read it.
    doomed: AtomicU8,
    /// Whether the last request to grow was refused.
    refused: Cell<bool>,
    /// While true, nothing is refused: Rust frames are on the stack, over which the error of a refusal would jump. The
    /// owner's callbacks set it, and set it back to what it was.
    pub lenient: Cell<bool>,
    /// The kind of the current wait or yield. The owner's; 0 in a new arena.
    pub kind: Cell<u8>,
    /// Called, once, when the arena dooms the VM by itself. May not allocate from the arena.
    pub on_doom: Option<unsafe fn(*mut Arena)>,
    /// The owner's Rust state; null in a new arena.
    pub owner: *mut c_void,
    /// The owner's: which global names the program has been given; 0 in a new arena.
    pub given: Cell<u128>,
    /// The owner's: what the VM shares with others; null in a new arena.
    pub environment: *const c_void,
    /// The owner's: whether collections are done in parts.
    pub incremental: Cell<bool>,
}

/// Bytes of the head: what a block has less for Lua.
pub const HEAD: usize = size_of::<Arena>();

const _: () = assert!(HEAD <= 250 && HEAD.is_multiple_of(GRAIN));

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
                refused: Cell::new(false),
                lenient: Cell::new(false),
                kind: Cell::new(0),
                on_doom: None,
                owner: ptr::null_mut(),
                given: Cell::new(0),
                environment: ptr::null(),
                incremental: Cell::new(false),
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

    /// Ends the building of a template; says whether everything lies inside the block. Its first
    /// [`Arena::image_bytes`] are the template.
    pub fn end_template(&mut self) -> bool {
        self.pieces.zeroing = false;
        self.outside.is_null()
    }

    /// Bytes at the start of the block that the arena has used at some time: what a clone copies.
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

    /// Most bytes that Lua may have.
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

    /// The mark that says why the VM must end, for other threads, which must not touch anything else of an arena.
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

    /// Dooms the VM for its cap.
    ///
    /// # Safety
    /// As [`Arena::allocate`].
    #[cold]
    unsafe fn doom_by_cap(arena: *mut Arena) {
        // SAFETY: the caller's promise; the owner set a function that may be called with its own arena, in the midst of
        // an allocation.
        unsafe {
            let mark = &(*arena).doomed;
            let first = mark.compare_exchange(
                doom::NONE,
                doom::OVER_CAP,
                Ordering::Relaxed,
                Ordering::Relaxed,
            );
            if first.is_ok()
                && let Some(on_doom) = (*arena).on_doom
            {
                on_doom(arena);
            }
        }
    }

    /// Whether a request that would leave the VM with `wanted` bytes, more than its cap, is granted nevertheless.
    ///
    /// Lua answers a refusal with a full collection and asks once more. Only if that is refused too is the VM doomed: a
    /// program whose heap is mostly garbage is not out of memory.
    ///
    /// # Safety
    /// As [`Arena::allocate`].
    #[cold]
    unsafe fn over_cap(arena: *mut Arena, wanted: usize) -> bool {
        // SAFETY: the caller's promise.
        unsafe {
            if (*arena).lenient.get() {
                let cap = (*arena).cap;
                if wanted > cap.saturating_add(cap / LENIENT_PART) {
                    Arena::doom_by_cap(arena);
                }
                return true;
            }
            if (*arena).refused.replace(true) {
                Arena::doom_by_cap(arena);
            }
            false
        }
    }

    /// A piece of `bytes` (not 0); null if the system has no memory.
    ///
    /// # Safety
    /// As [`Arena::allocate`].
    #[inline]
    unsafe fn piece(arena: *mut Arena, bytes: usize) -> *mut u8 {
        // SAFETY: the caller's promise; the arena is at the start of its own block.
        unsafe {
            let piece = (*arena).pieces.take(arena.cast(), bytes);
            if piece.is_null() {
                return Arena::piece_outside(arena, bytes);
            }
            piece
        }
    }

    /// The same where the block has nothing at hand.
    ///
    /// # Safety
    /// As `piece`.
    #[inline(never)]
    unsafe fn piece_outside(arena: *mut Arena, bytes: usize) -> *mut u8 {
        // SAFETY: the caller's promise; the box is known to this arena alone.
        unsafe {
            let outside = (*arena).outside;
            if !outside.is_null() {
                let piece = (*outside).take_free(bytes);
                if !piece.is_null() {
                    return piece;
                }
            }
            let piece = (*arena)
                .pieces
                .take_hard(arena.cast(), bytes, !outside.is_null());
            if !piece.is_null() {
                return piece;
            }
            if outside.is_null() {
                (*arena).outside = Outside::new();
            }
            (*(*arena).outside).take(bytes)
        }
    }

    /// Takes back a piece of `bytes`.
    ///
    /// # Safety
    /// As [`Arena::allocate`]; the piece isn't used any more.
    #[inline]
    unsafe fn free(arena: *mut Arena, piece: *mut u8, bytes: usize) {
        // SAFETY: the caller's promise; a piece that isn't inside is outside.
        unsafe {
            if (*arena).pieces.contains(arena.cast(), piece) {
                (*arena).pieces.put(arena.cast(), piece, bytes);
            } else {
                (*(*arena).outside).put(piece, bytes);
            }
        }
    }

    /// Makes a piece smaller, in its place if at all possible. Never null.
    ///
    /// # Safety
    /// As [`Arena::allocate`]; the piece has `old` bytes, more than `new`.
    unsafe fn shrink(arena: *mut Arena, piece: *mut u8, old: usize, new: usize) -> *mut u8 {
        // SAFETY: the caller's promise; a piece that isn't inside is outside.
        unsafe {
            if (*arena).pieces.contains(arena.cast(), piece) {
                (*arena).pieces.shrink(arena.cast(), piece, old, new);
                return piece;
            }
            if Outside::is_large(old) == Outside::is_large(new) {
                return (*(*arena).outside).shrink(piece, old, new);
            }
            let moved = Arena::piece(arena, new);
            if moved.is_null() {
                return (*(*arena).outside).large_to_small(piece);
            }
            ptr::copy_nonoverlapping(piece, moved, new);
            (*(*arena).outside).put(piece, old);
            moved
        }
    }

    /// Makes a piece larger. Null if the system has no memory; then the piece is what it was.
    ///
    /// # Safety
    /// As [`Arena::allocate`]; the piece has `old` bytes, fewer than `new`.
    unsafe fn grow(arena: *mut Arena, piece: *mut u8, old: usize, new: usize) -> *mut u8 {
        // SAFETY: the caller's promise; a piece that isn't inside is outside.
        unsafe {
            if (*arena).pieces.contains(arena.cast(), piece) {
                if (*arena).pieces.grow(arena.cast(), piece, old, new) {
                    return piece;
                }
            } else if Outside::is_large(old) {
                return (*(*arena).outside).grow(piece, new);
            }
            let moved = Arena::piece(arena, new);
            if !moved.is_null() {
                ptr::copy_nonoverlapping(piece, moved, old);
                Arena::free(arena, piece, old);
            }
            moved
        }
    }

    /// Lua's allocator: makes, resizes and frees the pieces of the arena at `ud`.
    ///
    /// # Safety
    /// As Lua calls it: `ud` is an arena that this thread alone uses now; `piece` is null or came from here with `old`
    /// bytes.
    pub unsafe extern "C" fn allocate(
        ud: *mut c_void,
        piece: *mut c_void,
        old: usize,
        new: usize,
    ) -> *mut c_void {
        let arena = ud.cast::<Arena>();
        // For a new piece Lua says its kind in the place of the old size.
        let old = if piece.is_null() { 0 } else { old };
        // SAFETY: the caller's promise. No reference to the whole arena is made: other threads read its mark.
        unsafe {
            if new <= old {
                (*arena).used -= old - new;
                if new > 0 {
                    return Arena::shrink(arena, piece.cast(), old, new).cast();
                }
                if old > 0 {
                    Arena::free(arena, piece.cast(), old);
                }
                return ptr::null_mut();
            }
            let wanted = (*arena).used.saturating_add(new - old);
            if wanted > (*arena).cap && !Arena::over_cap(arena, wanted) {
                return ptr::null_mut();
            }
            let grown = if old == 0 {
                Arena::piece(arena, new)
            } else {
                Arena::grow(arena, piece.cast(), old, new)
            };
            if grown.is_null() {
                return Arena::no_memory(arena, new);
            }
            (*arena).used = wanted;
            (*arena).refused.set(false);
            grown.cast()
        }
    }

    /// The system has no memory. Where Lua may raise an error it will; elsewhere there is no way on.
    ///
    /// # Safety
    /// As [`Arena::allocate`].
    #[cold]
    unsafe fn no_memory(arena: *mut Arena, bytes: usize) -> *mut c_void {
        // SAFETY: the caller's promise.
        unsafe {
            if (*arena).lenient.get() {
                let layout = Layout::from_size_align(bytes, GRAIN);
                handle_alloc_error(layout.unwrap_or(Layout::new::<u64>()));
            }
            if (*arena).refused.replace(true) {
                Arena::doom_by_cap(arena);
            }
        }
        ptr::null_mut()
    }
}
