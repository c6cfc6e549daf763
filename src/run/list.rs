//! `moondust run list`: the app's commands, for people.
//!
//! Knows nothing of running them.

use std::process::ExitCode;

use moondust_runtime::app::{self, Command, Duplicates, Problem};

use crate::args::AppArgs;
use crate::check::listed;
use crate::output;

/// Prints the commands of the app in this folder.
///
/// # Errors
/// If they could not be printed.
pub fn list(args: AppArgs) -> Result<ExitCode, String> {
    let mut loaded = app::load(args.folder(), &args.into_options(Duplicates::LastWins));
    loaded.problems.retain(Problem::is_error);
    output::complain(&listed(&loaded.problems));
    let Some(app) = loaded.app else {
        return Ok(ExitCode::FAILURE);
    };
    output::print(&table(&app.commands()))?;
    Ok(ExitCode::SUCCESS)
}

/// A line for each: name, what it does, entry.
fn table(commands: &[Command<'_>]) -> String {
    if commands.is_empty() {
        return "No commands found.\n".to_owned();
    }
    let width = |of: for<'a> fn(&Command<'a>) -> &'a str| {
        let widths = commands.iter().map(|command| of(command).chars().count());
        widths.max().unwrap_or(0)
    };
    let (names, shorts) = (width(|c| c.name), width(|c| c.short));
    let line = |command: &Command<'_>| {
        let Command { name, short, entry } = command;
        format!("{name:names$}  {short:shorts$}  ({entry})\n")
    };
    commands.iter().map(line).collect()
}
