//! The supervisor as a state machine: events in, actions out.
//!
//! Knows nothing of threads, processes or the log; the present moment and chance are arguments.

use std::mem;
use std::time::Duration;

use super::event::{Action, Ending, Event, Run, StartError, Verdict};
use super::lifecycle::{Ended, Started, State};
use super::plan::{Plan, Role, ServiceId, ids};
use super::report::{Cause, Report};
use super::restart::{Decision, Outcome, decide};
use super::supervised::{Readiness, Supervised};
use crate::clock::Moment;

/// How long until we look again whether a process lives, when all services have failed.
const LIVING_INTERVAL: Duration = Duration::from_millis(250);

/// Where the whole is in its life.
#[derive(Debug)]
pub(super) enum Phase {
    /// Nothing was started yet.
    Unborn,
    /// Services are started and kept alive.
    Up,
    /// Services are stopped.
    Down { verdict: Verdict, deadline: Moment },
    /// All has ended.
    Over,
}

/// The supervisor.
pub struct Supervisor {
    pub(super) services: Vec<Supervised>,
    /// All ids, each behind those that it requires.
    pub(super) order: Vec<ServiceId>,
    pub(super) phase: Phase,
    pub(super) shutdown_timeout: Duration,
    /// When to ask again whether a process lives.
    pub(super) count_at: Moment,
    chance: Box<dyn FnMut() -> f64 + Send>,
    pub(super) actions: Vec<Action>,
}

impl Supervisor {
    /// A supervisor of all in the plan. Shutdown as a whole takes no longer than `shutdown_timeout` (and the moment
    /// that killing takes). `chance` gives random numbers in [0, 1).
    pub fn new(
        plan: Plan,
        shutdown_timeout: Duration,
        chance: impl FnMut() -> f64 + Send + 'static,
    ) -> Supervisor {
        let mut services: Vec<Supervised> = plan
            .services()
            .iter()
            .cloned()
            .map(Supervised::new)
            .collect();
        for id in ids(services.len()) {
            for required in services[id.index()].spec.requires.clone() {
                services[required.index()].dependents.push(id);
            }
        }
        Supervisor {
            services,
            order: plan.order().to_vec(),
            phase: Phase::Unborn,
            shutdown_timeout,
            count_at: Moment::NEVER,
            chance: Box::new(chance),
            actions: Vec::new(),
        }
    }

    /// The state of a service.
    pub fn state(&self, id: ServiceId) -> State {
        self.services[id.index()].life.state()
    }

    /// The name of a service's entry.
    pub fn name(&self, id: ServiceId) -> &str {
        &self.services[id.index()].spec.name
    }

    /// Until when nothing needs to be done if nothing happens; then an [`Event::Wake`] is due.
    pub fn next_deadline(&self) -> Moment {
        let whole = match self.phase {
            Phase::Down { deadline, .. } => deadline,
            _ => Moment::NEVER,
        };
        let each = self
            .services
            .iter()
            .map(|service| service.deadline.min(service.retry_at));
        each.fold(whole.min(self.count_at), Moment::min)
    }

    /// Takes in what has happened; says what is to be done, in this order.
    #[must_use]
    pub fn on(&mut self, event: Event, now: Moment) -> Vec<Action> {
        match event {
            Event::Boot => self.boot(),
            Event::Begun(run) => self.begun(run, now),
            Event::Started(run) => self.started(run, now),
            Event::StartFailed(run, error) => self.start_failed(run, error, now),
            Event::Ended(run, ending) => self.ended(run, ending, now),
            Event::Shutdown => self.shut_down(Verdict::Stopped, now),
            Event::Living(count) => self.living(count, now),
            Event::Wake => {}
        }
        self.pass_deadlines(now);
        match self.phase {
            Phase::Up => {
                self.start_ready(now);
                self.look_for_hope(now);
            }
            Phase::Down { verdict, .. } => self.stop_ready(verdict, now),
            Phase::Unborn | Phase::Over => {}
        }
        mem::take(&mut self.actions)
    }

