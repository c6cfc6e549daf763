//! A program that runs: what it says line by line, signals to it, how it ends.

use std::io::{BufRead, BufReader, Read};
use std::mem;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::app::App;

/// How long a test waits for what must come. Much longer than it takes on a slow machine: it only ends what hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running `moondust`, killed when it goes out of scope.
pub struct Running {
    child: Option<Child>,
    pid: u32,
    lines: Receiver<String>,
    /// All lines read so far.
    seen: Vec<String>,
    /// Not used, but to be there for as long as the program runs.
    folder: Option<Rc<tempfile::TempDir>>,
}

/// How a program ended, and all that it said.
#[derive(Debug)]
pub struct Ended {
    /// `None` when a signal ended it.
    pub code: Option<i32>,
    pub lines: Vec<String>,
}

impl App {
    /// Starts `moondust run` in the folder.
    pub fn start(&self) -> Running {
        self.start_with(&[], &[])
    }

    /// Starts `moondust` with `args` behind `run`, and with environment variables.
    pub fn start_with(&self, args: &[&str], variables: &[(&str, &str)]) -> Running {
        let mut command = self.command(args, variables);
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut running = Running::of(command);
        running.folder = Some(self.keep());
        running
    }

    /// The command that [`App::start_with`] starts, its streams still to be chosen.
    pub fn command(&self, args: &[&str], variables: &[(&str, &str)]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_moondust"));
        command
            .arg("run")
            .args(args)
            .env_remove("RUST_LOG")
            .envs(variables.iter().copied())
            .current_dir(self.path())
            .stdin(Stdio::null());
        command
    }
}

impl Running {
    /// Starts the app in `examples/NAME`, with `args` behind its folder, and with environment variables.
    pub fn example(name: &str, args: &[&str], variables: &[(&str, &str)]) -> Running {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("examples")
            .join(name);
        let folder = ["-C", folder.to_str().unwrap()];
        App::new().start_with(&[&folder, args].concat(), variables)
    }

    /// Starts the command. Lines of those of its streams that are piped are read, of both as they come.
    pub fn of(command: &mut Command) -> Running {
        Running::of_child(command.spawn().unwrap())
    }

    /// The same for a child whose streams may have been taken.
    pub fn of_child(mut child: Child) -> Running {
        let (sender, lines) = channel();
        if let Some(stdout) = child.stdout.take() {
            read_lines(stdout, sender.clone());
        }
        if let Some(stderr) = child.stderr.take() {
            read_lines(stderr, sender);
        }
        Running {
            pid: child.id(),
            child: Some(child),
            lines,
            seen: Vec::new(),
            folder: None,
        }
    }

    /// Its number in the system.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// The next line that has `text` in it.
    pub fn wait_for(&mut self, text: &str) -> String {
        self.wait_for_any(&[text])
    }

    /// The next line that has one of the texts in it.
    pub fn wait_for_any(&mut self, texts: &[&str]) -> String {
        let until = Instant::now() + PATIENCE;
        loop {
            let patience = until.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(patience) {
                Ok(line) => {
                    self.seen.push(line.clone());
                    if texts.iter().any(|text| line.contains(text)) {
                        return line;
                    }
                }
                Err(why) => panic!("no line with {texts:?} ({why}): {:#?}", self.seen),
            }
        }
    }

    /// The next `count` lines that have `text` in them.
    pub fn wait_for_many(&mut self, count: usize, text: &str) -> Vec<String> {
        (0..count).map(|_| self.wait_for(text)).collect()
    }

    /// Sends it a signal, such as `INT`.
    pub fn signal(&self, name: &str) {
        send_signal(name, self.pid);
    }

    /// Asks it to end, and waits until it has.
    pub fn stop(self) -> Ended {
        self.signal("TERM");
        self.ended()
    }

    /// Waits until it has ended.
    pub fn ended(mut self) -> Ended {
        let mut child = self.child.take().expect("it is waited for once");
        let (sender, status) = channel();
        thread::spawn(move || sender.send(child.wait().unwrap()));
        let Ok(status) = status.recv_timeout(PATIENCE) else {
            self.seen.extend(self.lines.try_iter());
            self.signal("KILL"); // nobody has waited for it, so that the pid is still its own
            panic!("it does not end: {:#?}", self.seen);
        };
        self.seen.extend(self.lines.iter());
        Ended {
            code: status.code(),
            lines: mem::take(&mut self.seen),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
}

impl Ended {
    /// The lines that have `text` in them.
    pub fn with(&self, text: &str) -> Vec<&str> {
        let lines = self.lines.iter().map(String::as_str);
        lines.filter(|line| line.contains(text)).collect()
    }

    /// Asserts that it ended with status 0 and reported nothing at ERROR.
    #[track_caller]
    pub fn cleanly(self) -> Ended {
        assert_eq!(
            (self.code, self.with("ERROR")),
            (Some(0), vec![]),
            "{self:#?}"
        );
        self
    }
}

/// Sends a signal by way of the shell, whose `kill` is everywhere.
fn send_signal(name: &str, pid: u32) {
    let status = Command::new("sh")
        .args(["-c", &format!("kill -{name} {pid}")])
        .status()
        .unwrap();
    assert!(status.success(), "signal {name} to {pid}: {status}");
}

fn read_lines(stream: impl Read + Send + 'static, lines: Sender<String>) {
    thread::spawn(move || {
        for line in BufReader::new(stream).split(b'\n') {
            // A stream that fails has ended; a test that no longer listens wants no more.
            let Ok(line) = line else { return };
            if lines
                .send(String::from_utf8_lossy(&line).into_owned())
                .is_err()
            {
                return;
            }
        }
    });
}
