//! Whole apps, loaded from a folder: one test a rule.

mod commands;
mod functions;
mod http;
mod order;
mod programs;
mod scaling;
mod statics;

use std::fs;
use std::path::Path;
use std::time::Duration;

use super::*;

/// The modules that the apps of these tests may list.
const MODULES: [&str; 4] = ["env", "json", "logger", "time"];

/// An app's folder in the making.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    /// An app whose only index file lists `entries` in the namespace `app`.
    fn of(entries: &str) -> Folder {
        let index = format!("namespace: app\nentries:\n{entries}");
        Folder::new().file("src/_index.yaml", &index)
    }

    fn file(self, path: &str, text: &str) -> Folder {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn load_with(&self, options: &Options) -> Loaded {
        load(self.path(), options)
    }

    fn load(&self) -> Loaded {
        self.load_with(&options())
    }

    /// The app, which must have no problems.
    fn app(&self) -> App {
        let loaded = self.load();
        assert_eq!(said(&loaded), [""; 0]);
        loaded.app.unwrap()
    }

    /// The problems, which must keep the app from running.
    fn errors(&self) -> Vec<String> {
        let loaded = self.load();
        assert!(loaded.app.is_none(), "{:?}", said(&loaded));
        said(&loaded)
    }

    /// The problems, which must let the app run.
    fn warnings(&self) -> Vec<String> {
        let loaded = self.load();
        assert!(loaded.app.is_some(), "{:?}", said(&loaded));
        said(&loaded)
    }
}

fn options() -> Options {
    Options {
        modules: MODULES.to_vec(),
        ..Options::default()
    }
}

fn said(loaded: &Loaded) -> Vec<String> {
    loaded.problems.iter().map(ToString::to_string).collect()
}

fn id(text: &str) -> EntryId {
    EntryId::parse(text).unwrap()
}

/// The one error of an app with the entry `e`, without its place and id.
fn error_of(entries: &str) -> String {
    let problems = Folder::of(entries).errors();
    assert_eq!(problems.len(), 1, "{problems:?}");
    problems[0].split_once("app:e: ").unwrap().1.to_string()
}

const HOST: &str = "  - {name: processes, kind: process.host, lifecycle: {auto_start: true}}\n";
const WORKER: &str = "  - {name: worker, kind: process.lua, source: return main}\n";

const MASS_SPAWN: &str = r#"version: "1.0"
namespace: app
entries:
  - name: processes
    kind: process.host
    host:
      workers: 32
      queue_size: 4096
    lifecycle:
      auto_start: true
  - name: os_env
    kind: env.storage.os
  - name: num_workers
    kind: env.variable
    variable: NUM_WORKERS
    storage: app:os_env
    default: "10000"
  - name: tick_min
    kind: env.variable
    variable: TICK_MIN
    storage: app:os_env
    default: 500ms
  - name: spawner_process
    kind: process.lua
    source: file://spawner.lua
    method: main
    modules: [logger, time, env]
  - name: spawner
    kind: process.service
    process: app:spawner_process
    host: app:processes
    lifecycle:
      auto_start: true
      restart:
        initial_delay: 2s
        max_attempts: 5
  - name: worker
    kind: process.lua
    source: file://worker.lua
    modules: [time]
"#;

#[test]
fn mass_spawn_loads() {
    let app = Folder::new()
        .file("src/_index.yaml", MASS_SPAWN)
        .file("src/spawner.lua", "return { main = main }")
        .file("src/worker.lua", "return main")
        .app();
    let host = &app.hosts[&id("app:processes")];
    assert_eq!((host.workers, host.queue_size), (Some(32), 4096));
    assert!(host.lifecycle.auto_start);
    let spawner = &app.services[&id("app:spawner")];
    assert_eq!(spawner.process, id("app:spawner_process"));
    assert_eq!(spawner.host, id("app:processes"));
    let restart = &spawner.lifecycle.restart;
    assert_eq!(restart.initial_delay, Duration::from_secs(2));
    assert_eq!(restart.max_delay, Duration::from_secs(90));
    assert_eq!(restart.max_attempts, 5);
    let program = &app.processes[&id("app:spawner_process")];
    assert_eq!(program.method.as_deref(), Some("main"));
    assert_eq!(program.lua.modules, ["logger", "time", "env"]);
    assert_eq!(&*program.lua.source.text, "return { main = main }");
    assert_eq!(&*program.lua.source.file, "src/spawner.lua");
    let variable = &app.variables[&id("app:num_workers")];
    assert_eq!(variable.default, "10000");
    let order: Vec<_> = app.boot.start().collect();
    assert_eq!(order, [[id("app:processes")], [id("app:spawner")]]);
}

