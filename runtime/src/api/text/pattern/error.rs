//! What can be wrong with a pattern, or with a match that is under way.
//!
//! Knows nothing of positions in programs: the binding puts the caller's line before the text.

use std::fmt;

/// What a pattern, or a match with it, failed with. `Display` gives Lua's wording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatternError {
    /// The pattern's last byte is a lone `%`.
    EndsWithEscape,
    /// A set is not closed.
    MissingBracket,
    /// `%b` is not followed by two bytes.
    MissingBalance,
    /// `%f` is not followed by a set.
    MissingFrontierSet,
    /// `%n` names a capture that is not there, or not closed yet.
    InvalidCaptureIndex(u8),
    /// `%n` in a replacement names a capture that the pattern has not.
    InvalidReplacementIndex(u8),
    /// A `%` in a replacement is followed by neither a digit nor another `%`.
    InvalidReplacementEscape,
    /// A `)` closes nothing.
    InvalidCapture,
    /// A `(` is not closed.
    UnfinishedCapture,
    /// More than 32 captures.
    TooManyCaptures,
    /// The match took more steps than its subject's length justifies.
    TooComplex,
    /// The result of a substitution would be longer than allowed.
    ResultTooLarge,
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PatternError::EndsWithEscape => f.write_str("malformed pattern (ends with '%')"),
            PatternError::MissingBracket => f.write_str("malformed pattern (missing ']')"),
            PatternError::MissingBalance => {
                f.write_str("malformed pattern (missing arguments to '%b')")
            }
            PatternError::MissingFrontierSet => f.write_str("missing '[' after '%f' in pattern"),
            PatternError::InvalidCaptureIndex(n) => write!(f, "invalid capture index %{n}"),
            PatternError::InvalidReplacementIndex(n) => {
                write!(f, "invalid capture index %{n} in replacement string")
            }
            PatternError::InvalidReplacementEscape => {
                f.write_str("invalid use of '%' in replacement string")
            }
            PatternError::InvalidCapture => f.write_str("invalid pattern capture"),
            PatternError::UnfinishedCapture => f.write_str("unfinished capture"),
            PatternError::TooManyCaptures => f.write_str("too many captures"),
            PatternError::TooComplex => f.write_str("pattern too complex"),
            PatternError::ResultTooLarge => f.write_str("resulting string too large"),
        }
    }
}

impl std::error::Error for PatternError {}
