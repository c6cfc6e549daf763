//! `examples/supervision-tree`: who is restarted with whom, when a supervisor gives up, who stops first.

use crate::app::App;
use crate::running::{Ended, Running};

/// The example, its crashes a short time apart.
fn restaurant(variables: &[(&str, &str)]) -> Running {
    let quick = [("CRASH_EVERY", "5ms"), ("WITHIN", "1h")];
    Running::example("supervision-tree", &[], &[&quick, variables].concat())
}

/// Waits until all the crashes have happened that were asked for.
fn rested(running: &mut Running) {
    running.wait_for("a child ended  {\"supervisor\": \"restaurant\", \"child\": \"monkey\"}");
}

/// The children that were stopped, in their order.
fn stopped<'a>(lines: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let child = |line: &'a str| Some(line.split_once("\"child\": \"")?.1.split_once('"')?.0);
    let lines = lines.into_iter();
    lines
        .filter(|line| line.starts_with("INFO  stopped"))
        .filter_map(child)
        .collect()
}

/// The lines after the one that has `text` in it.
fn after<'a>(ended: &'a Ended, text: &str) -> Vec<&'a str> {
    let lines = ended.lines.iter().map(String::as_str);
    lines
        .skip_while(|line| !line.contains(text))
        .skip(1)
        .collect()
}

#[test]
fn a_strategy_decides_who_is_restarted_with_the_one_that_failed() {
    for (strategy, restarted, stops) in [
        ("one_for_one", "[\"cook\"]", &[][..]),
        ("rest_for_one", "[\"cook\", \"taster\"]", &["taster"]),
        (
            "one_for_all",
            "[\"stove\", \"cook\", \"taster\"]",
            &["taster", "stove"],
        ),
    ] {
        let mut running = restaurant(&[("CRASHES", "cook"), ("KITCHEN_STRATEGY", strategy)]);
        running.wait_for("the monkey strikes");
        let expected =
            format!("INFO  restarted  {{\"supervisor\": \"kitchen\", \"children\": {restarted}}}");
        running.wait_for(&expected);
        let ended = running.stop().cleanly();
        let lines = ended.lines.iter().map(String::as_str);
        let before = lines.take_while(|line| !line.starts_with("INFO  shutting down"));
        assert_eq!(stopped(before), stops, "{strategy}: {ended:#?}");
        assert_eq!(ended.with("a child failed").len(), 1, "{ended:#?}");
    }
}

#[test]
fn past_the_limit_a_supervisor_gives_up_and_its_own_restarts_it() {
    let mut running = restaurant(&[("CRASHES", "cook cook grace cook cook")]);
    for _ in 0..3 {
        running.wait_for("restarted  {\"supervisor\": \"kitchen\"");
    }
    running
        .wait_for("giving up: too many restarts  {\"supervisor\": \"kitchen\", \"restarts\": 3}");
    let line = running.wait_for("\"child\": \"kitchen\"");
    let expected = "WARN  a child failed  {\"supervisor\": \"restaurant\", \"child\": \"kitchen\", \
                    \"why\": \"kitchen gave up after 3 restarts\"}";
    assert_eq!(line, expected);
    running.wait_for("started  {\"supervisor\": \"kitchen\"");
    running.wait_for("restarted  {\"supervisor\": \"restaurant\", \"children\": [\"kitchen\"]}");
    running.stop().cleanly();
}

#[test]
fn restarts_count_for_a_while_only() {
    let crashes = "cook ".repeat(8);
    let mut running = restaurant(&[("CRASHES", &crashes), ("WITHIN", "1ns")]);
    rested(&mut running);
    let ended = running.stop().cleanly();
    assert!(ended.with("giving up").is_empty(), "{ended:#?}");
    assert_eq!(ended.with("INFO  restarted").len(), 8, "{ended:#?}");
}

