//! The call sites of the program: running an app, the modules it may list, compiling a source.
//!
//! Stands in for boot and shutdown until they land; knows nothing yet of processes.

use std::process::ExitCode;

use crate::app::{App, LuaSource, SyntaxProblem};

/// The modules that programs may list: the loadable ones, and the names of globals.
pub const MODULES: &[&str] = &[
    "channel",
    "coroutine",
    "env",
    "errors",
    "logger",
    "math",
    "os",
    "payload",
    "process",
    "string",
    "table",
    "time",
    "utf8",
];

/// What the command line says about a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunOptions {
    /// Coloured log lines on stdout.
    pub console: bool,
    /// How often `-v` was given.
    pub verbose: u8,
    /// No log at all.
    pub silent: bool,
}

/// Runs `app` until it ends or is told to stop.
pub fn run(app: App, options: RunOptions) -> ExitCode {
    drop((app, options));
    ExitCode::SUCCESS
}

/// Compiles `source`, and forgets what came of it.
pub fn compile(source: &LuaSource) -> Result<(), SyntaxProblem> {
    let _ = source;
    Ok(())
}
