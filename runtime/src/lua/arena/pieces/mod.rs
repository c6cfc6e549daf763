//! What lies inside an arena's block: pieces in use, free pieces in lists by size, and the rest.
//!
//! Knows no address, only offsets from the start of the block; what they count from is passed in. So it can be copied
//! with its block.

mod join;

use std::ptr;

use super::super::memory::LARGEST_BLOCK;
use super::GRAIN;

/// Lists of free pieces. All but the last hold one size each, in steps of a grain: 8 to 248 bytes, which is nearly all
/// that Lua asks for. The last holds larger ones, whose size is written into them. (Twice as many lists would cost every
/// VM 64 bytes.)
const LISTS: usize = 32;

/// The list of pieces of `LISTS` grains and more.
const LARGE: usize = LISTS - 1;

/// Frees between two attempts to join free pieces, for a VM that fits into its block otherwise. An attempt costs about as
/// much as fifty allocations.
pub(super) const FREES_PER_JOIN: u8 = 32;

/// The same for a VM that has memory outside too, and so takes what it needs there.
pub(super) const FREES_PER_JOIN_OUTSIDE: u8 = u8::MAX;

/// The inside of a block. All offsets and sizes are in grains.
#[repr(C)]
pub(super) struct Pieces {
    /// Bit `n`: list `n` may not be empty; if the bit is clear, it is.
    map: u32,
    /// Start of what was never used, or was given back at the end.
    bump: u16,
    /// End of the block.
    end: u16,
    /// Heads of the lists of free pieces, 0 for none; the first two bytes of a free piece are the next.
    heads: [u16; LISTS],
    /// Frees since free pieces were last joined.
    frees: u8,
    /// Whether what is handed out and what is freed is zeroed.
    pub(super) zeroing: bool,
    /// Zero, where padding would hold anything: templates are compared.
    filler: [u8; 6],
}

const _: () = assert!(size_of::<Pieces>() == 4 + 2 + 2 + 2 * LISTS + 1 + 1 + 6);

/// Grains that hold `bytes`.
#[inline]
const fn grains(bytes: usize) -> usize {
    bytes.div_ceil(GRAIN)
}

/// The list that free pieces of so many grains are in.
#[inline]
const fn list_of(grains: usize) -> usize {
    if grains < LISTS { grains - 1 } else { LARGE }
}

impl Pieces {
    /// A block of `bytes` of which `head` are used.
    pub(super) fn new(head: usize, bytes: usize) -> Pieces {
        Pieces {
            map: 0,
            bump: grains(head) as u16,
            end: (bytes / GRAIN) as u16,
            heads: [0; LISTS],
            frees: 0,
            zeroing: false,
            filler: [0; 6],
        }
    }

    /// Bytes up to the end of what was ever used.
    pub(super) fn used_bytes(&self) -> usize {
        self.bump as usize * GRAIN
    }

    /// Bytes of the block.
    pub(super) fn end_bytes(&self) -> usize {
        self.end as usize * GRAIN
    }

    /// Moves the end of the block to `bytes`.
    pub(super) fn set_end(&mut self, bytes: usize) {
        self.end = (bytes / GRAIN) as u16;
    }

    /// Whether `piece` lies in the block that begins at `base`.
    #[inline]
    pub(super) fn contains(&self, base: *mut u8, piece: *mut u8) -> bool {
        piece.addr().wrapping_sub(base.addr()) < self.end_bytes()
    }

    /// A piece of `bytes`, where one is free of just that size, or at the end; null if not, or if there is no room.
    ///
    /// # Safety
    /// `base` is the start of the block.
    #[inline]
    pub(super) unsafe fn take(&mut self, base: *mut u8, bytes: usize) -> *mut u8 {
        let wanted = grains(bytes);
        // SAFETY: the caller's promise; what is in the lists lies in the block.
        unsafe {
            let mut at = 0;
            if wanted < LISTS {
                at = self.pop(base, wanted);
            } else if self.map & (1 << LARGE) != 0 {
                at = self.pop_large(base, wanted, true);
            }
            if at == 0 {
                at = self.take_end(wanted);
                if at == 0 {
                    return ptr::null_mut();
                }
            }
            self.hand_out(base, at, wanted)
        }
    }

