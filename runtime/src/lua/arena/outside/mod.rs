//! What did not fit into an arena's block: small pieces in segments, large ones each on its own, all chained.
//!
//! Knows nothing of the block. A piece's size says where it is: up to [`SMALL`] bytes in a segment.

mod trim;

use std::alloc::{self, Layout};
use std::ptr;

use super::GRAIN;

/// Bytes of the largest piece that lies in a segment.
const SMALL: usize = 512;

/// Lists of free pieces in segments, one a size, in steps of a grain.
const LISTS: usize = SMALL / GRAIN;

/// Bytes of the first segment: a VM that outgrows its block mostly does so by little. Each further one is twice as large
/// as the one before …
const FIRST_SEGMENT: usize = 1024;

/// … up to this size: the larger they are, the fewer are ever empty again.
const LAST_SEGMENT: usize = 64 * 1024;

/// What stands before the bytes of a segment or a large piece: its place in a chain.
#[repr(C)]
struct Link {
    next: *mut Link,
    previous: *mut Link,
    /// Bytes, this head included, as they were asked of the general allocator.
    bytes: usize,
}

/// Bytes of a link.
const LINK: usize = size_of::<Link>();

/// A free piece in a segment.
struct Free {
    next: *mut Free,
}

/// What did not fit into a block.
pub(super) struct Outside {
    /// Bit `n`: list `n` isn't empty.
    map: u64,
    /// Free pieces of `n + 1` grains.
    heads: [*mut Free; LISTS],
    /// What was never used of the newest segment.
    bump: *mut u8,
    /// Its bytes.
    room: usize,
    /// Bytes of the next segment.
    next_segment: usize,
    segments: *mut Link,
    large: *mut Link,
    /// Bytes of segments and large pieces, with their links.
    held: usize,
}

/// Grains that hold `bytes`.
#[inline]
const fn grains(bytes: usize) -> usize {
    bytes.div_ceil(GRAIN)
}

/// The layout of a linked allocation; none if it would be larger than memory can be.
fn layout(bytes: usize) -> Option<Layout> {
    Layout::from_size_align(bytes, align_of::<Link>()).ok()
}

impl Outside {
    /// An empty one, boxed; it goes by [`Outside::destroy`].
    pub(super) fn new() -> *mut Outside {
        Box::into_raw(Box::new(Outside {
            map: 0,
            heads: [ptr::null_mut(); LISTS],
            bump: ptr::null_mut(),
            room: 0,
            next_segment: FIRST_SEGMENT,
            segments: ptr::null_mut(),
            large: ptr::null_mut(),
            held: 0,
        }))
    }

    /// Frees it, and everything in it.
    ///
    /// # Safety
    /// `new` made it; nobody uses anything of it.
    pub(super) unsafe fn destroy(outside: *mut Outside) {
        // SAFETY: the caller's promise; the chains are of allocations of our own.
        unsafe {
            let outside = Box::from_raw(outside);
            for mut link in [outside.segments, outside.large] {
                while !link.is_null() {
                    let next = (*link).next;
                    release(link);
                    link = next;
                }
            }
        }
    }

    /// Bytes held, this included.
    pub(super) fn held(&self) -> usize {
        size_of::<Outside>() + self.held
    }

    /// Whether a piece of `bytes` is one on its own.
    #[inline]
    pub(super) fn is_large(bytes: usize) -> bool {
        bytes > SMALL
    }

    /// A piece of `bytes`, if one of just that size is free; else null.
    #[inline]
    pub(super) fn take_free(&mut self, bytes: usize) -> *mut u8 {
        if Outside::is_large(bytes) {
            return ptr::null_mut();
        }
        self.pop(grains(bytes))
    }

