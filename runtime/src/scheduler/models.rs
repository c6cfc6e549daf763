//! Loom models of how workers sleep and are woken.
//!
//! Each runs the real code. `--cfg broken` takes the key line out, and the model must fail.

use std::sync::Arc;

use loom::thread;

use super::idle::{Awake, Idle};
use super::parker::Parker;
use crate::sync::{AtomicUsize, Ordering::Acquire, Ordering::Relaxed, Ordering::Release};

/// Two workers at most, and work as weak as a lock-free deque: a mutex here would hide a missing fence.
struct Pool {
    idle: Idle,
    parkers: [Parker; 2],
    work: AtomicUsize,
}

impl Pool {
    fn new() -> Arc<Pool> {
        Arc::new(Pool {
            idle: Idle::new(),
            parkers: [Parker::new(), Parker::new()],
            work: AtomicUsize::new(0),
        })
    }

    fn notify(&self) {
        if let Some(sleeper) = self.idle.wake_one() {
            self.parkers[sleeper].unpark();
        }
    }

    /// Sleeps until there is work, as a worker would; then passes the wake on.
    fn wait_for_work(&self, worker: usize) {
        let mut awake = Awake::Unasked;
        while self.work.load(Acquire) == 0 {
            self.idle.announce(worker, awake);
            if self.work.load(Acquire) == 0 {
                self.parkers[worker].park(None);
            }
            awake = self.idle.withdraw(worker);
        }
        if awake == Awake::Woken {
            self.idle.arrived();
            #[cfg(not(broken))]
            self.notify();
        }
    }
}

#[test]
fn push_against_fall_asleep() {
    loom::model(|| {
        let pool = Pool::new();
        let worker = {
            let pool = pool.clone();
            thread::spawn(move || {
                pool.parkers[0].enter();
                pool.wait_for_work(0);
            })
        };
        pool.work.store(1, Release);
        pool.notify();
        worker.join().unwrap();
    });
}

/// One push, two sleepers, one wakes and leaves: the other must hear of it too.
#[test]
fn the_wake_is_passed_on() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(2);
    model.check(|| {
        let pool = Pool::new();
        let workers = [0, 1].map(|index| {
            let pool = pool.clone();
            thread::spawn(move || {
                pool.parkers[index].enter();
                pool.wait_for_work(index);
            })
        });
        pool.work.store(1, Release);
        pool.notify();
        for worker in workers {
            worker.join().unwrap();
        }
    });
}

#[test]
fn unpark_before_during_and_after_park() {
    loom::model(|| {
        let parker = Arc::new(Parker::new());
        let published = Arc::new(AtomicUsize::new(0));
        parker.enter();
        let waker = {
            let (parker, published) = (parker.clone(), published.clone());
            thread::spawn(move || {
                #[cfg(not(broken))]
                published.store(1, Relaxed);
                parker.unpark();
                // The bug: unpark, then publish.
                #[cfg(broken)]
                published.store(1, Relaxed);
            })
        };
        assert!(parker.park(None));
        assert_eq!(
            published.load(Relaxed),
            1,
            "woken, and what was published is not seen"
        );
        waker.join().unwrap();
    });
}
