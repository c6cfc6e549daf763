//! Whether and when a service that ended is started again: a pure function.
//!
//! Knows nothing of services, processes or clocks; moments and chance are arguments.

use std::fmt;
use std::time::Duration;

use crate::clock::Moment;

/// How a service is restarted: its `lifecycle.restart` block.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Policy {
    /// Delay after the first failure.
    pub initial_delay: Duration,
    /// No delay is longer, jitter included.
    pub max_delay: Duration,
    /// Each further failure multiplies the delay by this; what is below 1 counts as 1.
    pub backoff_factor: f64,
    /// The fraction of the delay by which chance lengthens or shortens it, 0 to 1.
    pub jitter: f64,
    /// The failure in a row that is the last one; 0 for never.
    pub max_attempts: u32,
}

impl Default for Policy {
    fn default() -> Policy {
        Policy {
            initial_delay: Duration::from_secs(1),
            max_delay: Duration::from_secs(90),
            backoff_factor: 2.0,
            jitter: 0.1,
            max_attempts: 0,
        }
    }
}

/// What is remembered of a service between its runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// Failures in a row; a run that was stable starts the count anew.
    pub failures: u32,
    /// When the last run began; `None` if it never came to run.
    pub started_at: Option<Moment>,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The program returned.
    Normal,
    /// Anything else.
    Failed {
        /// The program itself said that trying again can't help.
        permanent: bool,
    },
}

/// What follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Decision {
    /// Start it again.
    Restart {
        /// After this time.
        after: Duration,
    },
    /// It failed, and is not started again.
    GiveUp(Why),
    /// It is done.
    Ended,
}

/// Why a service that failed is not started again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The error said that trying again can't help.
    NotRetryable,
    /// It has failed `max_attempts` times in a row.
    AttemptsUsed,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Why::NotRetryable => "the program made its error not retryable",
            Why::AttemptsUsed => "max_attempts is reached",
        })
    }
}

/// Decides what follows a run that ended at `now`, and counts it in `history`.
///
/// A run of at least `stable_threshold` makes its failure the first in a row. `chance` is in [0, 1).
pub fn decide(
    history: &mut History,
    policy: &Policy,
    stable_threshold: Duration,
    outcome: Outcome,
    now: Moment,
    chance: f64,
) -> Decision {
    let ran = history.started_at.take().map(|started| now.since(started));
    let Outcome::Failed { permanent } = outcome else {
        return Decision::Ended;
    };
    if ran.is_some_and(|ran| ran >= stable_threshold) {
        history.failures = 0;
    }
    history.failures = history.failures.saturating_add(1);
    if permanent {
        return Decision::GiveUp(Why::NotRetryable);
    }
    if policy.max_attempts > 0 && history.failures >= policy.max_attempts {
        return Decision::GiveUp(Why::AttemptsUsed);
    }
    Decision::Restart {
        after: delay(policy, history.failures, chance),
    }
}

/// `initial_delay * backoff_factor ^ (failures - 1)` give or take the jitter, never past `max_delay`.
fn delay(policy: &Policy, failures: u32, chance: f64) -> Duration {
    let max = policy.max_delay.as_secs_f64();
    // NaN falls to the bound in `max` and `clamp` below; infinity is cut by `min`.
    let factor = policy.backoff_factor.max(1.0);
    let exponent = f64::from(failures.saturating_sub(1));
    let grown = match policy.initial_delay {
        Duration::ZERO => 0.0, // and not infinity times zero
        initial => (initial.as_secs_f64() * factor.powf(exponent)).min(max),
    };
    let jitter = if policy.jitter > 0.0 {
        policy.jitter.min(1.0)
    } else {
        0.0
    };
    let swing = 1.0 + jitter * (2.0 * chance - 1.0);
    let delay = Duration::try_from_secs_f64((grown * swing).clamp(0.0, max));
    // Floats may round past the bound.
    delay.map_or(policy.max_delay, |delay| delay.min(policy.max_delay))
}

#[cfg(test)]
mod tests {
    use super::*;

    const STABLE: Duration = Duration::from_secs(5);
    const FAILED: Outcome = Outcome::Failed { permanent: false };

    fn exact() -> Policy {
        Policy {
            jitter: 0.0,
            ..Policy::default()
        }
    }

