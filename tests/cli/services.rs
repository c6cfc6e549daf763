//! Services that fail, and how the supervisor goes on.

use std::time::Duration;

use crate::app::App;

const HOST: &str = "  - {name: processes, kind: process.host, lifecycle: {auto_start: true}}\n";

/// An app with one service that runs `source`, with the given `restart` block.
fn service(source: &str, restart: &str) -> App {
    App::of(&format!(
        "{HOST}  - {{name: p, kind: process.lua, source: file://p.lua}}
  - name: s
    kind: process.service
    process: p
    host: app:processes
    lifecycle: {{auto_start: true, restart: {{{restart}}}}}
"
    ))
    .file("src/p.lua", source)
}

/// The text of a field of a log line.
fn field<'a>(line: &'a str, name: &str) -> &'a str {
    let (_, rest) = line.split_once(&format!("\"{name}\": \"")).expect(line);
    rest.split_once('"').expect(line).0
}

/// The delay that a log line about a restart names.
fn delay(line: &str) -> Duration {
    let text = field(line, "delay");
    match text.strip_suffix("ms") {
        Some(millis) => Duration::from_secs_f64(millis.parse::<f64>().unwrap() / 1e3),
        None => Duration::from_secs_f64(text.strip_suffix('s').unwrap().parse().unwrap()),
    }
}

#[test]
fn a_service_that_raises_at_once_is_restarted_with_growing_delays() {
    let app = service(
        "return { main = function() error('no luck') end }",
        "initial_delay: 20ms, max_delay: 150ms, backoff_factor: 2.0, jitter: 0",
    );
    let mut running = app.start();
    let lines = running.wait_for_many(5, "service failed: restarting it");
    let delays: Vec<u128> = lines.iter().map(|line| delay(line).as_millis()).collect();
    assert_eq!(delays, [20, 40, 80, 150, 150]);
    for (line, attempt) in lines.iter().zip(1..) {
        assert!(line.starts_with("WARN  "), "{line}");
        assert!(line.contains("\"service\": \"app:s\""), "{line}");
        assert!(line.contains(&format!("\"attempt\": {attempt},")), "{line}");
        assert_eq!(field(line, "reason"), "app:p:1: no luck");
    }
    assert_eq!(running.stop().code, Some(0));
}

#[test]
fn a_service_is_given_up_after_max_attempts_and_the_run_fails() {
    let app = service(
        "return { main = function() error('no luck') end }",
        "initial_delay: 1ms, max_attempts: 3",
    );
    let ended = app.start().ended();
    assert_eq!(ended.code, Some(1), "{ended:#?}");
    assert_eq!(ended.with("restarting it").len(), 2, "{ended:#?}");
    let last = ended.with("service failed for good");
    assert_eq!(last.len(), 1, "{ended:#?}");
    assert!(last[0].starts_with("ERROR  "), "{last:?}");
}

#[test]
fn an_error_that_the_program_marks_as_not_retryable_ends_a_service_for_good() {
    let app = service(
        "return { main = function() error(errors.new{message = 'no way', retryable = false}) end }",
        "initial_delay: 1ms",
    );
    let ended = app.start().ended();
    assert_eq!(ended.code, Some(1), "{ended:#?}");
    assert!(ended.with("restarting it").is_empty(), "{ended:#?}");
    let last = ended.with("service failed for good");
    assert_eq!(field(last[0], "reason"), "no way");
}

#[test]
fn a_failure_that_is_returned_and_a_modules_error_restart_a_service() {
    for source in [
        "return { main = function() return nil, 'no luck' end }",
        "return { main = function() error(select(2, process.send('nobody', 'x'))) end }",
    ] {
        let mut running = service(source, "initial_delay: 1ms, jitter: 0").start();
        running.wait_for_many(3, "service failed: restarting it");
    }
}

