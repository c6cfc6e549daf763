//! The examples in `docs/` run: each ```` ```lua ```` block is the `main` of a process of its own.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

/// How long a line of the log may take. Reached only by a test that fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// The Lua blocks of a file, each with the line it begins in.
fn examples(markdown: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut lines = markdown.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        if line == "```lua" {
            let text = lines.by_ref().take_while(|(_, line)| *line != "```");
            found.push((at + 1, text.map(|(_, line)| format!("{line}\n")).collect()));
        }
    }
    found
}

/// All examples by a name for each: `time_30`.
fn all_examples() -> Vec<(String, String)> {
    let mut all = Vec::new();
    for item in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")).unwrap() {
        let path = item.unwrap().path();
        let page = path.file_stem().unwrap().to_str().unwrap().to_owned();
        for (line, text) in examples(&fs::read_to_string(&path).unwrap()) {
            all.push((format!("{page}_{line}"), text));
        }
    }
    all
}

/// An app with a service for each example, which says so when it comes to its end.
fn write_app(folder: &Path, examples: &[(String, String)]) {
    let mut index = "namespace: app\nentries:\n\
                     \x20 - {name: processes, kind: process.host, lifecycle: {auto_start: true}}\n"
        .to_owned();
    fs::create_dir(folder.join("src")).unwrap();
    for (name, text) in examples {
        index += &format!(
            "\x20 - {{name: {name}, kind: process.lua, source: 'file://{name}.lua', \
             modules: [time, logger, env]}}\n\
             \x20 - {{name: run_{name}, kind: process.service, process: {name}, \
             host: app:processes, lifecycle: {{auto_start: true, restart: {{max_attempts: 1}}}}}}\n"
        );
        let program = format!(
            "local function main()\n{text}end\n\
             return {{ main = function() main() print('the end of {name}') end }}\n"
        );
        fs::write(folder.join(format!("src/{name}.lua")), program).unwrap();
    }
    fs::write(folder.join("src/_index.yaml"), index).unwrap();
}

/// A running app, which ends with its test.
struct App(Child);

impl Drop for App {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn every_example_runs_to_its_end() {
    let examples = all_examples();
    assert!(examples.len() > 8, "the pages are found");
    let folder = tempfile::tempdir().unwrap();
    write_app(folder.path(), &examples);
    let mut command = Command::new(env!("CARGO_BIN_EXE_moondust"));
    let command = command.arg("run").current_dir(folder.path());
    let mut app = App(command.stderr(Stdio::piped()).spawn().unwrap());
    let log = BufReader::new(app.0.stderr.take().unwrap());
    let (sender, lines) = channel();
    thread::spawn(move || {
        let lines = log.lines().map_while(Result::ok);
        lines.for_each(|line| drop(sender.send(line)));
    });
    let mut ended = 0;
    let mut said = Vec::new();
    while ended < examples.len() {
        let line = lines.recv_timeout(PATIENCE);
        let line = line.unwrap_or_else(|_| panic!("not all come to their end: {said:#?}"));
        assert!(!line.starts_with("ERROR"), "{line}");
        ended += usize::from(line.starts_with("INFO  the end of "));
        said.push(line);
    }
    let logged = r#"INFO  plate washed  {"error": "chipped", "shift": "night", "plate": 3}"#;
    assert!(said.iter().any(|line| line == logged), "{said:#?}");
}