    /// The decisions after failures that each come `ran` after the start.
    fn failures(policy: &Policy, ran: Duration, count: usize) -> Vec<Decision> {
        let mut history = History::default();
        let mut now = Moment(0);
        (0..count)
            .map(|_| {
                history.started_at = Some(now);
                now = now.after(ran);
                decide(&mut history, policy, STABLE, FAILED, now, 0.5)
            })
            .collect()
    }

    fn after(seconds: u64) -> Decision {
        Decision::Restart {
            after: Duration::from_secs(seconds),
        }
    }

    #[test]
    fn the_delay_doubles_until_its_bound() {
        let expected = [1, 2, 4, 8, 16, 32, 64, 90, 90].map(after);
        assert_eq!(failures(&exact(), Duration::ZERO, 9), expected);
    }

    #[test]
    fn a_stable_run_starts_the_count_anew() {
        assert_eq!(failures(&exact(), STABLE, 3), [after(1); 3]);
        let almost = STABLE - Duration::from_nanos(1);
        assert_eq!(
            failures(&exact(), almost, 3),
            [after(1), after(2), after(4)]
        );
    }

    #[test]
    fn a_service_that_never_ran_is_not_stable() {
        let mut history = History::default();
        let threshold = Duration::ZERO;
        for expected in [1, 2, 4] {
            let decision = decide(&mut history, &exact(), threshold, FAILED, Moment(0), 0.5);
            assert_eq!(decision, after(expected));
        }
    }

    #[test]
    fn max_attempts_is_the_failure_that_is_the_last() {
        let policy = Policy {
            max_attempts: 5,
            ..exact()
        };
        let decisions = failures(&policy, Duration::ZERO, 5);
        assert_eq!(decisions[..4], [1, 2, 4, 8].map(after));
        assert_eq!(decisions[4], Decision::GiveUp(Why::AttemptsUsed));
    }

    #[test]
    fn a_permanent_failure_and_a_normal_end_are_final() {
        let mut history = History::default();
        let permanent = Outcome::Failed { permanent: true };
        let decision = decide(&mut history, &exact(), STABLE, permanent, Moment(0), 0.5);
        assert_eq!(decision, Decision::GiveUp(Why::NotRetryable));
        let decision = decide(
            &mut history,
            &exact(),
            STABLE,
            Outcome::Normal,
            Moment(0),
            0.5,
        );
        assert_eq!(decision, Decision::Ended);
    }

    #[test]
    fn the_jitter_keeps_its_bounds_and_reaches_them() {
        let policy = Policy {
            max_delay: Duration::from_secs(1000),
            ..Policy::default()
        };
        let delays: Vec<Duration> = (0..=100)
            .map(|i| delay(&policy, 4, f64::from(i) / 100.0))
            .collect();
        assert!(delays.is_sorted());
        assert_eq!(delays[0], Duration::from_secs_f64(7.2));
        assert_eq!(delays[50], Duration::from_secs(8));
        assert_eq!(delays[100], Duration::from_secs_f64(8.8));
    }

    #[test]
    fn no_policy_makes_a_delay_past_the_bound_or_a_panic() {
        let durations = [0, 1, 1_000_000_000, u64::MAX].map(Duration::from_nanos);
        let durations = durations.into_iter().chain([Duration::MAX]);
        let numbers = [-1.0, 0.0, 0.1, 1.0, 2.0, 1e300, f64::INFINITY, f64::NAN];
        for initial_delay in durations.clone() {
            for max_delay in durations.clone() {
                for backoff_factor in numbers {
                    for jitter in numbers {
                        let policy = Policy {
                            initial_delay,
                            max_delay,
                            backoff_factor,
                            jitter,
                            max_attempts: 0,
                        };
                        let mut last = Duration::ZERO;
                        for failures in [1, 2, 3, 64, 10_000, u32::MAX] {
                            let middle = delay(&policy, failures, 0.5);
                            assert!(middle >= last, "{policy:?} {failures}");
                            last = middle;
                            for chance in [0.0, 0.999_999] {
                                assert!(
                                    delay(&policy, failures, chance) <= max_delay,
                                    "{policy:?} {failures}"
                                );
                            }
                        }
                    }
                }
            }
        }
    }
}
