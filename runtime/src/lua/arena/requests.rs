//! What Lua asks of its arena: the allocator function, and what it answers at the cap and when the block is full.
//!
//! Knows nothing of how the pieces inside and outside the block are kept.

use std::alloc::{Layout, handle_alloc_error};
use std::ffi::c_void;
use std::ptr;
use std::sync::atomic::Ordering;

use super::outside::Outside;
use super::pieces::{FREES_PER_JOIN, FREES_PER_JOIN_OUTSIDE};
use super::{Arena, GRAIN, HEAD, Refusal, doom};

/// While callbacks of ours run, what is resized may pass the cap by this part of it before the VM is doomed: no collection
/// was allowed to make room for it. (A guess; any small part will do.)
const LENIENT_PART: usize = 4;

/// Bytes of the largest request that may be refused so that Lua collects. Larger ones are not Lua's own objects but what
/// `luaL_Buffer` asks for, 1.5 KiB at least, which takes a refusal for the end of all memory.
const LARGEST_REFUSED: usize = 1024;

/// A collection that leaves less than this part of the block free was in vain: the next would come at once.
const VAIN_PART: usize = 32;

impl Arena {
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
    /// `is_new`: it is for a new piece.
    ///
    /// Lua answers a refusal with a full collection and asks once more. Only if that is refused too is the VM doomed: a
    /// program whose heap is mostly garbage is not out of memory.
    ///
    /// # Safety
    /// As [`Arena::allocate`].
    #[cold]
    unsafe fn over_cap(arena: *mut Arena, wanted: usize, is_new: bool) -> bool {
        // SAFETY: the caller's promise.
        unsafe {
            if (*arena).lenient.get() {
                return Arena::over_cap_leniently(arena, wanted, is_new);
            }
            // A template gets no second chance: it is not worth one.
            let before = (*arena).refused.replace(Refusal::Cap);
            if before != Refusal::None || (*arena).pieces.zeroing {
                Arena::doom_by_cap(arena);
            }
            false
        }
    }

    /// The same while callbacks of ours run, whose frames no error may jump over: what is asked for once more is granted.
    ///
    /// Only a *new* piece may be refused. Lua asks for those once more without exception; stacks, of all that is resized,
    /// it moves while collections are forbidden, and takes a refusal then for the end of all memory.
    ///
    /// # Safety
    /// As [`Arena::allocate`].
    unsafe fn over_cap_leniently(arena: *mut Arena, wanted: usize, is_new: bool) -> bool {
        // SAFETY: the caller's promise.
        unsafe {
            if (*arena).doomed() != doom::NONE {
                return true;
            }
            if !is_new {
                let cap = (*arena).cap;
                if wanted > cap.saturating_add(cap / LENIENT_PART) {
                    Arena::doom_by_cap(arena);
                }
                return true;
            }
            let before = (*arena).refused.replace(Refusal::Cap);
            if before != Refusal::None || (*arena).pieces.zeroing {
                Arena::doom_by_cap(arena);
                return true;
            }
            false
        }
    }

    /// Whether Lua is to collect before it gets `bytes` that the full block doesn't have. Not if the request is large, if
    /// Lua has just collected for it, or if it did so often enough.
    ///
    /// Only a *new* piece may be refused: Lua moves stacks, of all that it resizes, while collections are forbidden, and
    /// takes a refusal then for the end of all memory.
    ///
    /// # Safety
    /// As [`Arena::allocate`].
    unsafe fn refuse_for_room(arena: *mut Arena, bytes: usize) -> bool {
        // SAFETY: the caller's promise.
        unsafe {
            let left = (*arena).collections.get();
            let refuse =
                left > 0 && bytes <= LARGEST_REFUSED && (*arena).refused.get() == Refusal::None;
            if refuse {
                (*arena).collections.set(left - 1);
                (*arena).refused.set(Refusal::Room);
            }
            refuse
        }
    }

