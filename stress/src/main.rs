//! Load, memory and peer benchmarks for moondust.
//!
//! Every subcommand runs the real program on a real app, measures it from outside (its log lines,
//! `/proc`, its exit status) and prints a table: what was measured, what it must be, what it is.
//! The apps are examples and those in `stress/apps`; the BEAM's side of the same jobs is in
//! `stress/beam`, that of nginx and Go in `stress/http`; `stress/dialect` has the Lua of apps that are made.
//!
//! ```text
//! main ──► jobs/* ──► moondust (start, read, stop) ──► groups (leave nobody behind)
//!             │  ├──► beam     (run one job on the BEAM)
//!             │  └──► server   (moondust, nginx, go) ◄── wrk, client (ask it)
//!             ├─────► kitchens (typed Lua to be read)
//!             └─────► resident, log_line, figures, table
//! ```

mod beam;
mod client;
mod error;
mod figures;
mod go;
mod groups;
mod installed;
mod jobs;
mod kitchens;
mod log_line;
mod moondust;
mod nginx;
mod resident;
mod server;
mod table;
mod wrk;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::error::StressError;
use crate::groups::Groups;
use crate::jobs::Bench;
use crate::moondust::Moondust;
use crate::table::Table;

/// What the command line says.
#[derive(Parser)]
#[command(name = "moondust-stress", about, version, after_help = EXAMPLES)]
struct Arguments {
    /// Measure this program instead of building the one of this workspace
    #[arg(long, global = true, value_name = "FILE")]
    moondust: Option<PathBuf>,

    #[command(subcommand)]
    job: Job,
}

/// Shown under `--help`.
const EXAMPLES: &str = "Examples:
  moondust-stress memory
  moondust-stress memory --processes 500
  moondust-stress peers --rounds 5
  moondust-stress --moondust /usr/local/bin/moondust all";

/// What to measure.
#[derive(Subcommand)]
enum Job {
    /// Resident memory a process, while mass-spawn ticks
    Memory {
        /// Processes in each run
        #[arg(long, value_delimiter = ',', default_values_t = [10_000, 100_000])]
        processes: Vec<u64>,
    },
    /// The time of the spawn calls of mass-spawn, as its spawner prints it
    Spawn {
        /// Processes spawned
        #[arg(long, default_value_t = 10_000)]
        processes: u64,
        /// Runs, of which the median counts
        #[arg(long, default_value_t = 5)]
        runs: usize,
    },
    /// The time until all processes have started and sent a first message
    FirstMessage {
        /// Processes spawned
        #[arg(long, default_value_t = 10_000)]
        processes: u64,
        /// Runs, of which the median counts
        #[arg(long, default_value_t = 5)]
        runs: usize,
    },
    /// A million processes in one program, and its end
    Million {
        /// Processes spawned
        #[arg(long, default_value_t = 1_000_000)]
        processes: u64,
        /// Seconds between the last spawn and the end; the default lets every process tick
        #[arg(long, default_value_t = 65)]
        watch: u64,
    },
    /// What is left after processes have come and gone
    Churn {
        /// Processes that come and go
        #[arg(long, default_value_t = 100_000)]
        processes: u64,
    },
    /// What processes cost that only wait
    Idle {
        /// Processes that wait
        #[arg(long, default_value_t = 100_000)]
        processes: u64,
    },
    /// The same jobs here and on the BEAM, in turn
    Peers {
        /// Rounds, of which the medians count
        #[arg(long, default_value_t = 3)]
        rounds: usize,
    },
    /// How late others are while processes loop without end
    Hogs {
        /// Hogs in each run
        #[arg(long, value_delimiter = ',', default_values_t = [4, 32])]
        hogs: Vec<u64>,
    },
    /// Processes linked in a chain, of which the first is ended
    Chain {
        /// Processes in the chain
        #[arg(long, default_value_t = 100_000)]
        processes: u64,
        /// Runs, of which the median counts
        #[arg(long, default_value_t = 3)]
        runs: usize,
    },
    /// One that monitors many, many that monitor one, and monitors that come and go
    Monitors {
        /// Processes that are monitored by one, and that monitor one
        #[arg(long, default_value_t = 100_000)]
        processes: u64,
        /// Processes that monitor one and end
        #[arg(long, default_value_t = 1_000_000)]
        churn: u64,
    },
    /// Names: registered, looked up, sent to, released
    Names {
        /// Names
        #[arg(long, default_value_t = 100_000)]
        names: u64,
        /// Runs, of which the medians count
        #[arg(long, default_value_t = 3)]
        runs: usize,
    },
    /// Selects over very many channels
    Select {
        /// Channels in the largest select
        #[arg(long, default_value_t = 1_000)]
        channels: u64,
        /// Selects of each sort
        #[arg(long, default_value_t = 10_000)]
        selects: u64,
    },
    /// A tree of supervisors, of which processes are killed all the time
    KilledTree {
        /// Leaves of the tree
        #[arg(long, default_value_t = 100_000)]
        leaves: u64,
        /// How long processes are killed
        #[arg(long, default_value_t = 30)]
        seconds: u64,
    },
    /// HTTP: hello and tasks in the background, here, in nginx with Lua and in Go, in turn
    Http {
        /// Rounds, of which the medians count
        #[arg(long, default_value_t = 3)]
        rounds: usize,
        /// How long each load lasts
        #[arg(long, default_value_t = 10)]
        seconds: u64,
    },
    /// Memory of tasks that go on after their HTTP answer
    HttpMemory {
        /// Tasks in each run
        #[arg(long, value_delimiter = ',', default_values_t = [25_000, 100_000])]
        tasks: Vec<u64>,
        /// How long a task lives
        #[arg(long, default_value_t = 60)]
        seconds: u64,
    },
    /// What it takes to read typed Lua: one long source, and an app of many files
    Dialect {
        /// MB of the source
        #[arg(long, default_value_t = 10)]
        megabytes: usize,
        /// Processes of the app, which has as many libraries
        #[arg(long, default_value_t = 500)]
        processes: usize,
        /// Runs, of which the medians count
        #[arg(long, default_value_t = 5)]
        runs: usize,
    },
    /// All of these, with their defaults
    All,
}