#[test]
fn all_problems_are_reported_together_in_order() {
    let problems = Folder::of(concat!(
        "  - {name: a, kind: process.service, process: app:wroker, host: app:processes}\n",
        "  - {name: b, kind: process.host, host: {workers: 0}}\n",
        "  - {name: worker, kind: process.lua, source: return main, modules: [tme]}\n",
    ))
    .errors();
    assert_eq!(
        problems,
        [
            "src/_index.yaml:3:47: app:a: process: names unknown entry `app:wroker`, \
             did you mean `app:worker`?",
            "src/_index.yaml:3:65: app:a: host: names unknown entry `app:processes`",
            "src/_index.yaml:4:51: app:b: host.workers: must be greater than 0, and is 0, \
             leave it out for the default",
            "src/_index.yaml:5:70: app:worker: modules: unknown module `tme`, did you mean `time`?",
        ]
    );
}

#[test]
fn workers_must_be_a_number_greater_than_0() {
    for (workers, said) in [
        (
            "0",
            "must be greater than 0, and is 0, leave it out for the default",
        ),
        (
            "-3",
            "must be greater than 0, and is -3, leave it out for the default",
        ),
        ("\"many\"", "must be a whole number, and is \"many\""),
        ("1.5", "must be a whole number, and is 1.5"),
        ("[1]", "must be a whole number, and is a list"),
        (
            "5000000000",
            "must be at most 4294967295, and is 5000000000",
        ),
    ] {
        let entry = format!("  - {{name: h, kind: process.host, host: {{workers: {workers}}}}}\n");
        assert_eq!(
            Folder::of(&entry).errors(),
            [format!("src/_index.yaml:3:51: app:h: host.workers: {said}")]
        );
    }
    let app = Folder::of(HOST).app();
    assert_eq!(app.hosts[&id("app:processes")].workers, None);
}

#[test]
fn a_host_may_limit_memory() {
    let host = |limit: &str| {
        Folder::of(&format!(
            "  - {{name: h, kind: process.host, host: {{memory_limit: {limit}}}}}\n"
        ))
    };
    assert_eq!(
        host("64KiB").app().hosts[&id("app:h")].memory_limit,
        64 << 10
    );
    assert_eq!(
        Folder::of(HOST).app().hosts[&id("app:processes")].memory_limit,
        256 << 20
    );
    assert_eq!(
        host("lots").errors(),
        [
            "src/_index.yaml:3:56: app:h: host.memory_limit: must be a size, and is \"lots\", \
          write it as in 64KiB, 256 MiB or 1GiB"
        ]
    );
    for limit in ["0", "1", "4KiB", "16383"] {
        assert_eq!(
            host(limit).errors(),
            [format!(
                "src/_index.yaml:3:56: app:h: host.memory_limit: must be at least 16 KiB, and is {limit:?}"
            )]
        );
    }
    assert_eq!(
        host("16KiB").app().hosts[&id("app:h")].memory_limit,
        16 << 10
    );
}

#[test]
fn data_is_a_map_where_fields_are_read_and_anything_elsewhere() {
    let app = Folder::of("  - {name: e, kind: registry.entry, data: [1]}\n").app();
    let data = &app.entries[&id("app:e")].data;
    assert_eq!(*data, Value::List(vec![Value::Int(1)]));
    assert_eq!(
        Folder::of("  - {name: h, kind: process.host, data: [1]}\n").errors(),
        ["src/_index.yaml:3:41: app:h: data: must be a map, and is a list"]
    );
}

#[test]
fn unknown_fields_and_kinds_are_warnings() {
    let problems = Folder::of(concat!(
        "  - name: h\n    kind: process.host\n    hots: 1\n    host: {worker: 3}\n",
        "    lifecycle: {restart: {delay: 1s}, auto_strat: true}\n",
        "  - {name: k, kind: process.lau, source: x}\n",
        "  - {name: z, kind: zebra}\n",
        "  - {name: f, kind: function.wasm, source: return 1}\n",
        "  - {name: e, kind: registry.entry, anything: 1}\n",
    ))
    .warnings();
    let unknown = "unknown field, which has no effect";
    assert_eq!(
        problems,
        [
            format!("src/_index.yaml:5:5: app:h: hots: {unknown}, did you mean `host`?"),
            format!("src/_index.yaml:6:12: app:h: host.worker: {unknown}, did you mean `workers`?"),
            format!("src/_index.yaml:7:27: app:h: lifecycle.restart.delay: {unknown}"),
            format!(
                "src/_index.yaml:7:39: app:h: lifecycle.auto_strat: {unknown}, \
                 did you mean `auto_start`?"
            ),
            "src/_index.yaml:8:21: app:k: kind: unknown kind `process.lau`, \
             did you mean `process.lua`?"
                .to_string(),
            "src/_index.yaml:9:21: app:z: kind: unknown kind `zebra`, it is kept as data"
                .to_string(),
            "src/_index.yaml:10:21: app:f: kind: this version does not run function.wasm entries, \
             it is kept as data"
                .to_string(),
        ]
    );
}

