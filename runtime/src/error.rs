//! A structured error: what Lua programs see as an error object.
//!
//! Knows nothing of who raises or returns it. Kinds are the strings of `errors.NOT_FOUND` and so on.

use std::borrow::Cow;
use std::fmt;

use crate::payload::Payload;

/// What sort of error it is. Programs compare these strings.
pub mod kind {
    #![allow(missing_docs)]
    pub const NOT_FOUND: &str = "NotFound";
    pub const ALREADY_EXISTS: &str = "AlreadyExists";
    pub const INVALID: &str = "Invalid";
    pub const PERMISSION_DENIED: &str = "PermissionDenied";
    pub const UNAVAILABLE: &str = "Unavailable";
    pub const INTERNAL: &str = "Internal";
    pub const CANCELED: &str = "Canceled";
    pub const CONFLICT: &str = "Conflict";
    pub const TIMEOUT: &str = "Timeout";
    pub const RATE_LIMITED: &str = "RateLimited";
    pub const LIMIT_EXCEEDED: &str = "LimitExceeded";
    pub const INVALID_STATE: &str = "InvalidState";
    pub const UNKNOWN: &str = "";
}

/// An error with a kind, as `errors.new` makes it and module functions return it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// One of [`kind`]'s strings, or a program's own.
    pub kind: Cow<'static, str>,
    /// What `tostring(err)` says.
    pub message: String,
    /// What was being done, from `errors.wrap`; may be empty.
    pub context: String,
    /// Whether trying again can help; `None` where nobody said.
    pub retryable: Option<bool>,
    /// An encoded table, where there are details.
    pub details: Option<Payload>,
    /// Whether a program made it with `errors.new`: only such an error, said not to be retryable, ends a service for
    /// good.
    pub own: bool,
    /// Where it was made or raised: lines of `source:line: name`; may be empty.
    pub stack: String,
}

impl Error {
    /// An error as the runtime's own functions return it: not retryable, without details.
    pub fn new(kind: &'static str, message: impl Into<String>) -> Error {
        Error {
            kind: Cow::Borrowed(kind),
            message: message.into(),
            context: String::new(),
            retryable: Some(false),
            details: None,
            own: false,
            stack: String::new(),
        }
    }

    /// Bytes of its texts and details.
    pub fn size(&self) -> usize {
        let details = self
            .details
            .as_ref()
            .map_or(0, |details| details.encoded().len());
        self.message.len() + self.context.len() + self.stack.len() + details
    }

    /// The same error, said to be worth another try.
    pub fn retryable(mut self) -> Error {
        self.retryable = Some(true);
        self
    }
}

/// The full form: `context: message`.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.context.is_empty() {
            write!(f, "{}: ", self.context)?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
