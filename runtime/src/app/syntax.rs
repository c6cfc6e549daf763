//! Looks at the syntax of every program of an app.
//!
//! Knows nothing of Lua: whoever compiles it is handed in.

use std::collections::HashSet;

use super::kind::lua::LuaSource;
use super::problem::Problem;

/// Has every one of `sources` compiled once, and answers what is wrong with them.
pub fn check_syntax(
    sources: &[LuaSource],
    compile: impl Fn(&LuaSource) -> Vec<Problem>,
) -> Vec<Problem> {
    let mut seen = HashSet::new();
    // Entries may share a file and differ in their method.
    let once = sources
        .iter()
        .filter(|source| seen.insert((source.file.clone(), source.first_line)));
    once.flat_map(compile).collect()
}
