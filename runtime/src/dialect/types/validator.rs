//! What stands behind `@` in a type: something more that a value must be.
//!
//! Knows nothing of where values come from.

use std::cmp::Ordering;
use std::fmt;
use std::sync::OnceLock;

use regex::bytes::Regex;

use super::pattern;
use crate::dialect::syntax::{self, Literal};

/// A validator as it was written.
#[derive(Debug)]
pub struct Validator {
    name: Box<str>,
    arguments: Vec<Option<Literal>>,
    /// Of `@pattern`, compiled when it is first needed.
    regex: OnceLock<Result<Regex, String>>,
}

/// What validators look at of a value.
#[derive(Clone, Copy, Debug)]
pub enum Subject<'a> {
    /// An integer.
    Integer(i64),
    /// A float.
    Float(f64),
    /// A string.
    Text(&'a [u8]),
    /// A table with so many elements.
    List(usize),
    /// Any other value.
    Other,
}

/// Why a validator refuses a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Its name.
    pub constraint: Box<str>,
    /// As it was written: `@min(1)`
    pub expected: String,
    /// What it looked at: a number, or a length in bytes or elements.
    pub got: Option<String>,
    /// The sentence.
    pub message: String,
}

impl Validator {
    /// The validator that was written.
    pub(super) fn new(source: &[u8], written: &syntax::Validator) -> Validator {
        Validator {
            name: String::from_utf8_lossy(written.name.of(source)).into(),
            arguments: written.arguments.clone(),
            regex: OnceLock::new(),
        }
    }

    /// Looks at a value. Those that are not meant for values of its type are content with it.
    ///
    /// # Errors
    /// Why it refuses the value.
    pub fn check(&self, subject: Subject) -> Result<(), Refusal> {
        match (&*self.name, subject) {
            ("min" | "max", Subject::Integer(value)) => self.check_number(Literal::Integer(value)),
            ("min" | "max", Subject::Float(value)) => self.check_number(Literal::Float(value)),
            ("min_len" | "max_len", Subject::Text(text)) => self.check_length(text.len()),
            ("min_len" | "max_len", Subject::List(length)) => self.check_length(length),
            ("pattern", Subject::Text(text)) => self.check_pattern(text),
            _ => Ok(()),
        }
    }

    fn check_number(&self, value: Literal) -> Result<(), Refusal> {
        let limit = self.number()?;
        let (good, what) = match &*self.name {
            "min" => (is_at_least(&value, limit), "less than min"),
            _ => (is_at_least(limit, &value), "more than max"),
        };
        if good {
            return Ok(());
        }
        let message = format!("{} is {what} {}", Shown(&value), Shown(limit));
        Err(self.refusal(message, Some(Shown(&value).to_string())))
    }

    fn check_length(&self, length: usize) -> Result<(), Refusal> {
        let limit = self.number()?;
        let value = Literal::Integer(length as i64);
        let (good, what) = match &*self.name {
            "min_len" => (is_at_least(&value, limit), "less than min_len"),
            _ => (is_at_least(limit, &value), "more than max_len"),
        };
        if good {
            return Ok(());
        }
        let message = format!("length {length} is {what} {}", Shown(limit));
        Err(self.refusal(message, Some(length.to_string())))
    }

    fn check_pattern(&self, text: &[u8]) -> Result<(), Refusal> {
        let Some(Literal::String(written)) = self.argument()? else {
            return Err(self.misused("a string"));
        };
        match self.regex.get_or_init(|| pattern::compile(written)) {
            Ok(regex) if regex.is_match(text) => Ok(()),
            Ok(_) => {
                let written = String::from_utf8_lossy(written);
                let message = format!("does not match pattern {written}");
                Err(self.refusal(message, None))
            }
            Err(why) => Err(self.refusal(format!("the pattern of {self} is bad: {why}"), None)),
        }
    }

    /// The number that it takes.
    fn number(&self) -> Result<&Literal, Refusal> {
        match self.argument()? {
            Some(limit @ (Literal::Integer(_) | Literal::Float(_))) => Ok(limit),
            _ => Err(self.misused("a number")),
        }
    }

    /// The one argument that it has, if it has one.
    fn argument(&self) -> Result<Option<&Literal>, Refusal> {
        match &self.arguments[..] {
            [Some(argument)] => Ok(Some(argument)),
            [None] => Err(self.refusal(format!("the argument of {self} is no constant"), None)),
            _ => Ok(None),
        }
    }

    fn misused(&self, what: &str) -> Refusal {
        self.refusal(format!("{self} takes {what}"), None)
    }

    fn refusal(&self, message: String, got: Option<String>) -> Refusal {
        Refusal {
            constraint: self.name.clone(),
            expected: self.to_string(),
            got,
            message,
        }
    }
}

/// The same name with the same arguments.
impl PartialEq for Validator {
    fn eq(&self, other: &Validator) -> bool {
        self.name == other.name && self.arguments == other.arguments
    }
}

