//! The few threads that wait for files, so that nobody else does: they begin when there is something to do, and end when
//! there has been nothing for a while.
//!
//! Nobody waits for their end: a file may be on a machine that does not answer. Knows nothing of what is done.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use parking_lot::{Condvar, Mutex, MutexGuard};

/// The most threads. A guess: what is read often is in memory, and comes at once; a disk that is slow is no quicker for
/// more of them.
const MOST: usize = 4;

/// How long a thread waits for something to do.
const IDLE: Duration = Duration::from_secs(5);

/// Something that may block. Where no thread can do it, it is dropped undone.
pub(super) type Job = Box<dyn FnOnce() + Send>;

/// The threads.
#[derive(Clone)]
pub(super) struct FileThreads(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    /// There is something to do, or there will be nothing any more.
    changed: Condvar,
    idle: Duration,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    threads: usize,
    /// Threads that have nothing to do.
    spare: usize,
    is_closed: bool,
}

impl FileThreads {
    /// No thread yet.
    pub fn new() -> FileThreads {
        FileThreads::with_idle(IDLE)
    }

    fn with_idle(idle: Duration) -> FileThreads {
        FileThreads(Arc::new(Shared {
            state: Mutex::default(),
            changed: Condvar::new(),
            idle,
        }))
    }

    /// Has it done after all that came before. Doesn't block.
    pub fn run(&self, job: Job) {
        let mut state = self.0.state.lock();
        if state.is_closed {
            return drop(state);
        }
        state.jobs.push_back(job);
        if state.jobs.len() <= state.spare || state.threads == MOST {
            drop(state);
            self.0.changed.notify_one();
            return;
        }
        state.threads += 1;
        drop(state);
        self.begin_thread();
    }

    fn begin_thread(&self) {
        let shared = self.0.clone();
        let thread = thread::Builder::new().name("files".to_owned());
        let Err(error) = thread.spawn(move || shared.work()) else {
            return;
        };
        let mut state = self.0.state.lock();
        state.threads -= 1;
        // Those that there are get to it.
        if state.threads > 0 {
            return;
        }
        let undone = std::mem::take(&mut state.jobs);
        drop(state);
        log::error!("no thread to read files with: {error}");
        drop(undone);
    }

    /// Drops what has not begun, and all that comes.
    pub fn close(&self) {
        let mut state = self.0.state.lock();
        state.is_closed = true;
        let undone = std::mem::take(&mut state.jobs);
        drop(state);
        self.0.changed.notify_all();
        drop(undone);
    }
}

impl Shared {
    fn work(&self) {
        let mut state = self.state.lock();
        loop {
            if let Some(job) = state.jobs.pop_front() {
                MutexGuard::unlocked(&mut state, || {
                    if catch_unwind(AssertUnwindSafe(job)).is_err() {
                        log::error!("the reading of a file has panicked");
                    }
                });
                continue;
            }
            if state.is_closed {
                break;
            }
            state.spare += 1;
            let waited = self.changed.wait_for(&mut state, self.idle);
            state.spare -= 1;
            if waited.timed_out() && state.jobs.is_empty() {
                break;
            }
        }
        state.threads -= 1;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    /// Far more than it takes.
    const PATIENCE: Duration = Duration::from_secs(60);

    fn threads(threads: &FileThreads) -> usize {
        threads.0.state.lock().threads
    }

    #[test]
    fn a_few_threads_do_many_things_in_order() {
        let files = FileThreads::new();
        assert_eq!(threads(&files), 0);
        let (begun, begins) = channel();
        let (hold, held) = channel::<()>();
        let held = Arc::new(Mutex::new(held));
        for number in 0..3 * MOST {
            let (begun, held) = (begun.clone(), held.clone());
            files.run(Box::new(move || {
                begun.send(number).unwrap();
                let _ = held.lock().recv();
            }));
        }
        let first: Vec<usize> = (0..MOST)
            .map(|_| begins.recv_timeout(PATIENCE).unwrap())
            .collect();
        assert!(first.iter().all(|number| *number < MOST), "{first:?}");
        assert_eq!((threads(&files), begins.try_recv().ok()), (MOST, None));
        drop(hold);
        let mut rest: Vec<usize> = (MOST..3 * MOST)
            .map(|_| begins.recv_timeout(PATIENCE).unwrap())
            .collect();
        rest.sort_unstable();
        assert_eq!(rest, (MOST..3 * MOST).collect::<Vec<_>>());
    }

    #[test]
    fn a_spare_thread_is_used_again_and_a_panic_is_one_jobs_own() {
        let files = FileThreads::new();
        for _ in 0..10 {
            let (done, is_done) = channel::<()>();
            files.run(Box::new(move || {
                let _held = done;
                panic!("on purpose");
            }));
            assert!(is_done.recv_timeout(PATIENCE).is_err());
            while files.0.state.lock().spare == 0 {
                thread::yield_now();
            }
        }
        assert_eq!(threads(&files), 1);
    }

    #[test]
    fn threads_with_nothing_to_do_end() {
        let files = FileThreads::with_idle(Duration::ZERO);
        let (done, is_done) = channel();
        files.run(Box::new(move || done.send(()).unwrap()));
        is_done.recv_timeout(PATIENCE).unwrap();
        while threads(&files) > 0 {
            thread::yield_now();
        }
        let (done, is_done) = channel();
        files.run(Box::new(move || done.send(()).unwrap()));
        is_done.recv_timeout(PATIENCE).unwrap();
    }

    #[test]
    fn what_comes_after_the_end_is_dropped() {
        let files = FileThreads::new();
        let (done, is_done) = channel::<()>();
        files.close();
        files.run(Box::new(move || done.send(()).unwrap()));
        assert!(is_done.recv().is_err(), "it is gone");
        assert_eq!(threads(&files), 0);
    }
}
