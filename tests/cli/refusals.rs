//! Apps that `run` refuses or only warns of. What `check` says of the same is in `check.rs`.

use crate::app::App;

const HOST: &str = "  - {name: processes, kind: process.host, lifecycle: {auto_start: true}}\n";

/// The first line that `run` prints about an app that it must refuse.
fn refused(app: &App) -> String {
    let ended = app.start().ended();
    assert_eq!(ended.code, Some(1), "{ended:#?}");
    ended.lines[0].clone()
}

fn service(process: &str, host: &str) -> String {
    format!(
        "  - {{name: s, kind: process.service, process: {process}, host: {host}, \
         lifecycle: {{auto_start: true}}}}\n"
    )
}

#[test]
fn what_is_unknown_is_refused_with_its_place() {
    for (entries, expected) in [
        (
            service("worker", "app:processes"),
            "src/_index.yaml:4:47: app:s: process: names unknown entry `worker`",
        ),
        (
            service("w", "app:proceses"),
            "src/_index.yaml:4:56: app:s: host: names unknown entry `app:proceses`, \
             did you mean `app:processes`?",
        ),
        (
            "  - {name: v, kind: env.variable, storage: app:os}\n".to_owned(),
            "src/_index.yaml:4:44: app:v: storage: names unknown entry `app:os`",
        ),
        (
            "  - {name: m, kind: process.lua, source: return x, modules: [tiem]}\n".to_owned(),
            "src/_index.yaml:4:62: app:m: modules: unknown module `tiem`, did you mean `time`?",
        ),
    ] {
        let worker = "  - {name: w, kind: process.lua, source: return main}\n";
        let app = App::of(&format!("{HOST}{entries}{worker}"));
        assert_eq!(refused(&app), expected);
    }
}

#[test]
fn a_circle_of_services_is_refused() {
    let requires = |name: &str, needs: &str| {
        format!("  - {{name: {name}, kind: process.host, lifecycle: {{requires: [{needs}]}}}}\n")
    };
    let app = App::of(&format!("{}{}", requires("a", "b"), requires("b", "a")));
    let line = refused(&app);
    assert!(line.contains("app:a → app:b → app:a"), "{line}");
}

#[test]
fn a_file_outside_the_source_folder_is_not_read() {
    let app = App::of("  - {name: p, kind: process.lua, source: file://../secret.lua}\n")
        .file("secret.lua", "return 1");
    let line = refused(&app);
    assert!(line.contains("is outside the source folder"), "{line}");
}

#[test]
fn workers_that_are_no_number_above_0_are_refused() {
    for workers in ["0", "-3", "many"] {
        let app = App::of(&format!(
            "  - {{name: h, kind: process.host, host: {{workers: {workers}}}}}\n"
        ));
        let line = refused(&app);
        assert!(line.contains("app:h: host.workers: must be "), "{line}");
        assert!(line.contains(workers), "{line}");
    }
}

#[test]
fn unknown_fields_and_kinds_are_warned_of_and_change_nothing() {
    let app = App::of(&format!(
        "{HOST}  - {{name: k, kind: procss.lua}}
  - {{name: p, kind: process.lua, sorce: x, source: file://p.lua}}\n{}",
        service("p", "app:processes")
    ))
    .file(
        "src/p.lua",
        "return { main = function() print('runs'); process.events():receive() end }",
    );
    let mut running = app.start();
    running
        .wait_for("app:k: kind: unknown kind `procss.lua`, did you mean `process.lua`? (warning)");
    running.wait_for(
        "app:p: sorce: unknown field, which has no effect, did you mean `source`? (warning)",
    );
    running.wait_for("INFO  runs");
    running.stop().cleanly();
}

#[test]
fn of_two_entries_with_one_id_the_last_runs() {
    let entry = |text: &str| {
        format!(
            "  - name: p\n    kind: process.lua\n    \
             source: \"return {{ main = function() print('{text}') process.events():receive() end }}\"\n"
        )
    };
    let app = App::of(&format!(
        "{HOST}{}{}{}",
        entry("first"),
        entry("second"),
        service("p", "app:processes")
    ));
    let mut running = app.start();
    let line = running.wait_for("app:p: this id is taken by the entry at src/_index.yaml:4:");
    assert!(line.ends_with(", this one is used (warning)"), "{line}");
    running.wait_for("INFO  second");
    running.stop().cleanly();
}
