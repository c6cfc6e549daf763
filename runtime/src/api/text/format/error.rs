//! What can be wrong with a format or with its arguments.
//!
//! Knows nothing of positions in programs: the binding puts the caller's line before the text.

use std::fmt;

/// Why a format failed. `Display` gives Lua's wording.
///
/// Arguments are counted as Lua counts them: the format itself is the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormatError {
    /// A letter that names no conversion; the text behind the `%`.
    InvalidConversion(Box<[u8]>),
    /// Flags, width or precision that the conversion doesn't take; the text behind the `%`.
    InvalidSpecification(Box<[u8]>),
    /// More flags and digits than any conversion takes.
    TooLong,
    /// `%q` with a width, precision or flag.
    QuotedHasModifiers,
    /// There is no such argument.
    NoValue(usize),
    /// The argument is no number; the name of its type.
    NotANumber(usize, &'static str),
    /// The argument is a number that fits no integer.
    NoInteger(usize),
    /// The argument can't be written as a literal.
    NoLiteral(usize),
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lossy = String::from_utf8_lossy;
        match self {
            FormatError::InvalidConversion(text) => {
                write!(f, "invalid conversion '%{}' to 'format'", lossy(text))
            }
            FormatError::InvalidSpecification(text) => {
                write!(f, "invalid conversion specification: '%{}'", lossy(text))
            }
            FormatError::TooLong => f.write_str("invalid format (too long)"),
            FormatError::QuotedHasModifiers => f.write_str("specifier '%q' cannot have modifiers"),
            FormatError::NoValue(argument) => {
                write!(f, "bad argument #{argument} to 'format' (no value)")
            }
            FormatError::NotANumber(argument, got) => {
                let expected = "number expected";
                write!(
                    f,
                    "bad argument #{argument} to 'format' ({expected}, got {got})"
                )
            }
            FormatError::NoInteger(argument) => {
                let reason = "number has no integer representation";
                write!(f, "bad argument #{argument} to 'format' ({reason})")
            }
            FormatError::NoLiteral(argument) => {
                let reason = "value has no literal form";
                write!(f, "bad argument #{argument} to 'format' ({reason})")
            }
        }
    }
}

impl std::error::Error for FormatError {}