    /// A piece of `bytes`, where a larger one must be split, or free ones joined; null if there is no room. They are
    /// joined only if so many were freed since the last time: `patience`.
    ///
    /// # Safety
    /// As `take`, which found none.
    pub(super) unsafe fn take_hard(
        &mut self,
        base: *mut u8,
        bytes: usize,
        patience: u8,
    ) -> *mut u8 {
        let wanted = grains(bytes);
        // SAFETY: the caller's promise.
        unsafe {
            let mut at = self.split(base, wanted);
            if at == 0 && self.frees >= patience && self.end as usize <= LARGEST_BLOCK / GRAIN {
                self.join(base);
                at = self.take_end(wanted);
                if at == 0 {
                    at = self.split(base, wanted);
                }
            }
            if at == 0 {
                return ptr::null_mut();
            }
            self.hand_out(base, at, wanted)
        }
    }

    /// So many grains of what was never used; 0 if there aren't.
    #[inline]
    fn take_end(&mut self, wanted: usize) -> usize {
        if wanted > (self.end - self.bump) as usize {
            return 0;
        }
        let at = self.bump as usize;
        self.bump += wanted as u16;
        at
    }

    /// # Safety
    /// As `take`; the piece lies in the block and in no list.
    #[inline]
    unsafe fn hand_out(&self, base: *mut u8, at: usize, size: usize) -> *mut u8 {
        // SAFETY: the caller's promise.
        unsafe {
            let piece = base.add(at * GRAIN);
            if self.zeroing {
                ptr::write_bytes(piece, 0, size * GRAIN);
            }
            piece
        }
    }

    /// A piece out of the smallest list that has one large enough; the rest of it goes to its own list.
    ///
    /// # Safety
    /// As `take`.
    unsafe fn split(&mut self, base: *mut u8, wanted: usize) -> usize {
        // SAFETY: the caller's promise; what is in the lists lies in the block and is free.
        unsafe {
            loop {
                let larger = self.map & (u32::MAX << list_of(wanted));
                if larger == 0 {
                    return 0;
                }
                let list = larger.trailing_zeros() as usize;
                if self.heads[list] == 0 {
                    self.map &= !(1 << list);
                } else if list == LARGE {
                    return self.pop_large(base, wanted, false);
                } else {
                    let at = self.pop(base, list + 1);
                    if list + 1 > wanted {
                        self.push(base, at + wanted, list + 1 - wanted);
                    }
                    return at;
                }
            }
        }
    }

    /// A free piece of exactly `wanted` grains, fewer than `LISTS`; 0 if there is none.
    ///
    /// # Safety
    /// As `take`.
    #[inline]
    unsafe fn pop(&mut self, base: *mut u8, wanted: usize) -> usize {
        let list = wanted - 1;
        let at = self.heads[list] as usize;
        if at != 0 {
            // SAFETY: what is in the lists lies in the block, aligned, and begins with the next.
            self.heads[list] = unsafe { ptr::read(base.add(at * GRAIN).cast::<u16>()) };
        }
        at
    }

    /// A piece out of the list of large ones: the smallest that is large enough, or one of just that size.
    ///
    /// # Safety
    /// As `take`.
    unsafe fn pop_large(&mut self, base: *mut u8, wanted: usize, exact: bool) -> usize {
        // (size, where the link to it is)
        let mut best: (usize, *mut u16) = (usize::MAX, ptr::null_mut());
        // SAFETY: what is in this list lies in the block, aligned, and begins with the next and its own size.
        unsafe {
            let mut link = &raw mut self.heads[LARGE];
            while *link != 0 {
                let piece = base.add(*link as usize * GRAIN).cast::<u16>();
                let size = *piece.add(1) as usize;
                if size >= wanted && size < best.0 && !(exact && size > wanted) {
                    best = (size, link);
                    if size == wanted {
                        break;
                    }
                }
                link = piece;
            }
            let (size, link) = best;
            if link.is_null() {
                return 0;
            }
            let at = *link as usize;
            *link = *base.add(at * GRAIN).cast::<u16>();
            if size > wanted {
                self.push(base, at + wanted, size - wanted);
            }
            at
        }
    }

