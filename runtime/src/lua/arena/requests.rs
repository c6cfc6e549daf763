//! What Lua asks of its arena: the allocator function, and what it answers at the cap.
//!
//! Knows nothing of how the pieces inside and outside the block are kept.

use std::alloc::{Layout, handle_alloc_error};
use std::ffi::c_void;
use std::ptr;
use std::sync::atomic::Ordering;

use super::outside::Outside;
use super::{Arena, GRAIN, doom};

/// While callbacks of ours run, a VM may pass its cap by this part of it before it is doomed: what they allocate can be
/// garbage that no emergency collection was allowed to free. (A guess; any small part will do.)
const LENIENT_PART: usize = 4;

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
            // A template gets no second chance: it is not worth one.
            if (*arena).refused.replace(true) || (*arena).pieces.zeroing {
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
