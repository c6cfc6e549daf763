//! What the supervisor tells people, in which words and at which level.
//!
//! Knows nothing of when it is told.

use std::time::Duration;

use super::restart::Why;

/// Target of the supervisor's records, for filters.
pub(super) const TARGET: &str = "supervisor";

/// Something worth a line in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    /// A service is being started.
    Starting,
    /// It runs.
    Started,
    /// It failed and is started again.
    Restart {
        /// Failures in a row.
        attempt: u32,
        /// How long until it is started.
        delay: Duration,
        /// What it failed with.
        cause: Cause,
    },
    /// It failed and is not started again.
    GaveUp {
        /// Failures in a row.
        attempts: u32,
        /// Why not.
        why: Why,
        /// What it failed with.
        cause: Cause,
    },
    /// It is never started: what it requires failed, or isn't started either.
    Unstartable {
        /// What it requires.
        requires: String,
        /// Whether that was ever to be started.
        auto_start: bool,
    },
    /// It could not be started, and the app can't run so.
    BootFailed(Cause),
    /// It ended by itself, normally.
    Exited,
    /// It is told to stop.
    Stopping,
    /// It has stopped.
    Stopped,
    /// It failed after it was told to stop.
    FailedStopping(Cause),
    /// It didn't stop in time and is killed.
    Killed {
        /// How long it had.
        stop_timeout: Duration,
    },
    /// It didn't even end after it was killed; shutdown goes on without it.
    LeftBehind,
}

/// Why a run failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cause {
    /// The error's full text.
    pub reason: String,
    /// Where, a frame on a line; may be empty.
    pub stack: String,
}

impl Cause {
    /// A cause without a stack.
    pub fn new(reason: impl Into<String>) -> Cause {
        Cause {
            reason: reason.into(),
            stack: String::new(),
        }
    }
}

impl Report {
    /// Logs the report about the service of the given name.
    pub fn log(&self, service: &str) {
        match self {
            Report::Starting => log::debug!(target: TARGET, service; "service starting"),
            Report::Started => log::debug!(target: TARGET, service; "service started"),
            Report::Stopping => log::debug!(target: TARGET, service; "service stopping"),
            Report::Stopped => log::debug!(target: TARGET, service; "service stopped"),
            Report::Exited => log::info!(target: TARGET, service; "service ended"),
            Report::Restart {
                attempt,
                delay,
                cause,
            } => {
                let (delay, reason, stack) = (text(*delay), &*cause.reason, &*cause.stack);
                if stack.is_empty() {
                    log::warn!(target: TARGET, service, attempt, delay, reason; "service failed: restarting it");
                } else {
                    log::warn!(target: TARGET, service, attempt, delay, reason, stack; "service failed: restarting it");
                }
            }
            Report::GaveUp {
                attempts,
                why,
                cause,
            } => {
                let (reason, stack) = (&*cause.reason, &*cause.stack);
                if stack.is_empty() {
                    log::error!(target: TARGET, service, attempts, reason; "service failed for good: {why}");
                } else {
                    log::error!(target: TARGET, service, attempts, reason, stack; "service failed for good: {why}");
                }
            }
            Report::Unstartable {
                requires,
                auto_start,
            } => {
                let requires = &**requires;
                let why = if *auto_start {
                    "failed"
                } else {
                    "is not started (auto_start: false)"
                };
                log::error!(target: TARGET, service, requires; "service not started: what it requires {why}");
            }
            Report::BootFailed(cause) => {
                let reason = &*cause.reason;
                log::error!(target: TARGET, service, reason; "service could not be started");
            }
            Report::FailedStopping(cause) => {
                let reason = &*cause.reason;
                log::warn!(target: TARGET, service, reason; "service failed while stopping");
            }
            Report::Killed { stop_timeout } => {
                let stop_timeout = text(*stop_timeout);
                log::warn!(target: TARGET, service, stop_timeout; "service did not stop in time: killing it");
            }
            Report::LeftBehind => {
                log::error!(target: TARGET, service; "service did not end when it was killed: leaving it behind");
            }
        }
    }
}

/// A duration for people, to the millisecond: `1.05s`, `250ms`.
fn text(duration: Duration) -> String {
    let millis = duration.as_nanos().div_ceil(1_000_000);
    format!(
        "{:?}",
        Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_are_shown_to_the_millisecond() {
        assert_eq!(text(Duration::from_nanos(1_049_000_001)), "1.05s");
        assert_eq!(text(Duration::from_millis(250)), "250ms");
        assert_eq!(text(Duration::ZERO), "0ns");
    }
}
