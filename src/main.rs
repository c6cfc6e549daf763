//! The program `moondust`: runs Lua programs as swarms of tiny, isolated processes.
//!
//! Knows nothing of how apps are loaded or run: it reads the command line, hands on, and prints what went wrong.

mod args;
mod check;
mod init;
mod logging;
mod run;
mod signals;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;

use args::{Args, Command};

#[global_allocator]
static ALLOCATOR: moondust_runtime::Allocator = moondust_runtime::Allocator {};

fn main() -> ExitCode {
    // Wrong usage ends here, with status 2.
    let args = Args::parse();
    match dispatch(args) {
        Ok(code) => code,
        Err(failure) => {
            say(&mut io::stderr(), &format!("moondust: {failure}"));
            ExitCode::FAILURE
        }
    }
}

fn dispatch(args: Args) -> Result<ExitCode, String> {
    if let Some(folder) = &args.folder {
        std::env::set_current_dir(folder)
            .map_err(|error| format!("cannot go to the folder `{}`: {error}", folder.display()))?;
    }
    match args.command {
        Command::Init => init::init(),
        Command::Run(app) => run::run(app, &args.log),
        Command::Check(app) => Ok(check::check(app)),
        Command::Version => {
            let version = concat!("moondust ", env!("CARGO_PKG_VERSION"));
            say(&mut io::stdout(), version);
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Writes a line. Nobody is left to tell when that fails: the reader is gone.
fn say(out: &mut impl Write, line: &str) {
    let _ = writeln!(out, "{line}");
}