#[test]
fn when_the_top_gives_up_the_service_is_started_again() {
    let mut running = restaurant(&[("CRASHES", "cook"), ("MAX_RESTARTS", "0")]);
    running.wait_for("giving up: too many restarts  {\"supervisor\": \"kitchen\"");
    running.wait_for("giving up: too many restarts  {\"supervisor\": \"restaurant\"");
    let line = running.wait_for("service failed: restarting it");
    assert!(
        line.contains("restaurant gave up after 0 restarts"),
        "{line}"
    );
    running.wait_for("started  {\"supervisor\": \"restaurant\"");
    running.stop().cleanly();
}

#[test]
fn a_supervisor_that_is_killed_takes_its_children_with_it_and_all_are_replaced() {
    let crashes = "kitchen ".repeat(30);
    let mut running = restaurant(&[
        ("CRASHES", &crashes),
        ("CRASH_EVERY", "1ms"),
        ("MAX_RESTARTS", "30"),
    ]);
    rested(&mut running);
    let ended = running.stop();
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    // Nobody met a child of the old kitchen in the new one.
    let failed = ended.with("a child failed");
    assert_eq!(failed.len(), 30, "{failed:#?}");
    // Some kitchens were killed before they were ready. The last one was not.
    let kitchens = ended.with("started  {\"supervisor\": \"kitchen\"");
    let whole = |line: &&str| line.contains("[\"stove\", \"cook\", \"taster\"]");
    assert!(kitchens.iter().all(whole), "{kitchens:#?}");
    assert_eq!(stopped(after(&ended, "shutting down")).len(), 12);
}

#[test]
fn the_tree_stops_from_the_last_to_the_first() {
    let mut running = restaurant(&[("CRASHES", "none")]);
    rested(&mut running);
    let ended = running.stop().cleanly();
    let all = [
        ["piano", "bass", "drums", "band"],
        ["taster", "cook", "stove", "kitchen"],
        ["barbara", "grace", "ada", "floor"],
    ];
    let lines = ended.lines.iter().map(String::as_str);
    assert_eq!(stopped(lines), all.concat());
}

#[test]
fn who_does_not_stop_in_time_is_killed() {
    let mut running = restaurant(&[
        ("CRASHES", "none"),
        ("STUBBORN", "cook, piano"),
        ("STOP_TIMEOUT", "300ms"),
    ]);
    rested(&mut running);
    let ended = running.stop().cleanly();
    for name in ["cook", "piano"] {
        let line = format!("\"child\": \"{name}\"}}");
        let said: Vec<&str> = ended.with(&line);
        assert_eq!(said.len(), 2, "{ended:#?}");
        assert!(said[0].starts_with("WARN  a child did not stop in time: killing it"));
        assert!(said[1].starts_with("INFO  stopped"));
    }
    assert_eq!(stopped(after(&ended, "shutting down")).len(), 12);
}

#[test]
fn the_same_seed_makes_the_same_crashes() {
    let strikes = |seed| {
        let mut running = restaurant(&[
            ("CRASHES", "random"),
            ("SEED", seed),
            ("MAX_RESTARTS", "100000"),
        ]);
        let lines = running.wait_for_many(12, "the monkey strikes");
        running.stop().cleanly();
        lines
    };
    assert_eq!(strikes("7"), strikes("7"));
    assert_ne!(strikes("7"), strikes("8"));
}

#[test]
fn a_wrong_value_ends_it_with_its_name() {
    for (name, value) in [
        ("CRASHES", "nobody"),
        ("STUBBORN", "nobody"),
        ("KITCHEN_STRATEGY", "some_for_some"),
        ("MAX_RESTARTS", "-1"),
        ("WITHIN", "soon"),
        ("STOP_TIMEOUT", "0s"),
        ("CRASH_EVERY", "often"),
        ("SEED", "1.5"),
    ] {
        let ended = restaurant(&[(name, value)]).ended();
        assert_eq!(ended.code, Some(1), "{name}={value}: {ended:#?}");
        let error = ended.with("service failed for good")[0];
        assert!(error.contains(name), "{error}");
        assert!(error.contains(&format!("\\\"{value}\\\"")), "{error}");
    }
}

