//! The program under test: where it is, starting it on an app, reading its log, ending it.

use std::collections::VecDeque;
use std::env;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::error::StressError;
use crate::figures::progress;
use crate::groups::{Groups, Member};
use crate::log_line::LogLine;

/// Lines kept of what a program said, for error messages.
const TAIL: usize = 20;

/// Between two looks at whether a program that was asked to end has done so. What is measured with
/// it takes tenths of a second at least.
const EXIT_POLL: Duration = Duration::from_millis(5);

/// The binary and the folders it runs on.
pub struct Moondust {
    binary: PathBuf,
    root: PathBuf,
    groups: Groups,
}

impl Moondust {
    /// Takes the named binary; without one, builds the workspace's and takes that.
    pub fn find(named: Option<PathBuf>, groups: Groups) -> Result<Self, StressError> {
        let root = find_root()?;
        let binary = match named {
            Some(path) => path
                .canonicalize()
                .map_err(StressError::io(format!("find {}", path.display())))?,
            None => build(&root)?,
        };
        Ok(Self {
            binary,
            root,
            groups,
        })
    }

    /// The set that programs started beside ours belong to as well.
    pub fn groups(&self) -> &Groups {
        &self.groups
    }

    /// A folder of this repository.
    pub fn folder(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// Starts the program in an app's folder.
    pub fn start(
        &self,
        app: &str,
        flags: &[&str],
        variables: &[(&str, &str)],
    ) -> Result<Program, StressError> {
        self.start_in(&self.folder(app), flags, variables)
    }

    /// Starts the program in any folder.
    pub fn start_in(
        &self,
        folder: &Path,
        flags: &[&str],
        variables: &[(&str, &str)],
    ) -> Result<Program, StressError> {
        let mut member = self.groups.start(
            Command::new(&self.binary)
                .arg("run")
                .args(flags)
                .current_dir(folder)
                .envs(variables.iter().copied())
                .env_remove("RUST_LOG")
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::piped()),
        )?;
        let stderr = member
            .child
            .stderr
            .take()
            .expect("stderr was asked to be piped");
        let (sender, lines) = channel();
        thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Ok(Program {
            member,
            lines,
            tail: VecDeque::new(),
            name: folder.display().to_string(),
            failure: None,
        })
    }

    /// Checks the app in a folder, in which nothing may be wrong; answers how long it took.
    pub fn check(&self, folder: &Path) -> Result<Duration, StressError> {
        let begin = Instant::now();
        let checked = Command::new(&self.binary)
            .arg("check")
            .current_dir(folder)
            .output()
            .map_err(StressError::io("run moondust check"))?;
        let took = begin.elapsed();
        if !checked.status.success() {
            let said = String::from_utf8_lossy(&checked.stdout).into_owned();
            return Err(StressError::Invalid { why: said });
        }
        Ok(took)
    }

    /// Starts the program on an app, waits for its `result` line, and ends it.
    pub fn result_of(
        &self,
        app: &str,
        variables: &[(&str, &str)],
        within: Duration,
    ) -> Result<LogLine, StressError> {
        let mut program = self.start(app, &[], variables)?;
        let result = program.wait_for("result", within)?;
        program.stop(within)?;
        Ok(result)
    }
}

/// The folder that holds `stress/apps`: where this was built, else where we are.
fn find_root() -> Result<PathBuf, StressError> {
    let built = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map(Path::to_path_buf);
    let here = env::current_dir().ok();
    [built, here]
        .into_iter()
        .flatten()
        .find(|root| root.join("stress/apps").is_dir())
        .ok_or(StressError::NoApps)
}

