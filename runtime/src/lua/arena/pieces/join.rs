//! Makes one free piece of those that lie side by side.
//!
//! Knows nothing of when that is worth while. Pieces in use have no heads: what lies side by side is found by marking all
//! free grains in a bitmap.

use super::super::super::memory::LARGEST_BLOCK;
use super::super::GRAIN;
use super::{LISTS, Pieces};

/// The grains of a block, one bit each; as many words as the slab's largest block needs. Larger ones, in which templates
/// are built, are never joined.
const MOST_WORDS: usize = LARGEST_BLOCK / GRAIN / 64;

/// Words that are enough for most: to clear those of the largest block takes longer than to join the pieces of a small one.
const FEW_WORDS: usize = 32;

impl Pieces {
    /// Joins free pieces that lie side by side, and gives back those at the end.
    ///
    /// # Safety
    /// As `take`.
    #[cold]
    pub(super) unsafe fn join(&mut self, base: *mut u8) {
        // SAFETY: the caller's promise.
        unsafe {
            if self.end as usize <= FEW_WORDS * 64 {
                self.join_marked(base, [0; FEW_WORDS]);
            } else {
                self.join_marked(base, [0; MOST_WORDS]);
            }
        }
    }

    /// The same, with a bitmap that is clear and has a bit for each grain.
    ///
    /// # Safety
    /// As `take`.
    #[inline(never)]
    unsafe fn join_marked<const WORDS: usize>(&mut self, base: *mut u8, mut bitmap: [u64; WORDS]) {
        self.frees = 0;
        // SAFETY: the caller's promise.
        unsafe {
            self.for_each_free(base, |at, size| {
                (at..at + size).for_each(|grain| bitmap[grain / 64] |= 1 << (grain % 64));
            });
        }
        (self.map, self.heads) = (0, [0; LISTS]);
        let mut end = end_of_last(&bitmap, self.bump as usize, false);
        self.bump = end as u16;
        // From the end to the start, so that what is handed out first lies at the start.
        loop {
            let free_end = end_of_last(&bitmap, end, true);
            if free_end == 0 {
                return;
            }
            end = end_of_last(&bitmap, free_end, false);
            // SAFETY: all of it was in lists until now.
            unsafe { self.push(base, end, free_end - end) };
        }
    }
}

/// The position after the last bit before `end` that is set (or clear, as `set` says); 0 if there is none.
fn end_of_last(bitmap: &[u64], end: usize, set: bool) -> usize {
    let mut end = end;
    while end > 0 {
        let first = (end - 1) / 64 * 64;
        let word = if set {
            bitmap[first / 64]
        } else {
            !bitmap[first / 64]
        };
        let found = word & (u64::MAX >> (63 - (end - 1) % 64));
        if found != 0 {
            return first + 64 - found.leading_zeros() as usize;
        }
        end = first;
    }
    0
}