/// A supervisor of a tree of a test's own: `main` may start `app:one` and `app:other`, and calls `supervise(children)`,
/// with rest_for_one.
fn supervised(main: &str, one: &str, other: &str) -> Running {
    let main = format!(
        "local supervisor = require('supervisor')
        local function supervise(children)
            supervisor.main({{ name = 'top', strategy = 'rest_for_one', children = children }})
        end
        {main}"
    );
    App::of(
        "  - {name: processes, kind: process.host, lifecycle: {auto_start: true}}
  - {name: memory, kind: env.storage.memory}
  - {name: runs, kind: env.variable, variable: RUNS, storage: app:memory, default: '0'}
  - {name: settings, kind: library.lua, source: file://limits.lua}
  - {name: supervisor, kind: process.lua, source: file://supervisor.lua, modules: [logger, time], \
       imports: {settings: app:settings}}
  - {name: one, kind: process.lua, source: file://one.lua, modules: [env]}
  - {name: other, kind: process.lua, source: file://other.lua}
  - {name: main_process, kind: process.lua, source: file://main.lua, imports: {supervisor: app:supervisor}}
  - {name: main, kind: process.service, process: main_process, host: app:processes, \
       lifecycle: {auto_start: true}}
",
    )
    .file(
        "src/limits.lua",
        "local second = 1000000000
        local limits = { max_restarts = 3, within = 3600 * second, stop_timeout = 60 * second }
        return { limits = function() return limits end }",
    )
    .file(
        "src/supervisor.lua",
        include_str!("../../examples/supervision-tree/src/supervisor.lua"),
    )
    .file("src/main.lua", &main)
    .file("src/one.lua", one)
    .file("src/other.lua", other)
    .start()
}

/// A child that does what is asked of one.
const GOOD: &str = "return function(_, supervisor)
    local events = process.events()
    process.send(supervisor, 'ready', process.pid())
    events:receive()
end";

#[test]
fn a_child_is_not_started_while_an_old_one_has_its_name() {
    let mut running = supervised(
        "return function()
            local old = process.with_options({}):with_name('child'):spawn('app:one', 'app:processes')
            local done = channel.new(1)
            -- Goes on when the supervisor waits.
            coroutine.spawn(function()
                supervise({ { name = 'child', program = 'app:other' } })
                done:send(true)
            end)
            process.send(old, 'go')
            done:receive()
        end",
        "return function() process.inbox():receive() end",
        GOOD,
    );
    running.wait_for("\"children\": [\"child\"]");
    let ended = running.stop().cleanly();
    assert!(ended.with("a child").is_empty(), "{ended:#?}");
}

#[test]
fn a_child_that_fails_before_it_is_ready_is_tried_again_with_those_after_it() {
    let mut running = supervised(
        "return function()
            supervise({ { name = 'a', program = 'app:one' }, { name = 'b', program = 'app:other' } })
        end",
        "return function(spec, supervisor)
            local env, events = require('env'), process.events()
            local run = tonumber(env.get('RUNS')) + 1
            env.set('RUNS', tostring(run))
            if run == 2 then error('not yet') end
            process.send(supervisor, 'ready', process.pid())
            if run == 1 then
                process.listen('fail'):receive()
                error('no more')
            end
            events:receive()
        end",
        "return function(_, supervisor)
            local events = process.events()
            process.send(supervisor, 'ready', process.pid())
            process.send('a', 'fail')
            events:receive()
        end",
    );
    running.wait_for("no more");
    running.wait_for("INFO  stopped  {\"supervisor\": \"top\", \"child\": \"b\"}");
    running.wait_for("not yet");
    running.wait_for("INFO  restarted  {\"supervisor\": \"top\", \"children\": [\"a\", \"b\"]}");
    let ended = running.stop().cleanly();
    assert_eq!(ended.with("a child").len(), 2, "{ended:#?}");
}
