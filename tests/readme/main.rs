//! The commands in the READMEs do what is written there.
//!
//! Every ```` ```bash ```` block is run, line by line, in a folder that looks like a clone; the ```` ```text ```` block
//! right after it is what must be printed. Of a log, each message must come as often as it is shown, whatever its
//! fields: then the app is told to end, and must end well. Apps are made small, and `cargo run` is the program that was
//! built with this test. Servers run while the commands after them are run, on a free port.

mod app;
mod blocks;
mod log;
mod server;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use app::{App, PATIENCE};
use blocks::{Block, blocks};
use log::{cross_off, messages};

/// The variables of an example.
struct Variables {
    /// What makes it small and quick, whatever a command says.
    small: &'static [(&'static str, &'static str)],
    /// Those that a command may set.
    kept: &'static [&'static str],
}

const MASS_SPAWN: Variables = Variables {
    small: &[
        ("NUM_WORKERS", "50"),
        ("TICK_MIN", "10ms"),
        ("TICK_MAX", "50ms"),
        ("STATS_INTERVAL", "50ms"),
    ],
    kept: &[],
};

const SUPERVISION_TREE: Variables = Variables {
    small: &[("CRASH_EVERY", "20ms")],
    kept: &[
        "CRASHES",
        "KITCHEN_STRATEGY",
        "MAX_RESTARTS",
        "SEED",
        "STUBBORN",
    ],
};

const PIPELINE: Variables = Variables {
    small: &[
        ("ITEMS", "1000"),
        ("STAGE_TIME", "1ms"),
        ("CRASH_EVERY", "300"),
    ],
    kept: &["ITEM_BYTES", "WINDOW"],
};

const CHAT_ROOM: Variables = Variables {
    small: &[("USERS", "10"), ("ROOMS", "2"), ("PAUSE", "1ms")],
    kept: &["SAYS", "WATCH"],
};

/// What tells that an app was told to end.
const ASKED_TO_END: &str = "INFO  shutting down (press Ctrl+C again to force exit)";

/// Commands, and what they print, where that is shown.
struct Session {
    commands: Vec<String>,
    shown: Option<String>,
}

fn sessions(markdown: &str, variables: &Variables) -> Vec<Session> {
    let blocks = blocks(markdown);
    let is = |at: usize, language| {
        blocks
            .get(at)
            .is_some_and(|b: &Block| b.language == language)
    };
    let bash = (0..blocks.len()).filter(|&at| is(at, "bash"));
    let session = |at: usize| Session {
        commands: commands(&blocks[at].text, variables),
        shown: is(at + 1, "text").then(|| blocks[at + 1].text.clone()),
    };
    bash.map(session).collect()
}

/// The commands of a block, as they are run here.
fn commands(text: &str, variables: &Variables) -> Vec<String> {
    let lines = text
        .lines()
        .map(|line| line.split("  #").next().unwrap_or(line).trim());
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let lines = lines.filter(|line| !line.starts_with("cargo test"));
    // The program is there already.
    let lines = lines.filter(|line| *line != "cargo install --path .");
    lines.map(|line| without_sizes(line, variables)).collect()
}

/// The command without the sizes in front of it, since those that make it small decide.
fn without_sizes(command: &str, variables: &Variables) -> String {
    let (mut kept, mut rest) = (String::new(), command);
    while let Some((name, after)) = rest.split_once('=')
        && name.chars().all(|c| c.is_ascii_uppercase() || c == '_')
    {
        let (value, after) = after.split_once(' ').unwrap_or((after, ""));
        if variables.kept.contains(&name) {
            kept += &format!("{name}={value} ");
        } else {
            let known = variables.small.iter().any(|(small, _)| *small == name);
            assert!(known, "{command}: no variable of the example");
        }
        rest = after;
    }
    format!("{kept}{rest}").replace("cargo run --release -- ", "moondust ")
}

/// A folder that looks like a clone, and where in it the commands are.
struct Shell {
    variables: &'static Variables,
    clone: tempfile::TempDir,
    current: PathBuf,
}

impl Shell {
    fn new(variables: &'static Variables) -> Shell {
        let clone = tempfile::tempdir().unwrap();
        let current = clone.path().join("moondust");
        fs::create_dir(&current).unwrap();
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
        std::os::unix::fs::symlink(examples, current.join("examples")).unwrap();
        Shell {
            variables,
            clone,
            current,
        }
    }

    fn command(&self, script: &str) -> Command {
        let program = Path::new(env!("CARGO_BIN_EXE_moondust"));
        let path = std::env::var("PATH").unwrap();
        let path = format!("{}:{path}", program.parent().unwrap().display());
        let mut command = Command::new("bash");
        command
            .args(["-c", script])
            .current_dir(&self.current)
            .env("PATH", path)
            .env_remove("RUST_LOG")
            .envs(self.variables.small.iter().copied());
        command
    }

    /// Runs a command to its end; answers what it printed.
    fn run(&mut self, script: &str) -> String {
        let place = self.clone.path().join("current");
        let tracked = format!(
            "{script}\nstatus=$?; pwd > {}; exit $status",
            place.display()
        );
        let output = self.command(&tracked).output().unwrap();
        // What is checked may be wrong: that is what checking is for.
        let may_fail = script == "moondust check";
        assert!(output.status.success() || may_fail, "{script}: {output:?}");
        self.current = fs::read_to_string(place).unwrap().trim_end().into();
        if script.contains("moondust init") {
            self.make_quick();
        }
        String::from_utf8(output.stdout).unwrap()
    }

