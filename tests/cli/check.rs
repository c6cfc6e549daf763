//! `moondust check`, and what `run` makes of the same apps.

use crate::app::App;

const HOST: &str = "  - {name: processes, kind: process.host, lifecycle: {auto_start: true}}\n";
/// A service that fails, so that `run` ends.
const FAILING: &str = r#"
  - {name: h, kind: process.host, lifecycle: {auto_start: true}}
  - {name: p, kind: process.lua, source: 'return {main = function() error("no use") end}'}
  - name: s
    kind: process.service
    process: p
    host: app:h
    lifecycle: {auto_start: true, restart: {max_attempts: 1}}
"#;
const WORKER: &str = "  - {name: worker, kind: process.lua, source: return main}\n";

/// A service of the process `process` on the host `host`.
fn service(process: &str, host: &str) -> String {
    format!("  - {{name: s, kind: process.service, process: {process}, host: {host}}}\n")
}

#[test]
fn a_good_app_is_fine() {
    let app = App::of(&format!(
        "{HOST}{WORKER}{}",
        service("worker", "app:processes")
    ));
    assert_eq!(
        app.accepted(),
        ["fine: 3 entries, 1 host, 1 service, 1 Lua program, 0 variables"]
    );
}

#[test]
fn a_folder_that_is_no_app_suggests_init() {
    for command in ["check", "run"] {
        let said = App::new().run(&[command]);
        assert_eq!(said.code, 1);
        let text = said.stdout + &said.stderr;
        assert!(text.contains("make an app with `moondust init`"), "{text}");
    }
}

#[test]
fn a_missing_folder_is_named() {
    let said = App::new().run(&["-C", "no/such", "run"]);
    assert_eq!(said.code, 1);
    assert!(
        said.stderr.contains("cannot go to the folder `no/such`"),
        "{said:?}"
    );
}

#[test]
fn another_folder() {
    let app = App::new().file(
        "there/src/_index.yaml",
        &format!("namespace: app\nentries:\n{HOST}"),
    );
    assert_eq!(app.run(&["-C", "there", "check"]).code, 0);
    assert_eq!(app.run(&["check", "-C", "there"]).code, 0);
}

#[test]
fn yaml_that_does_not_parse() {
    let app = App::new().file("src/_index.yaml", "namespace: app\nentries: [\n  a: b: c\n");
    let problems = app.refused();
    assert!(
        problems[0].starts_with("src/_index.yaml:3:"),
        "{problems:?}"
    );
    assert!(problems[0].contains("this is no YAML"), "{problems:?}");
    let said = app.run(&["run"]);
    assert_eq!((said.code, said.stdout.as_str()), (1, ""));
    assert!(said.stderr.starts_with("src/_index.yaml:3:"), "{said:?}");
}

#[test]
fn unknown_fields_and_kinds_are_warnings() {
    let app = App::of(
        "  - {name: h, kind: process.host, host: {wokers: 3}}\n  - {name: k, kind: procss.lua}\n",
    );
    assert_eq!(
        app.accepted(),
        [
            "src/_index.yaml:3:42: app:h: host.wokers: unknown field, which has no effect, \
             did you mean `workers`? (warning)",
            "src/_index.yaml:4:21: app:k: kind: unknown kind `procss.lua`, \
             did you mean `process.lua`? (warning)",
            "fine: 2 entries, 1 host, 0 services, 0 Lua programs, 0 variables",
        ]
    );
}

#[test]
fn unknown_host_process_module_and_storage() {
    let app = App::of(&format!(
        "{HOST}{WORKER}{}{}{}",
        service("wroker", "app:proceses"),
        "  - {name: m, kind: process.lua, source: return x, modules: [tiem]}\n",
        "  - {name: v, kind: env.variable, storage: app:os}\n",
    ));
    assert_eq!(
        app.refused(),
        [
            "src/_index.yaml:5:47: app:s: process: names unknown entry `wroker`, \
             did you mean `app:worker`?",
            "src/_index.yaml:5:61: app:s: host: names unknown entry `app:proceses`, \
             did you mean `app:processes`?",
            "src/_index.yaml:6:62: app:m: modules: unknown module `tiem`, did you mean `time`?",
            "src/_index.yaml:7:44: app:v: storage: names unknown entry `app:os`",
            "4 errors",
        ]
    );
}

/// A server with a router, a function and the entries `more`.
fn serving(more: &str) -> App {
    App::of(&format!(
        r#"  - {{name: gateway, kind: http.service, addr: ":0"}}
  - {{name: api, kind: http.router, meta: {{server: gateway}}, prefix: /api, middleware: [cors]}}
  - {{name: f, kind: function.lua, method: handler, source: 'return {{}}'}}
{more}"#
    ))
}

