//! `moondust run`: loads an app and runs it.
//!
//! Knows nothing of how: it sets up the log, prints what is wrong with the app, and hands it on.

use std::process::ExitCode;

use log::LevelFilter;
use moondust_runtime::app::{self, App, Config, Duplicates, LogEncoding, LogLevel, LuaSource};
use moondust_runtime::runtime::{self, BootError, RunOptions, Runtime};

use crate::args::{AppArgs, LogArgs};
use crate::check::listed;
use crate::logging::{self, Encoding, Stream};
use crate::output;
use crate::signals;

/// Runs the app in this folder, until it ends or is told to stop.
///
/// # Errors
/// What kept it from running, other than what is wrong with the app.
pub fn run(args: AppArgs, log: &LogArgs) -> Result<ExitCode, String> {
    let loaded = app::load(args.folder(), &args.into_options(Duplicates::LastWins));
    output::complain(&listed(&loaded.problems));
    match loaded.app {
        Some(app) => run_app(&app, &loaded.sources, log),
        None => Ok(ExitCode::FAILURE),
    }
}

fn run_app(app: &App, sources: &[LuaSource], log: &LogArgs) -> Result<ExitCode, String> {
    let options = log_options(log, &app.config);
    let guard = logging::init(&options).map_err(|error| format!("cannot log: {error}"))?;
    let options = RunOptions {
        report: log.verbose > 0,
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
    signals::listen(move || shutdown.request())
        .map_err(|error| format!("cannot listen for signals: {error}"))?;
    let verdict = runtime.run();
    drop(guard);
    Ok(ExitCode::from(verdict.exit_status()))
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
