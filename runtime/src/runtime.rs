//! Boots an app, runs it until it ends or is told to stop, and shuts it down.
//!
//! Boot: scheduler, node with its entries compiled, then the supervisor starts services. Shutdown is the reverse: the
//! supervisor stops services, hosts last; then the scheduler kills what is left and its threads are joined; then the
//! terminal gets what was written for it. Knows nothing of signals or of how the log is written.

mod boot_error;
mod parts;

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use crate::api;
use crate::app::{App, LuaSource, Problem};
use crate::clock::Moment;
use crate::http::site::Site;
use crate::lua::{self, Signals, Slab};
use crate::node::compiler::{self, Compiler};
use crate::node::declared;
use crate::node::env::Environment;
use crate::node::exit_status::ExitStatus;
use crate::node::orphans::{Name, Orphans};
pub use crate::node::services::Launch;
use crate::node::services::{AppServices, Launching};
use crate::node::sources::Sources;
use crate::node::supervisor::{self, Supervision, Verdict};
use crate::node::{Node, Room};
use crate::pid::Pid;
use crate::process::OnExit;
use crate::scheduler::{Config, Limits, Scheduler};
use crate::terminal::Terminal;

pub use boot_error::BootError;

/// How an app is run.
#[derive(Clone, Debug, Default)]
pub struct RunOptions {
    /// Log a line every [`REPORT_EVERY`] that says how many processes live, bytes each, steps a second.
    pub report: bool,
    /// What is run on the terminal; the app ends with it.
    pub launch: Option<Launch>,
}

/// How often a report is logged.
pub const REPORT_EVERY: Duration = Duration::from_secs(5);

/// How long the scheduler may take to end what no service has ended.
const LAST_PATIENCE: Duration = Duration::from_secs(2);

/// How long the host of a launch may take until it runs.
const HOST_PATIENCE: Duration = Duration::from_secs(5);

/// How long the reader of what was written may take when the program was told to end.
const READER_PATIENCE: Duration = Duration::from_secs(2);

/// The part of a VM's memory limit that may lie in its mailbox. What is received must fit into the VM twice, as a message
/// and as its value, beside what the program has.
const MAILBOX_PART: usize = 3;

/// The modules that a program may list.
pub fn modules() -> Vec<&'static str> {
    api::libraries().modules()
}

/// All that programs can name, sorted: globals (`print`), what is in modules (`time.sleep`), and methods behind the name
/// of their class (`channel:send`).
pub fn names() -> Vec<String> {
    api::libraries().names()
}

/// Says what is wrong with what an app serves: routes and middleware.
pub fn check(app: &App) -> Vec<Problem> {
    Site::check(app)
}

/// Compiles a source, and says what is wrong with it.
pub fn compile(source: &LuaSource) -> Vec<Problem> {
    compiler::compile(source).err().unwrap_or_default()
}

/// A booted app.
pub struct Runtime {
    /// Whether any service starts by itself.
    starts_something: bool,
    node: Arc<Node>,
    orphans: Arc<dyn Fn(Moment) + Send + Sync>,
    supervision: Supervision,
    report: bool,
    awaited: Option<AwaitedHost>,
}

/// The host of a launch, which must run soon.
struct AwaitedHost {
    id: String,
    runs: Receiver<()>,
}

/// Asks a running app, from wherever, to end.
#[derive(Clone)]
pub struct Shutdown {
    supervision: supervisor::Shutdown,
    terminal: Arc<Terminal>,
}

impl Shutdown {
    /// Asks. Never blocks; asking again changes nothing.
    pub fn request(&self) {
        self.terminal.output().hurry();
        self.supervision.request();
    }

    /// Leaves the terminal as it was found: the program is about to end as it is.
    pub fn leave_terminal(&self) {
        self.terminal.raw_mode().restore();
    }
}

/// How an app ended.
#[derive(Debug)]
pub struct Ended {
    /// Why.
    pub verdict: Verdict,
    /// The exit status of the program: what the process on its terminal said, else the verdict's.
    pub status: u8,
    /// Whether it was a process on the terminal whose end was the app's, or that could not be started.
    pub by_terminal: bool,
    /// Why not all that was written for the terminal has got there.
    pub lost: Option<std::io::Error>,
}

