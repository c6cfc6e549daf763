//! How much one request may send.
//!
//! Knows nothing of how long it may take: time is the loop's business.

/// Limits of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a head, its last empty line included; also of all chunk extensions and trailers of a body.
    pub head: usize,
    /// Headers in a head.
    pub headers: usize,
    /// Bytes of a body.
    pub body: u64,
    /// Bytes that are read ahead of the request that is being answered, about: what is read at once may go past it.
    pub ahead: usize,
}

/// The most headers that [`Limits::headers`] can allow: as many are parsed on the stack.
pub const MOST_HEADERS: usize = 128;

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            head: 64 << 10,
            // What other servers allow: 100 in several of them.
            headers: 100,
            body: 120 << 20,
            // A few pipelined requests; more only moves the queue from the client's side to ours.
            ahead: 16 << 10,
        }
    }
}