    /// The small app's workers, a hundred times as fast.
    fn make_quick(&self) {
        let path = self.current.join("src/worker.lua");
        let text = fs::read_to_string(&path).unwrap();
        let quick = text.replace("(400, 1200)", "(4, 12)");
        assert_ne!(text, quick);
        fs::write(path, quick).unwrap();
    }

    /// Runs an app until all is in its log that was shown, then ends it.
    fn run_app(&self, script: &str, shown: &str) {
        let mut command = self.command(&format!("exec env {script}"));
        let child = command.stdout(Stdio::null()).stderr(Stdio::piped());
        let mut app = App(child.spawn().unwrap());
        let log = app.log();
        let (before, after) = shown.split_once(ASKED_TO_END).unwrap_or((shown, ""));
        let mut missing = messages(before);
        if missing.is_empty() {
            log.recv_timeout(PATIENCE).expect("an app logs something");
        }
        let mut said = Vec::new();
        while !missing.is_empty() {
            let line = log.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|_| panic!("{script}: no {missing:?} in {said:#?}"));
            cross_off(&mut missing, &line);
            said.push(line);
        }
        app.interrupt();
        let rest: Vec<String> = log.iter().collect();
        assert!(rest.iter().any(|line| line == ASKED_TO_END), "{rest:#?}");
        let mut missing = messages(after);
        rest.iter().for_each(|line| cross_off(&mut missing, line));
        assert!(missing.is_empty(), "{script}: no {missing:?} in {rest:#?}");
        assert!(app.0.wait().unwrap().success(), "{script}: {rest:#?}");
    }
}

/// Runs all that the file says.
fn follow(markdown: &str, variables: &'static Variables) {
    let mut shell = Shell::new(variables);
    for Session { commands, shown } in sessions(markdown, variables) {
        let shown = shown.unwrap_or_default();
        let mut printed = String::new();
        let runs = |command: &str| command.split(' ').any(|word| word == "run");
        for command in &commands {
            if runs(command) {
                shell.run_app(command, &shown);
            } else {
                printed += &shell.run(command);
            }
        }
        if !shown.is_empty() && !commands.iter().any(|command| runs(command)) {
            assert_eq!(printed, shown, "{commands:?}");
        }
    }
}

/// What the README says of HTTP, and all else.
fn of_http(readme: &str) -> (&str, String) {
    let (before, rest) = readme.split_once("\n## Over HTTP\n").unwrap();
    let (of_http, after) = rest.split_once("\n## ").unwrap();
    (of_http, format!("{before}\n## {after}"))
}

#[test]
fn what_the_readme_says_is_so() {
    let (_, readme) = of_http(include_str!("../../README.md"));
    follow(&readme, &MASS_SPAWN);
}

#[test]
fn what_the_readme_says_of_http_is_so() {
    let (of_http, _) = of_http(include_str!("../../README.md"));
    server::follow(of_http);
}

#[test]
fn what_the_readme_of_mass_spawn_says_is_so() {
    follow(
        include_str!("../../examples/mass-spawn/README.md"),
        &MASS_SPAWN,
    );
}

#[test]
fn what_the_readme_of_supervision_tree_says_is_so() {
    follow(
        include_str!("../../examples/supervision-tree/README.md"),
        &SUPERVISION_TREE,
    );
}

#[test]
fn what_the_readme_of_pipeline_says_is_so() {
    follow(include_str!("../../examples/pipeline/README.md"), &PIPELINE);
}

#[test]
fn what_the_readme_of_chat_room_says_is_so() {
    follow(
        include_str!("../../examples/chat-room/README.md"),
        &CHAT_ROOM,
    );
}

#[test]
fn what_the_readme_of_http_hello_says_is_so() {
    server::follow(include_str!("../../examples/http-hello/README.md"));
}

#[test]
fn what_the_readme_of_http_async_task_says_is_so() {
    server::follow(include_str!("../../examples/http-async-task/README.md"));
}

#[test]
fn what_the_readme_of_http_spawn_says_is_so() {
    server::follow(include_str!("../../examples/http-spawn/README.md"));
}

#[test]
fn commands_are_found_and_made_small() {
    let text = "```bash\n# a remark\nNUM_WORKERS=7 TICK_MIN=1s cargo run --release -- run -C x\n\
                cargo test --workspace\n```\nSo:\n```text\nINFO  a  {}\n    stack\nINFO  a\n```\n";
    let sessions = sessions(text, &MASS_SPAWN);
    assert_eq!(sessions.len(), 1);
    assert_eq!(sessions[0].commands, ["moondust run -C x"]);
    let kept = "CRASHES=none CRASH_EVERY=1h cargo run --release -- run";
    let kept = without_sizes(kept, &SUPERVISION_TREE);
    assert_eq!(kept, "CRASHES=none moondust run");
    let shown = messages(sessions[0].shown.as_deref().unwrap());
    assert_eq!(shown, BTreeMap::from([("INFO  a".to_owned(), 2)]));
}
