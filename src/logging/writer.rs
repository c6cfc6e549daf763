//! The one thread that writes log lines, and alone waits for whoever reads them.
//!
//! Knows nothing of records. A reader that left ends it; one that stalls holds up nobody else.

use std::io::{self, Write};
use std::thread;
use std::time::{Duration, SystemTime};

use log::{Level, Record, kv};

use super::line::Style;
use super::queue::{Dropped, Queue};

/// How long to wait before writing again to a stream that somebody made non-blocking and that is full.
const FULL_PAUSE: Duration = Duration::from_millis(10);

/// How long to wait after a write that failed, such as on a full disk, before trying again.
const FAILED_PAUSE: Duration = Duration::from_millis(100);

/// Capacity (bytes) that a batch keeps; a larger one gives its memory back.
const BATCH: usize = 64 * 1024;

/// Writes what comes through the queue until the reader is gone or the queue is closed.
pub fn run(queue: &Queue, mut out: impl Write, style: Style) {
    let mut batch = Vec::new();
    while let Some(dropped) = queue.take(&mut batch) {
        let ours = batch.len();
        if dropped.any() {
            note(dropped, style, &mut batch);
        }
        match write_all(&mut out, &batch) {
            Ok(()) => {}
            Err((_, error)) if error.kind() == io::ErrorKind::BrokenPipe => return queue.close(),
            Err((written, _)) => {
                // A full disk may have room again later: what didn't fit is counted, and counted again if it was a
                // count.
                let lost = batch[written.min(ours)..ours]
                    .iter()
                    .filter(|b| **b == b'\n')
                    .count();
                queue.count_lost(lost as u64 + dropped.total());
                // The count itself is written to the same stream: not in a tight loop.
                thread::sleep(FAILED_PAUSE);
            }
        }
        if batch.capacity() > BATCH {
            batch = Vec::new();
        }
    }
}

/// Writes all bytes; on failure says how many were.
fn write_all(out: &mut impl Write, bytes: &[u8]) -> Result<(), (usize, io::Error)> {
    let mut written = 0;
    while written < bytes.len() {
        match out.write(&bytes[written..]) {
            Ok(0) => return Err((written, io::ErrorKind::WriteZero.into())),
            Ok(count) => written += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => thread::sleep(FULL_PAUSE),
            Err(error) => return Err((written, error)),
        }
    }
    Ok(())
}

/// The line that says how many lines are missing.
fn note(dropped: Dropped, style: Style, out: &mut Vec<u8>) {
    let fields: [(&str, kv::Value<'_>); 2] = [
        ("dropped", dropped.total().into()),
        ("errors", dropped.errors.into()),
    ];
    let shown = if dropped.errors > 0 {
        &fields[..]
    } else {
        &fields[..1]
    };
    let record = Record::builder()
        .level(Level::Warn)
        .target("log")
        .args(format_args!(
            "log lines were dropped: they came faster than they were read"
        ))
        .key_values(&shown)
        .build();
    style.format(&record, SystemTime::now(), out);
}

#[cfg(test)]
#[path = "writer_tests.rs"]
mod tests;
