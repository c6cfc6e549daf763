//! Which calls run, in which VM, and how they end.

use super::*;

#[test]
fn calls_get_places_in_their_order_and_no_more_run_than_may() {
    let kitchen = Kitchen::new(size(2));
    kitchen.call(0, "waits");
    let first = kitchen.node.scheduler().processes().next().unwrap();
    kitchen.call(1, "waits");
    for number in 2..6 {
        kitchen.call(number, "");
    }
    assert_eq!(kitchen.node.scheduler().processes().count(), 2);
    assert_eq!(kitchen.pool.counts(), (2, 0, 4));
    kitchen.wake(first.pid());
    for number in [0, 2, 3, 4, 5] {
        assert_eq!(kitchen.hears().0, number);
    }
    kitchen.let_go();
    assert_eq!(kitchen.hears().0, 1);
    kitchen.clears_up();
    assert_eq!(kitchen.pool.counts().0, 0);
}

#[test]
fn one_vm_serves_all_calls_of_a_function_with_one_place() {
    let kitchen = Kitchen::new(size(1));
    kitchen.call(1, "waits");
    for number in 2..9 {
        kitchen.call(number, "");
    }
    kitchen.let_go();
    for number in 1..9 {
        assert_eq!(kitchen.hears(), heard(number, &number.to_string()));
    }
    kitchen.clears_up();
    assert_eq!(kitchen.pool.counts(), (0, 1, 0));
}

#[test]
fn a_vm_that_failed_serves_nobody_again_nor_one_that_has_grown_unless_it_is_kept() {
    let idle = Some(Duration::from_secs(30));
    for (idle, grown) in [(idle, "1"), (None, "3")] {
        let kitchen = Kitchen::new(Size { idle, ..size(1) });
        for (how, what) in [
            ("", "1"),
            ("", "2"),
            ("fails", "chipped"),
            ("", "1"),
            ("grows", "2"),
            ("", grown),
        ] {
            assert_eq!(kitchen.serves(how), what);
        }
    }
}

#[test]
fn a_vm_whose_coroutines_go_on_has_left_the_pool_and_its_place_is_free() {
    let kitchen = Kitchen::new(size(1));
    assert_eq!(kitchen.serves(""), "1");
    kitchen.call(1, "goes on");
    kitchen.call(2, "");
    assert_eq!(kitchen.hears(), heard(1, "2"));
    assert_eq!(kitchen.hears(), heard(2, "1"));
    assert_eq!(kitchen.told.try_recv(), Err(TryRecvError::Empty));
    kitchen.let_go();
    assert_eq!(kitchen.hears(), heard(1, "ended"));
    kitchen.clears_up();
    assert_eq!(kitchen.pool.counts(), (0, 1, 0));
}

#[test]
fn vms_are_made_once_for_the_first_calls() {
    let warm = Size { warm: 2, ..size(3) };
    let kitchen = Kitchen::new(warm);
    kitchen.node.functions().warm_up();
    kitchen.pool.prepare();
    assert_eq!(kitchen.pool.counts(), (0, 2, 0));
    kitchen.call(1, "waits");
    assert_eq!(kitchen.pool.counts(), (1, 1, 0));
    kitchen.let_go();
    assert_eq!(kitchen.hears(), heard(1, "1"));
}

#[test]
fn a_vm_that_serves_nobody_is_freed_after_its_time_where_it_has_one() {
    let idle = Duration::from_secs(10);
    for (size, left) in [
        (
            Size {
                idle: Some(idle),
                ..size(1)
            },
            0,
        ),
        (size(1), 1),
    ] {
        let kitchen = Kitchen::new(size);
        let before = kitchen.node.scheduler().now();
        kitchen.serves("");
        let after = kitchen.node.scheduler().now();
        let almost = idle - Duration::from_nanos(1);
        kitchen.node.functions().shrink(before.after(almost));
        assert_eq!(kitchen.pool.counts().1, 1);
        kitchen.node.functions().shrink(after.after(idle));
        assert_eq!(kitchen.pool.counts().1, left);
    }
}

#[test]
fn a_call_that_waits_is_canceled_at_once_and_the_next_gets_its_turn() {
    let kitchen = Kitchen::new(size(1));
    kitchen.call(1, "waits");
    let second = kitchen.call(2, "");
    kitchen.call(3, "");
    for _ in 0..2 {
        second.cancel();
    }
    assert_eq!(kitchen.told.try_recv(), Ok(heard(2, "canceled")));
    kitchen.let_go();
    assert_eq!(kitchen.hears(), heard(1, "1"));
    assert_eq!(kitchen.hears(), heard(3, "2"));
    kitchen.clears_up();
    assert_eq!(kitchen.pool.counts(), (0, 1, 0));
}

#[test]
fn canceled_calls_that_wait_are_let_go_of_once_they_are_most() {
    let kitchen = Kitchen::new(size(1));
    kitchen.call(0, "waits");
    let calls: Vec<_> = (1..9).map(|number| kitchen.call(number, "")).collect();
    calls[..4].iter().for_each(|call| call.cancel());
    assert_eq!(kitchen.pool.counts().2, 8);
    calls[4].cancel();
    assert_eq!(kitchen.pool.counts().2, 3);
}

#[test]
fn a_call_that_runs_is_ended_and_told_once() {
    let kitchen = Kitchen::new(size(1));
    let first = kitchen.call(1, "waits");
    kitchen.call(2, "");
    first.cancel();
    assert_eq!(kitchen.hears(), heard(1, "canceled"));
    // Not in the VM of the first.
    assert_eq!(kitchen.hears(), heard(2, "1"));
    first.cancel();
    kitchen.clears_up();
    assert_eq!(kitchen.pool.counts(), (0, 1, 0));
}

#[test]
fn a_call_that_is_canceled_while_it_is_started_is_ended_once_its_process_is_known() {
    let kitchen = Kitchen::new(size(1));
    kitchen.call(1, "waits");
    let process = kitchen.node.scheduler().processes().next().unwrap();
    let early = Call::new(kitchen.pool.clone(), kitchen.guest(2));
    early.cancel();
    assert_eq!(kitchen.told.try_recv(), Ok(heard(2, "canceled")));
    early.started(process.pid());
    assert_eq!(kitchen.hears(), heard(1, "canceled"));
}

#[test]
fn coroutines_of_a_call_that_has_returned_are_not_canceled() {
    let kitchen = Kitchen::new(size(1));
    let call = kitchen.call(1, "goes on");
    assert_eq!(kitchen.hears(), heard(1, "1"));
    call.cancel();
    assert_eq!(kitchen.told.try_recv(), Err(TryRecvError::Empty));
    kitchen.let_go();
    assert_eq!(kitchen.hears(), heard(1, "ended"));
    kitchen.clears_up();
}

#[test]
fn at_shutdown_all_that_wait_are_refused_however_many() {
    let kitchen = Kitchen::new(size(1));
    kitchen.call(0, "waits");
    for number in 1..30_000 {
        kitchen.call(number, "");
    }
    kitchen.node.scheduler().close(kitchen.pool.host());
    kitchen.let_go();
    assert_eq!(kitchen.hears(), heard(0, "1"));
    for number in 1..30_000 {
        assert_eq!(kitchen.hears(), heard(number, "host is shutting down"));
    }
    kitchen.call(30_000, "");
    assert_eq!(kitchen.hears(), heard(30_000, "host is shutting down"));
    kitchen.clears_up();
    let (places, _, waiting) = kitchen.pool.counts();
    assert_eq!((places, waiting), (0, 0));
}
