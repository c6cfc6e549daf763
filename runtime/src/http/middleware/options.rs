//! Options of middleware: texts by dotted names, read as what they must be.
//!
//! Knows nothing of which options there are.

use std::collections::BTreeMap;
use std::str::FromStr;

use super::MiddlewareError;
use crate::duration;

/// The options of all steps.
#[derive(Clone, Copy)]
pub struct Options<'a>(pub &'a BTreeMap<String, String>);

impl<'a> Options<'a> {
    /// An option as it stands there.
    pub fn text(self, option: &str) -> Option<&'a str> {
        self.0.get(option).map(|value| value.trim())
    }

    /// An option's comma-separated words.
    pub fn list(self, option: &str, default: &'a str) -> impl Iterator<Item = &'a str> {
        let text = self.text(option).unwrap_or(default);
        text.split(',')
            .map(str::trim)
            .filter(|word| !word.is_empty())
    }

    /// A number, at least `least`.
    pub fn number(self, option: &str, default: u64, least: u64) -> Result<u64, MiddlewareError> {
        let expected = match least {
            0 => "a number",
            _ => "a number above 0",
        };
        let number: u64 = self.parsed(option, default, expected)?;
        match number >= least {
            true => Ok(number),
            false => Err(self.wrong(option, expected)),
        }
    }

    /// `true` or `false`.
    pub fn flag(self, option: &str) -> Result<bool, MiddlewareError> {
        self.parsed(option, false, "true or false")
    }

    /// A duration in nanoseconds, above 0.
    pub fn duration(self, option: &str, default: u64) -> Result<u64, MiddlewareError> {
        let Some(text) = self.text(option) else {
            return Ok(default);
        };
        let nanos = duration::parse(text).ok().filter(|nanos| *nanos > 0);
        nanos
            .map(|nanos| nanos as u64)
            .ok_or_else(|| self.wrong(option, "a duration above 0, such as 1m"))
    }

    /// What the text parses as.
    pub fn parsed<T: FromStr>(
        self,
        option: &str,
        default: T,
        expected: &'static str,
    ) -> Result<T, MiddlewareError> {
        match self.text(option) {
            None => Ok(default),
            Some(text) => text.parse().map_err(|_| self.wrong(option, expected)),
        }
    }

    /// An error about an option's value.
    pub fn wrong(self, option: &str, expected: &'static str) -> MiddlewareError {
        MiddlewareError::Value {
            option: option.to_string(),
            value: self.text(option).unwrap_or_default().to_string(),
            expected,
        }
    }
}