    pub(super) fn report(&mut self, id: ServiceId, report: Report) {
        self.actions.push(Action::Report(id, report));
    }

    /// The service, if `run` is its last one.
    fn current(&mut self, run: Run) -> Option<&mut Supervised> {
        let service = &mut self.services[run.service.index()];
        (service.number == run.number).then_some(service)
    }

    // Starting.

    fn boot(&mut self) {
        if matches!(self.phase, Phase::Unborn) {
            self.phase = Phase::Up;
        }
    }

    /// Starts all whose requirements run, and gives up those whose requirements never will.
    fn start_ready(&mut self, now: Moment) {
        // In this order one that is given up takes those that require it along.
        for at in 0..self.order.len() {
            let id = self.order[at];
            let service = &self.services[id.index()];
            if !service.spec.auto_start || service.life.state() != State::Unknown {
                continue;
            }
            let mut earlier = service.spec.after.iter();
            let mut ready = earlier.all(|id| self.services[id.index()].had_its_chance());
            let mut lost = None;
            for required in &service.spec.requires {
                match self.services[required.index()].readiness() {
                    Readiness::Start => {}
                    Readiness::Wait => ready = false,
                    Readiness::Fail => lost = Some(*required),
                }
            }
            if let Some(lost) = lost {
                self.abandon(id, lost);
            } else if ready {
                self.begin(id, now);
            }
        }
    }

    fn abandon(&mut self, id: ServiceId, lost: ServiceId) {
        let lost = &self.services[lost.index()].spec;
        let report = Report::Unstartable {
            requires: lost.name.clone(),
            auto_start: lost.auto_start,
        };
        let service = &mut self.services[id.index()];
        service.life.abandon();
        service.failed_for_good = true;
        self.report(id, report);
    }

    fn begin(&mut self, id: ServiceId, now: Moment) {
        let service = &mut self.services[id.index()];
        service.retry_at = Moment::NEVER;
        if !service.life.start() {
            return;
        }
        service.number += 1;
        service.begun = false;
        service.history.started_at = Some(now);
        service.deadline = now.after(service.spec.start_timeout);
        let number = service.number;
        self.report(id, Report::Starting);
        self.actions.push(Action::Start(Run {
            service: id,
            number,
        }));
    }

    /// From now on the run can be told to stop, or killed.
    fn begun(&mut self, run: Run, now: Moment) {
        let Some(service) = self.current(run).filter(|service| service.is_alive()) else {
            return self.actions.push(Action::Discard(run));
        };
        service.begun = true;
        if service.life.state() == State::Stopping {
            service.deadline = now.after(service.spec.stop_timeout);
            self.actions.push(Action::Stop(run));
        }
    }

    fn started(&mut self, run: Run, now: Moment) {
        let started = match self.current(run) {
            None => Started::Stray,
            Some(service) => service.life.started(),
        };
        let service = &mut self.services[run.service.index()];
        match started {
            // What has begun too late was discarded then.
            Started::Stray => {}
            Started::Run => {
                service.ran = true;
                service.history.started_at = Some(now);
                service.deadline = Moment::NEVER;
                self.report(run.service, Report::Started);
            }
            // It was told when it had begun.
            Started::Stop => {}
        }
    }

    fn start_failed(&mut self, run: Run, error: StartError, now: Moment) {
        let Some(service) = self.current(run) else {
            return;
        };
        service.history.started_at = None;
        let at_boot = !service.ran;
        match error {
            StartError::Fatal(cause) if at_boot && service.spec.required => {
                service.deadline = Moment::NEVER;
                service.failed_for_good = true;
                if service.life.ended(false) == Ended::ByItself {
                    self.report(run.service, Report::BootFailed(cause));
                    self.shut_down(Verdict::BootFailed, now);
                }
            }
            StartError::Transient(cause) => self.over(run.service, failed(cause, false), now),
            StartError::Refused(cause) => self.over(run.service, failed(cause, true), now),
            StartError::Fatal(cause) => self.over(run.service, failed(cause, at_boot), now),
        }
    }

