//! The example that newcomers run first: `examples/mass-spawn`.

use crate::running::Running;

/// The example, started with environment variables.
fn mass_spawn(variables: &[(&str, &str)]) -> Running {
    Running::example("mass-spawn", &[], variables)
}

/// How many workers are a crowd: fewer where the machine is shared and slow.
pub fn crowd() -> &'static str {
    if std::env::var_os("CI").is_some() {
        "500"
    } else {
        "10000"
    }
}

#[test]
fn a_crowd_of_workers_starts_ticks_and_ends_with_ctrl_c() {
    let count = crowd();
    let mut running = mass_spawn(&[
        ("NUM_WORKERS", count),
        ("TICK_MIN", "50ms"),
        ("TICK_MAX", "0.1s"),
        ("STATS_INTERVAL", "200ms"),
    ]);
    let line = running.wait_for("INFO  mass spawn starting");
    let expected = format!(
        "{{\"num_workers\": {count}, \"stats_interval_ms\": 200, \"tick_max_ms\": 100, \"tick_min_ms\": 50}}"
    );
    assert!(line.ends_with(&expected), "{line}");
    running.wait_for(&format!(
        "INFO  all workers spawned  {{\"count\": {count}, \"elapsed_s\": "
    ));
    let line = running.wait_for("\"tick_rate\": ");
    assert!(
        line.contains(&format!("\"alive\": {count}, \"new_ticks\": ")),
        "{line}"
    );
    running.wait_for("INFO  stats");
    running.signal("INT");
    let line = running.wait_for("INFO  shutting down  {");
    assert!(
        line.contains(&format!("\"workers_spawned\": {count}")),
        "{line}"
    );
    running.ended().cleanly();
}

#[test]
fn a_value_that_is_no_number_or_no_duration_ends_it_with_its_name() {
    for (name, value) in [
        ("NUM_WORKERS", "many"),
        ("NUM_WORKERS", "0"),
        ("NUM_WORKERS", "-3"),
        ("NUM_WORKERS", "1e4"),
        ("NUM_WORKERS", "10.5"),
        ("NUM_WORKERS", "16000001"),
        ("NUM_WORKERS", "99999999999999999999"),
        ("TICK_MIN", "soon"),
        ("TICK_MIN", "100"),
        ("TICK_MAX", "-1s"),
        ("STATS_INTERVAL", "0s"),
    ] {
        let ended = mass_spawn(&[(name, value)]).ended();
        assert_eq!(ended.code, Some(1), "{name}={value}: {ended:#?}");
        let errors = ended.with("ERROR");
        assert_eq!(errors.len(), 2, "{name}={value}: {ended:#?}");
        assert!(errors[0].contains(name), "{name}={value}: {ended:#?}");
        let quoted = format!("and is \\\"{value}\\\"");
        assert!(errors[0].contains(&quoted), "{name}={value}: {ended:#?}");
    }
}

#[test]
fn a_shortest_tick_that_is_longer_than_the_longest_ends_it() {
    let ended = mass_spawn(&[("TICK_MIN", "2h"), ("TICK_MAX", "1.5h")]).ended();
    assert_eq!(ended.code, Some(1), "{ended:#?}");
    let expected = "TICK_MIN (2h0m0s) must not be longer than TICK_MAX (1h30m0s)";
    assert_eq!(ended.with(expected).len(), 1, "{ended:#?}");
}
