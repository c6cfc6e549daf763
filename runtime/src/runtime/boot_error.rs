//! Why an app can't be booted.
//!
//! Knows nothing of who tells people.

use crate::app::Problem;

/// An app that can't be booted.
#[derive(Debug)]
pub enum BootError {
    /// A Lua source doesn't compile: it has these errors.
    BadSource(Vec<Problem>),
    /// What a server serves has these errors; see [`check`](super::check).
    BadSite(Vec<Problem>),
    /// Services require each other.
    Plan(String),
}

impl std::fmt::Display for BootError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            BootError::BadSource(problems) | BootError::BadSite(problems) => {
                let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
                f.write_str(&lines.join("\n"))
            }
            BootError::Plan(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for BootError {}
