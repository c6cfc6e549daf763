//! SIGINT and SIGTERM: the first asks for a graceful shutdown, the second ends the program.
//!
//! Knows nothing of what a shutdown does.

use std::io;
use std::thread;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// Exit status of a program that was told twice to end.
const FORCED: i32 = 1;

/// Calls `shutdown` at the first SIGINT or SIGTERM, on a thread of its own; ends the program at the second, once it has
/// called `last`. `shutdown` asks and returns: while it blocks, the second is not seen.
///
/// # Errors
/// If the handlers can't be installed or the thread can't be started.
pub fn listen(
    shutdown: impl FnOnce() + Send + 'static,
    last: impl FnOnce() + Send + 'static,
) -> io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    thread::Builder::new()
        .name("signals".into())
        .spawn(move || {
            let mut arrivals = signals.forever();
            if arrivals.next().is_some() {
                log::info!("shutting down (press Ctrl+C again to force exit)");
                shutdown();
            }
            if arrivals.next().is_some() {
                last();
                // Not `std::process::exit`: nothing may run, and so hang, between here and the end.
                signal_hook::low_level::exit(FORCED);
            }
        })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn the_first_signal_asks_for_a_shutdown() {
        let (asked, shutdown) = channel();
        listen(move || asked.send(()).expect("the test listens"), || {}).unwrap();
        signal_hook::low_level::raise(SIGTERM).unwrap();
        shutdown.recv().unwrap();
    }
}