#[test]
fn a_service_that_returns_has_ended_and_is_not_restarted() {
    let mut running = service(
        "return { main = function() return 1 end }",
        "initial_delay: 1ms",
    )
    .start();
    running.wait_for("service ended");
    let ended = running.stop().cleanly();
    assert!(ended.with("failed").is_empty(), "{ended:#?}");
}

#[test]
fn a_service_without_its_method_fails_with_the_reason() {
    let app = service("return { start = function() end }", "max_attempts: 1");
    let ended = app.start().ended();
    assert_eq!(ended.code, Some(1), "{ended:#?}");
    let said = ended.with(r#"method \"main\" not found in module"#);
    assert!(said[0].starts_with("ERROR  "), "{ended:#?}");
}

#[test]
fn a_service_whose_top_level_raises_fails_with_the_place() {
    let ended = service("local x = nil\nx()", "max_attempts: 1")
        .start()
        .ended();
    assert_eq!(ended.code, Some(1), "{ended:#?}");
    assert_eq!(
        ended.with("app:p:2: attempt to call a nil value").len(),
        1,
        "{ended:#?}"
    );
}

#[test]
fn a_failing_top_level_restarts_a_service_as_a_failing_main_does() {
    for (templates, source) in [
        ("true", "error('no luck', 0)"),
        ("false", "error('no luck', 0)"),
        ("true", "print('not pure') error('no luck', 0)"),
        ("true", "error(select(2, process.send('nobody', 'x')))"),
    ] {
        let app = service(source, "initial_delay: 1ms, jitter: 0");
        let set = format!("lua.templates={templates}");
        let mut running = app.start_with(&["--set", &set], &[]);
        for line in running.wait_for_many(3, "service failed") {
            assert!(line.contains("failed: restarting it"), "{line}");
        }
    }
}

#[test]
fn a_top_level_may_end_its_service_for_good() {
    let raises = "error(errors.new{message = 'no way', retryable = false})";
    for before in ["", "print('not pure') "] {
        let app = service(&format!("{before}{raises}"), "initial_delay: 1ms");
        let ended = app.start().ended();
        assert_eq!(ended.code, Some(1), "{ended:#?}");
        assert!(ended.with("restarting it").is_empty(), "{ended:#?}");
        let last = ended.with("service failed for good: the program made its error not retryable");
        assert_eq!(field(last[0], "reason"), "no way");
    }
}

#[test]
fn a_top_level_that_runs_past_the_start_timeout_is_ended_and_run_again() {
    let app = App::of(&format!(
        "{HOST}  - {{name: p, kind: process.lua, source: file://p.lua}}
  - {{name: s, kind: process.service, process: p, host: app:processes, lifecycle: \
         {{auto_start: true, start_timeout: 300ms, restart: {{initial_delay: 1ms, max_attempts: 2}}}}}}
"
    ))
    .file("src/p.lua", "print('begins') while true do end");
    let ended = app.start().ended();
    assert_eq!(ended.code, Some(1), "{ended:#?}");
    assert_eq!(ended.with("begins").len(), 2, "{ended:#?}");
    for failure in ended.with("service failed") {
        assert_eq!(field(failure, "reason"), "did not start within 300ms");
    }
}

#[test]
fn what_requires_a_service_waits_for_its_top_level() {
    let named = |name: &str, process: &str, requires: &str| {
        format!(
            "  - {{name: {name}, kind: process.service, process: {process}, host: app:processes, \
             lifecycle: {{auto_start: true, requires: [{requires}]}}}}\n"
        )
    };
    let app = App::of(&format!(
        "{HOST}  - {{name: slow, kind: process.lua, source: file://slow.lua, modules: [time]}}
  - {{name: quick, kind: process.lua, source: file://quick.lua}}\n{}{}",
        named("ground", "slow", ""),
        named("above", "quick", "ground"),
    ))
    .file(
        "src/slow.lua",
        "require('time').sleep('200ms')
        print('the ground is there')
        return { main = function() process.events():receive() end }",
    )
    .file(
        "src/quick.lua",
        "return { main = function() print('above it') process.events():receive() end }",
    );
    let mut running = app.start();
    let first = running.wait_for_any(&["the ground is there", "above it"]);
    assert_eq!(first, "INFO  the ground is there");
    running.wait_for("above it");
    running.stop().cleanly();
}

#[test]
fn an_app_that_starts_nothing_says_so() {
    let mut running = App::of(HOST).start();
    let line = running.wait_for("nothing is set to start");
    assert!(line.starts_with("WARN  "), "{line}");
    running.stop().cleanly();
}

#[test]
fn services_stop_before_what_they_require() {
    let named = |name: &str, requires: &str| {
        format!(
            "  - {{name: {name}, kind: process.service, process: p, host: app:processes, input: [{name}], \
             lifecycle: {{auto_start: true, requires: [{requires}]}}}}\n"
        )
    };
    let source = "local function main(name)
            print('began', name)
            print('ends', name, process.events():receive().reason)
        end
        return { main = main }";
    let app = App::of(&format!(
        "{HOST}  - {{name: p, kind: process.lua, source: file://p.lua}}\n{}{}{}",
        named("top", "middle"),
        named("middle", "ground"),
        named("ground", ""),
    ))
    .file("src/p.lua", source);
    let mut running = app.start();
    running.wait_for_many(3, "began");
    let ended = running.stop().cleanly();
    let order: Vec<&str> = ended.with("ends");
    assert_eq!(
        order,
        [
            "INFO  ends top service stopping",
            "INFO  ends middle service stopping",
            "INFO  ends ground service stopping"
        ]
    );
    let began = ended.with("began");
    assert_eq!(began.len(), 3);
}

#[test]
fn a_service_that_ignores_its_cancel_is_killed_in_time() {
    let app = App::of(&format!(
        "{HOST}  - {{name: p, kind: process.lua, source: file://p.lua}}
  - {{name: s, kind: process.service, process: p, host: app:processes, \
         lifecycle: {{auto_start: true, stop_timeout: 50ms}}}}
"
    ))
    .file(
        "src/p.lua",
        "return { main = function() print('deaf'); process.inbox():receive() end }",
    );
    let mut running = app.start();
    running.wait_for("deaf");
    let ended = running.stop();
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    assert_eq!(
        ended.with("did not stop in time: killing it").len(),
        1,
        "{ended:#?}"
    );
}

#[test]
fn a_failure_that_nobody_watches_is_logged_with_pid_entry_reason_and_stack() {
    let app = App::program(
        "local function main()
            assert(process.spawn('app:worker', 'app:processes'))
            process.events():receive()
        end
        return { main = main }",
        "local function inner() error('alone') end
        local function main()
            inner()
            return 1
        end
        return { main = main }",
    );
    let mut running = app.start();
    let line = running.wait_for("process failed");
    assert!(line.starts_with("ERROR  "), "{line}");
    assert!(
        field(&line, "pid").starts_with("{app:processes|app:worker|0x"),
        "{line}"
    );
    assert_eq!(field(&line, "entry"), "app:worker");
    assert_eq!(field(&line, "reason"), "app:worker:1: alone");
    running.wait_for("    src/worker.lua:1");
    running.wait_for("    src/worker.lua:3");
    assert_eq!(running.stop().code, Some(0));
}

#[test]
fn a_failure_that_somebody_watches_is_his_to_log() {
    let app = App::program(
        "local function main()
            assert(process.spawn_monitored('app:worker', 'app:processes'))
            print('saw ' .. process.events():receive().result.error)
            process.events():receive()
        end
        return { main = main }",
        "return { main = function() error('alone') end }",
    );
    let mut running = app.start();
    running.wait_for("saw app:worker:1: alone");
    running.stop().cleanly();
}
