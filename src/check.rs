//! `moondust check`: says what is wrong with an app, or what was looked at.
//!
//! Knows nothing of how apps are loaded or Lua is compiled.

use std::process::ExitCode;

use moondust_runtime::app::{self, App, Duplicates, Problem};
use moondust_runtime::runtime;

use crate::args::AppArgs;
use crate::output;

/// Checks the app in this folder.
///
/// # Errors
/// If what is wrong with it could not be written.
pub fn check(args: AppArgs) -> Result<ExitCode, String> {
    let folder = args.folder();
    let loaded = app::load(folder, &args.into_options(Duplicates::Refused));
    let mut problems = loaded.problems;
    problems.extend(app::check_syntax(&loaded.sources, runtime::compile));
    problems.sort_by(|a, b| a.place.cmp(&b.place));
    let fine = loaded
        .app
        .filter(|_| !problems.iter().any(Problem::is_error));
    let (last, code) = match fine {
        Some(app) => (format!("fine: {}", checked(&app)), ExitCode::SUCCESS),
        None => {
            let errors = problems.iter().filter(|p| p.is_error()).count();
            (counted(errors, "error", "errors"), ExitCode::FAILURE)
        }
    };
    output::print(&format!("{}{last}\n", listed(&problems)))?;
    Ok(code)
}

/// Each problem on a line of its own, and below it the line of the program that it is in.
pub fn listed(problems: &[Problem]) -> String {
    let line = |problem: &Problem| {
        let mark = if problem.is_error() { "" } else { " (warning)" };
        let excerpt = problem.excerpt.as_ref();
        let excerpt = excerpt.map(|excerpt| format!("{excerpt}\n"));
        format!("{problem}{mark}\n{}", excerpt.unwrap_or_default())
    };
    problems.iter().map(line).collect()
}

/// What was looked at.
fn checked(app: &App) -> String {
    let mut parts = vec![
        counted(app.entries.len(), "entry", "entries"),
        counted(app.hosts.len(), "host", "hosts"),
        counted(app.services.len(), "service", "services"),
        counted(app.programs().count(), "Lua program", "Lua programs"),
        counted(app.variables.len(), "variable", "variables"),
    ];
    if !app.http_services.is_empty() {
        let routes = app.http_endpoints.len() + app.http_statics.len();
        parts.push(counted(app.http_services.len(), "server", "servers"));
        parts.push(counted(routes, "route", "routes"));
    }
    parts.join(", ")
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
