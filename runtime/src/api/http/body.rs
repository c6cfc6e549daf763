//! The body of a request as its function reads it: once, whether it has come or comes.
//!
//! Knows nothing of what the body means, nor of waiting.

use std::mem;
use std::sync::Arc;

use crate::request::{Body, Incoming};

/// A body, or what was not read of it.
pub(super) struct ReadOnce {
    source: Source,
    /// Bytes that it had when it came, if it came whole.
    length: Option<u64>,
    /// Bytes that were taken of what comes.
    taken: u64,
    /// What was taken and is kept until the rest has come.
    gathered: Vec<u8>,
}

enum Source {
    /// What has come, and how much of it was taken.
    Whole(Vec<u8>, usize),
    /// It comes.
    Coming(Arc<Incoming>),
}

impl ReadOnce {
    /// A body of which nothing was read.
    pub fn new(body: Body) -> ReadOnce {
        let (source, length) = match body {
            Body::Whole(bytes) => {
                let length = bytes.len() as u64;
                (Source::Whole(bytes, 0), Some(length))
            }
            Body::Coming(incoming) => (Source::Coming(incoming), None),
        };
        ReadOnce {
            source,
            length,
            taken: 0,
            gathered: Vec::new(),
        }
    }

    /// Whether the request came with one.
    pub fn was_there(&self) -> bool {
        self.length != Some(0)
    }

    /// Bytes that it had when it came, if it came whole.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// Bytes that are here.
    pub fn bytes(&self) -> usize {
        let whole = match &self.source {
            Source::Whole(bytes, _) => bytes.capacity(),
            Source::Coming(_) => 0,
        };
        whole + self.gathered.capacity()
    }

    /// What comes, if it comes.
    pub fn coming(&self) -> Option<&Arc<Incoming>> {
        match &self.source {
            Source::Whole(..) => None,
            Source::Coming(incoming) => Some(incoming),
        }
    }

    /// Takes all that has come whole and was not taken.
    pub fn take_whole(&mut self) -> Option<Vec<u8>> {
        let Source::Whole(bytes, taken) = &mut self.source else {
            return None;
        };
        let mut rest = mem::take(bytes);
        rest.drain(..mem::take(taken));
        Some(rest)
    }

    /// The next bytes of what has come whole, at most `most`, which are taken then.
    pub fn next(&mut self, most: usize) -> Option<&[u8]> {
        let Source::Whole(bytes, taken) = &mut self.source else {
            return None;
        };
        let start = *taken;
        *taken = bytes.len().min(start.saturating_add(most));
        Some(&bytes[start..*taken])
    }

    /// Counts bytes that were taken of what comes; answers how many those are.
    pub fn count(&mut self, bytes: usize) -> u64 {
        self.taken += bytes as u64;
        self.taken
    }

    /// Keeps bytes that were taken of what comes; answers how many are kept.
    pub fn gather(&mut self, bytes: Vec<u8>) -> usize {
        match self.gathered.is_empty() {
            true => self.gathered = bytes,
            false => self.gathered.extend_from_slice(&bytes),
        }
        self.gathered.len()
    }

    /// All has come: takes what was kept.
    pub fn finish(&mut self) -> Vec<u8> {
        self.source = Source::Whole(Vec::new(), 0);
        mem::take(&mut self.gathered)
    }

    /// Lets go of all of it.
    pub fn give_up(&mut self) {
        drop(self.finish());
    }
}
