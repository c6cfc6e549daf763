//! Gives back segments in which nothing is used any more.
//!
//! Knows nothing of when that is worth while. Segments keep no counts: which are empty is found from the free lists.

use std::ptr;

use super::super::GRAIN;
use super::{FIRST_SEGMENT, Free, LAST_SEGMENT, LINK, Link, Outside, release, unchain};

impl Outside {
    /// Gives back the segments in which no piece is used. Answers their bytes.
    pub(in super::super) fn trim(&mut self) -> usize {
        let mut segments = Vec::new();
        let mut link = self.segments;
        while !link.is_null() {
            // SAFETY: what is in the chain is alive. (Start, link, free bytes.)
            unsafe {
                segments.push((link.addr(), link, LINK));
                link = (*link).next;
            }
        }
        segments.sort_unstable_by_key(|segment| segment.0);
        let find = |segments: &[(usize, *mut Link, usize)], at: usize| {
            segments.partition_point(|segment| segment.0 <= at) - 1
        };
        self.for_each_free(|piece, size| {
            let index = find(&segments, piece.addr());
            segments[index].2 += size * GRAIN;
        });
        if self.room > 0 {
            let index = find(&segments, self.bump.addr());
            segments[index].2 += self.room;
        }
        // SAFETY: what is in the chain is alive.
        let is_free =
            |segment: &(usize, *mut Link, usize)| unsafe { segment.2 == (*segment.1).bytes };
        if !segments.iter().any(is_free) {
            return 0;
        }
        self.drop_free(|piece| is_free(&segments[find(&segments, piece.addr())]));
        if self.room > 0 && is_free(&segments[find(&segments, self.bump.addr())]) {
            (self.bump, self.room) = (ptr::null_mut(), 0);
        }
        let before = self.held;
        for segment in segments.iter().filter(|segment| is_free(segment)) {
            // SAFETY: every byte of it was free, and no list leads to it any more.
            unsafe {
                unchain(segment.1, &mut self.segments);
                self.held -= (*segment.1).bytes;
                release(segment.1);
            }
        }
        self.next_segment = FIRST_SEGMENT
            .max(self.held.next_power_of_two() / 2)
            .min(LAST_SEGMENT);
        before - self.held
    }

    /// Takes the free pieces out of their lists that `gone` says.
    fn drop_free(&mut self, gone: impl Fn(*mut u8) -> bool) {
        for (list, head) in self.heads.iter_mut().enumerate() {
            let mut link: *mut *mut Free = head;
            // SAFETY: what is in a list is free, and holds the next.
            unsafe {
                while !(*link).is_null() {
                    if gone((*link).cast()) {
                        *link = (**link).next;
                    } else {
                        link = &raw mut (**link).next;
                    }
                }
            }
            if head.is_null() {
                self.map &= !(1 << list);
            }
        }
    }

    /// Calls `f` with every free piece in a segment and its grains.
    pub(in super::super) fn for_each_free(&self, mut f: impl FnMut(*mut u8, usize)) {
        for (list, &head) in self.heads.iter().enumerate() {
            let mut piece = head;
            while !piece.is_null() {
                f(piece.cast(), list + 1);
                // SAFETY: what is in a list is free, and holds the next.
                piece = unsafe { (*piece).next };
            }
        }
    }
}
