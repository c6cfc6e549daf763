//! Tells AddressSanitizer which blocks are nobody's: of itself it sees a chunk as one mapping.
//!
//! Does nothing in any other build.

use std::ptr::NonNull;

use super::chunk::CHUNK;

/// The first bytes of a free block, which lead to the next.
const LINK: usize = size_of::<usize>();

#[cfg(sanitized = "address")]
mod sanitizer {
    use std::ffi::c_void;

    unsafe extern "C" {
        /// Nobody may touch these bytes any more. Reads and writes no memory but the sanitizer's.
        pub safe fn __asan_poison_memory_region(start: *const c_void, bytes: usize);
        /// These bytes may be touched again.
        pub safe fn __asan_unpoison_memory_region(start: *const c_void, bytes: usize);
    }
}

/// A block of `bytes` is free from now on.
pub(super) fn freed(block: NonNull<u8>, bytes: usize) {
    #[cfg(sanitized = "address")]
    sanitizer::__asan_poison_memory_region(block.as_ptr().wrapping_add(LINK).cast(), bytes - LINK);
    let _ = (block, bytes, LINK);
}

/// A block of `bytes` is in use from now on.
pub(super) fn taken(block: NonNull<u8>, bytes: usize) {
    #[cfg(sanitized = "address")]
    sanitizer::__asan_unpoison_memory_region(block.as_ptr().cast(), bytes);
    let _ = (block, bytes);
}

/// The chunk at `start` is to go back to the system, which may use its addresses for anything.
pub(super) fn unmapped(start: NonNull<u8>) {
    #[cfg(sanitized = "address")]
    sanitizer::__asan_unpoison_memory_region(start.as_ptr().cast(), CHUNK);
    let _ = (start, CHUNK);
}
