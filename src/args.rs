//! The command line, as it is written.
//!
//! Knows nothing of what the commands do.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::error::ErrorKind;
use clap::{ArgAction, CommandFactory, Parser, Subcommand};
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
  moondust init --typed                make it of typed Lua
  moondust run                         run the app in this folder, until Ctrl-C
  moondust -C examples/mass-spawn run  run the app in another folder
  moondust check                       say what is wrong with the app
  moondust run list                    list the app's commands
  moondust run greet --loud Ada        run the command greet; all behind its name is the program's
  moondust run -x app:greeter Ada      run a process that has no name
  moondust stubs                       write type stubs for editors into the app
  moondust run -v --set shutdown.timeout=5s
  moondust run -o app:processes:host.workers=4

Status: 0 done, 1 failed, 2 wrong usage; after a command, what its process says.";

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
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Command {
    Init {
        typed: bool,
    },
    /// The app alone, or a process of it on the terminal.
    Run(Option<Launch>),
    /// List the app's commands.
    List,
    Check,
    Stubs,
    Version,
}

/// A process to run on the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Launch {
    /// Which.
    pub what: Named,
    /// The id of the `terminal.host`, if it was said.
    pub host: Option<String>,
    /// What the program gets.
    pub arguments: Vec<OsString>,
}

/// How a process is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// By the id of its entry.
    Entry(String),
    /// By the name of its command.
    Command(String),
}

/// The word that stands for no command, but for all.
const LIST: &str = "list";
/// The command that `moondust test` runs.
const TEST: &str = "test";

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
    Init(InitWords),
    /// Run the app in this folder, or one of its commands
    Run(RunWords),
    /// Run the app's command `test`
    Test(TestWords),
    /// Say what is wrong with the app in this folder
    Check(Flags),
    /// Write type stubs for editors into the app in this folder
    Stubs(Flags),
    /// Print the version
    Version(Flags),
}

#[derive(Debug, clap::Args)]
struct InitWords {
    #[command(flatten)]
    flags: Flags,
    /// Write its programs in typed Lua
    #[arg(long)]
    typed: bool,
}

#[derive(Debug, clap::Args)]
#[command(override_usage = "\
    moondust run [FLAGS]
       moondust run [FLAGS] NAME [ARGS]...
       moondust run [FLAGS] -x NS:ENTRY [--host ID] [ARGS]...
       moondust run [FLAGS] list")]
struct RunWords {
    #[command(flatten)]
    flags: Flags,
    /// Run the process entry that follows
    #[arg(short = 'x')]
    execute: bool,
    /// Run it on this terminal.host; needed where there are several
    #[arg(long, value_name = "ID")]
    host: Option<String>,
    /// A command's name, or `list`, or with -x an entry's id; what follows is for the program
    #[arg(trailing_var_arg = true, value_name = "NAME")]
    words: Vec<OsString>,
}

#[derive(Debug, clap::Args)]
struct TestWords {
    #[command(flatten)]
    flags: Flags,
    /// Run it on this terminal.host; needed where there are several
    #[arg(long, value_name = "ID")]
    host: Option<String>,
    /// For the program
    #[arg(trailing_var_arg = true, value_name = "ARGS")]
    arguments: Vec<OsString>,
}

impl RunWords {
    /// What is to be run.
    fn command(self) -> Result<(Command, Flags), clap::Error> {
        let RunWords {
            flags,
            execute,
            mut host,
            words,
        } = self;
        let mut words = words.into_iter().peekable();
        let Some(first) = words.next() else {
            if execute {
                return Err(missing("-x needs the id of a process entry: -x NS:ENTRY"));
            }
            if host.is_some() {
                return Err(missing("--host needs a command to run there"));
            }
            return Ok((Command::Run(None), flags));
        };
        let name = first.to_string_lossy().into_owned();
        if !execute && name == LIST {
            return Ok((Command::List, flags));
        }
        let what = match execute {
            true => Named::Entry(name),
            false => Named::Command(name),
        };
        if execute && host.is_none() {
            host = host_behind(&mut words)?;
        }
        let launch = Launch {
            what,
            host,
            arguments: words.collect(),
        };
        Ok((Command::Run(Some(launch)), flags))
    }
}

/// The one flag that may stand behind an entry's id: `--host ID` or `--host=ID`.
fn host_behind(
    words: &mut std::iter::Peekable<std::vec::IntoIter<OsString>>,
) -> Result<Option<String>, clap::Error> {
    let Some(flag) = words.next_if(|word| {
        let word = word.to_string_lossy();
        word == "--host" || word.starts_with("--host=")
    }) else {
        return Ok(None);
    };
    if let Some((_, id)) = flag.to_string_lossy().split_once('=') {
        return Ok(Some(id.to_owned()));
    }
    match words.next() {
        Some(id) => Ok(Some(id.to_string_lossy().into_owned())),
        None => Err(missing("--host needs the id of a terminal.host")),
    }
}

fn missing(what: &str) -> clap::Error {
    Line::command().error(ErrorKind::MissingRequiredArgument, what)
}

impl TestWords {
    fn command(self) -> (Command, Flags) {
        let launch = Launch {
            what: Named::Command(TEST.to_owned()),
            host: self.host,
            arguments: self.arguments,
        };
        (Command::Run(Some(launch)), self.flags)
    }
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

impl LogArgs {
    /// Whether it was said what is to be logged.
    pub fn is_explicit(&self) -> bool {
        self.console || self.silent || self.verbose > 0
    }
}

impl Args {
    /// Reads the command line of this program.
    ///
    /// # Errors
    /// Wrong usage; or that help or the version were asked for, which are the answer then.
    pub fn read() -> Result<Args, clap::Error> {
        Args::of(Line::try_parse()?)
    }

    /// Flags behind the command come after those before it.
    fn of(line: Line) -> Result<Args, clap::Error> {
        let (command, later) = match line.words {
            Words::Init(words) => (Command::Init { typed: words.typed }, words.flags),
            Words::Run(words) => words.command()?,
            Words::Test(words) => words.command(),
            Words::Check(flags) => (Command::Check, flags),
            Words::Stubs(flags) => (Command::Stubs, flags),
            Words::Version(flags) => (Command::Version, flags),
        };
        let Flags { folder, log, app } = line.flags;
        Ok(Args {
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
        })
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
            check: Some(runtime::check),
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
mod tests;
