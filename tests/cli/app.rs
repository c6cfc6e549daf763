//! A folder in the making, and what the program says about it when it ends by itself.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::rc::Rc;

/// An app's folder.
pub struct App {
    folder: Rc<tempfile::TempDir>,
}

/// What the program said.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl App {
    /// An empty folder.
    pub fn new() -> App {
        App {
            folder: Rc::new(tempfile::tempdir().unwrap()),
        }
    }

    /// An app with the entries `entries` in the namespace `app`.
    pub fn of(entries: &str) -> App {
        let index = format!("namespace: app\nentries:\n{entries}");
        App::new().file("src/_index.yaml", &index)
    }

    /// A service whose program is `main`, where `KINDS` becomes the list of kinds; and `app:worker`, which does what the
    /// function of the kind that it is given does: one of those that `worker` adds to `kinds`, or `tick`, which sends
    /// `tick` to a process for as long as there is one.
    pub fn of_kinds(main: &str, kinds: &[&str], worker: &str) -> App {
        let list: Vec<String> = kinds.iter().map(|kind| format!("'{kind}'")).collect();
        let worker = format!(
            "local kinds = {{}}
            function kinds.tick(watcher)
                while process.send(watcher, 'tick') do require('time').sleep('1ms') end
            end
            {worker}
            return {{ main = function(kind, ...) return kinds[kind](...) end }}"
        );
        App::program(&main.replace("KINDS", &list.join(", ")), &worker)
    }

    /// An app with one service that runs `main`, once. `main` may spawn `app:worker`, which runs `worker`, on the host
    /// `app:processes`. Both may use every module.
    pub fn program(main: &str, worker: &str) -> App {
        let modules = "modules: [time, logger, env]";
        App::of(&format!(
            "  - {{name: processes, kind: process.host, lifecycle: {{auto_start: true}}}}
  - {{name: main_process, kind: process.lua, source: file://main.lua, {modules}}}
  - {{name: worker, kind: process.lua, source: file://worker.lua, {modules}}}
  - {{name: main, kind: process.service, process: main_process, host: app:processes, \
       lifecycle: {{auto_start: true, restart: {{max_attempts: 1}}}}}}
"
        ))
        .file("src/main.lua", main)
        .file("src/worker.lua", worker)
    }

    /// The same, with one file more.
    pub fn file(self, path: &str, text: &str) -> App {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Keeps the folder for as long as the answer lives.
    pub fn keep(&self) -> Rc<tempfile::TempDir> {
        Rc::clone(&self.folder)
    }

    /// All files in the folder, by name.
    pub fn files(&self) -> Vec<String> {
        let mut files = Vec::new();
        collect(self.path(), self.path(), &mut files);
        files.sort();
        files
    }

    /// Runs `moondust` in the folder.
    pub fn run(&self, args: &[&str]) -> Said {
        let output = Command::new(env!("CARGO_BIN_EXE_moondust"))
            .args(args)
            .current_dir(self.path())
            .output()
            .unwrap();
        Said {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// What `moondust check` says, line by line; the app must be refused.
    pub fn refused(&self) -> Vec<String> {
        let said = self.run(&["check"]);
        assert_eq!(said.code, 1, "{said:?}");
        assert_eq!(said.stderr, "");
        lines(&said.stdout)
    }

    /// What `moondust check` says, line by line; the app must be accepted.
    pub fn accepted(&self) -> Vec<String> {
        let said = self.run(&["check"]);
        assert_eq!(said.code, 0, "{said:?}");
        assert_eq!(said.stderr, "");
        lines(&said.stdout)
    }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_string).collect()
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<String>) {
    for item in fs::read_dir(folder).unwrap() {
        let path = item.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let path = path.strip_prefix(root).unwrap();
            files.push(path.display().to_string());
        }
    }
}
