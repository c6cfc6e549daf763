//! The program `moondust`: runs Lua programs as swarms of tiny, isolated processes.
//!
//! Knows nothing of how apps are loaded or run: it reads the command line, hands on, and prints what went wrong.

mod args;
mod check;
mod files;
mod init;
mod logging;
mod output;
mod run;
mod signals;
mod stubs;

use std::process::ExitCode;

use args::{Args, Command};

#[global_allocator]
static ALLOCATOR: moondust_runtime::Allocator = moondust_runtime::Allocator {};

fn main() -> ExitCode {
    let done = match Args::read() {
        Ok(args) => dispatch(args),
        Err(answer) => explain(&answer),
    };
    done.unwrap_or_else(|failure| {
        output::complain(&format!("moondust: {failure}\n"));
        ExitCode::FAILURE
    })
}

/// Prints help, the version, or what is wrong with the command line.
fn explain(answer: &clap::Error) -> Result<ExitCode, String> {
    let printed = answer.print();
    if !answer.use_stderr() {
        output::told(printed)?;
    }
    // Wrong usage ends with 2.
    Ok(ExitCode::from(answer.exit_code() as u8))
}

fn dispatch(args: Args) -> Result<ExitCode, String> {
    if let Some(folder) = &args.folder {
        std::env::set_current_dir(folder)
            .map_err(|error| format!("cannot go to the folder `{}`: {error}", folder.display()))?;
    }
    match args.command {
        Command::Init { typed } => init::init(typed),
        Command::Run(launch) => run::run(launch, args.app, &args.log),
        Command::List => run::list(args.app),
        Command::Check => check::check(args.app),
        Command::Stubs => stubs::stubs(),
        Command::Version => {
            output::print(concat!("moondust ", env!("CARGO_PKG_VERSION"), "\n"))?;
            Ok(ExitCode::SUCCESS)
        }
    }
}