/// As it was written: `@min(1)`
impl fmt::Display for Validator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{}", self.name)?;
        if self.arguments.is_empty() {
            return Ok(());
        }
        for (place, argument) in self.arguments.iter().enumerate() {
            f.write_str(if place == 0 { "(" } else { ", " })?;
            match argument {
                Some(constant) => write!(f, "{}", Shown(constant))?,
                None => f.write_str("…")?,
            }
        }
        f.write_str(")")
    }
}

/// Whether a number is no less than another. Not a number is less than any.
fn is_at_least(one: &Literal, other: &Literal) -> bool {
    let order = match (one, other) {
        (Literal::Integer(one), Literal::Integer(other)) => Some(one.cmp(other)),
        (Literal::Integer(one), Literal::Float(other)) => (*one as f64).partial_cmp(other),
        (Literal::Float(one), Literal::Integer(other)) => one.partial_cmp(&(*other as f64)),
        (Literal::Float(one), Literal::Float(other)) => one.partial_cmp(other),
        _ => None,
    };
    order.is_some_and(Ordering::is_ge)
}

/// A constant as the dialect writes it.
pub(super) struct Shown<'a>(pub &'a Literal);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Literal::Boolean(value) => write!(f, "{value}"),
            Literal::Integer(value) => write!(f, "{value}"),
            Literal::Float(value) => {
                // With an exponent where it is large: all digits of 1e300 help nobody.
                let text = format!("{value:?}");
                f.write_str(text.strip_suffix(".0").unwrap_or(&text))
            }
            Literal::String(text) => write!(f, "{:?}", String::from_utf8_lossy(text)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(name: &str, argument: Option<Literal>) -> Validator {
        Validator {
            name: name.into(),
            arguments: vec![argument],
            regex: OnceLock::new(),
        }
    }

    /// What it says of a value.
    fn says(name: &str, argument: Option<Literal>, subject: Subject) -> String {
        match written(name, argument).check(subject) {
            Ok(()) => "well".to_owned(),
            Err(refusal) => refusal.message,
        }
    }

    fn integer(value: i64) -> Option<Literal> {
        Some(Literal::Integer(value))
    }

    fn text(value: &str) -> Option<Literal> {
        Some(Literal::String(value.as_bytes().into()))
    }

    #[test]
    fn limits_are_inclusive() {
        assert_eq!(says("min", integer(3), Subject::Integer(3)), "well");
        assert_eq!(
            says("min", integer(3), Subject::Float(2.5)),
            "2.5 is less than min 3"
        );
        assert_eq!(says("max", integer(3), Subject::Integer(3)), "well");
        assert_eq!(
            says("max", integer(3), Subject::Integer(4)),
            "4 is more than max 3"
        );
        assert_eq!(
            says("max", integer(3), Subject::Float(f64::NAN)),
            "NaN is more than max 3"
        );
        let half = Some(Literal::Float(0.5));
        assert_eq!(
            says("min", half, Subject::Integer(0)),
            "0 is less than min 0.5"
        );
    }

    #[test]
    fn lengths_are_of_bytes_and_elements() {
        assert_eq!(
            says("min_len", integer(2), Subject::Text("é".as_bytes())),
            "well"
        );
        let short = says("min_len", integer(2), Subject::Text(b"x"));
        assert_eq!(short, "length 1 is less than min_len 2");
        let long = says("max_len", integer(2), Subject::List(3));
        assert_eq!(long, "length 3 is more than max_len 2");
    }

    #[test]
    fn patterns_are_searched_for() {
        assert_eq!(says("pattern", text("b+"), Subject::Text(b"abc")), "well");
        let other = says("pattern", text("^b+"), Subject::Text(b"abc"));
        assert_eq!(other, "does not match pattern ^b+");
        let bad = says("pattern", text("("), Subject::Text(b"abc"));
        assert!(
            bad.starts_with("the pattern of @pattern(\"(\") is bad: "),
            "{bad}"
        );
    }

    #[test]
    fn what_cannot_be_used_is_said() {
        assert_eq!(
            says("min", None, Subject::Integer(1)),
            "the argument of @min(…) is no constant"
        );
        assert_eq!(
            says("max", text("x"), Subject::Integer(1)),
            "@max(\"x\") takes a number"
        );
        assert_eq!(
            says("pattern", integer(1), Subject::Text(b"")),
            "@pattern(1) takes a string"
        );
    }

    #[test]
    fn values_of_other_types_and_unknown_validators_are_let_be() {
        assert_eq!(says("min", integer(3), Subject::Text(b"x")), "well");
        assert_eq!(says("min_len", integer(3), Subject::Other), "well");
        assert_eq!(says("pattern", text("x"), Subject::Integer(1)), "well");
        assert_eq!(says("email", None, Subject::Text(b"x")), "well");
    }
}
