//! When things start and stop: lifecycles, order, circles.

use super::*;

#[test]
fn what_requires_itself_is_an_error_that_names_the_circle() {
    let service = |name: &str, field: &str, needs: &str| {
        format!(
            "  - {{name: {name}, kind: process.service, process: worker, host: app:processes, \
             lifecycle: {{{field}: [{needs}]}}}}\n"
        )
    };
    let folder = Folder::of(&format!(
        "{HOST}{WORKER}{}{}{}{}",
        service("a", "requires", "b"),
        service("b", "depends_on", "app:c"),
        service("c", "requires", "a"),
        service("waits", "requires", "a"),
    ));
    assert_eq!(
        folder.errors(),
        [
            "src/_index.yaml:5:98: app:a: lifecycle.requires: goes in a circle: \
          app:a → app:b → app:c → app:a, take one of them out"
        ]
    );
    let folder = Folder::of("  - {name: h, kind: process.host, lifecycle: {requires: [h]}}\n");
    assert!(folder.errors()[0].contains("goes in a circle: app:h → app:h"));
}

#[test]
fn libraries_and_routers_that_go_in_a_circle_are_errors() {
    let problems = Folder::of(concat!(
        "  - {name: a, kind: library.lua, source: return 1, imports: {b: b}}\n",
        "  - {name: b, kind: library.lua, source: return 1, imports: {a: app:a}}\n",
        "  - {name: p, kind: process.lua, source: return 1, imports: {a: a}}\n",
        "  - {name: r, kind: env.storage.router, storages: [app:r]}\n",
    ))
    .errors();
    assert_eq!(
        problems,
        [
            "src/_index.yaml:3:61: app:a: imports: goes in a circle: app:a → app:b → app:a, \
             take one of them out",
            "src/_index.yaml:6:51: app:r: storages: goes in a circle: app:r → app:r, \
             take one of them out",
        ]
    );
}

#[test]
fn order_of_start_and_stop() {
    let app = Folder::of(&format!(
        "{HOST}{WORKER}  - {{name: b, kind: process.service, process: worker, host: app:processes}}\n  \
         - {{name: a, kind: process.service, process: worker, host: app:processes, \
         lifecycle: {{requires: [b, worker], depends_on: [b]}}}}\n"
    ))
    .app();
    let start: Vec<_> = app.boot.start().collect();
    assert_eq!(start, [[id("app:processes")], [id("app:b")], [id("app:a")]]);
    let stop: Vec<_> = app.boot.stop().collect();
    assert_eq!(stop, [[id("app:a")], [id("app:b")], [id("app:processes")]]);
    assert_eq!(
        app.needs(&id("app:a")),
        [&id("app:b"), &id("app:processes")]
    );
    let requires = &app.services[&id("app:a")].lifecycle.requires;
    assert_eq!(*requires, [id("app:b"), id("app:worker")]);
}

#[test]
fn what_starts_but_needs_what_does_not_start() {
    let problems = Folder::of(&format!(
        "  - {{name: h, kind: process.host}}\n{WORKER}  \
         - {{name: s, kind: process.service, process: worker, host: app:h, lifecycle: {{auto_start: true}}}}\n"
    ))
    .warnings();
    assert_eq!(
        problems,
        [
            "src/_index.yaml:5:12: app:s: lifecycle.auto_start: starts with the app, but needs `app:h`, \
          which does not, set `lifecycle.auto_start` of `app:h` to true"
        ]
    );
}

#[test]
fn every_field_of_a_lifecycle() {
    let app = Folder::of(
        r#"  - name: h
    kind: process.host
    lifecycle:
      auto_start: true
      startup: optional
      start_timeout: 1s
      stop_timeout: 500ms
      stable_threshold: 1m
      security: {}
      restart: {initial_delay: 0s, max_delay: 1h, backoff_factor: 1.5, jitter: 0, max_attempts: 3}
"#,
    )
    .app();
    assert_eq!(
        app.hosts[&id("app:h")].lifecycle,
        Lifecycle {
            auto_start: true,
            startup: Startup::Optional,
            requires: Vec::new(),
            start_timeout: Duration::from_secs(1),
            stop_timeout: Duration::from_millis(500),
            stable_threshold: Duration::from_secs(60),
            restart: Restart {
                initial_delay: Duration::ZERO,
                max_delay: Duration::from_secs(3600),
                backoff_factor: 1.5,
                jitter: 0.0,
                max_attempts: 3,
            },
        }
    );
}

#[test]
fn wrong_values_in_a_lifecycle() {
    for (field, said) in [
        (
            "auto_start: yes",
            "auto_start: must be true or false, and is \"yes\"",
        ),
        (
            "startup: maybe",
            "startup: must be `required` or `optional`, and is \"maybe\"",
        ),
        ("requires: h", "requires: must be a list, and is \"h\""),
        (
            "requires: [nobody]",
            "requires: names unknown entry `nobody`",
        ),
        (
            "stop_timeout: 10",
            "stop_timeout: missing unit in duration \"10\", write it as in 500ms, 10s or 1h30m",
        ),
        (
            "stop_timeout: -1s",
            "stop_timeout: must not be negative, and is -1s, write it as in 500ms, 10s or 1h30m",
        ),
        ("restart: 1", "restart: must be a map, and is 1"),
        (
            "restart: {backoff_factor: 0.5}",
            "restart.backoff_factor: must be at least 1, and is 0.5",
        ),
        (
            "restart: {jitter: 2}",
            "restart.jitter: must be between 0 and 1, and is 2",
        ),
        (
            "restart: {max_attempts: -1}",
            "restart.max_attempts: must not be negative, and is -1, leave it out for the default",
        ),
    ] {
        let entry = format!("  - {{name: h, kind: process.host, lifecycle: {{{field}}}}}\n");
        let problems = Folder::of(&entry).errors();
        assert_eq!(problems.len(), 1, "{problems:?}");
        let (_, rest) = problems[0].split_once("app:h: lifecycle.").unwrap();
        assert_eq!(rest, said);
    }
}