    /// A piece of `bytes`; null if the system has no memory.
    #[inline]
    pub(super) fn take(&mut self, bytes: usize) -> *mut u8 {
        if Outside::is_large(bytes) {
            return self.take_large(bytes);
        }
        let wanted = grains(bytes);
        let piece = self.pop(wanted);
        if !piece.is_null() {
            return piece;
        }
        if self.room < wanted * GRAIN {
            let larger = self.map & u64::MAX.checked_shl(wanted as u32).unwrap_or(0);
            if larger != 0 {
                return self.split(larger.trailing_zeros() as usize + 1, wanted);
            }
            if !self.open_segment() {
                return ptr::null_mut();
            }
        }
        let piece = self.bump;
        // SAFETY: so many bytes are left in the segment.
        self.bump = unsafe { piece.add(wanted * GRAIN) };
        self.room -= wanted * GRAIN;
        piece
    }

    /// Takes back a piece of `bytes`.
    ///
    /// # Safety
    /// `take` made it with as many bytes, and nobody uses it.
    #[inline]
    pub(super) unsafe fn put(&mut self, piece: *mut u8, bytes: usize) {
        // SAFETY: the caller's promise.
        unsafe {
            if Outside::is_large(bytes) {
                let link = piece.sub(LINK).cast::<Link>();
                unchain(link, &mut self.large);
                self.held -= (*link).bytes;
                release(link);
            } else {
                self.push(piece, grains(bytes));
            }
        }
    }

    /// Makes a piece smaller that stays small, or large. Never null.
    ///
    /// # Safety
    /// `take` made it with `old` bytes, more than `new`; both are large, or both small.
    pub(super) unsafe fn shrink(&mut self, piece: *mut u8, old: usize, new: usize) -> *mut u8 {
        // SAFETY: the caller's promise; the tail of a small piece is a piece.
        unsafe {
            if Outside::is_large(new) {
                let smaller = self.resize(piece, new);
                return if smaller.is_null() { piece } else { smaller };
            }
            if grains(new) < grains(old) {
                self.push(piece.add(grains(new) * GRAIN), grains(old) - grains(new));
            }
            piece
        }
    }

    /// Makes a large piece larger. Null if the system has no memory; then the piece is what it was.
    ///
    /// # Safety
    /// `take` made it, larger than `SMALL`; `new` is more.
    pub(super) unsafe fn grow(&mut self, piece: *mut u8, new: usize) -> *mut u8 {
        // SAFETY: the caller's promise.
        unsafe { self.resize(piece, new) }
    }

    /// Lets a large piece go on as a small one, in its place, where there is no memory to move it: it becomes a segment
    /// of its own. What is behind the small piece lies idle until the VM ends.
    ///
    /// # Safety
    /// `take` made it, larger than `SMALL`; from now on it counts as one that isn't.
    #[cold]
    pub(super) unsafe fn large_to_small(&mut self, piece: *mut u8) -> *mut u8 {
        // SAFETY: the caller's promise.
        unsafe {
            let link = piece.sub(LINK).cast::<Link>();
            unchain(link, &mut self.large);
            chain(link, &mut self.segments);
        }
        piece
    }

    fn take_large(&mut self, bytes: usize) -> *mut u8 {
        self.linked(bytes).map_or(ptr::null_mut(), |link| {
            // SAFETY: just made, in no chain; the piece begins after its link.
            unsafe {
                chain(link, &mut self.large);
                link.cast::<u8>().add(LINK)
            }
        })
    }

    /// A new allocation with a link, not yet chained, counted as held.
    fn linked(&mut self, bytes: usize) -> Option<*mut Link> {
        let bytes = bytes.checked_add(LINK)?;
        // SAFETY: the layout isn't empty.
        let link = unsafe { alloc::alloc(layout(bytes)?) }.cast::<Link>();
        if link.is_null() {
            return None;
        }
        // SAFETY: just made, large enough for a link.
        unsafe { (*link).bytes = bytes };
        self.held += bytes;
        Some(link)
    }

