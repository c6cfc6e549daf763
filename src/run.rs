//! `moondust run`: loads an app and runs it.
//!
//! Knows nothing of how: it prints what is wrong with the app, and hands it on.

use std::io;
use std::process::ExitCode;

use moondust_runtime::app::{self, Duplicates};
use moondust_runtime::runtime;

use crate::args::{AppArgs, LogArgs};
use crate::check::say_all;

/// Runs the app in this folder, until it ends or is told to stop.
pub fn run(args: AppArgs, log: LogArgs) -> ExitCode {
    let loaded = app::load(args.folder(), &args.into_options(Duplicates::LastWins));
    say_all(&loaded.problems, &mut io::stderr().lock());
    match loaded.app {
        Some(app) => runtime::run(app, log.into_run_options()),
        None => ExitCode::FAILURE,
    }
}