/// An endpoint at `path`.
fn endpoint(name: &str, path: &str) -> String {
    format!(
        "  - {{name: {name}, kind: http.endpoint, router: api, func: f, method: GET, path: {path:?}}}\n"
    )
}

#[test]
fn an_app_that_serves_is_fine() {
    let app = serving(&(endpoint("one", "/things/{id}") + &endpoint("all", "/things")));
    assert_eq!(
        app.accepted(),
        ["fine: 5 entries, 0 hosts, 0 services, 1 Lua program, 0 variables, 1 server, 2 routes"]
    );
}

#[test]
fn routes_that_are_wrong_or_conflict_are_refused_by_check_and_run() {
    let app = serving(&format!(
        "{}{}{}  - {{name: s, kind: process.service, process: none, host: app:none}}\n",
        endpoint("a", "/{x}/b"),
        endpoint("b", "/a/{x}"),
        endpoint("c", "/a{b}"),
    ));
    let expected = [
        "src/_index.yaml:7:77: app:b: path: route \"GET /api/a/{x}\" conflicts with \
         \"GET /api/{x}/b\" of `app:a` at src/_index.yaml:6:77: both match some requests, \
         and neither is more specific, change one of the two",
        "src/_index.yaml:8:77: app:c: path: invalid route \"GET /api/a{b}\": \
         \"a{b}\" must be a wildcard or have none",
        "src/_index.yaml:9:47: app:s: process: names unknown entry `none`",
        "src/_index.yaml:9:59: app:s: host: names unknown entry `app:none`",
    ];
    let problems = app.refused();
    assert_eq!(problems[..4], expected);
    assert_eq!(problems[4..], ["4 errors"]);
    let said = app.run(&["run"]);
    assert_eq!((said.code, said.stdout.as_str()), (1, ""));
    assert_eq!(said.stderr.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn middleware_that_does_not_exist_is_refused_by_check_and_run() {
    let app = serving("").file(
        "src/more.yaml",
        "namespace: app\nname: r\nkind: http.router\n\
         server: gateway\nmiddleware: [cros]\noptions: {cors.max.age: 1}\n",
    );
    let expected = [
        "src/more.yaml:5:14: app:r: middleware: unknown middleware \"cros\": \
         there are compress, cors, ratelimit, real_ip, did you mean `cors`?",
        "src/more.yaml:6:25: app:r: options: option \"cors.max.age\" has no effect: \
         `middleware` has no `cors` (warning)",
    ];
    assert_eq!(app.refused(), [expected[0], expected[1], "1 error"]);
    let said = app.run(&["run"]);
    assert_eq!(said.code, 1);
    assert_eq!(said.stderr.lines().collect::<Vec<_>>(), expected);
    let said = app.run(&["check", "-o", "app:api:options.cors.max.age=soon"]);
    let place = "-o app:api:options.cors.max.age=soon: app:api: options: option \"cors.max.age\"";
    assert!(said.stdout.starts_with(place), "{said:?}");
}

#[test]
fn an_id_that_is_there_twice_is_an_error_in_check_and_a_warning_in_run() {
    let entry = "  - {name: e, kind: registry.entry}\n";
    let app = App::of(&format!("{entry}{entry}{FAILING}"));
    let what = "src/_index.yaml:4:12: app:e: this id is taken by the entry at \
                src/_index.yaml:3:12";
    assert_eq!(app.refused()[0], format!("{what}, rename one of the two"));
    let said = app.run(&["run"]);
    let expected = format!("{what}, this one is used (warning)\n");
    assert!(said.stderr.starts_with(&expected), "{said:?}");
}

#[test]
fn when_all_services_have_failed_it_is_said_once() {
    let said = App::of(FAILING).run(&["run"]);
    assert_eq!(said.code, 1, "{said:?}");
    for text in ["no use", "every service has failed for good"] {
        assert_eq!(said.stderr.matches(text).count(), 1, "{said:?}");
    }
}

#[test]
fn a_circle_is_named() {
    let requires = |name: &str, needs: &str| {
        format!("  - {{name: {name}, kind: process.host, lifecycle: {{requires: [{needs}]}}}}\n")
    };
    let app = App::of(&format!("{}{}", requires("a", "b"), requires("b", "a")));
    let problems = app.refused();
    assert!(
        problems[0].contains("app:a: lifecycle.requires: goes in a circle: app:a → app:b → app:a"),
        "{problems:?}"
    );
}

#[test]
fn a_file_outside_the_root() {
    let app = App::of("  - {name: w, kind: process.lua, source: file://../secret.lua}\n")
        .file("secret.lua", "return 1");
    let problems = app.refused();
    assert!(
        problems[0].contains("app:w: source: `src/../secret.lua` is outside the source folder"),
        "{problems:?}"
    );
    assert_eq!(problems[1..], ["1 error"]);
}

#[test]
fn workers_that_are_no_number_greater_than_0() {
    for workers in ["0", "-3", "many"] {
        let entry = format!("  - {{name: h, kind: process.host, host: {{workers: {workers}}}}}\n");
        let problems = App::of(&entry).refused();
        let place = "src/_index.yaml:3:51: app:h: host.workers: must be ";
        assert!(problems[0].starts_with(place), "{problems:?}");
        assert!(problems[0].contains(workers), "{problems:?}");
    }
}

#[test]
fn flags_set_fields_and_are_named_when_they_cannot() {
    let app = App::of(HOST);
    let said = app.run(&["check", "-o", "app:processes:host.workers=0"]);
    assert_eq!(said.code, 1);
    let place = "-o app:processes:host.workers=0: app:processes: host.workers: must be";
    assert!(said.stdout.starts_with(place), "{said:?}");
    let said = app.run(&["check", "-o", "app:proceses:host.workers=1"]);
    assert_eq!(said.code, 1);
    assert!(
        said.stdout.contains("did you mean `app:processes`?"),
        "{said:?}"
    );
    let said = app.run(&["check", "--set", "shutdown.timeout=soon"]);
    assert_eq!(said.code, 1);
    assert!(
        said.stdout.starts_with("--set shutdown.timeout=soon: "),
        "{said:?}"
    );
    let said = app.run(&[
        "check",
        "-o",
        "app:processes:host.workers=7",
        "--set",
        "logger.encoding=json",
    ]);
    assert_eq!(said.code, 0, "{said:?}");
}

#[test]
fn what_no_flag_can_set_is_warned_of() {
    let said = App::of(HOST).run(&["check", "--set", "lua.template=false"]);
    assert_eq!(said.code, 0, "{said:?}");
    let expected = "--set lua.template=false: lua.template: unknown field, which has no effect, \
                    did you mean `templates`? (warning)\n";
    assert!(said.stdout.starts_with(expected), "{said:?}");
}

#[test]
fn a_few_lines_that_mean_gigabytes_are_refused() {
    let mut bomb = format!(
        "  - name: bomb\n    kind: registry.entry\n    a: &a {}\n",
        "x".repeat(100_000)
    );
    for (name, of) in [("b", "a"), ("c", "b"), ("d", "c")] {
        let items = [format!("*{of}").as_str(); 30].join(", ");
        bomb += &format!("    {name}: &{name} [{items}]\n");
    }
    let problems = App::of(&bomb).refused();
    let expected = "src/_index.yaml:7:";
    assert!(problems[0].starts_with(expected), "{problems:?}");
    assert!(problems[0].contains("too long ones"), "{problems:?}");
}

#[test]
fn files_have_a_largest_size() {
    let app =
        App::of("  - {name: w, kind: process.lua, source: file://w.lua}\n").file("src/w.lua", "");
    let large = |path: &str| {
        let file = std::fs::File::create(app.path().join(path)).unwrap();
        file.set_len(3 << 30).unwrap();
    };
    large("src/w.lua");
    let advice = "is larger than 16 MiB, keep what is so large out of the app's sources";
    assert_eq!(
        app.refused(),
        [
            &format!("src/_index.yaml:3:42: app:w: source: `src/w.lua` {advice}"),
            "1 error"
        ]
    );
    large("src/_index.yaml");
    assert_eq!(app.refused()[0], format!("`src/_index.yaml` {advice}"));
}

#[test]
fn a_file_is_not_read_without_end() {
    let items = ["file://l.lua"; 70].join(", ");
    let app = App::of(&format!(
        "  - {{name: e, kind: registry.entry, all: [{items}]}}\n"
    ))
    .file("src/l.lua", &"-".repeat(4 << 20));
    let problems = app.refused();
    assert_eq!(problems.len(), 2, "{problems:?}");
    let what = ": app:e: all: the files that entries name have more than 256 MiB together";
    assert!(problems[0].contains(what), "{problems:?}");
}

#[test]
fn configuration_files_are_read() {
    let app = App::of(HOST)
        .file(".wippy.yaml", "shutdown: {timeout: 5s}\n")
        .file("bad.yaml", "shutdown:\n  timeout: 5\n");
    assert_eq!(app.run(&["check"]).code, 0);
    let said = app.run(&["check", "--config", "bad.yaml"]);
    assert_eq!(said.code, 1);
    assert!(
        said.stdout.starts_with("bad.yaml:2:12: shutdown.timeout: "),
        "{said:?}"
    );
    let said = app.run(&["--config", "bad.yaml", "check"]);
    assert_eq!(said.code, 1);
    let said = app.run(&["check", "--config", "none.yaml"]);
    assert!(
        said.stdout.contains("there is no file `none.yaml`"),
        "{said:?}"
    );
}