impl Runtime {
    /// Boots `app`, as far as nothing runs yet.
    ///
    /// # Errors
    /// What makes it impossible to run.
    pub fn boot(app: &App, options: RunOptions) -> Result<Runtime, BootError> {
        let RunOptions { report, launch } = options;
        let arguments = launch.as_ref().map(|launch| launch.arguments.clone());
        let terminal = Arc::new(Terminal::new(arguments.unwrap_or_default()));
        let slab = Arc::new(Slab::new());
        let late_node: Arc<OnceLock<Arc<Node>>> = Arc::default();
        let name = namer(late_node.clone());
        let stuck = name.clone();
        let orphans = Arc::new(Orphans::new(name));
        let unheard: Arc<dyn OnExit> = orphans.clone();
        let mut config = Config::new(Arc::new(Signals::install()));
        config.orphan = Some(orphans.clone());
        config.stuck = Some(Arc::new(move |pid, lasted| {
            say_stuck(stuck(pid, ""), lasted)
        }));
        config.idle = Some(idle(slab.clone()));
        let scheduler = Scheduler::start(config);
        let hosts = add_rooms(app, &scheduler);
        let node = Arc::new(Node::new(
            scheduler,
            Environment::new(app),
            Sources::new(app),
            ExitStatus::new(terminal),
            hosts,
            declared::registry(app),
        ));
        let _ = late_node.set(node.clone());
        let mut compiler = Compiler::new(app, slab, fastrand::u32(..));
        parts::add_entries(app, &node, &mut compiler)?;
        parts::add_functions(app, &node, &mut compiler, &unheard)?;
        let (launching, awaited) = launch.map(launching).unzip();
        let launches = launching.is_some();
        let fronts = parts::fronts(app, &node)?;
        let plan = AppServices::new(app, node.clone(), fronts, launching);
        let (services, plan) = plan.map_err(|error| BootError::Plan(error.to_string()))?;
        let clock = *node.scheduler().clock();
        let timeout = app.config.shutdown_timeout;
        let supervision = Supervision::new(plan, Arc::new(services), clock, timeout);
        node.status().connect(supervision.shutdown());
        let orphans = Arc::new(move |now| orphans.mention_suppressed(now));
        let starts_something = launches || starts_by_itself(app);
        Ok(Runtime {
            starts_something,
            node,
            orphans,
            supervision,
            report,
            awaited,
        })
    }

    /// How to ask for the end, from any thread.
    pub fn shutdown(&self) -> Shutdown {
        Shutdown {
            supervision: self.supervision.shutdown(),
            terminal: self.node.status().terminal().clone(),
        }
    }

    /// Runs the app to its end.
    pub fn run(self) -> Ended {
        let Runtime {
            starts_something,
            node,
            orphans,
            supervision,
            report,
            awaited,
        } = self;
        if !starts_something {
            log::warn!(
                "nothing is set to start: give a process.service `lifecycle: {{auto_start: true}}`"
            );
        }
        let reporter = start_reporter(node.clone(), orphans.clone(), report);
        if let Some(host) = awaited {
            host.watch(node.status().clone());
        }
        let verdict = supervision.run();
        drop(reporter);
        if !node.scheduler().stop(LAST_PATIENCE) {
            log::warn!("a worker is stuck in a native function and was left behind");
        }
        orphans(Moment::NEVER);
        node.clear();
        let status = node.status();
        let known = status.known();
        Ended {
            verdict,
            status: known.unwrap_or(verdict.exit_status()),
            by_terminal: known.is_some(),
            lost: status.terminal().finish(READER_PATIENCE).err(),
        }
    }
}

/// A launch that tells that its host runs, and who wants to know.
fn launching(launch: Launch) -> (Launching, AwaitedHost) {
    let (host_runs, runs) = channel();
    let id = launch.host.to_string();
    (Launching { launch, host_runs }, AwaitedHost { id, runs })
}

impl AwaitedHost {
    /// Ends the program if the host doesn't run soon.
    fn watch(self, status: Arc<ExitStatus>) {
        let AwaitedHost { id, runs } = self;
        let watch = move || {
            if runs.recv_timeout(HOST_PATIENCE) == Err(RecvTimeoutError::Timeout) {
                status.fail(&format!("host {id} is not running after {HOST_PATIENCE:?}"));
            }
        };
        let started = thread::Builder::new()
            .name("host watch".to_owned())
            .spawn(watch);
        if let Err(error) = started {
            log::warn!("no thread to watch a host from: {error}");
        }
    }
}

