//! A supervisor on made-up events, with a clock that goes when it is told to. For tests.

use std::time::Duration;

use super::*;

/// A supervisor and a clock that goes when it is told to.
pub(super) struct Sim {
    pub(super) supervisor: Supervisor,
    pub(super) now: Moment,
    count: u32,
    /// Runs that were seen to begin.
    begun: Vec<Run>,
}

pub(super) const HOST: ServiceId = ServiceId(0);
pub(super) const WORK: ServiceId = ServiceId(1);

pub(super) fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub(super) fn run(service: ServiceId, number: u64) -> Run {
    Run { service, number }
}

pub(super) fn failure() -> Ending {
    Ending::Failed {
        cause: Cause::new("boom"),
        permanent: false,
    }
}

pub(super) fn work(requires: &[u32]) -> Service {
    Service {
        requires: requires.iter().copied().map(ServiceId).collect(),
        restart: Policy {
            jitter: 0.0,
            ..Policy::default()
        },
        ..Service::new("app:work", Role::Work)
    }
}

pub(super) fn host() -> Service {
    Service::new("app:host", Role::Carrier)
}

impl Sim {
    pub(super) fn new(services: Vec<Service>) -> Sim {
        let count = u32::try_from(services.len()).unwrap();
        let plan = Plan::new(services).unwrap();
        Sim {
            supervisor: Supervisor::new(plan, secs(30), || 0.5),
            now: Moment(0),
            count,
            begun: Vec::new(),
        }
    }

    /// A host and a service on it, both running.
    pub(super) fn running(service: Service) -> Sim {
        let mut sim = Sim::new(vec![host(), service]);
        sim.on(Event::Boot);
        sim.on(Event::Started(run(HOST, 1)));
        sim.on(Event::Started(run(WORK, 1)));
        assert_eq!(sim.states(), [State::Running, State::Running]);
        sim
    }

    /// What is to be done about the event, without the reports.
    pub(super) fn on(&mut self, event: Event) -> Vec<Action> {
        let mut actions = self.all_on(event);
        actions.retain(|action| !matches!(action, Action::Report(..)));
        actions
    }

    /// As the loop does it: nothing is started that was not seen to begin.
    pub(super) fn all_on(&mut self, event: Event) -> Vec<Action> {
        let mut actions = Vec::new();
        if let Event::Started(run) = event
            && !self.begun.contains(&run)
        {
            actions = self.supervisor.on(Event::Begun(run), self.now);
        }
        if let Event::Begun(run) | Event::Started(run) = event {
            self.begun.push(run);
        }
        actions.extend(self.supervisor.on(event, self.now));
        actions
    }

    /// The reports about the event, at INFO and above.
    pub(super) fn reports_on(&mut self, event: Event) -> Vec<Report> {
        let quiet = [
            Report::Starting,
            Report::Started,
            Report::Stopping,
            Report::Stopped,
        ];
        let report = |action| match action {
            Action::Report(_, report) if !quiet.contains(&report) => Some(report),
            _ => None,
        };
        self.all_on(event).into_iter().filter_map(report).collect()
    }

    /// Goes to the next deadline; says how long that took and what is to be done then.
    pub(super) fn wake(&mut self) -> (Duration, Vec<Action>) {
        let next = self.supervisor.next_deadline();
        assert_ne!(next, Moment::NEVER);
        let passed = next.since(self.now);
        self.now = next;
        (passed, self.on(Event::Wake))
    }

    /// The state of every service.
    pub(super) fn states(&self) -> Vec<State> {
        let state = |id| self.supervisor.state(ServiceId(id));
        (0..self.count).map(state).collect()
    }
}
