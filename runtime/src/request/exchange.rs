//! A request on its way to whoever answers it, and the way back.
//!
//! Knows nothing of sockets, nor of who answers.

use std::fmt;
use std::sync::Arc;

use super::{Body, Request, Response};
use crate::wake::Wake;

/// A request, and where its answer goes.
pub struct Exchange {
    /// What is asked.
    pub request: Box<Request>,
    /// The wildcards of the route by name, with what they stand for, decoded.
    pub parameters: Vec<(Box<str>, Box<[u8]>)>,
    /// The client: address and port.
    pub client: std::net::SocketAddr,
    /// The body.
    pub body: Body,
    /// Where the answer goes.
    pub reply: Arc<dyn Reply>,
}

/// Takes one answer: whole, or a head and parts and an end. What comes when it has ended, or when the client has left, is
/// dropped. Nothing here blocks.
pub trait Reply: Send + Sync {
    /// Takes a whole answer.
    fn respond(&self, response: Response);

    /// Takes the head of an answer and the first part of its body. `length` is that of the whole body, where it is known.
    fn begin(&self, response: Response, length: Option<u64>);

    /// Takes a further part of the body.
    fn part(&self, bytes: Vec<u8>);

    /// Takes the end.
    fn end(&self);

    /// Whether an answer, or the head of one, was taken.
    fn is_begun(&self) -> bool;

    /// Whether the client takes what it is sent, or has left.
    fn has_room(&self) -> bool;

    /// Calls `wake` once [there is room](Reply::has_room), which may be at once.
    fn wait_for_room(&self, wake: Wake);

    /// Whether nobody waits for the answer any more.
    fn has_left(&self) -> bool;

    /// Breaks off an answer that has begun and can't be ended: the client is to notice.
    fn abort(&self);
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("request", &self.request)
            .finish_non_exhaustive()
    }
}
