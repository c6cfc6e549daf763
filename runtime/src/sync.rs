//! Atomics, locks and parking: from std and parking_lot, or from loom when a model is checked.
//!
//! Knows nothing of what is synchronised. Code that a loom model runs imports from here; `Arc` stays std's even under
//! loom, because loom's can't hold trait objects.

#[cfg(loom)]
pub use self::modelled::*;
#[cfg(not(loom))]
pub use self::real::*;

#[cfg(not(loom))]
mod real {
    pub use parking_lot::{Mutex, MutexGuard};
    pub use std::sync::atomic::{
        AtomicBool, AtomicU8, AtomicU32, AtomicU64, AtomicUsize, Ordering, fence,
    };
    pub use std::thread::{Thread, current, park, park_timeout};
}

#[cfg(loom)]
mod modelled {
    use std::time::Duration;

    pub use loom::sync::MutexGuard;
    #[cfg(not(broken))]
    pub use loom::sync::atomic::fence;
    pub use loom::sync::atomic::{
        AtomicBool, AtomicU8, AtomicU32, AtomicU64, AtomicUsize, Ordering,
    };
    pub use loom::thread::{Thread, current, park};

    /// The key line that `--cfg broken` takes out of every protocol that needs a fence.
    #[cfg(broken)]
    pub fn fence(_ordering: Ordering) {}

    /// Loom has no time: parks until unparked.
    pub fn park_timeout(_timeout: Duration) {
        park();
    }

    /// Loom's mutex with parking_lot's face.
    #[derive(Debug)]
    pub struct Mutex<T>(loom::sync::Mutex<T>);

    impl<T> Mutex<T> {
        /// An unlocked mutex.
        pub fn new(value: T) -> Mutex<T> {
            Mutex(loom::sync::Mutex::new(value))
        }

        /// Locks; never poisoned, since a model that panics has failed anyway.
        pub fn lock(&self) -> MutexGuard<'_, T> {
            self.0.lock().expect("a model that panicked has failed")
        }

        /// Locks if nobody holds it.
        pub fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
            self.0.try_lock().ok()
        }
    }
}
