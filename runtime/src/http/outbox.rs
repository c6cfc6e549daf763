//! What workers have for the loop: answers, and word of what happened to calls.
//!
//! The loop is woken only when it sleeps or is about to. Who leaves a note looks afterwards whether the loop sleeps; the loop
//! says that it will, and looks for notes afterwards. Both look at the notes under their lock, so that of a note and a sleep
//! that begin at the same time, one sees the other. Knows nothing of what is told.

use std::fmt;

use crate::sync::{AtomicBool, Mutex, Ordering};

/// Notes for one reader, in order.
pub struct Outbox<T> {
    notes: Mutex<Vec<T>>,
    /// Whether the reader sleeps, or is about to, and nobody has woken it.
    asleep: AtomicBool,
    wake: Box<dyn Fn() + Send + Sync>,
}

impl<T> Outbox<T> {
    /// No notes; `wake` ends the reader's sleep, or the next one if it doesn't sleep yet.
    pub fn new(wake: Box<dyn Fn() + Send + Sync>) -> Outbox<T> {
        Outbox {
            notes: Mutex::new(Vec::new()),
            asleep: AtomicBool::new(false),
            wake,
        }
    }

    /// Leaves a note.
    pub fn push(&self, note: T) {
        self.notes.lock().push(note);
        if self.asleep.load(Ordering::Relaxed) && self.asleep.swap(false, Ordering::Relaxed) {
            (self.wake)();
        }
    }

    /// Takes all notes, into `out`, which is empty.
    pub fn take(&self, out: &mut Vec<T>) {
        std::mem::swap(&mut *self.notes.lock(), out);
    }

    /// Says that the reader is about to sleep. False: there are notes, and it must not.
    pub fn may_sleep(&self) -> bool {
        self.asleep.store(true, Ordering::Relaxed);
        let may = self.notes.lock().is_empty();
        if !may {
            self.stay_awake();
        }
        may
    }

    /// Says that the reader doesn't sleep.
    pub fn stay_awake(&self) {
        self.asleep.store(false, Ordering::Relaxed);
    }
}

impl<T> fmt::Debug for Outbox<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbox").finish_non_exhaustive()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicUsize;

    use super::*;

    #[test]
    fn only_who_sleeps_is_woken_and_once() {
        let woken = Arc::new(AtomicUsize::new(0));
        let count = woken.clone();
        let outbox = Outbox::new(Box::new(move || _ = count.fetch_add(1, Ordering::Relaxed)));
        outbox.push(1);
        assert_eq!(woken.load(Ordering::Relaxed), 0);
        assert!(!outbox.may_sleep(), "there is a note");
        outbox.push(2);
        assert_eq!(woken.load(Ordering::Relaxed), 0);
        let mut notes = Vec::new();
        outbox.take(&mut notes);
        assert_eq!(notes, [1, 2]);
        assert!(outbox.may_sleep());
        outbox.push(3);
        outbox.push(4);
        assert_eq!(woken.load(Ordering::Relaxed), 1);
    }
}

/// `.ci/loom` runs these; with `--cfg broken` they must fail.
#[cfg(all(test, loom))]
mod models {
    use std::sync::Arc;

    use super::*;
    use crate::sync::{current, park};

    #[cfg(not(broken))]
    fn may_sleep(outbox: &Outbox<u32>) -> bool {
        outbox.may_sleep()
    }

    /// The bug: looks, and then says that it sleeps.
    #[cfg(broken)]
    fn may_sleep(outbox: &Outbox<u32>) -> bool {
        let may = outbox.notes.lock().is_empty();
        outbox.asleep.store(may, Ordering::Relaxed);
        may
    }

    #[test]
    fn no_note_is_left_while_the_reader_sleeps() {
        loom::model(|| {
            let reader = current();
            let outbox = Arc::new(Outbox::new(Box::new(move || reader.unpark())));
            let writer = outbox.clone();
            let writing = loom::thread::spawn(move || writer.push(7));
            let mut notes = Vec::new();
            while notes.is_empty() {
                if may_sleep(&outbox) {
                    park();
                    outbox.stay_awake();
                }
                outbox.take(&mut notes);
            }
            assert_eq!(notes, [7]);
            writing.join().unwrap();
        });
    }
}
