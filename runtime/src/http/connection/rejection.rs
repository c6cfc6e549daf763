//! Why a request is refused before anyone sees it.
//!
//! Knows nothing of how the refusal is written.

use std::fmt;

/// A request that can't be read on from; the connection ends with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// Not HTTP, or ambiguous: what is wrong.
    BadRequest(&'static str),
    /// The client is too slow. The loop's to find out.
    Timeout,
    /// The body is larger than the limit.
    BodyTooLarge,
    /// The request line alone is larger than the limit for heads.
    TargetTooLong,
    /// The client expects something else than `100-continue`.
    UnknownExpectation,
    /// The head is larger than its limit, or has too many headers.
    HeadTooLarge,
    /// A transfer coding or a method that no server of ours has: which.
    NotImplemented(&'static str),
    /// Another HTTP than 1.0 and 1.1.
    UnknownVersion,
    /// The server has no room. The loop's to find out.
    Overloaded,
}

impl Rejection {
    /// The status code to answer.
    pub fn status(self) -> u16 {
        match self {
            Rejection::BadRequest(_) => 400,
            Rejection::Timeout => 408,
            Rejection::BodyTooLarge => 413,
            Rejection::TargetTooLong => 414,
            Rejection::UnknownExpectation => 417,
            Rejection::HeadTooLarge => 431,
            Rejection::NotImplemented(_) => 501,
            Rejection::Overloaded => 503,
            Rejection::UnknownVersion => 505,
        }
    }
}

/// What the client reads.
impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Rejection::BadRequest(what) | Rejection::NotImplemented(what) => what,
            Rejection::Timeout => "request took too long",
            Rejection::BodyTooLarge => "request body too large",
            Rejection::TargetTooLong => "request target too long",
            Rejection::UnknownExpectation => "unknown expectation",
            Rejection::HeadTooLarge => "request headers too large",
            Rejection::Overloaded => "too many requests in progress",
            Rejection::UnknownVersion => "HTTP/1.0 and HTTP/1.1 only",
        })
    }
}