#[test]
fn entries_of_all_kinds_are_kept_as_they_are() {
    let app = Folder::new()
        .file(
            "src/_index.yaml",
            "namespace: app\nmeta: {team: a}\nentries:\n  - name: e\n    kind: registry.entry\n    \
             meta: {icon: file://icon.txt}\n    n: 1\n    f: 1.5\n    t: \"1\"\n    l: [null, true]\n    \
             text: file:///icon.txt\n",
        )
        .file("src/icon.txt", "*")
        .app();
    let entry = &app.entries[&id("app:e")];
    assert_eq!(entry.kind, "registry.entry");
    assert_eq!(entry.meta.get("team"), Some(&Value::Text("a".into())));
    assert_eq!(entry.meta.get("icon"), Some(&Value::Text("*".into())));
    let data = |key| entry.data.get(key).unwrap().clone();
    assert_eq!(data("n"), Value::Int(1));
    assert_eq!(data("f"), Value::Float(1.5));
    assert_eq!(data("t"), Value::Text("1".into()));
    assert_eq!(data("l"), Value::List(vec![Value::Null, Value::Bool(true)]));
    assert_eq!(data("text"), Value::Text("*".into()));
}

#[test]
fn the_namespace_of_hosts_and_storages_must_be_written() {
    let folder = Folder::of(&format!(
        "{HOST}{WORKER}  - {{name: s, kind: process.service, process: worker, host: processes}}\n  \
         - {{name: os, kind: env.storage.os}}\n  - {{name: v, kind: env.variable, storage: os}}\n"
    ));
    assert_eq!(
        folder.errors(),
        [
            "src/_index.yaml:5:61: app:s: host: names unknown entry `processes`, \
             did you mean `app:processes`?",
            "src/_index.yaml:7:44: app:v: storage: names unknown entry `os`, did you mean `app:os`?",
        ]
    );
}

#[test]
fn a_reference_to_an_entry_of_another_kind_is_an_error() {
    let folder = Folder::of(&format!(
        "{HOST}  - {{name: s, kind: process.service, process: processes, host: app:processes}}\n"
    ));
    assert_eq!(
        folder.errors(),
        [
            "src/_index.yaml:4:47: app:s: process: names `app:processes`, which is a process.host, \
          name a process.lua"
        ]
    );
}

#[test]
fn services_need_a_process_and_a_host() {
    assert_eq!(
        Folder::of("  - {name: s, kind: process.service, host: \"\"}\n").errors(),
        [
            "src/_index.yaml:3:5: app:s: process: process is required",
            "src/_index.yaml:3:44: app:s: host: host is required",
        ]
    );
}

#[test]
fn services_take_arguments() {
    let app = Folder::of(&format!(
        "{HOST}{WORKER}  - {{name: s, kind: process.service, process: worker, host: app:processes, \
         input: [1, {{a: b}}]}}\n"
    ))
    .app();
    let pair = ("a".to_string(), Value::Text("b".to_string()));
    assert_eq!(
        app.services[&id("app:s")].input,
        [Value::Int(1), Value::Map(vec![pair])]
    );
}

#[test]
fn an_id_that_is_there_twice() {
    let folder = Folder::of("  - {name: e, kind: registry.entry, n: 1}\n").file(
        "src/b/_index.yaml",
        "namespace: app\nentries:\n  - {name: e, kind: registry.entry, n: 2}\n",
    );
    let what = "src/b/_index.yaml:3:12: app:e: this id is taken by the entry at \
                src/_index.yaml:3:12";
    assert_eq!(folder.errors(), [format!("{what}, rename one of the two")]);
    let loaded = folder.load_with(&Options {
        duplicates: Duplicates::LastWins,
        ..options()
    });
    assert_eq!(said(&loaded), [format!("{what}, this one is used")]);
    let app = loaded.app.unwrap();
    assert_eq!(
        app.entries[&id("app:e")].data.get("n"),
        Some(&Value::Int(2))
    );
}
