//! `moondust run`: loads an app and runs it, or a command of it.
//!
//! Knows nothing of how: it sets up the log, prints what is wrong with the app, and hands it on.

mod list;

use std::os::unix::ffi::OsStringExt;
use std::process::ExitCode;

use log::LevelFilter;
use moondust_runtime::app::{
    self, App, Config, Duplicates, LogEncoding, LogLevel, LuaSource, NoCommand, Problem,
};
use moondust_runtime::runtime::{self, BootError, Ended, RunOptions, Runtime};

use crate::args::{AppArgs, Launch, LogArgs, Named};
use crate::check::listed;
use crate::logging::{self, Encoding, Stream};
use crate::output;
use crate::signals;

pub use list::list;

/// Runs the app in this folder, until it ends or is told to stop; or, on the terminal, a process of it.
///
/// # Errors
/// What kept it from running, other than what is wrong with the app.
pub fn run(launch: Option<Launch>, args: AppArgs, log: &LogArgs) -> Result<ExitCode, String> {
    let mut loaded = app::load(args.folder(), &args.into_options(Duplicates::LastWins));
    if loaded.app.is_some() && launch.is_some() && !log.is_explicit() {
        // A command's stderr is its own: what would be logged later isn't said now either.
        loaded.problems.retain(Problem::is_error);
    }
    output::complain(&listed(&loaded.problems));
    let Some(app) = loaded.app else {
        return Ok(ExitCode::FAILURE);
    };
    let launch = launch.map(|launch| found(launch, &app));
    let launch = launch.transpose().map_err(|error| error.to_string())?;
    run_app(&app, launch, &loaded.sources, log)
}

/// What is to be launched, and where, as the app has it.
fn found(launch: Launch, app: &App) -> Result<runtime::Launch, NoCommand> {
    let entry = match &launch.what {
        Named::Entry(id) => app.process(id)?,
        Named::Command(name) => app.command(name)?,
    };
    let host = app.terminal_host(launch.host.as_deref())?;
    let arguments = launch.arguments.into_iter().map(OsStringExt::into_vec);
    Ok(runtime::Launch {
        entry,
        host,
        arguments: arguments.collect(),
    })
}

fn run_app(
    app: &App,
    launch: Option<runtime::Launch>,
    sources: &[LuaSource],
    log: &LogArgs,
) -> Result<ExitCode, String> {
    let mut options = log_options(log, &app.config);
    options.silent |= launch.as_ref().is_some_and(|launch| {
        let terminal = app.hosts.get(&launch.host).and_then(|host| host.terminal);
        !log.is_explicit() || terminal.is_some_and(|terminal| terminal.hide_logs)
    });
    let silent = options.silent && !log.silent;
    let guard = logging::init(&options).map_err(|error| format!("cannot log: {error}"))?;
    let options = RunOptions {
        report: log.verbose > 0,
        launch,
    };
    let runtime = match Runtime::boot(app, options) {
        Ok(runtime) => runtime,
        Err(BootError::BadSource(_)) => {
            // It was the first that the runtime came upon; here are all.
            let problems = app::check_syntax(sources, runtime::compile);
            output::complain(&listed(&problems));
            return Ok(ExitCode::FAILURE);
        }
        Err(error) => return Err(error.to_string()),
    };
    let shutdown = runtime.shutdown();
    let last = shutdown.clone();
    signals::listen(move || shutdown.request(), move || last.leave_terminal())
        .map_err(|error| format!("cannot listen for signals: {error}"))?;
    let ended = runtime.run();
    drop(guard);
    Ok(ExitCode::from(told(&ended, silent)))
}

/// The exit status, once people were told what the log may have kept from them.
fn told(ended: &Ended, silent: bool) -> u8 {
    if silent && !ended.by_terminal && ended.status != 0 {
        output::complain("moondust: the app failed to start: `-c` logs why\n");
    }
    match &ended.lost {
        Some(error) => {
            output::complain(&format!("moondust: {error}\n"));
            ended.status.max(1)
        }
        None => ended.status,
    }
}

/// How the log is to be, from the command line, the configuration and the environment.
fn log_options(log: &LogArgs, config: &Config) -> logging::Options {
    let stream = if log.console {
        Stream::Stdout
    } else {
        Stream::Stderr
    };
    let variable = |name| std::env::var_os(name);
    let level = match (log.verbose, config.log_level) {
        (0, Some(LogLevel::Error)) => LevelFilter::Error,
        (0, Some(LogLevel::Warn)) => LevelFilter::Warn,
        (0, Some(LogLevel::Info) | None) => LevelFilter::Info,
        (1, _) | (0, Some(LogLevel::Debug)) => LevelFilter::Debug,
        _ => LevelFilter::Trace,
    };
    logging::Options {
        level,
        filter: variable("RUST_LOG").map(|filter| filter.to_string_lossy().into_owned()),
        silent: log.silent,
        origin: log.verbose > 0,
        encoding: match config.log_encoding {
            LogEncoding::Console => Encoding::Console,
            LogEncoding::Json => Encoding::Json,
        },
        stream,
        colour: stream.wants_colour(variable("NO_COLOR").as_deref(), variable("TERM").as_deref()),
    }
}
