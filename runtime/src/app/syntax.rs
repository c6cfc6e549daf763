//! Looks at the syntax of every program of an app.
//!
//! Knows nothing of Lua: whoever compiles it is handed in.

use std::collections::HashSet;

use super::kind::lua::LuaSource;
use super::problem::Problem;

/// Why a program doesn't compile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxProblem {
    /// The line of the program's text, from 1.
    pub line: u32,
    /// The column, from 1, where it is known.
    pub column: Option<u32>,
    /// What is wrong, without a place.
    pub message: String,
}

/// Compiles every one of `sources` once, and says which don't.
pub fn check_syntax(
    sources: &[LuaSource],
    compile: impl Fn(&LuaSource) -> Result<(), SyntaxProblem>,
) -> Vec<Problem> {
    let mut seen = HashSet::new();
    let mut problems = Vec::new();
    for source in sources {
        // Entries may share a file and differ in their method.
        if !seen.insert((source.file.clone(), source.first_line)) {
            continue;
        }
        if let Err(problem) = compile(source) {
            let place = source.place(problem.line, problem.column.unwrap_or(0));
            problems.push(
                Problem::error(problem.message)
                    .at(&place)
                    .entry(&source.entry),
            );
        }
    }
    problems
}