    /// Resizes a large piece to another large size. Null if the system has no memory.
    ///
    /// # Safety
    /// As `grow`.
    unsafe fn resize(&mut self, piece: *mut u8, new: usize) -> *mut u8 {
        let Some(new) = new.checked_add(LINK).filter(|&new| layout(new).is_some()) else {
            return ptr::null_mut();
        };
        // SAFETY: the caller's promise; the link says the layout that the piece was made with. Out of its chain while
        // it moves.
        unsafe {
            let link = piece.sub(LINK).cast::<Link>();
            let old = (*link).bytes;
            unchain(link, &mut self.large);
            let layout = Layout::from_size_align_unchecked(old, align_of::<Link>());
            let moved = alloc::realloc(link.cast(), layout, new).cast::<Link>();
            if moved.is_null() {
                chain(link, &mut self.large);
                return ptr::null_mut();
            }
            (*moved).bytes = new;
            self.held = self.held - old + new;
            chain(moved, &mut self.large);
            moved.cast::<u8>().add(LINK)
        }
    }

    /// A free piece of exactly `wanted` grains, or null.
    #[inline]
    fn pop(&mut self, wanted: usize) -> *mut u8 {
        let piece = self.heads[wanted - 1];
        if !piece.is_null() {
            // SAFETY: what is in a list is free, and holds the next.
            let next = unsafe { (*piece).next };
            self.heads[wanted - 1] = next;
            if next.is_null() {
                self.map &= !(1 << (wanted - 1));
            }
        }
        piece.cast()
    }

    /// # Safety
    /// So many grains at `piece` lie in a segment, and nobody uses them.
    #[inline]
    unsafe fn push(&mut self, piece: *mut u8, size: usize) {
        let piece = piece.cast::<Free>();
        // SAFETY: the caller's promise; a grain holds the link.
        unsafe { (*piece).next = self.heads[size - 1] };
        self.heads[size - 1] = piece;
        self.map |= 1 << (size - 1);
    }

    /// The front of a free piece of `size` grains, which there is; the rest goes to its list.
    fn split(&mut self, size: usize, wanted: usize) -> *mut u8 {
        let piece = self.pop(size);
        // SAFETY: the piece is that large, and just became ours.
        unsafe { self.push(piece.add(wanted * GRAIN), size - wanted) };
        piece
    }

    /// Opens a new segment; what was left of the old one goes to a list. False if the system has no memory.
    #[cold]
    fn open_segment(&mut self) -> bool {
        let bytes = self.next_segment;
        let Some(link) = self.linked(bytes - LINK) else {
            return false;
        };
        if self.room > 0 {
            // SAFETY: the room is smaller than a small piece, else no segment were needed.
            unsafe { self.push(self.bump, self.room / GRAIN) };
        }
        // SAFETY: just made, in no chain; the bytes follow the link.
        unsafe {
            chain(link, &mut self.segments);
            self.bump = link.cast::<u8>().add(LINK);
        }
        self.room = bytes - LINK;
        self.next_segment = (bytes * 2).min(LAST_SEGMENT);
        true
    }
}

/// # Safety
/// `link` is alive and in no chain; what is in the chain is alive.
unsafe fn chain(link: *mut Link, first: &mut *mut Link) {
    // SAFETY: the caller's promise.
    unsafe {
        (*link).next = *first;
        (*link).previous = ptr::null_mut();
        if !first.is_null() {
            (**first).previous = link;
        }
    }
    *first = link;
}

/// # Safety
/// `link` is in the chain that begins at `first`; what is in the chain is alive.
unsafe fn unchain(link: *mut Link, first: &mut *mut Link) {
    // SAFETY: the caller's promise.
    unsafe {
        let (next, previous) = ((*link).next, (*link).previous);
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

/// # Safety
/// `link` came from the general allocator with the bytes it says, is in no chain, and nobody uses it.
unsafe fn release(link: *mut Link) {
    // SAFETY: the caller's promise.
    unsafe {
        let layout = Layout::from_size_align_unchecked((*link).bytes, align_of::<Link>());
        alloc::dealloc(link.cast(), layout);
    }
}
