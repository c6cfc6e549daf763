//! Whole apps, loaded from a folder: one test a rule.

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

fn options() -> Options<'static> {
    Options {
        modules: &MODULES,
        ..Options::default()
    }
}

fn said(loaded: &Loaded) -> Vec<String> {
    loaded.problems.iter().map(ToString::to_string).collect()
}

fn id(text: &str) -> EntryId {
    EntryId::parse(text).unwrap()
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
