//! The general allocator: where all memory comes from that is not a VM's block.

/// The allocator that a program with this runtime should have as its `#[global_allocator]`: many small blocks, made on
/// one thread and freed on another, are what it is good at.
#[cfg(not(sanitized))]
pub type Allocator = mimalloc::MiMalloc;
/// The system's allocator, which the sanitizer replaces by its own: mimalloc's blocks it can't see.
#[cfg(sanitized)]
pub type Allocator = std::alloc::System;

/// Gives the calling thread's free memory back to the system. Takes up to milliseconds.
pub fn give_back() {
    // SAFETY: no arguments, and made to be called by any thread, whoever is the global allocator.
    unsafe { libmimalloc_sys::mi_collect(true) }
}
