//! What the supervisor knows of one service.
//!
//! Knows nothing of other services.

use super::lifecycle::{Lifecycle, State};
use super::plan::{Service, ServiceId};
use super::restart::History;
use crate::clock::Moment;

/// One service and what is known of it.
#[derive(Debug)]
pub(super) struct Supervised {
    /// What the plan says.
    pub(super) spec: Service,
    /// Those that require it.
    pub(super) dependents: Vec<ServiceId>,
    /// Where it is in its life.
    pub(super) life: Lifecycle,
    /// Its failures.
    pub(super) history: History,
    /// The number of its last run.
    pub(super) number: u64,
    /// Whether the last run has begun, and can be told to stop.
    pub(super) begun: bool,
    /// Whether any run was ever started.
    pub(super) ran: bool,
    /// Whether it failed and is not started again.
    pub(super) failed_for_good: bool,
    /// When it is started again.
    pub(super) retry_at: Moment,
    /// When its start or stop has taken too long.
    pub(super) deadline: Moment,
    /// Whether it was killed after its stop took too long.
    pub(super) killed: bool,
}

/// What those that require a service do.
pub(super) enum Readiness {
    /// Start.
    Start,
    /// Wait for it.
    Wait,
    /// Never start.
    Fail,
}

impl Supervised {
    /// A service that was never started.
    pub(super) fn new(spec: Service) -> Supervised {
        Supervised {
            spec,
            dependents: Vec::new(),
            life: Lifecycle::default(),
            history: History::default(),
            number: 0,
            begun: false,
            ran: false,
            failed_for_good: false,
            retry_at: Moment::NEVER,
            deadline: Moment::NEVER,
            killed: false,
        }
    }

    /// What those that require it do now.
    pub(super) fn readiness(&self) -> Readiness {
        if self.failed_for_good || !self.spec.auto_start {
            return if self.spec.required {
                Readiness::Fail
            } else {
                Readiness::Start
            };
        }
        if self.ran {
            Readiness::Start
        } else {
            Readiness::Wait
        }
    }

    /// Whether its first start is over, or will never be.
    pub(super) fn had_its_chance(&self) -> bool {
        let awaited = matches!(self.life.state(), State::Unknown | State::Starting);
        self.ran || !self.spec.auto_start || !awaited
    }

    /// Whether something of it runs, or may.
    pub(super) fn is_alive(&self) -> bool {
        self.life.state().is_alive()
    }
}
