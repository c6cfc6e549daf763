//! `moondust check`: says what is wrong with an app, or what was looked at.
//!
//! Knows nothing of how apps are loaded or Lua is compiled.

use std::io::{self, Write};
use std::process::ExitCode;

use moondust_runtime::app::{self, App, Duplicates, LuaSource, Problem, SyntaxProblem};
use moondust_runtime::runtime;

use crate::args::AppArgs;
use crate::say;

/// Checks the app in this folder.
pub fn check(args: AppArgs) -> ExitCode {
    check_with(args, runtime::compile, &mut io::stdout().lock())
}

fn check_with(
    args: AppArgs,
    compile: impl Fn(&LuaSource) -> Result<(), SyntaxProblem>,
    out: &mut impl Write,
) -> ExitCode {
    let folder = args.folder();
    let loaded = app::load(folder, &args.into_options(Duplicates::Refused));
    let mut problems = loaded.problems;
    problems.extend(app::check_syntax(&loaded.sources, compile));
    problems.sort_by(|a, b| a.place.cmp(&b.place));
    say_all(&problems, out);
    match loaded
        .app
        .filter(|_| !problems.iter().any(Problem::is_error))
    {
        Some(app) => {
            say(out, &format!("fine: {}", checked(&app)));
            ExitCode::SUCCESS
        }
        None => {
            let errors = problems.iter().filter(|p| p.is_error()).count();
            say(out, &counted(errors, "error", "errors"));
            ExitCode::FAILURE
        }
    }
}

/// Writes each problem on a line of its own.
pub fn say_all(problems: &[Problem], out: &mut impl Write) {
    for problem in problems {
        let mark = if problem.is_error() { "" } else { " (warning)" };
        say(out, &format!("{problem}{mark}"));
    }
}

/// What was looked at.
fn checked(app: &App) -> String {
    let parts = [
        counted(app.entries.len(), "entry", "entries"),
        counted(app.hosts.len(), "host", "hosts"),
        counted(app.services.len(), "service", "services"),
        counted(app.programs().count(), "Lua program", "Lua programs"),
        counted(app.variables.len(), "variable", "variables"),
    ];
    parts.join(", ")
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