/// Whether any service starts without being asked.
fn starts_by_itself(app: &App) -> bool {
    let served = app.http_services.values().map(|service| &service.lifecycle);
    let kept = app.services.values().map(|service| &service.lifecycle);
    served.chain(kept).any(|lifecycle| lifecycle.auto_start)
}

/// Says who a process is, as far as is known before there is a node.
fn namer(node: Arc<OnceLock<Arc<Node>>>) -> impl Fn(Pid, &str) -> Name + Clone + Send + Sync {
    move |pid, stack| match node.get() {
        Some(node) => name(node, pid, stack),
        None => Name {
            pid: format!("{pid}"),
            entry: String::new(),
            stack: stack.to_owned(),
        },
    }
}

fn name(node: &Node, pid: Pid, stack: &str) -> Name {
    let mut text = String::new();
    api::Syscalls::write_pid(node, pid, &mut text);
    Name {
        pid: text,
        entry: node.entry_of(pid),
        stack: node.sources().locate(stack),
    }
}

/// Says that a process is in a function that can't be interrupted.
fn say_stuck(process: Name, lasted: Duration) {
    let Name { pid, entry, .. } = process;
    let (pid, entry, lasted) = (&*pid, &*entry, format!("{lasted:.1?}"));
    log::warn!(pid, entry, lasted; "process stays in a native function, where it can't be interrupted");
}

/// What a worker does that has nothing to do after many processes have ended.
fn idle(slab: Arc<Slab>) -> Arc<dyn Fn() + Send + Sync> {
    Arc::new(move || {
        slab.flush();
        lua::give_back();
    })
}

/// Adds the hosts of an app.
fn add_rooms(app: &App, scheduler: &Scheduler) -> BTreeMap<String, Room> {
    let rooms = app.hosts.iter().map(|(id, host)| {
        let running = host.workers.map_or(usize::MAX, |workers| workers as usize);
        let mut room = add_room(scheduler, id.as_str(), running, host.memory_limit);
        room.terminal = host.terminal;
        (id.to_string(), room)
    });
    rooms.collect()
}

/// Adds a host, of whose processes `running` run at once, each in a VM of at most `memory_limit` bytes.
fn add_room(scheduler: &Scheduler, id: &str, running: usize, memory_limit: u64) -> Room {
    let memory_limit = usize::try_from(memory_limit).unwrap_or(usize::MAX);
    let mailbox = memory_limit / MAILBOX_PART;
    Room {
        key: scheduler.add_host(id, Limits { running, mailbox }),
        memory_limit,
        mailbox,
        terminal: None,
    }
}

/// Logs how the system is, every few seconds, until the answer is dropped.
fn start_reporter(
    node: Arc<Node>,
    orphans: Arc<dyn Fn(Moment) + Send + Sync>,
    report: bool,
) -> Sender<()> {
    let (keep, dropped) = channel();
    let run = move || {
        let mut steps = 0;
        while dropped.recv_timeout(REPORT_EVERY) == Err(RecvTimeoutError::Timeout) {
            let now = node.scheduler().now();
            orphans(now);
            node.functions().shrink(now);
            if report {
                steps = report_once(&node, steps);
            }
        }
    };
    if let Err(error) = thread::Builder::new()
        .name("reporter".to_owned())
        .spawn(run)
    {
        log::warn!("no thread to report from: {error}");
    }
    keep
}

/// Logs one report; answers the number of steps so far.
fn report_once(node: &Node, before: u64) -> u64 {
    let stats = node.scheduler().stats();
    let (mut count, mut bytes) = (0usize, 0usize);
    for process in node.scheduler().processes() {
        count += 1;
        bytes += process.memory();
    }
    let each = bytes.checked_div(count).unwrap_or(0);
    let rate = (stats.steps - before) as f64 / REPORT_EVERY.as_secs_f64();
    log::info!(
        processes = count, bytes_each = each, steps_per_s = rate.round() as u64,
        spawned = stats.spawned, exited = stats.exited;
        "processes"
    );
    stats.steps
}
