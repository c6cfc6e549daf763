//! Starting, restarting, and how an app ends by itself.

use super::sim::*;
use super::*;

#[test]
fn services_start_when_what_they_require_runs_and_stop_in_reverse() {
    // 0 ← 1 ← 3, 0 ← 2 ← 3
    let mut sim = Sim::new(vec![host(), work(&[0]), work(&[0]), work(&[1, 2])]);
    let [zero, one, two, three] = [0, 1, 2, 3].map(|id| run(ServiceId(id), 1));
    assert_eq!(sim.on(Event::Boot), [Action::Start(zero)]);
    assert_eq!(
        sim.on(Event::Started(zero)),
        [Action::Start(one), Action::Start(two)]
    );
    assert_eq!(sim.on(Event::Started(two)), []);
    assert_eq!(sim.on(Event::Started(one)), [Action::Start(three)]);
    assert_eq!(sim.on(Event::Started(three)), []);

    assert_eq!(sim.on(Event::Shutdown), [Action::Stop(three)]);
    assert_eq!(sim.on(Event::Shutdown), [], "asked twice");
    assert_eq!(
        sim.on(Event::Ended(three, Ending::Normal)),
        [Action::Stop(two), Action::Stop(one)]
    );
    assert_eq!(sim.on(Event::Ended(one, Ending::Normal)), []);
    assert_eq!(sim.on(Event::Ended(two, failure())), [Action::Stop(zero)]);
    assert_eq!(
        sim.on(Event::Ended(zero, Ending::Normal)),
        [Action::Finish(Verdict::Stopped)]
    );
    assert_eq!(sim.states(), [State::Stopped; 4]);
    assert_eq!(sim.supervisor.next_deadline(), Moment::NEVER);
}

#[test]
fn what_comes_after_others_starts_when_each_has_had_its_chance() {
    let manual = Service {
        auto_start: false,
        ..work(&[])
    };
    let last = Service {
        after: [0, 1, 2, 3, 4].map(ServiceId).to_vec(),
        ..work(&[0])
    };
    // One that runs, one that fails at first, one that isn't started, one that never can.
    let all = vec![host(), work(&[0]), work(&[0]), manual, work(&[3]), last];
    let mut sim = Sim::new(all);
    let [zero, one, two, five] = [0, 1, 2, 5].map(|id| run(ServiceId(id), 1));
    sim.on(Event::Boot);
    sim.on(Event::Started(zero));
    assert_eq!(sim.on(Event::Started(one)), []);
    assert_eq!(sim.on(Event::Ended(two, failure())), [Action::Start(five)]);
    sim.on(Event::Started(five));
    assert_eq!(sim.states()[4..], [State::Failed, State::Running]);
    // To stop after it is nobody's concern.
    let stopped = sim.on(Event::Shutdown);
    assert_eq!(stopped, [Action::Stop(five), Action::Stop(one)]);
}

#[test]
fn what_is_not_to_be_started_is_not() {
    let manual = Service {
        auto_start: false,
        ..work(&[])
    };
    let mut sim = Sim::new(vec![manual, work(&[0]), work(&[])]);
    let reports = sim.reports_on(Event::Boot);
    let expected = Report::Unstartable {
        requires: "app:work".into(),
        auto_start: false,
    };
    assert_eq!(reports, [expected]);
    assert_eq!(
        sim.states(),
        [State::Unknown, State::Failed, State::Starting]
    );
}

#[test]
fn a_failing_service_is_restarted_later_and_later() {
    let mut sim = Sim::running(work(&[0]));
    for (number, delay) in [(1, 1), (2, 2), (3, 4), (4, 8)] {
        let reports = sim.reports_on(Event::Ended(run(WORK, number), failure()));
        let attempt = u32::try_from(number).unwrap();
        let cause = Cause::new("boom");
        assert_eq!(
            reports,
            [Report::Restart {
                attempt,
                delay: secs(delay),
                cause
            }]
        );
        assert_eq!(sim.states()[1], State::Failed);
        assert_eq!(
            sim.wake(),
            (secs(delay), vec![Action::Start(run(WORK, number + 1))])
        );
        assert_eq!(sim.on(Event::Started(run(WORK, number + 1))), []);
    }
}

