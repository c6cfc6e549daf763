//! Memory mapped from the system at an aligned address.
//!
//! Knows nothing of what is put there.

use std::ptr::{self, NonNull};

/// Zeroed memory from the system, given back when dropped.
#[derive(Debug)]
pub struct Mapping {
    start: NonNull<u8>,
    bytes: usize,
}

// SAFETY: it owns its memory, and nothing about that belongs to a thread.
unsafe impl Send for Mapping {}

impl Mapping {
    /// Maps `bytes` (a multiple of the page size) at an address that is a multiple of `align`, a power of two that is no
    /// smaller than a page. None if the system refuses.
    pub fn new(bytes: usize, align: usize) -> Option<Mapping> {
        assert!(align.is_power_of_two());
        // Mappings tend to follow each other, so once one was aligned the next of its size mostly is.
        let start = map(bytes)?;
        if start.addr().get().is_multiple_of(align) {
            return Some(Mapping { start, bytes });
        }
        // SAFETY: just mapped, known to nobody.
        unsafe { unmap(start.as_ptr(), bytes) };
        let wide = map(bytes + align)?;
        let before = wide.addr().get().next_multiple_of(align) - wide.addr().get();
        // SAFETY: the parts lie inside the mapping just made, before and after the piece that is kept.
        let start = unsafe {
            let start = wide.add(before);
            unmap(wide.as_ptr(), before);
            unmap(start.add(bytes).as_ptr(), align - before);
            start
        };
        Some(Mapping { start, bytes })
    }

    /// Its first byte.
    pub fn start(&self) -> NonNull<u8> {
        self.start
    }

    /// Gives the memory out of the mapping's hands: whoever takes it unmaps it with [`Mapping::adopt`].
    pub(super) fn leak(self) -> NonNull<u8> {
        let start = self.start;
        std::mem::forget(self);
        start
    }

    /// Takes back what [`Mapping::leak`] gave.
    ///
    /// # Safety
    /// `start` came from `leak` of a mapping of `bytes`, and nobody else uses that memory.
    pub(super) unsafe fn adopt(start: NonNull<u8>, bytes: usize) -> Mapping {
        Mapping { start, bytes }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: mapped by `new`, and whoever drops it says that the memory is not used any more.
        unsafe { unmap(self.start.as_ptr(), self.bytes) };
    }
}

fn map(bytes: usize) -> Option<NonNull<u8>> {
    // SAFETY: an anonymous mapping at an address of the system's choice touches no other memory.
    let start = unsafe {
        libc::mmap(
            ptr::null_mut(),
            bytes,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
            -1,
            0,
        )
    };
    if start == libc::MAP_FAILED {
        return None;
    }
    NonNull::new(start.cast())
}

/// # Safety
/// The bytes are mapped, whole pages, and not used any more.
unsafe fn unmap(start: *mut u8, bytes: usize) {
    if bytes > 0 {
        // SAFETY: the caller's promise. It can only fail by exhausting the kernel's areas; then the memory stays.
        unsafe { libc::munmap(start.cast(), bytes) };
    }
}
