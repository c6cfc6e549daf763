//! Tells people of processes that failed with nobody watching.
//!
//! Knows nothing of monitors, links or services: only that nobody else was told. Many failures at once are counted,
//! so that a storm of them costs neither the log nor its readers much.

use std::mem;
use std::time::Duration;

use parking_lot::Mutex;

use crate::clock::Moment;
use crate::error::Error;
use crate::pid::Pid;
use crate::process::{Exit, OnExit};

/// Target of these records, for filters.
const TARGET: &str = "orphans";

/// Failures that are logged in full within one [`WINDOW`]; those past it are counted.
const IN_FULL: u32 = 20;

/// How long a window is. It begins with the first failure after the last one.
const WINDOW: Duration = Duration::from_secs(1);

/// What to do about one failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Verdict {
    /// Log it.
    Log,
    /// Log it, and that so many before it were not.
    LogWithCount(u64),
    /// Nothing: it is counted.
    Suppress,
}

/// Decides which failures are logged and counts the others.
#[derive(Clone, Copy, Debug, Default)]
pub struct RateLimiter {
    /// When the window began; `None` before the first failure.
    since: Option<Moment>,
    logged: u32,
    suppressed: u64,
}

impl RateLimiter {
    /// Decides about a failure at `now`.
    pub fn admit(&mut self, now: Moment) -> Verdict {
        if self.window_is_over(now) {
            self.since = Some(now);
            self.logged = 0;
        }
        if self.logged == IN_FULL {
            self.suppressed += 1;
            return Verdict::Suppress;
        }
        self.logged += 1;
        match mem::take(&mut self.suppressed) {
            0 => Verdict::Log,
            count => Verdict::LogWithCount(count),
        }
    }

    /// How many failures were counted in a window that is over, and not mentioned yet.
    pub fn unmentioned(&mut self, now: Moment) -> Option<u64> {
        if self.suppressed == 0 || !self.window_is_over(now) {
            return None;
        }
        Some(mem::take(&mut self.suppressed))
    }

    fn window_is_over(&self, now: Moment) -> bool {
        self.since.is_none_or(|since| now.since(since) >= WINDOW)
    }
}

/// How the log names a process that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The text form of its pid.
    pub pid: String,
    /// The id of its entry.
    pub entry: String,
    /// Where it failed, a frame on a line; may be empty.
    pub stack: String,
}

/// Logs processes that failed with nobody watching. `name` says how a process that has ended was called, and
/// where the stack of its error is.
///
/// A process that was killed has not failed: whoever killed it knows.
pub struct Orphans<N> {
    limiter: Mutex<RateLimiter>,
    name: N,
}

impl<N: Fn(Pid, &str) -> Name + Send + Sync> Orphans<N> {
    /// Nothing was logged yet.
    pub fn new(name: N) -> Orphans<N> {
        Orphans {
            limiter: Mutex::default(),
            name,
        }
    }

    /// Logs the number of failures that were only counted, if their window is over and no later failure mentioned it.
    /// To be called now and then, and at the end with [`Moment::NEVER`].
    pub fn mention_suppressed(&self, now: Moment) {
        let count = self.limiter.lock().unmentioned(now);
        if let Some(count) = count {
            log_count(count);
        }
    }

    fn log(&self, pid: Pid, error: &Error) {
        let Name { pid, entry, stack } = (self.name)(pid, &error.stack);
        let (pid, entry, reason) = (&*pid, &*entry, &*error.to_string());
        let stack = &*stack;
        if stack.is_empty() {
            log::error!(target: TARGET, pid, entry, reason; "process failed");
        } else {
            log::error!(target: TARGET, pid, entry, reason, stack; "process failed");
        }
    }
}

impl<N: Fn(Pid, &str) -> Name + Send + Sync> OnExit for Orphans<N> {
    fn on_exit(&self, pid: Pid, exit: &Exit, watched: bool, at: Moment) {
        let Exit::Failed(error) = exit else { return };
        if watched {
            return;
        }
        let verdict = self.limiter.lock().admit(at);
        match verdict {
            Verdict::Suppress => {}
            Verdict::Log => self.log(pid, error),
            Verdict::LogWithCount(count) => {
                log_count(count);
                self.log(pid, error);
            }
        }
    }
}

fn log_count(count: u64) {
    log::error!(target: TARGET, count; "more processes failed than are logged");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::Payload;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    fn at(millis: u64) -> Moment {
        Moment(millis * 1_000_000)
    }

    #[test]
    fn a_second_logs_twenty_and_the_next_says_how_many_more() {
        let mut limiter = RateLimiter::default();
        for _ in 0..20 {
            assert_eq!(limiter.admit(at(0)), Verdict::Log);
        }
        for millis in [0, 500, 999] {
            assert_eq!(limiter.admit(at(millis)), Verdict::Suppress);
        }
        assert_eq!(limiter.admit(at(1000)), Verdict::LogWithCount(3));
        assert_eq!(limiter.admit(at(1000)), Verdict::Log);
    }

    #[test]
    fn a_count_that_no_failure_follows_is_mentioned_once_its_window_is_over() {
        let mut limiter = RateLimiter::default();
        for _ in 0..30 {
            let _ = limiter.admit(at(0));
        }
        assert_eq!(limiter.unmentioned(at(999)), None);
        assert_eq!(limiter.unmentioned(at(1000)), Some(10));
        assert_eq!(limiter.unmentioned(at(1000)), None);
        assert_eq!(limiter.admit(at(1000)), Verdict::Log);
    }

    #[test]
    fn at_the_end_every_window_is_over() {
        let mut limiter = RateLimiter::default();
        for _ in 0..21 {
            let _ = limiter.admit(at(5));
        }
        assert_eq!(limiter.unmentioned(Moment::NEVER), Some(1));
    }

    #[test]
    fn only_unwatched_failures_are_named() {
        let named = Arc::new(AtomicU32::new(0));
        let seen = Arc::clone(&named);
        let orphans = Orphans::new(move |pid: Pid, stack: &str| {
            seen.fetch_add(1, Ordering::Relaxed);
            Name {
                pid: pid.to_string(),
                entry: "app:worker".into(),
                stack: stack.to_owned(),
            }
        });
        let pid = Pid::new(1, 0, 0);
        orphans.on_exit(pid, &Exit::failed("boom"), true, at(0));
        orphans.on_exit(pid, &Exit::killed("host stops"), false, at(0));
        orphans.on_exit(pid, &Exit::Normal(Payload::default()), false, at(0));
        assert_eq!(named.load(Ordering::Relaxed), 0);
        for _ in 0..50 {
            orphans.on_exit(pid, &Exit::failed("boom"), false, at(0));
        }
        assert_eq!(named.load(Ordering::Relaxed), 20);
    }
}