#[test]
fn a_stable_run_starts_the_back_off_anew() {
    let mut sim = Sim::running(work(&[0]));
    sim.on(Event::Ended(run(WORK, 1), failure()));
    sim.wake();
    sim.on(Event::Started(run(WORK, 2)));
    sim.now = sim.now.after(secs(5));
    sim.on(Event::Ended(run(WORK, 2), failure()));
    assert_eq!(sim.wake().0, secs(1));
}

#[test]
fn the_jitter_comes_from_the_chance() {
    for (chance, millis) in [(0.0, 900), (0.75, 1050)] {
        let plan = Plan::new(vec![Service::new("app:work", Role::Work)]).unwrap();
        let mut supervisor = Supervisor::new(plan, secs(30), move || chance);
        let only = run(ServiceId(0), 1);
        for event in [
            Event::Boot,
            Event::Started(only),
            Event::Ended(only, failure()),
        ] {
            let _ = supervisor.on(event, Moment(0));
        }
        let delay = supervisor.next_deadline().since(Moment(0));
        assert_eq!(delay.as_millis(), millis);
    }
}

#[test]
fn when_all_have_failed_for_good_and_nothing_lives_the_app_ends() {
    let mut service = work(&[0]);
    service.restart.max_attempts = 2;
    let mut sim = Sim::running(service);
    sim.on(Event::Ended(run(WORK, 1), failure()));
    sim.wake();
    let reports = sim.reports_on(Event::Ended(run(WORK, 2), failure()));
    let (why, cause) = (Why::AttemptsUsed, Cause::new("boom"));
    assert_eq!(
        reports,
        [Report::GaveUp {
            attempts: 2,
            why,
            cause
        }]
    );

    // A process of somebody else's lives: that may be the app's work.
    assert_eq!(sim.on(Event::Living(1)), []);
    assert_eq!(sim.wake().1, [Action::CountLiving]);
    assert_eq!(sim.on(Event::Living(0)), [Action::Stop(run(HOST, 1))]);
    let ended = Event::Ended(run(HOST, 1), Ending::Normal);
    assert_eq!(sim.on(ended), [Action::Finish(Verdict::AllFailed)]);
}

#[test]
fn the_app_goes_on_while_any_service_might() {
    let mut sim = Sim::new(vec![work(&[]), work(&[])]);
    let permanent = Ending::Failed {
        cause: Cause::default(),
        permanent: true,
    };
    let runs = [run(ServiceId(0), 1), run(ServiceId(1), 1)];
    sim.on(Event::Boot);
    for run in runs {
        sim.on(Event::Started(run));
    }
    assert_eq!(sim.on(Event::Ended(runs[0], permanent)), []);
    assert_eq!(sim.on(Event::Ended(runs[1], Ending::Normal)), []);
    assert_eq!(sim.states(), [State::Failed, State::Exited]);
    assert_eq!(sim.supervisor.next_deadline(), Moment::NEVER);
    assert_eq!(sim.on(Event::Living(0)), [], "nobody asked");
}

#[test]
fn a_start_that_fails_is_tried_again_or_fails_its_dependents() {
    let mut sim = Sim::new(vec![host(), work(&[0]), work(&[1])]);
    sim.on(Event::Boot);
    let transient = StartError::Transient(Cause::new("busy"));
    assert_eq!(sim.on(Event::StartFailed(run(HOST, 1), transient)), []);
    assert_eq!(
        sim.states(),
        [State::Failed, State::Unknown, State::Unknown]
    );
    assert_eq!(
        sim.supervisor.next_deadline(),
        Moment::default().after(secs(1))
    );
    sim.wake();
    let refused = StartError::Refused(Cause::new("no"));
    let actions = sim.on(Event::StartFailed(run(HOST, 2), refused));
    assert_eq!(sim.states(), [State::Failed; 3]);
    assert_eq!(actions, [Action::CountLiving]);
    assert_eq!(
        sim.on(Event::Living(0)),
        [Action::Finish(Verdict::AllFailed)]
    );
}

