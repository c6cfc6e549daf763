//! What can keep a measurement from being made.

use std::fmt;
use std::io;
use std::time::Duration;

/// Why there is no figure.
#[derive(Debug)]
pub enum StressError {
    /// The operating system refused something.
    Io {
        /// What was tried, as in "cannot …".
        what: String,
        /// Why it failed.
        source: io::Error,
    },
    /// No folder with our apps was found.
    NoApps,
    /// A program could not be built or compiled.
    Build {
        /// What was called.
        command: String,
    },
    /// A program ended before it did what we waited for.
    Ended {
        /// The program.
        program: String,
        /// What we waited for.
        awaited: String,
        /// The last it said.
        tail: String,
    },
    /// A program did not do in time what we waited for.
    Late {
        /// The program.
        program: String,
        /// What we waited for.
        awaited: String,
        /// How long.
        after: Duration,
        /// The last it said.
        tail: String,
    },
    /// Something that was read lacks a figure.
    NoFigure {
        /// The name of the figure.
        name: String,
        /// Where it should have been.
        text: String,
    },
    /// A measurement whose conditions did not hold.
    Invalid {
        /// What went wrong.
        why: String,
    },
}

impl StressError {
    /// Makes a function for `map_err` that says what was tried.
    pub fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io {
            what: what.into(),
            source,
        }
    }
}

impl fmt::Display for StressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { what, source } => write!(f, "cannot {what}: {source}"),
            Self::NoApps => {
                write!(
                    f,
                    "no folder `stress/apps` here: run this at the top of the repository"
                )
            }
            Self::Build { command } => write!(f, "`{command}` failed"),
            Self::Ended {
                program,
                awaited,
                tail,
            } => {
                write!(
                    f,
                    "{program} ended while we waited for {awaited}; it said:\n{tail}"
                )
            }
            Self::Late {
                program,
                awaited,
                after,
                tail,
            } => write!(
                f,
                "{program}: no {awaited} within {} s; it said:\n{tail}",
                after.as_secs()
            ),
            Self::NoFigure { name, text } => write!(f, "no figure `{name}` in: {text}"),
            Self::Invalid { why } => f.write_str(why),
        }
    }
}

impl std::error::Error for StressError {}