    // Ending.

    fn ended(&mut self, run: Run, ending: Ending, now: Moment) {
        let Some(service) = self.current(run) else {
            return;
        };
        if service.life.state() == State::Starting {
            service.history.started_at = None;
        }
        self.over(run.service, ending, now);
    }

    /// The service's last run is over, or never began.
    fn over(&mut self, id: ServiceId, ending: Ending, now: Moment) {
        let service = &mut self.services[id.index()];
        match service.life.ended(ending == Ending::Normal) {
            Ended::Stray => return,
            Ended::ByItself => {
                service.deadline = Moment::NEVER;
                return self.follow(id, ending, now);
            }
            Ended::AsTold => service.deadline = Moment::NEVER,
        }
        let killed = service.killed;
        match ending {
            Ending::Failed { cause, .. } if !killed => {
                self.report(id, Report::FailedStopping(cause))
            }
            _ => self.report(id, Report::Stopped),
        }
    }

    /// Decides what follows a run that ended by itself.
    fn follow(&mut self, id: ServiceId, ending: Ending, now: Moment) {
        let chance = (self.chance)();
        let service = &mut self.services[id.index()];
        let (outcome, cause) = match ending {
            Ending::Normal => (Outcome::Normal, Cause::default()),
            Ending::Failed { cause, permanent } => (Outcome::Failed { permanent }, cause),
        };
        let (policy, stable) = (service.spec.restart, service.spec.stable_threshold);
        let decision = decide(&mut service.history, &policy, stable, outcome, now, chance);
        let failures = service.history.failures;
        let report = match decision {
            Decision::Ended => Report::Exited,
            Decision::Restart { after } => {
                service.retry_at = now.after(after);
                Report::Restart {
                    attempt: failures,
                    delay: after,
                    cause,
                }
            }
            Decision::GiveUp(why) => {
                service.failed_for_good = true;
                Report::GaveUp {
                    attempts: failures,
                    why,
                    cause,
                }
            }
        };
        self.report(id, report);
    }

    /// Asks whether any process lives, when nothing else is left that could do the app's work.
    fn look_for_hope(&mut self, now: Moment) {
        let mut work = self
            .services
            .iter()
            .filter(|s| s.spec.auto_start && s.spec.role == Role::Work);
        let any = work.clone().next().is_some();
        if !any || !work.all(|service| service.failed_for_good) {
            self.count_at = Moment::NEVER;
        } else if self.count_at == Moment::NEVER || now >= self.count_at {
            self.count_at = now.after(LIVING_INTERVAL);
            self.actions.push(Action::CountLiving);
        }
    }

    fn living(&mut self, count: usize, now: Moment) {
        let asked = self.count_at != Moment::NEVER;
        if asked && count == 0 && matches!(self.phase, Phase::Up) {
            self.shut_down(Verdict::AllFailed, now);
        }
    }

    // Time.

    fn pass_deadlines(&mut self, now: Moment) {
        for id in ids(self.services.len()) {
            let service = &self.services[id.index()];
            if now >= service.retry_at {
                self.begin(id, now);
            } else if now >= service.deadline {
                match service.life.state() {
                    State::Starting => self.start_late(id, now),
                    _ => self.stop_late(id, now),
                }
            }
        }
        self.pass_shutdown_deadline(now);
    }

    /// The start takes too long: whatever comes of it is not wanted any more.
    fn start_late(&mut self, id: ServiceId, now: Moment) {
        let service = &mut self.services[id.index()];
        let number = service.number;
        let begun = service.begun;
        service.number += 1;
        service.history.started_at = None;
        let cause = Cause::new(format!(
            "did not start within {:?}",
            service.spec.start_timeout
        ));
        if begun {
            self.actions.push(Action::Discard(Run {
                service: id,
                number,
            }));
        }
        self.over(id, failed(cause, false), now);
    }
}

fn failed(cause: Cause, permanent: bool) -> Ending {
    Ending::Failed { cause, permanent }
}
