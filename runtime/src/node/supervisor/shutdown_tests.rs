//! The way down, from every state.

use super::sim::*;
use super::*;

#[test]
fn a_service_that_does_not_stop_is_killed_and_then_left_behind() {
    let mut sim = Sim::running(work(&[0]));
    assert_eq!(sim.on(Event::Shutdown), [Action::Stop(run(WORK, 1))]);
    assert_eq!(sim.wake(), (secs(10), vec![Action::Kill(run(WORK, 1))]));
    assert_eq!(sim.wake(), (secs(2), vec![Action::Stop(run(HOST, 1))]));
    assert_eq!(
        sim.on(Event::Ended(run(WORK, 1), failure())),
        [],
        "too late to matter"
    );
    let ended = Event::Ended(run(HOST, 1), Ending::Normal);
    assert_eq!(sim.on(ended), [Action::Finish(Verdict::Stopped)]);
}

#[test]
fn shutdown_as_a_whole_has_a_deadline() {
    let slow = Service {
        stop_timeout: secs(1000),
        ..work(&[0])
    };
    let mut sim = Sim::running(slow);
    sim.on(Event::Shutdown);
    let kills = [WORK, HOST].map(|id| Action::Kill(run(id, 1)));
    let (passed, mut actions) = sim.wake();
    actions.retain(|action| kills.contains(action));
    assert_eq!((passed, actions.len()), (secs(30), 2));
    assert_eq!(
        sim.wake(),
        (secs(2), vec![Action::Finish(Verdict::Stopped)])
    );
}

#[test]
fn a_shutdown_while_starting_stops_what_begins() {
    let mut sim = Sim::new(vec![host(), work(&[0])]);
    sim.on(Event::Boot);
    assert_eq!(sim.on(Event::Shutdown), []);
    assert_eq!(sim.states(), [State::Stopping, State::Stopped]);
    assert_eq!(
        sim.on(Event::Started(run(HOST, 1))),
        [Action::Stop(run(HOST, 1))]
    );
    let ended = Event::Ended(run(HOST, 1), Ending::Normal);
    assert_eq!(sim.on(ended), [Action::Finish(Verdict::Stopped)]);
}

#[test]
fn a_shutdown_does_not_wait_for_the_start_of_what_has_begun() {
    let mut sim = Sim::new(vec![work(&[])]);
    let first = run(ServiceId(0), 1);
    sim.on(Event::Boot);
    sim.on(Event::Begun(first));
    assert_eq!(sim.on(Event::Shutdown), [Action::Stop(first)]);
    assert_eq!(sim.on(Event::Started(first)), [], "it was told already");
    assert_eq!(sim.wake(), (secs(10), vec![Action::Kill(first)]));
    let ended = Event::Ended(first, failure());
    assert_eq!(sim.on(ended), [Action::Finish(Verdict::Stopped)]);
}

#[test]
fn a_shutdown_while_starting_ends_when_the_start_fails_or_hangs() {
    let refused = StartError::Fatal(Cause::new("no"));
    let mut sim = Sim::new(vec![work(&[])]);
    let first = run(ServiceId(0), 1);
    sim.on(Event::Boot);
    sim.on(Event::Shutdown);
    let actions = sim.on(Event::StartFailed(first, refused));
    assert_eq!(actions, [Action::Finish(Verdict::Stopped)]);

    let mut sim = Sim::new(vec![work(&[])]);
    sim.on(Event::Boot);
    sim.on(Event::Shutdown);
    assert_eq!(
        sim.wake(),
        (secs(10), vec![Action::Finish(Verdict::Stopped)])
    );
}

#[test]
fn a_shutdown_while_waiting_for_a_restart_does_not_wait() {
    let mut sim = Sim::running(work(&[0]));
    sim.on(Event::Ended(run(WORK, 1), failure()));
    assert_eq!(sim.on(Event::Shutdown), [Action::Stop(run(HOST, 1))]);
    assert_eq!(sim.states()[1], State::Stopped);
    let ended = Event::Ended(run(HOST, 1), Ending::Normal);
    assert_eq!(sim.on(ended), [Action::Finish(Verdict::Stopped)]);
}

#[test]
fn a_shutdown_before_the_boot_or_of_nothing_is_over_at_once() {
    for services in [vec![], vec![host(), work(&[0])]] {
        let mut sim = Sim::new(services);
        assert_eq!(sim.on(Event::Shutdown), [Action::Finish(Verdict::Stopped)]);
        assert_eq!(sim.on(Event::Boot), []);
    }
}

#[test]
fn what_carries_a_service_outlives_it_though_one_between_them_has_ended() {
    let mut sim = Sim::new(vec![host(), work(&[0]), work(&[1])]);
    let [zero, one, two] = [0, 1, 2].map(|id| run(ServiceId(id), 1));
    sim.on(Event::Boot);
    for run in [zero, one, two] {
        sim.on(Event::Started(run));
    }
    sim.on(Event::Ended(one, Ending::Normal));
    assert_eq!(sim.on(Event::Shutdown), [Action::Stop(two)]);
    let ended = Event::Ended(two, Ending::Normal);
    assert_eq!(sim.on(ended), [Action::Stop(zero)]);
}
