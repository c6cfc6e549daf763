//! `examples/pipeline`: no item is lost, none comes twice or out of order, and few are on their way at a time.

use crate::running::{Ended, Running};

/// The number behind `"name": ` in a line.
fn number(line: &str, name: &str) -> u64 {
    let (_, rest) = line.split_once(&format!("\"{name}\": ")).expect(line);
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap();
    rest[..end].parse().expect(line)
}

/// The numbers of the items that were delivered, in their order. They are logged with `-v`.
fn delivered(ended: &Ended) -> Vec<u64> {
    let lines = ended.with("DEBUG  delivered");
    lines.iter().map(|line| number(line, "item")).collect()
}

#[test]
fn every_item_arrives_once_and_in_order_although_workers_crash() {
    let variables = [
        ("ITEMS", "1000"),
        ("CRASH_EVERY", "7"),
        ("STAGE_TIME", "0.1ms"),
    ];
    let mut running = Running::example("pipeline", &["-v"], &variables);
    let report = running.wait_for("all items have arrived");
    // A failure after an item was handed on makes it come twice. The last few may not be seen in time.
    let failures = number(&report, "worker_failures");
    assert!((130..=142).contains(&failures), "{report}");
    assert!((60..=71).contains(&number(&report, "repeated")), "{report}");
    assert_eq!(number(&report, "items"), 1000);
    let ended = running.stop().cleanly();
    assert_eq!(delivered(&ended), Vec::from_iter(1..=1000));
}

#[test]
fn no_more_items_are_on_their_way_than_the_window_has_room_for() {
    for (window, workers, most) in [("1", "8", 1), ("4", "8", 4), ("4", "2", 4)] {
        let variables = [
            ("ITEMS", "300"),
            ("WINDOW", window),
            ("WORKERS", workers),
            ("CRASH_EVERY", "0"),
        ];
        let mut running = Running::example("pipeline", &[], &variables);
        let report = running.wait_for("all items have arrived");
        assert!(number(&report, "most_on_their_way") <= most, "{report}");
        assert!(number(&report, "most_out_of_order") < most, "{report}");
        assert_eq!(number(&report, "items"), 300);
        running.stop().cleanly();
    }
}

#[test]
fn eighty_times_as_much_goes_through_as_a_process_may_hold() {
    let variables = [
        ("ITEMS", "20000"),
        ("ITEM_BYTES", "1024"),
        ("STAGE_TIME", "0s"),
    ];
    let small = ["-o", "app:processes:host.memory_limit=256KiB"];
    let mut running = Running::example("pipeline", &small, &variables);
    let report = running.wait_for_any(&["all items have arrived", "service failed"]);
    assert_eq!(number(&report, "items"), 20000, "{report}");
    running.stop().cleanly();
}

#[test]
fn told_to_end_it_lets_what_is_on_its_way_arrive() {
    let variables = [("ITEMS", "1000000"), ("STAGE_TIME", "1ms")];
    let mut running = Running::example("pipeline", &["-v"], &variables);
    running.wait_for_many(50, "DEBUG  delivered");
    let ended = running.stop().cleanly();
    let report = ended.with("stopped: what was on its way has arrived")[0];
    let all = delivered(&ended);
    assert_eq!(all, Vec::from_iter(1..=number(report, "items")));
}

#[test]
fn an_item_that_ends_every_worker_ends_the_pipeline() {
    let variables = [("ITEMS", "100"), ("POISON", "40")];
    let ended = Running::example("pipeline", &[], &variables).ended();
    assert_eq!(ended.code, Some(1), "{ended:#?}");
    let failures = ended.with("a worker failed");
    assert_eq!(failures.len(), 3, "{ended:#?}");
    let expected = "item 40 ended 3 workers: app:worker:";
    assert_eq!(ended.with(expected).len(), 1, "{ended:#?}");
}

#[test]
fn a_sink_that_fails_takes_the_source_with_it_which_starts_anew() {
    let broken = "app:sink:source=return { main = function() error('the drain is blocked') end }";
    let mut running = Running::example("pipeline", &["-o", broken], &[]);
    let line = running.wait_for("service failed: restarting it");
    assert!(line.contains("the drain is blocked"), "{line}");
    running.wait_for("pipeline starting");
    assert_eq!(running.stop().code, Some(0));
}

#[test]
fn a_wrong_value_ends_it_with_its_name() {
    for (name, value) in [
        ("ITEMS", "0"),
        ("ITEM_BYTES", "-1"),
        ("WORKERS", "none"),
        ("WINDOW", "0"),
        ("STAGE_TIME", "-1s"),
        ("CRASH_EVERY", "1.5"),
        ("POISON", "x"),
    ] {
        let ended = Running::example("pipeline", &[], &[(name, value)]).ended();
        assert_eq!(ended.code, Some(1), "{name}={value}: {ended:#?}");
        let error = ended.with("service failed for good")[0];
        assert!(error.contains(name), "{error}");
        assert!(
            error.contains(&format!("and is \\\"{value}\\\"")),
            "{error}"
        );
    }
}
