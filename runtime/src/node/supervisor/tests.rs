//! The loop with threads, on services that do as they are told.

use std::sync::atomic::{AtomicBool, Ordering};

use super::*;
use crate::payload::Payload;

/// What a fake service is asked to do, with the means to answer.
enum Asked {
    Start(ServiceId, OnRun),
    Stop(ServiceId),
    Kill(ServiceId),
}

struct Fake {
    asked: Sender<Asked>,
    /// What it begins next never starts.
    slow: AtomicBool,
}

struct FakeRun(ServiceId, Sender<Asked>);

impl Running for FakeRun {
    fn stop(&self) {
        self.1.send(Asked::Stop(self.0)).unwrap();
    }
    fn kill(&self) {
        let _ = self.1.send(Asked::Kill(self.0));
    }
}

impl Services for Fake {
    fn start(&self, id: ServiceId, news: OnRun) -> Result<Box<dyn Running>, StartError> {
        if !self.slow.swap(false, Ordering::Relaxed) {
            news.started();
        }
        self.asked.send(Asked::Start(id, news)).unwrap();
        Ok(Box::new(FakeRun(id, self.asked.clone())))
    }
    fn living(&self) -> usize {
        0
    }
    fn is_programs_own(&self, error: &Error) -> bool {
        error.message.starts_with("own")
    }

    fn locate(&self, stack: &str) -> String {
        stack.to_owned()
    }
}

/// A host and a service on it, supervised by a thread.
fn supervise(restart: Policy) -> (Receiver<Asked>, Shutdown, thread::JoinHandle<Verdict>) {
    let services = vec![
        Service::new("app:processes", Role::Carrier),
        Service {
            requires: vec![ServiceId(0)],
            restart,
            ..Service::new("app:spawner", Role::Work)
        },
    ];
    supervise_all(services, false)
}

fn supervise_all(
    services: Vec<Service>,
    slow: bool,
) -> (Receiver<Asked>, Shutdown, thread::JoinHandle<Verdict>) {
    let plan = Plan::new(services).unwrap();
    let (sender, asked) = channel();
    let fake = Arc::new(Fake {
        asked: sender,
        slow: slow.into(),
    });
    let supervision = Supervision::new(plan, fake, Clock::start(), Duration::from_secs(60));
    let shutdown = supervision.shutdown();
    (asked, shutdown, thread::spawn(move || supervision.run()))
}

fn started(asked: &Receiver<Asked>) -> (u32, OnRun) {
    match asked.recv().unwrap() {
        Asked::Start(id, ended) => (id.0, ended),
        Asked::Stop(id) | Asked::Kill(id) => panic!("asked to end {id:?}"),
    }
}

fn stopped(asked: &Receiver<Asked>) -> u32 {
    match asked.recv().unwrap() {
        Asked::Stop(id) => id.0,
        Asked::Start(id, _) | Asked::Kill(id) => panic!("asked to start or kill {id:?}"),
    }
}

fn exit_with(run: &OnRun, message: &str, retryable: Option<bool>) {
    let mut error = Error::new("Internal", message);
    error.retryable = retryable;
    run.on_exit(
        Pid::new(1, 0, 0),
        &Exit::Failed(Arc::new(error)),
        false,
        Moment(0),
    );
}

#[test]
fn services_start_in_order_restart_and_stop_in_reverse() {
    let policy = Policy {
        initial_delay: Duration::ZERO,
        ..Policy::default()
    };
    let (asked, shutdown, supervisor) = supervise(policy);
    let (id, host) = started(&asked);
    assert_eq!(id, 0);
    let (id, run) = started(&asked);
    assert_eq!(id, 1);

    // Neither an error without a word nor one of a module's ends the service for good.
    exit_with(&run, "own, of no opinion", None);
    let (_, run) = started(&asked);
    exit_with(&run, "a module's", Some(false));
    let (id, run) = started(&asked);
    assert_eq!(id, 1);

    shutdown.request();
    assert_eq!(stopped(&asked), 1);
    run.on_exit(
        Pid::new(1, 0, 0),
        &Exit::Normal(Payload::default()),
        false,
        Moment(0),
    );
    assert_eq!(stopped(&asked), 0);
    host.ended(Ending::Normal);
    assert_eq!(supervisor.join().unwrap(), Verdict::Stopped);
}

#[test]
fn a_program_may_end_its_service_for_good_and_then_the_app_ends() {
    let (asked, _shutdown, supervisor) = supervise(Policy::default());
    let (_, host) = started(&asked);
    let (_, run) = started(&asked);
    exit_with(&run, "own verdict", Some(false));
    assert_eq!(stopped(&asked), 0);
    host.ended(Ending::Normal);
    let verdict = supervisor.join().unwrap();
    assert_eq!((verdict, verdict.exit_status()), (Verdict::AllFailed, 1));
}

#[test]
fn a_service_that_does_not_stop_in_time_is_killed() {
    let services = vec![
        Service {
            stop_timeout: Duration::ZERO,
            ..Service::new("app:stubborn", Role::Work)
        },
        Service {
            requires: vec![ServiceId(0)],
            ..Service::new("app:above", Role::Work)
        },
    ];
    let (asked, shutdown, supervisor) = supervise_all(services, false);
    let (_, stubborn) = started(&asked);
    // That this is started says that the other was seen to run.
    let (_, above) = started(&asked);
    shutdown.request();
    assert_eq!(stopped(&asked), 1);
    above.ended(Ending::Normal);
    assert_eq!(stopped(&asked), 0);
    assert!(matches!(asked.recv().unwrap(), Asked::Kill(ServiceId(0))));
    stubborn.on_exit(Pid::new(1, 0, 0), &Exit::killed("killed"), false, Moment(0));
    assert_eq!(supervisor.join().unwrap(), Verdict::Stopped);
}

#[test]
fn what_does_not_start_in_time_is_killed_and_started_again() {
    let services = vec![
        Service {
            start_timeout: Duration::from_millis(200),
            restart: Policy {
                initial_delay: Duration::ZERO,
                ..Policy::default()
            },
            ..Service::new("app:slow", Role::Work)
        },
        Service {
            requires: vec![ServiceId(0)],
            ..Service::new("app:above", Role::Work)
        },
    ];
    let (asked, shutdown, supervisor) = supervise_all(services, true);
    let (mut slow, mut above, mut killed) = (Vec::new(), None, false);
    // That the one above is started says that the slow one was seen to start.
    while above.is_none() || !killed {
        match asked.recv().unwrap() {
            Asked::Start(ServiceId(0), run) => slow.push(run),
            Asked::Start(_, run) => above = Some(run),
            Asked::Kill(id) => killed = id == ServiceId(0),
            Asked::Stop(id) => panic!("asked to stop {id:?}"),
        }
    }
    assert!(slow.len() > 1, "it was started again");
    // What becomes of the first does not matter any more.
    slow[0].started();
    slow[0].ended(Ending::Normal);
    shutdown.request();
    assert_eq!(stopped(&asked), 1);
    above.unwrap().ended(Ending::Normal);
    assert_eq!(stopped(&asked), 0);
    slow.last().unwrap().ended(Ending::Normal);
    assert_eq!(supervisor.join().unwrap(), Verdict::Stopped);
}