/// Builds the release binary where this program was built too. Cargo does nothing when it is fresh,
/// so that no stale binary is ever measured.
fn build(root: &Path) -> Result<PathBuf, StressError> {
    let own = env::current_exe().map_err(StressError::io("find this program's own file"))?;
    let profile = own.parent().unwrap_or(root);
    let target = profile.parent().unwrap_or(root);
    if !root.join("Cargo.toml").is_file() {
        return Ok(profile.join("moondust"));
    }
    progress("cargo build --release --bin moondust");
    let status = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args([
            "build",
            "--release",
            "--package",
            "moondust",
            "--bin",
            "moondust",
            "--target-dir",
        ])
        .arg(target)
        .current_dir(root)
        .status()
        .map_err(StressError::io("run cargo"))?;
    if !status.success() {
        return Err(StressError::Build {
            command: "cargo build --release".to_owned(),
        });
    }
    Ok(target.join("release/moondust"))
}

/// A running program; dropping it kills it.
pub struct Program {
    member: Member,
    lines: Receiver<String>,
    tail: VecDeque<String>,
    name: String,
    /// The first line that says that a process failed.
    failure: Option<String>,
}

/// How a program ended.
pub struct Stopped {
    /// Its exit status.
    pub status: ExitStatus,
    /// From SIGTERM to its end.
    pub took: Duration,
}

impl Program {
    /// Its id in the operating system.
    pub fn pid(&self) -> u32 {
        self.member.child.id()
    }

    /// The first line of its log, as far as that was read, that says that a process failed.
    pub fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    /// Reads the log until a line has this message.
    pub fn wait_for(&mut self, message: &str, within: Duration) -> Result<LogLine, StressError> {
        let deadline = Instant::now() + within;
        while let Some(line) = self.next_line(message, deadline)? {
            if line.message == message {
                return Ok(line);
            }
        }
        Err(StressError::Late {
            program: self.name.clone(),
            awaited: format!("line `{message}`"),
            after: within,
            tail: self.tail(),
        })
    }

    /// Lets the program run for a while; gives what it logged.
    pub fn settle(&mut self, time: Duration) -> Result<Vec<LogLine>, StressError> {
        let deadline = Instant::now() + time;
        let mut lines = Vec::new();
        while let Some(line) = self.next_line("the end of a pause", deadline)? {
            lines.push(line);
        }
        Ok(lines)
    }

    /// Asks it to end, as Ctrl-C would, and waits for that.
    pub fn stop(mut self, within: Duration) -> Result<Stopped, StressError> {
        let asked = Instant::now();
        self.member.ask_to_end()?;
        loop {
            let status = self
                .member
                .child
                .try_wait()
                .map_err(StressError::io("wait for a program"))?;
            let took = asked.elapsed();
            if let Some(status) = status {
                return Ok(Stopped { status, took });
            }
            if took > within {
                return Err(StressError::Late {
                    program: self.name.clone(),
                    awaited: "end after SIGTERM".to_owned(),
                    after: within,
                    tail: self.tail(),
                });
            }
            thread::sleep(EXIT_POLL);
        }
    }

    /// The next line of its log; nothing when the deadline has come first.
    fn next_line(
        &mut self,
        awaited: &str,
        deadline: Instant,
    ) -> Result<Option<LogLine>, StressError> {
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let line = match self.lines.recv_timeout(left) {
                Ok(line) => line,
                Err(RecvTimeoutError::Timeout) => return Ok(None),
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(StressError::Ended {
                        program: self.name.clone(),
                        awaited: format!("`{awaited}`"),
                        tail: self.tail(),
                    });
                }
            };
            let parsed = LogLine::parse(&line);
            let failed = |line: &LogLine| line.message == "process failed";
            if parsed.as_ref().is_some_and(failed) {
                self.failure.get_or_insert_with(|| line.clone());
            }
            if self.tail.len() == TAIL {
                self.tail.pop_front();
            }
            self.tail.push_back(line);
            if parsed.is_some() {
                return Ok(parsed);
            }
        }
    }

    fn tail(&self) -> String {
        self.tail.iter().map(|line| format!("  {line}\n")).collect()
    }
}
