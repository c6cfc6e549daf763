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
  moondust stubs                       write type stubs for editors into the app
  moondust run -v --set shutdown.timeout=5s
  moondust run -o app:processes:host.workers=4

Status: 0 done, 1 failed, 2 wrong usage.";

/// The command line, as it is to be understood.
#[derive(Debug)]
pub struct Args {
    /// What to do.
    pub command: Command,
    /// The folder to act in, if it isn't this one.
    pub folder: Option<PathBuf>,
    pub log: LogArgs,
    pub app: AppArgs,
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Command {
    Init,
    Run,
    Check,
    Stubs,
    Version,
}

/// Runs Lua programs as swarms of tiny, isolated processes
#[derive(Debug, Parser)]
#[command(name = "moondust", version, after_help = EXAMPLES)]
struct Line {
    #[command(flatten)]
    flags: Flags,
    #[command(subcommand)]
    words: Words,
}

// With flags of their own rather than the parser's global ones: of those that stand on both sides of the command, it
// would forget the first.
#[derive(Debug, Subcommand)]
enum Words {
    /// Make a small app in an empty folder
    Init(Flags),
    /// Run the app in this folder
    Run(Flags),
    /// Say what is wrong with the app in this folder
    Check(Flags),
    /// Write type stubs for editors into the app in this folder
    Stubs(Flags),
    /// Print the version
    Version(Flags),
}

/// All flags. They may stand before and behind the command, whether they mean something to it or not.
#[derive(Debug, clap::Args)]
struct Flags {
    /// Act in the folder DIR
    #[arg(short = 'C', value_name = "DIR")]
    folder: Option<PathBuf>,
    #[command(flatten)]
    log: LogArgs,
    #[command(flatten)]
    app: AppArgs,
}

/// What is logged, and where.
#[derive(Clone, Debug, clap::Args)]
pub struct LogArgs {
    /// Log in colour, to stdout
    #[arg(short, long)]
    pub console: bool,
    /// Log more; twice for still more
    #[arg(short, long, action = ArgAction::Count)]
    pub verbose: u8,
    /// Log nothing
    #[arg(short, long)]
    pub silent: bool,
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

impl Args {
    /// Reads the command line of this program.
    ///
    /// # Errors
    /// Wrong usage; or that help or the version were asked for, which are the answer then.
    pub fn read() -> Result<Args, clap::Error> {
        Line::try_parse().map(Args::of)
    }

    /// Flags behind the command come after those before it.
    fn of(line: Line) -> Args {
        let (command, later) = match line.words {
            Words::Init(flags) => (Command::Init, flags),
            Words::Run(flags) => (Command::Run, flags),
            Words::Check(flags) => (Command::Check, flags),
            Words::Stubs(flags) => (Command::Stubs, flags),
            Words::Version(flags) => (Command::Version, flags),
        };
        let Flags { folder, log, app } = line.flags;
        Args {
            command,
            folder: later.folder.or(folder),
            log: LogArgs {
                console: log.console || later.log.console,
                verbose: log.verbose.saturating_add(later.log.verbose),
                silent: log.silent || later.log.silent,
            },
            app: AppArgs {
                config: [app.config, later.app.config].concat(),
                o: [app.o, later.app.o].concat(),
                set: [app.set, later.app.set].concat(),
            },
        }
    }
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
        Line::command().debug_assert();
    }

    #[test]
    fn flags_stand_before_and_behind_the_command() {
        let words = |line: &str| {
            let line = Line::try_parse_from(line.split(' '));
            Args::of(line.unwrap_or_else(|error| panic!("{error}")))
        };
        let args = words(
            "moondust -v -s -C a --config 1 --set a.b=1 -o a:b:c=1 \
             run -v -c -C b --config 2 --set a.b=2 -o a:b:c=2",
        );
        assert_eq!(args.command, Command::Run);
        assert_eq!(args.folder, Some("b".into()));
        assert_eq!(args.log.verbose, 2);
        assert!(args.log.silent && args.log.console);
        assert_eq!(args.app.config, [PathBuf::from("1"), "2".into()]);
        let settings: [Setting; 2] = ["a.b=1", "a.b=2"].map(|text| text.parse().unwrap());
        assert_eq!(args.app.set, settings);
        let overrides: [Override; 2] = ["a:b:c=1", "a:b:c=2"].map(|text| text.parse().unwrap());
        assert_eq!(args.app.o, overrides);
        let args = words("moondust -C a version");
        assert_eq!(
            (args.command, args.folder),
            (Command::Version, Some("a".into()))
        );
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
