//! Where log records go: filtered, made into lines, queued, and written by one thread that may stall alone.
//!
//! Knows nothing of what is logged. Callers format a line and put it into the queue; none of them ever does I/O.

mod line;
mod queue;
mod writer;

use std::cell::RefCell;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, IsTerminal};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, SystemTime};

use log::{Level, LevelFilter, Log, Metadata, Record};

use line::Style;
use queue::Queue;

pub use line::Encoding;

/// How long the program's end waits for a reader that doesn't read.
const FLUSH_PATIENCE: Duration = Duration::from_secs(1);

/// Capacity (bytes) that a thread's scratch line keeps; a longer line gives its memory back.
const SCRATCH: usize = 4 * 1024;

/// Which of the program's streams the log goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

impl Stream {
    /// A handle of its own, unbuffered, so that the log shares no lock with anyone's printing.
    fn open(self) -> io::Result<File> {
        let fd = match self {
            Stream::Stdout => io::stdout().as_fd().try_clone_to_owned(),
            Stream::Stderr => io::stderr().as_fd().try_clone_to_owned(),
        };
        fd.map(File::from)
    }

    fn is_terminal(self) -> bool {
        match self {
            Stream::Stdout => io::stdout().is_terminal(),
            Stream::Stderr => io::stderr().is_terminal(),
        }
    }

    /// Whether lines to this stream should be coloured, given the variables `NO_COLOR` and `TERM`.
    pub fn wants_colour(self, no_color: Option<&OsStr>, term: Option<&OsStr>) -> bool {
        no_color.is_none_or(OsStr::is_empty)
            && term.is_none_or(|term| term != "dumb")
            && self.is_terminal()
    }
}

/// What is logged, how and where.
#[derive(Clone, Debug)]
pub struct Options {
    /// What passes where `filter` doesn't say otherwise; `-v` makes it [`LevelFilter::Debug`].
    pub level: LevelFilter,
    /// The text of `RUST_LOG`; where given it decides alone, whatever `level` says.
    pub filter: Option<String>,
    /// Log nothing at all: wins over everything else.
    pub silent: bool,
    /// Whether a program's records show `pid` and `location`.
    pub origin: bool,
    /// Lines for people, or for machines.
    pub encoding: Encoding,
    /// Where the lines go.
    pub stream: Stream,
    /// Whether levels are coloured; see [`Stream::wants_colour`].
    pub colour: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            level: LevelFilter::Info,
            filter: None,
            silent: false,
            origin: false,
            encoding: Encoding::Console,
            stream: Stream::Stderr,
            colour: false,
        }
    }
}

impl Options {
    /// What passes.
    fn build_filter(&self) -> env_logger::Logger {
        let mut builder = env_logger::Builder::new();
        match &self.filter {
            Some(filter) => builder.parse_filters(filter),
            None => builder.filter_level(self.level),
        };
        builder.build()
    }
}

/// Starts logging for the whole program, panics included. Called once, first thing.
///
/// # Errors
/// If the stream has no usable handle, or the writer's thread can't be started.
///
/// # Panics
/// If the program has a logger already.
pub fn init(options: &Options) -> io::Result<Guard> {
    let queue = Arc::new(Queue::new(queue::Bounds::default()));
    std::panic::set_hook(Box::new(log_panic));
    if options.silent {
        return Ok(Guard { queue });
    }
    let style = Style {
        encoding: options.encoding,
        origin: options.origin,
        colour: options.colour,
    };
    let out = options.stream.open()?;
    let writers = Arc::clone(&queue);
    thread::Builder::new()
        .name("log writer".into())
        .spawn(move || writer::run(&writers, out, style))?;

    let filter = options.build_filter();
    log::set_max_level(filter.filter());
    let logger = Logger {
        filter,
        style,
        queue: Arc::clone(&queue),
    };
    log::set_boxed_logger(Box::new(logger)).expect("logging is started once");
    Ok(Guard { queue })
}

/// Logs a panic instead of printing it, so that a thread that panics doesn't wait for a reader either.
fn log_panic(panic: &std::panic::PanicHookInfo<'_>) {
    let payload = panic.payload();
    let owned = payload.downcast_ref::<String>().map(String::as_str);
    let message = payload.downcast_ref::<&str>().copied().or(owned);
    let message = message.unwrap_or("no message");
    let thread = thread::current();
    let place = panic.location().map(ToString::to_string);
    log::error!(
        target: "panic",
        thread = thread.name().unwrap_or("unnamed"),
        place = place.as_deref().unwrap_or("");
        "panicked: {message}"
    );
}

/// Writes what is still queued when it is dropped, as far as the reader lets it within [`FLUSH_PATIENCE`].
#[must_use = "dropping it flushes the log"]
#[derive(Debug)]
pub struct Guard {
    queue: Arc<Queue>,
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.queue.flush(FLUSH_PATIENCE);
    }
}

/// The program's logger.
struct Logger {
    filter: env_logger::Logger,
    style: Style,
    queue: Arc<Queue>,
}

thread_local! {
    /// Where a thread's next line is formatted.
    static LINE: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

impl Log for Logger {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.filter.enabled(metadata)
    }

    fn log(&self, record: &Record<'_>) {
        if !self.filter.matches(record) {
            return;
        }
        let urgent = record.level() == Level::Error;
        let queue = |line: &mut Vec<u8>| {
            line.clear();
            self.style.format(record, SystemTime::now(), line);
            self.queue.push(line, urgent);
            if line.capacity() > SCRATCH {
                *line = Vec::new();
            }
        };
        // A value that logs while it is formatted finds the thread's line taken, and a thread that ends has none.
        let formatted =
            LINE.try_with(|line| line.try_borrow_mut().map(|mut line| queue(&mut line)));
        if !matches!(formatted, Ok(Ok(()))) {
            queue(&mut Vec::new());
        }
    }

    fn flush(&self) {
        self.queue.flush(FLUSH_PATIENCE);
    }
}