/// How a job of `all` is called in messages, and its command line.
const ALL: &[&[&str]] = &[
    &["memory"],
    &["spawn"],
    &["first-message"],
    &["churn"],
    &["idle"],
    &["chain"],
    &["monitors"],
    &["names"],
    &["select"],
    &["killed-tree"],
    &["hogs"],
    &["dialect"],
    &["peers"],
    &["http"],
    &["http-memory"],
    &["million"],
];

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(table) => {
            print!("{table}");
            if table.all_met() {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            }
        }
        Err(error) => {
            eprintln!("moondust-stress: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<Table, StressError> {
    let groups = Groups::ended_by_signals()?;
    let bench = Bench {
        moondust: Moondust::find(arguments.moondust, groups)?,
    };
    let mut table = Table::default();
    if !matches!(arguments.job, Job::All) {
        table.extend(measure(&bench, arguments.job)?);
        return Ok(table);
    }
    for words in ALL {
        let job = Arguments::parse_from([&["moondust-stress"], *words].concat()).job;
        match measure(&bench, job) {
            Ok(rows) => table.extend(rows),
            Err(error) => table.extend([table::Row::failed(words[0], &error)]),
        }
    }
    Ok(table)
}

fn measure(bench: &Bench, job: Job) -> Result<Vec<table::Row>, StressError> {
    match job {
        Job::Memory { processes } => jobs::memory::run(bench, &processes),
        Job::Spawn { processes, runs } => jobs::spawn::calls(bench, processes, runs),
        Job::FirstMessage { processes, runs } => {
            jobs::spawn::first_messages(bench, processes, runs)
        }
        Job::Million { processes, watch } => jobs::million::run(bench, processes, watch),
        Job::Churn { processes } => jobs::churn::run(bench, processes),
        Job::Idle { processes } => jobs::idle::run(bench, processes),
        Job::Peers { rounds } => jobs::peers::run(bench, rounds),
        Job::Hogs { hogs } => jobs::hogs::run(bench, &hogs),
        Job::Chain { processes, runs } => jobs::chain::run(bench, processes, runs),
        Job::Monitors { processes, churn } => jobs::monitors::run(bench, processes, churn),
        Job::Names { names, runs } => jobs::names::run(bench, names, runs),
        Job::Select { channels, selects } => jobs::select::run(bench, channels, selects),
        Job::KilledTree { leaves, seconds } => jobs::killed_tree::run(bench, leaves, seconds),
        Job::Dialect {
            megabytes,
            processes,
            runs,
        } => {
            let sizes = jobs::dialect::Sizes {
                megabytes,
                processes,
                runs,
            };
            jobs::dialect::run(bench, &sizes)
        }
        Job::Http { rounds, seconds } => jobs::http::run(bench, rounds, seconds),
        Job::HttpMemory { tasks, seconds } => jobs::http_memory::run(bench, &tasks, seconds),
        Job::All => unreachable!("`all` is taken apart before"),
    }
}
