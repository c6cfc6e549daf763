//! The body of a request as its function reads it: once.
//!
//! Knows nothing of what the body means.

use crate::request::Body;

/// A body, or what was not read of it.
pub(super) struct ReadOnce {
    body: Body,
    length: Option<u64>,
}

impl ReadOnce {
    /// A body of which nothing was read.
    pub fn new(body: Body) -> ReadOnce {
        let length = match &body {
            Body::Whole(bytes) => Some(bytes.len() as u64),
            Body::Coming(_) => None,
        };
        ReadOnce { body, length }
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
        match &self.body {
            Body::Whole(bytes) => bytes.capacity(),
            Body::Coming(_) => 0,
        }
    }

    /// Takes all of a body that has come whole.
    pub fn take_whole(&mut self) -> Option<Vec<u8>> {
        match &mut self.body {
            Body::Whole(bytes) => Some(std::mem::take(bytes)),
            Body::Coming(_) => None,
        }
    }
}
