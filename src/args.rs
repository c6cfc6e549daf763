//! The command line, as it is written.
//!
//! Knows nothing of what the commands do.

use std::path::{Path, PathBuf};

use clap::{ArgAction, Parser, Subcommand};
use moondust_runtime::app::{Duplicates, Options, Override, Setting};
use moondust_runtime::runtime;

/// Folders with this name are left out when the variable isn't empty, so that suites can be run in parts.
const SKIPPED_WHEN_SET: [(&str, &[&str]); 4] = [
    ("SKIP_TEMPORAL_TESTS", &["temporal", "_temporal"]),
    ("SKIP_CLOUDSTORAGE_TESTS", &["cloudstorage"]),
    ("SKIP_SQS_TESTS", &["sqs"]),
    ("SKIP_NETWORK_TESTS", &["network"]),
];

const EXAMPLES: &str = "\
Examples:
  moondust init                        make a small app in this empty folder
  moondust run                         run the app in this folder, until Ctrl-C
  moondust -C examples/mass-spawn run  run the app in another folder
  moondust check                       say what is wrong with the app
  moondust run -v --set shutdown.timeout=5s
  moondust run -o app:processes:host.workers=4

Status: 0 done, 1 failed, 2 wrong usage.";

/// Runs Lua programs as swarms of tiny, isolated processes
#[derive(Debug, Parser)]
#[command(name = "moondust", version, after_help = EXAMPLES)]
pub struct Args {
    /// Act in the folder DIR
    #[arg(short = 'C', value_name = "DIR", global = true)]
    pub folder: Option<PathBuf>,
    #[command(flatten)]
    pub log: LogArgs,
    #[command(subcommand)]
    pub command: Command,
}

/// What is logged, and where.
#[derive(Clone, Debug, clap::Args)]
pub struct LogArgs {
    /// Log in colour, to stdout
    #[arg(short, long, global = true)]
    pub console: bool,
    /// Log more; twice for still more
    #[arg(short, long, action = ArgAction::Count, global = true)]
    pub verbose: u8,
    /// Log nothing
    #[arg(short, long, global = true)]
    pub silent: bool,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a small app in an empty folder
    Init,
    /// Run the app in this folder
    Run(AppArgs),
    /// Say what is wrong with the app in this folder
    Check(AppArgs),
    /// Print the version
    Version,
}

/// What an app is loaded with.
#[derive(Debug, clap::Args)]
pub struct AppArgs {
    /// Read configuration from FILE too, after .wippy.yaml (repeatable)
    #[arg(long, value_name = "FILE")]
    config: Vec<PathBuf>,
    /// Set a field of an entry (repeatable)
    #[arg(short, value_name = "NS:ENTRY:FIELD=VALUE")]
    o: Vec<Override>,
    /// Set a field of the configuration (repeatable)
    #[arg(long, value_name = "SECTION.PATH=VALUE")]
    set: Vec<Setting>,
}

impl AppArgs {
    /// The app's folder: this one, since `-C` went there.
    pub fn folder(&self) -> &'static Path {
        Path::new(".")
    }

    /// How to load the app.
    pub fn into_options(self, duplicates: Duplicates) -> Options {
        Options {
            modules: runtime::modules(),
            config_files: self.config,
            settings: self.set,
            overrides: self.o,
            skip_folders: skipped(|name| std::env::var(name).unwrap_or_default()),
            duplicates,
        }
    }
}

/// The folders that the environment says are to be left out.
fn skipped(variable: impl Fn(&str) -> String) -> Vec<String> {
    let listed = variable("SKIP_TEST_DIRS");
    let listed = listed.split(',').map(str::trim).filter(|s| !s.is_empty());
    let set = SKIPPED_WHEN_SET
        .iter()
        .filter(|(name, _)| !variable(name).is_empty());
    let set = set.flat_map(|(_, folders)| folders.iter().copied());
    listed.chain(set).map(str::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory;
        Args::command().debug_assert();
    }

    #[test]
    fn folders_are_skipped_as_the_environment_says() {
        let folders = skipped(|name| match name {
            "SKIP_TEST_DIRS" => "sql, queue,".to_string(),
            "SKIP_SQS_TESTS" => "1".to_string(),
            _ => String::new(),
        });
        assert_eq!(folders, ["sql", "queue", "sqs"]);
    }
}
