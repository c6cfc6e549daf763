//! Tasks that wait, are granted something and take turns.

use super::*;

const CHANNEL: ChannelNumber = 7;

fn waiting(tasks: &mut Tasks, task: Task, sends: bool) {
    while tasks.next() != Some(task) {}
    tasks.wait(CHANNEL, 1, sends);
}

#[test]
fn the_main_task_is_ready_once() {
    let mut tasks = Tasks::default();
    assert_eq!((tasks.next(), tasks.next()), (Some(0), None));
}

#[test]
fn a_new_task_runs_before_its_spawner_goes_on() {
    let mut tasks = Tasks::default();
    tasks.next();
    let new = tasks.spawn();
    tasks.ready(new);
    tasks.ready(tasks.current());
    assert_eq!(
        (tasks.next(), tasks.next(), tasks.next()),
        (Some(new), Some(0), None)
    );
}

/// Hands a value to who waits; false if nobody does.
fn hand(tasks: &mut Tasks, value: i64) -> bool {
    let Some(receiver) = tasks.receiver(CHANNEL) else {
        return false;
    };
    tasks.hand(receiver, Handed::Strike(value));
    true
}

/// The case and the value that the running task was handed.
fn handed(tasks: &mut Tasks) -> (u32, i64) {
    match tasks.take_grant() {
        Some(Grant {
            case,
            what: Granted::Value(Handed::Strike(value)),
        }) => (case, value),
        other => panic!("no value: {other:?}"),
    }
}

#[test]
fn receivers_are_served_in_the_order_in_which_they_came_each_with_its_own_value() {
    let mut tasks = Tasks::default();
    tasks.next();
    let new = tasks.spawn();
    tasks.ready(new);
    tasks.wait(CHANNEL, 3, false);
    waiting(&mut tasks, new, false);
    assert!(hand(&mut tasks, 10) && hand(&mut tasks, 20));
    assert!(!hand(&mut tasks, 30));
    assert_eq!(tasks.next(), Some(0));
    assert_eq!(handed(&mut tasks), (3, 10));
    assert!(tasks.take_grant().is_none());
    assert_eq!(tasks.next(), Some(new));
    assert_eq!(handed(&mut tasks), (1, 20));
}

#[test]
fn a_grant_withdraws_the_other_cases() {
    let mut tasks = Tasks::default();
    tasks.next();
    for case in 0..=20 {
        tasks.wait(CHANNEL + case, case, false);
    }
    assert!(hand(&mut tasks, 1));
    assert!((0..=20).all(|case| tasks.receiver(CHANNEL + case).is_none()));
}

#[test]
fn closing_tells_receivers_and_senders() {
    let mut tasks = Tasks::default();
    tasks.next();
    let new = tasks.spawn();
    tasks.ready(new);
    tasks.wait(CHANNEL, 5, true);
    waiting(&mut tasks, new, false);
    let senders = tasks.close(CHANNEL);
    assert_eq!((senders.len(), senders[0].task, senders[0].case), (1, 0, 5));
    for task in [new, 0] {
        assert_eq!(tasks.next(), Some(task));
        let grant = tasks.take_grant().unwrap();
        assert!(matches!(grant.what, Granted::Closed));
    }
}

#[test]
fn what_was_handed_outlives_a_close_and_a_late_timer() {
    let mut tasks = Tasks::default();
    tasks.next();
    tasks.wait(CHANNEL, 1, false);
    assert!(hand(&mut tasks, 10));
    assert!(tasks.close(CHANNEL).is_empty());
    tasks.wake(0);
    assert_eq!(tasks.next(), Some(0));
    assert_eq!(handed(&mut tasks), (1, 10));
    assert_eq!(tasks.next(), None);
}