    /// Notes that what was refused at first has been granted.
    ///
    /// # Safety
    /// As [`Arena::allocate`].
    #[cold]
    unsafe fn end_refusal(arena: *mut Arena) {
        // SAFETY: the caller's promise. As long as nothing is outside, all that is used lies in the block.
        unsafe {
            if (*arena).refused.replace(Refusal::None) == Refusal::Room
                && (*arena).outside.is_null()
            {
                let block = (*arena).block_bytes();
                if HEAD + (*arena).used + block / VAIN_PART > block {
                    (*arena).collections.set(0);
                }
            }
        }
    }

    /// A piece of `bytes` (not 0); null if it is refused, or if the system has no memory. `resized`: for one that
    /// there is.
    ///
    /// # Safety
    /// As [`Arena::allocate`].
    #[inline]
    unsafe fn piece(arena: *mut Arena, bytes: usize, resized: bool) -> *mut u8 {
        // SAFETY: the caller's promise; the arena is at the start of its own block.
        unsafe {
            let piece = (*arena).pieces.take(arena.cast(), bytes);
            if piece.is_null() {
                return Arena::piece_outside(arena, bytes, resized);
            }
            piece
        }
    }

    /// The same where the block has nothing at hand.
    ///
    /// # Safety
    /// As `piece`.
    #[inline(never)]
    unsafe fn piece_outside(arena: *mut Arena, bytes: usize, resized: bool) -> *mut u8 {
        // SAFETY: the caller's promise; the box is known to this arena alone.
        unsafe {
            let outside = (*arena).outside;
            if !outside.is_null() {
                let piece = (*outside).take_free(bytes);
                if !piece.is_null() {
                    return piece;
                }
            }
            let patience = match (*arena).refused.get() {
                _ if !outside.is_null() => FREES_PER_JOIN_OUTSIDE,
                Refusal::Room => 0,
                Refusal::None | Refusal::Cap => FREES_PER_JOIN,
            };
            let piece = (*arena).pieces.take_hard(arena.cast(), bytes, patience);
            if !piece.is_null() {
                return piece;
            }
            if outside.is_null() {
                if !resized && Arena::refuse_for_room(arena, bytes) {
                    return ptr::null_mut();
                }
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
            let moved = Arena::piece(arena, new, true);
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
            let moved = Arena::piece(arena, new, true);
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
        // SAFETY: the caller's promise. No reference to the whole arena is made: a signal handler may write its
        // mark meanwhile.
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
            if wanted > (*arena).cap && !Arena::over_cap(arena, wanted, old == 0) {
                return ptr::null_mut();
            }
            let before = (*arena).refused.get();
            let grown = if old == 0 {
                Arena::piece(arena, new, false)
            } else {
                Arena::grow(arena, piece.cast(), old, new)
            };
            if grown.is_null() {
                return Arena::no_piece(arena, before, new);
            }
            (*arena).used = wanted;
            if before != Refusal::None {
                Arena::end_refusal(arena);
            }
            grown.cast()
        }
    }

    /// There is no piece. If that isn't because Lua is to collect, the system has no memory: where Lua may raise an error
    /// it will; elsewhere there is no way on. `before`: why the request before this one was refused.
    ///
    /// # Safety
    /// As [`Arena::allocate`].
    #[cold]
    unsafe fn no_piece(arena: *mut Arena, before: Refusal, bytes: usize) -> *mut c_void {
        // SAFETY: the caller's promise.
        unsafe {
            let is_for_room = (*arena).refused.get() == Refusal::Room && before == Refusal::None;
            if !is_for_room {
                if (*arena).lenient.get() {
                    let layout = Layout::from_size_align(bytes, GRAIN);
                    handle_alloc_error(layout.unwrap_or(Layout::new::<u64>()));
                }
                if (*arena).refused.replace(Refusal::Cap) != Refusal::None {
                    Arena::doom_by_cap(arena);
                }
            }
        }
        ptr::null_mut()
    }
}
