//! Lua's way with text, on byte slices: patterns, formats, numerals and case.
//!
//! Knows nothing of Lua's stack: arguments come as slices and numbers, errors leave as enums.

pub mod case;
#[cfg(test)]
pub mod corpus;
pub mod format;
pub mod number;
pub mod pattern;
