//! The supervisor's way down: what runs is stopped, dependents first, and killed where it doesn't stop.
//!
//! Part of the state machine in `core.rs`; knows nothing of starting.

use std::time::Duration;

use super::core::{Phase, Supervisor};
use super::event::{Action, Run, Verdict};
use super::lifecycle::{Ended, Stop};
use super::plan::{ServiceId, ids};
use super::report::Report;
use crate::clock::Moment;

/// How long a service that was killed may take to end before it is left behind. A step ends within milliseconds of a
/// kill; one that is stuck in a C function may never.
const KILL_PATIENCE: Duration = Duration::from_secs(2);

impl Supervisor {
    /// Nothing is started any more, and what runs is stopped, dependents first.
    pub(super) fn shut_down(&mut self, verdict: Verdict, now: Moment) {
        if !matches!(self.phase, Phase::Unborn | Phase::Up) {
            return;
        }
        let deadline = now.after(self.shutdown_timeout);
        self.phase = Phase::Down { verdict, deadline };
        self.count_at = Moment::NEVER;
        for service in &mut self.services {
            service.retry_at = Moment::NEVER;
            if !service.is_alive() {
                let nothing = service.life.stop();
                debug_assert_eq!(nothing, Stop::Nothing);
            }
        }
    }

    /// Stops all whose dependents have stopped; finishes when nothing is left.
    pub(super) fn stop_ready(&mut self, verdict: Verdict, now: Moment) {
        // Whether a service, or anything above it, still lives.
        let mut in_use = vec![false; self.services.len()];
        for at in (0..self.order.len()).rev() {
            let id = self.order[at];
            let above = &self.services[id.index()].dependents;
            if above.iter().any(|id| in_use[id.index()]) {
                in_use[id.index()] = true;
            } else {
                self.stop(id, now);
                in_use[id.index()] = self.services[id.index()].is_alive();
            }
        }
        if !in_use.contains(&true) {
            self.phase = Phase::Over;
            self.actions.push(Action::Finish(verdict));
        }
    }

    fn stop(&mut self, id: ServiceId, now: Moment) {
        let service = &mut self.services[id.index()];
        let number = service.number;
        match service.life.stop() {
            Stop::Nothing => {}
            Stop::AwaitStart if !service.begun => {
                service.deadline = now.after(service.spec.stop_timeout);
            }
            Stop::AwaitStart | Stop::Tell => {
                service.deadline = now.after(service.spec.stop_timeout);
                self.report(id, Report::Stopping);
                self.actions.push(Action::Stop(Run {
                    service: id,
                    number,
                }));
            }
        }
    }

    /// Kills what is left when shutdown as a whole has taken too long.
    pub(super) fn pass_shutdown_deadline(&mut self, now: Moment) {
        let Phase::Down { verdict, deadline } = self.phase else {
            return;
        };
        if now < deadline {
            return;
        }
        let deadline = Moment::NEVER;
        self.phase = Phase::Down { verdict, deadline };
        for id in ids(self.services.len()) {
            self.stop(id, now);
            let service = &self.services[id.index()];
            if service.is_alive() && !service.killed {
                self.stop_late(id, now);
            }
        }
    }

    /// The stop takes too long: kill it, or leave it behind if that was done or can't be.
    pub(super) fn stop_late(&mut self, id: ServiceId, now: Moment) {
        let service = &mut self.services[id.index()];
        let number = service.number;
        if service.begun && !service.killed {
            service.killed = true;
            service.deadline = now.after(KILL_PATIENCE);
            let stop_timeout = service.spec.stop_timeout;
            self.report(id, Report::Killed { stop_timeout });
            self.actions.push(Action::Kill(Run {
                service: id,
                number,
            }));
        } else {
            service.number += 1;
            service.deadline = Moment::NEVER;
            let ended = service.life.ended(false);
            debug_assert_eq!(ended, Ended::AsTold);
            self.report(id, Report::LeftBehind);
        }
    }
}
