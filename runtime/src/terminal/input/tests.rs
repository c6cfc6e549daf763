//! One reader for all: who waits, who is woken, and that nothing gets lost.

use std::sync::mpsc::{Receiver, Sender, channel};

use super::*;

/// A source that gives what it is sent, and ends when the sender is gone.
struct Fed(Receiver<Vec<u8>>);

impl Read for Fed {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let bytes = self.0.recv().unwrap_or_default();
        out[..bytes.len()].copy_from_slice(&bytes);
        Ok(bytes.len())
    }
}

fn fed() -> (Sender<Vec<u8>>, Input) {
    let (feed, source) = channel();
    (feed, Input::new(Box::new(Fed(source))))
}

/// Takes a line; waits for it as long as it takes.
fn line(input: &Input) -> Taken {
    loop {
        let (wake, woken) = channel();
        let taken = input.take(Want::Line(99), || Box::new(move || wake.send(()).unwrap()));
        match taken.unwrap() {
            Some(taken) => return taken,
            None => woken.recv().unwrap(),
        }
    }
}

fn bytes(text: &str) -> Taken {
    Taken::Bytes(text.into())
}

#[test]
fn a_read_keeps_what_nobody_has_asked_for_yet() {
    let (feed, input) = fed();
    feed.send(b"one\ntwo\nthr".into()).unwrap();
    assert_eq!((line(&input), line(&input)), (bytes("one"), bytes("two")));
    feed.send(b"ee".into()).unwrap();
    drop(feed);
    assert_eq!((line(&input), line(&input)), (bytes("three"), Taken::End));
    assert_eq!(line(&input), Taken::End);
}

#[test]
fn what_came_for_somebody_who_has_ended_is_the_next_ones() {
    let (feed, input) = fed();
    let ended = input.take(Want::Line(99), || Box::new(|| {}));
    assert_eq!(ended.unwrap(), None);
    feed.send(b"here\n".into()).unwrap();
    assert_eq!(line(&input), bytes("here"));
}

#[test]
fn each_line_goes_to_one_of_those_who_wait() {
    const LINES: usize = 200;
    let (feed, input) = fed();
    let input = Arc::new(input);
    let readers: Vec<_> = (0..4)
        .map(|_| {
            let input = input.clone();
            thread::spawn(move || {
                let mut lines = Vec::new();
                while let Taken::Bytes(bytes) = line(&input) {
                    lines.push(String::from_utf8(bytes).unwrap());
                }
                lines
            })
        })
        .collect();
    let all: Vec<String> = (0..LINES).map(|number| format!("{number:03}")).collect();
    for part in all.join("\n").into_bytes().chunks(7) {
        feed.send(part.to_vec()).unwrap();
    }
    drop(feed);
    let mut read: Vec<_> = readers
        .into_iter()
        .flat_map(|reader| reader.join().unwrap())
        .collect();
    read.sort();
    assert_eq!(read, all);
}