#[test]
fn those_that_require_an_optional_service_start_without_it() {
    let optional = Service {
        required: false,
        ..work(&[])
    };
    let mut sim = Sim::new(vec![optional, work(&[0])]);
    sim.on(Event::Boot);
    let fatal = StartError::Fatal(Cause::new("taken"));
    let actions = sim.on(Event::StartFailed(run(ServiceId(0), 1), fatal));
    assert_eq!(actions, [Action::Start(run(ServiceId(1), 1))]);
}

#[test]
fn a_fatal_start_ends_the_boot() {
    let mut sim = Sim::new(vec![host(), work(&[])]);
    sim.on(Event::Boot);
    sim.on(Event::Started(run(HOST, 1)));
    let fatal = StartError::Fatal(Cause::new("address taken"));
    let actions = sim.on(Event::StartFailed(run(WORK, 1), fatal));
    assert_eq!(actions, [Action::Stop(run(HOST, 1))]);
    let ended = Event::Ended(run(HOST, 1), Ending::Normal);
    assert_eq!(sim.on(ended), [Action::Finish(Verdict::BootFailed)]);
}

#[test]
fn a_start_that_takes_too_long_has_failed_and_what_comes_of_it_is_ended() {
    let mut sim = Sim::new(vec![work(&[])]);
    let (first, id) = (run(ServiceId(0), 1), ServiceId(0));
    sim.on(Event::Boot);
    assert_eq!(sim.wake(), (secs(10), vec![]));
    assert_eq!(sim.states(), [State::Failed]);
    let (passed, actions) = sim.wake();
    let [Action::Start(second)] = actions[..] else {
        panic!("{actions:?}")
    };
    assert_eq!((passed, second.service), (secs(1), id));
    assert_eq!(sim.on(Event::Started(first)), [Action::Discard(first)]);
    assert_eq!(sim.on(Event::Ended(first, failure())), []);
    assert_eq!(sim.on(Event::Started(second)), []);
    assert_eq!(sim.states(), [State::Running]);
}

#[test]
fn what_has_begun_and_is_not_started_in_time_is_ended_at_once() {
    let mut sim = Sim::new(vec![work(&[])]);
    let first = run(ServiceId(0), 1);
    sim.on(Event::Boot);
    assert_eq!(sim.on(Event::Begun(first)), []);
    assert_eq!(sim.states(), [State::Starting]);
    assert_eq!(sim.wake(), (secs(10), vec![Action::Discard(first)]));
    assert_eq!(sim.states(), [State::Failed]);
    assert_eq!(sim.on(Event::Ended(first, failure())), []);
    let (passed, actions) = sim.wake();
    assert_eq!(passed, secs(1));
    assert!(matches!(actions[..], [Action::Start(_)]), "{actions:?}");
}

#[test]
fn a_start_that_fails_however_late_counts_as_no_run() {
    let service = Service {
        start_timeout: secs(60),
        ..work(&[])
    };
    let mut sim = Sim::new(vec![service, work(&[0])]);
    sim.on(Event::Boot);
    for (number, delay) in [(1, 1), (2, 2), (3, 4)] {
        let only = run(ServiceId(0), number);
        sim.on(Event::Begun(only));
        sim.now = sim.now.after(secs(30));
        sim.on(Event::Ended(only, failure()));
        assert_eq!(
            sim.states(),
            [State::Failed, State::Unknown],
            "what requires it waits"
        );
        assert_eq!(sim.wake().0, secs(delay));
    }
}

#[test]
fn a_run_may_end_before_it_is_seen_to_begin() {
    let mut sim = Sim::new(vec![work(&[])]);
    let first = run(ServiceId(0), 1);
    sim.on(Event::Boot);
    sim.on(Event::Ended(first, Ending::Normal));
    assert_eq!(sim.on(Event::Started(first)), [Action::Discard(first)]);
    assert_eq!(sim.states(), [State::Exited]);
}