    /// Puts a free piece into its list.
    ///
    /// # Safety
    /// As `take`; the piece lies in the block and nobody uses it.
    #[inline]
    unsafe fn push(&mut self, base: *mut u8, at: usize, size: usize) {
        let list = list_of(size);
        // SAFETY: the caller's promise. A grain holds both words.
        unsafe {
            let piece = base.add(at * GRAIN).cast::<u16>();
            ptr::write(piece, self.heads[list]);
            if list == LARGE {
                ptr::write(piece.add(1), size as u16);
            }
        }
        self.heads[list] = at as u16;
        self.map |= 1 << list;
    }

    /// Takes back so many grains.
    ///
    /// # Safety
    /// As `push`.
    #[inline]
    unsafe fn put_grains(&mut self, base: *mut u8, at: usize, size: usize) {
        self.frees = self.frees.saturating_add(1);
        // SAFETY: the caller's promise.
        unsafe {
            if self.zeroing {
                ptr::write_bytes(base.add(at * GRAIN), 0, size * GRAIN);
            }
            if at + size == self.bump as usize {
                self.bump = at as u16;
            } else {
                self.push(base, at, size);
            }
        }
    }

    /// Takes back a piece of `bytes`.
    ///
    /// # Safety
    /// `base` is the start of the block; the piece came from `take` with as many bytes, and nobody uses it.
    #[inline]
    pub(super) unsafe fn put(&mut self, base: *mut u8, piece: *mut u8, bytes: usize) {
        // SAFETY: the caller's promise.
        unsafe { self.put_grains(base, (piece.addr() - base.addr()) / GRAIN, grains(bytes)) };
    }

    /// Takes back the tail of a piece.
    ///
    /// # Safety
    /// `base` is the start of the block; the piece came from `take` with `old` bytes; nobody uses those after `new`.
    pub(super) unsafe fn shrink(&mut self, base: *mut u8, piece: *mut u8, old: usize, new: usize) {
        let at = (piece.addr() - base.addr()) / GRAIN;
        // SAFETY: the caller's promise.
        unsafe {
            if self.zeroing {
                ptr::write_bytes(piece.add(new), 0, old - new);
            }
            if grains(new) < grains(old) {
                self.put_grains(base, at + grains(new), grains(old) - grains(new));
            }
        }
    }

    /// Makes a piece larger in its place, if it can be.
    ///
    /// # Safety
    /// `base` is the start of the block; the piece came from `take` with `old` bytes.
    pub(super) unsafe fn grow(
        &mut self,
        base: *mut u8,
        piece: *mut u8,
        old: usize,
        new: usize,
    ) -> bool {
        let after = (piece.addr() - base.addr()) / GRAIN + grains(old);
        let more = grains(new) - grains(old);
        if more > 0 {
            if after != self.bump as usize || more > (self.end - self.bump) as usize {
                return false;
            }
            self.bump += more as u16;
        }
        if self.zeroing {
            // SAFETY: the piece now has that many bytes.
            unsafe { ptr::write_bytes(piece.add(old), 0, grains(new) * GRAIN - old) };
        }
        true
    }

    /// Forgets all free pieces, as if those in use lay side by side, which the caller sees to; answers for each grain that
    /// was ever used whether it is.
    ///
    /// # Safety
    /// As `take`. Afterwards nothing is taken or put until the pieces do lie so.
    pub(super) unsafe fn seal(&mut self, base: *mut u8) -> Vec<bool> {
        let mut used = vec![true; self.bump as usize];
        // SAFETY: the caller's promise.
        unsafe { self.for_each_free(base, |at, size| used[at..at + size].fill(false)) };
        (self.map, self.heads, self.frees) = (0, [0; LISTS], 0);
        self.bump = used.iter().filter(|used| **used).count() as u16;
        used
    }

    /// Calls `f` with the offset and size of every free piece.
    ///
    /// # Safety
    /// As `take`.
    pub(super) unsafe fn for_each_free(&self, base: *mut u8, mut f: impl FnMut(usize, usize)) {
        for (list, &head) in self.heads.iter().enumerate() {
            let mut at = head as usize;
            while at != 0 {
                // SAFETY: what is in the lists lies in the block, aligned, and begins with the next and, in the last
                // list, its own size.
                unsafe {
                    let piece = base.add(at * GRAIN).cast::<u16>();
                    let large = list == LARGE;
                    f(
                        at,
                        if large {
                            *piece.add(1) as usize
                        } else {
                            list + 1
                        },
                    );
                    at = *piece as usize;
                }
            }
        }
    }
}
