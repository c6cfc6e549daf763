//! HTTP: the same jobs here, in nginx with its Lua module and in Go, in turn.

use std::thread;
use std::time::{Duration, Instant};

use super::Bench;
use super::http_figures::{Side, rows};
use crate::client::Client;
use crate::error::StressError;
use crate::figures::progress;
use crate::go::Go;
use crate::installed::installed;
use crate::nginx::Nginx;
use crate::server::Server;
use crate::table::Row;
use crate::wrk::{Load, Report};

/// The app of the tasks, and the example that says hello.
pub const TASKS: &str = "stress/apps/http";
const HELLO: &str = "examples/http-hello";

/// Where the others say how many tasks have run to their end, and the name of that number.
const COUNT: (&str, &str) = ("/api/count", "ended");

/// A task of five seconds.
const BODY: &str = r#"{"name":"generate-report","duration":5}"#;

/// What tasks may take to end after the last was accepted: their five seconds, and what a busy machine adds.
const TASKS_END: Duration = Duration::from_secs(30);

/// Between two looks at their number.
const COUNT_POLL: Duration = Duration::from_millis(500);

/// Who answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// The program under test.
    Moondust,
    /// nginx with its Lua module.
    Nginx,
    /// Go's net/http.
    Go,
}

impl Who {
    /// What it is called in the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Moondust => "moondust",
            Self::Nginx => "nginx",
            Self::Go => "Go",
        }
    }
}

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// A short text.
    Hello,
    /// A task that goes on in the background, as `examples/http-async-task` has it.
    Async,
    /// A task with a process of its own, as `examples/http-spawn` has it.
    Spawn,
}

impl Task {
    /// What it is called in the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hello => "hello",
            Self::Async => "http-async-task",
            Self::Spawn => "http-spawn",
        }
    }

    fn load(self, seconds: u64) -> Load<'static> {
        let (path, body) = match self {
            Self::Hello => ("/hello", None),
            Self::Async => ("/api/tasks", Some(BODY)),
            Self::Spawn => ("/api/spawned", Some(BODY)),
        };
        Load {
            path,
            body,
            seconds,
        }
    }

    /// Processes that moondust has for one of them.
    fn processes(self) -> u64 {
        match self {
            Self::Hello | Self::Async => 1,
            Self::Spawn => 2,
        }
    }
}

/// What is measured in every round, in this order.
const JOBS: &[(Task, Who)] = &[
    (Task::Hello, Who::Moondust),
    (Task::Hello, Who::Nginx),
    (Task::Hello, Who::Go),
    (Task::Async, Who::Moondust),
    (Task::Async, Who::Nginx),
    (Task::Async, Who::Go),
    (Task::Spawn, Who::Moondust),
];

/// The others, where they are installed.
struct Peers {
    nginx: Option<Nginx>,
    go: Option<Go>,
}

impl Peers {
    fn find(bench: &Bench) -> Result<Self, StressError> {
        let nginx = Nginx::find(&bench.moondust)?;
        if nginx.is_none() {
            progress(
                "no nginx with Lua here (Debian: nginx-core, libnginx-mod-http-lua, lua-cjson): it is left out",
            );
        }
        let go = Go::find(&bench.moondust)?;
        if go.is_none() {
            progress("no `go` here: it is left out");
        }
        Ok(Self { nginx, go })
    }

    /// Starts one of us; nothing if it isn't installed.
    fn start(&self, bench: &Bench, task: Task, who: Who) -> Result<Option<Server>, StressError> {
        // No server has anything there, and all say so.
        let path = "/alive";
        let moondust = &bench.moondust;
        match who {
            Who::Moondust => {
                let app = if task == Task::Hello { HELLO } else { TASKS };
                Server::ours(moondust, app, path).map(Some)
            }
            Who::Nginx => self
                .nginx
                .as_ref()
                .map(|nginx| nginx.start(moondust, path))
                .transpose(),
            Who::Go => self
                .go
                .as_ref()
                .map(|go| go.start(moondust, path))
                .transpose(),
        }
    }
}

/// Measures every job in every round, each on a server that has just been started.
pub fn run(bench: &Bench, rounds: usize, seconds: u64) -> Result<Vec<Row>, StressError> {
    if !installed("wrk") {
        let why = "no `wrk` here (Debian: wrk), which makes the load".to_owned();
        return Err(StressError::Invalid { why });
    }
    let peers = Peers::find(bench)?;
    let rounds = rounds.max(1);
    let mut sides: Vec<Side> = JOBS
        .iter()
        .map(|&(task, who)| Side::new(task, who))
        .collect();
    for round in 1..=rounds {
        for side in &mut sides {
            let Some(mut server) = peers.start(bench, side.task, side.who)? else {
                continue;
            };
            progress(&format!(
                "{} by {}, round {round} of {rounds}",
                side.task.name(),
                side.who.name()
            ));
            let before = server.cpu_seconds()?;
            let report = Report::of(&bench.moondust, server.port(), side.task.load(seconds))?;
            let cpu = server.cpu_seconds()? - before;
            side.reports.push(report);
            side.cpu_us.push(cpu / report.answers as f64 * 1e6);
            if side.task != Task::Hello {
                side.ended.push(match side.who {
                    Who::Moondust => server.all_ended(TASKS_END)? / side.task.processes(),
                    Who::Nginx | Who::Go => tasks_ended(server.port(), report.answers)?,
                });
            }
        }
    }
    Ok(rows(&sides))
}

/// How many tasks have run to their end, once no more do; those whose answers the load did not wait
/// for among them.
fn tasks_ended(port: u16, accepted: u64) -> Result<u64, StressError> {
    let deadline = Instant::now() + TASKS_END;
    let mut client = Client::connect(port)?;
    let mut before = 0;
    loop {
        let ended = client.number(COUNT.0, COUNT.1)?;
        let steady = ended >= accepted && ended == before;
        if steady || Instant::now() > deadline {
            return Ok(ended);
        }
        before = ended;
        thread::sleep(COUNT_POLL);
    }
}
