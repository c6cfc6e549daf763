//! Queue and writer together, with a reader that stalls when it is told to.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::*;
use crate::logging::line::Encoding;
use crate::logging::queue::Bounds;

const STYLE: Style = Style {
    encoding: Encoding::Console,
    origin: false,
    colour: false,
};
const LONG: Duration = Duration::from_secs(60);

/// A stream whose every write hands over its bytes, then waits for what it is to answer.
struct Stalled {
    writes: Sender<Vec<u8>>,
    answers: Receiver<io::Result<usize>>,
}

impl Write for Stalled {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writes.send(bytes.to_vec()).expect("the test listens");
        self.answers.recv().unwrap_or(Ok(bytes.len()))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A queue with small bounds, its writer, and both ends of the stream.
struct Fixture {
    queue: Arc<Queue>,
    writer: JoinHandle<()>,
    writes: Receiver<Vec<u8>>,
    answers: Sender<io::Result<usize>>,
}

impl Fixture {
    fn new() -> Fixture {
        let queue = Arc::new(Queue::new(Bounds {
            ordinary: 20,
            errors: 40,
        }));
        let (writes, seen) = channel();
        let (answers, told) = channel();
        let out = Stalled {
            writes,
            answers: told,
        };
        let shared = Arc::clone(&queue);
        let writer = thread::spawn(move || run(&shared, out, STYLE));
        Fixture {
            queue,
            writer,
            writes: seen,
            answers,
        }
    }

    fn push(&self, line: &str) {
        self.queue.push(line.as_bytes(), line.starts_with("ERROR"));
    }

    /// What the writer writes next; it stays in that write.
    fn next_write(&self) -> String {
        String::from_utf8(self.writes.recv().unwrap()).unwrap()
    }

    fn accept(&self, text: &str) {
        self.answers.send(Ok(text.len())).unwrap();
    }

    fn end(self) {
        self.queue.close();
        drop(self.answers);
        self.writer.join().unwrap();
    }
}

#[test]
fn a_stalled_reader_costs_ordinary_lines_first_and_is_told_how_many() {
    let fixture = Fixture::new();
    fixture.push("INFO  first\n");
    let first = fixture.next_write();
    assert_eq!(first, "INFO  first\n");

    // The writer is inside that write. 10 bytes a line: two fit below ERROR, two more at ERROR.
    for line in [
        "INFO  000\n",
        "INFO  001\n",
        "INFO  002\n",
        "ERROR 003\n",
        "INFO  004\n",
        "ERROR 005\n",
        "ERROR 006\n",
    ] {
        fixture.push(line);
    }
    fixture.accept(&first);
    let second = fixture.next_write();
    assert_eq!(
        second,
        "INFO  000\nINFO  001\nERROR 003\nERROR 005\n\
         WARN  log lines were dropped: they came faster than they were read  {\"dropped\": 3, \"errors\": 1}\n"
    );
    fixture.accept(&second);
    assert!(fixture.queue.flush(LONG));

    // It flows again, and nothing is said twice.
    fixture.push("INFO  later\n");
    let third = fixture.next_write();
    assert_eq!(third, "INFO  later\n");
    fixture.accept(&third);
    fixture.end();
}

#[test]
fn an_empty_queue_takes_a_line_of_any_length() {
    let fixture = Fixture::new();
    let long = format!("INFO  {}\n", "x".repeat(1000));
    fixture.push(&long);
    let write = fixture.next_write();
    assert_eq!(write, long);
    fixture.accept(&write);
    assert!(fixture.queue.flush(LONG));
    fixture.end();
}

#[test]
fn a_flush_waits_for_the_writer_but_not_for_a_stalled_reader() {
    let fixture = Fixture::new();
    fixture.push("INFO  a\n");
    let write = fixture.next_write();
    assert!(!fixture.queue.flush(Duration::ZERO));
    fixture.accept(&write);
    assert!(fixture.queue.flush(LONG));
    assert!(
        fixture.queue.flush(Duration::ZERO),
        "nothing is left to write"
    );
    fixture.end();
}

#[test]
fn a_write_that_took_a_part_goes_on_behind_it() {
    let fixture = Fixture::new();
    fixture.push("INFO  abc\n");
    fixture.next_write();
    fixture.accept("INFO  ");
    assert_eq!(fixture.next_write(), "abc\n");
    fixture
        .answers
        .send(Err(io::ErrorKind::Interrupted.into()))
        .unwrap();
    assert_eq!(fixture.next_write(), "abc\n");
    fixture
        .answers
        .send(Err(io::ErrorKind::WouldBlock.into()))
        .unwrap();
    assert_eq!(fixture.next_write(), "abc\n");
    fixture.accept("abc\n");
    assert!(fixture.queue.flush(LONG));
    fixture.end();
}

#[test]
fn a_reader_that_left_ends_the_writer_and_nobody_else() {
    let fixture = Fixture::new();
    fixture.push("INFO  a\n");
    fixture.next_write();
    fixture.push("INFO  b\n");
    fixture
        .answers
        .send(Err(io::ErrorKind::BrokenPipe.into()))
        .unwrap();
    fixture.writer.join().unwrap();
    fixture.queue.push(b"ERROR c\n", true);
    assert!(
        fixture.queue.flush(LONG),
        "nothing will ever be written: no reason to wait"
    );
}

#[test]
fn lines_that_a_full_disk_refused_are_counted() {
    let fixture = Fixture::new();
    fixture.push("INFO  a\n");
    fixture.next_write();
    fixture.push("INFO  b\n");
    fixture.push("INFO  c\n");
    fixture
        .answers
        .send(Err(io::ErrorKind::StorageFull.into()))
        .unwrap();
    let next = fixture.next_write();
    assert!(next.starts_with("INFO  b\nINFO  c\nWARN"), "{next}");
    assert!(next.ends_with("{\"dropped\": 1}\n"), "{next}");
    fixture
        .answers
        .send(Err(io::ErrorKind::StorageFull.into()))
        .unwrap();
    let last = fixture.next_write();
    assert!(last.ends_with("{\"dropped\": 3}\n"), "{last}");
    fixture.accept(&last);
    assert!(fixture.queue.flush(LONG));
    fixture.end();
}
