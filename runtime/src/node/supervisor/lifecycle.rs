//! The states of a service and the transitions between them.
//!
//! Knows nothing of time, restarts or other services.

use std::fmt;

/// Where a service is in its life.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// Never started.
    #[default]
    Unknown,
    /// Being started: not known to run yet.
    Starting,
    /// Running.
    Running,
    /// Told to stop, or being started and to be stopped as soon as that is over.
    Stopping,
    /// Ended because it was told to.
    Stopped,
    /// Ended by itself, abnormally, or could not be started. May be started again.
    Failed,
    /// Ended by itself, normally.
    Exited,
}

impl State {
    /// Whether something of the service runs, or may.
    pub fn is_alive(self) -> bool {
        matches!(self, State::Starting | State::Running | State::Stopping)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            State::Unknown => "unknown",
            State::Starting => "starting",
            State::Running => "running",
            State::Stopping => "stopping",
            State::Stopped => "stopped",
            State::Failed => "failed",
            State::Exited => "exited",
        })
    }
}

/// What a service that was started is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Started {
    /// Run.
    Run,
    /// Stop at once: that was decided while it was being started.
    Stop,
    /// Nothing: it is not being started.
    Stray,
}

/// What the end of a run means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Ended {
    /// It ended by itself: the restart policy decides.
    ByItself,
    /// It ended because it was told to.
    AsTold,
    /// Nothing: it did not run.
    Stray,
}

/// What stopping a service takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Stop {
    /// Tell it to.
    Tell,
    /// Wait until it is started, then tell it to; or now, if it can be told.
    AwaitStart,
    /// Nothing: it doesn't run, or was told.
    Nothing,
}

/// A service's state. Changes by the transitions below alone.
#[derive(Debug, Default)]
pub struct Lifecycle {
    state: State,
}

impl Lifecycle {
    /// The present state.
    pub fn state(&self) -> State {
        self.state
    }

    /// It is to be started. False if something of it may run already.
    #[must_use]
    pub fn start(&mut self) -> bool {
        let free = !self.state.is_alive();
        if free {
            self.state = State::Starting;
        }
        free
    }

    /// It was started.
    pub fn started(&mut self) -> Started {
        match self.state {
            State::Starting => {
                self.state = State::Running;
                Started::Run
            }
            State::Stopping => Started::Stop,
            _ => Started::Stray,
        }
    }

    /// Its run ended, or its start failed; `normal` says whether it returned.
    pub fn ended(&mut self, normal: bool) -> Ended {
        match self.state {
            State::Starting | State::Running => {
                self.state = if normal { State::Exited } else { State::Failed };
                Ended::ByItself
            }
            State::Stopping => {
                self.state = State::Stopped;
                Ended::AsTold
            }
            _ => Ended::Stray,
        }
    }

    /// It is to stop, and not to be started again.
    pub fn stop(&mut self) -> Stop {
        match self.state {
            State::Running => {
                self.state = State::Stopping;
                Stop::Tell
            }
            State::Starting => {
                self.state = State::Stopping;
                Stop::AwaitStart
            }
            State::Unknown | State::Failed => {
                self.state = State::Stopped;
                Stop::Nothing
            }
            State::Stopping | State::Stopped | State::Exited => Stop::Nothing,
        }
    }

    /// It can't be started any more: something it requires failed.
    pub fn abandon(&mut self) {
        if !self.state.is_alive() {
            self.state = State::Failed;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A lifecycle in every state.
    fn all() -> Vec<Lifecycle> {
        use State::*;
        let states = [
            Unknown, Starting, Running, Stopping, Stopped, Failed, Exited,
        ];
        states
            .into_iter()
            .map(|state| Lifecycle { state })
            .collect()
    }

    #[test]
    fn a_service_is_never_started_twice_at_once() {
        for mut life in all() {
            let alive = life.state().is_alive();
            assert_eq!(life.start(), !alive);
            assert!(life.state().is_alive());
        }
    }

    #[test]
    fn one_that_ends_while_told_to_stop_is_stopped_however_it_ends() {
        for normal in [true, false] {
            let mut life = Lifecycle {
                state: State::Stopping,
            };
            assert_eq!(life.ended(normal), Ended::AsTold);
            assert_eq!(life.state(), State::Stopped);
        }
    }

    #[test]
    fn a_stop_during_the_start_takes_effect_when_it_is_over() {
        let mut life = Lifecycle::default();
        assert!(life.start());
        assert_eq!(life.stop(), Stop::AwaitStart);
        assert_eq!(life.started(), Started::Stop);
        assert_eq!(life.state(), State::Stopping);
    }

    #[test]
    fn a_stop_leaves_nothing_that_would_start_again() {
        for mut life in all() {
            if life.stop() != Stop::Nothing {
                assert_eq!(life.state(), State::Stopping);
            }
            assert!(matches!(
                life.state(),
                State::Stopping | State::Stopped | State::Exited
            ));
        }
    }

    #[test]
    fn news_of_a_run_that_is_over_changes_nothing() {
        for mut life in all() {
            let before = life.state();
            if !before.is_alive() {
                assert_eq!(life.started(), Started::Stray);
                assert_eq!(life.ended(true), Ended::Stray);
                assert_eq!(life.state(), before);
            }
        }
    }
}
