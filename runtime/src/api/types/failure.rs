//! Why a value is not of a type, as programs hear it.
//!
//! Knows nothing of how it was found.

use std::fmt::Write as _;

use crate::dialect::types::Refusal;

/// Why a value is not of a type.
#[derive(Debug, Default)]
pub(super) struct Failure {
    /// The sentence.
    pub message: String,
    /// Where in the value: `address.city`, `items[2]`.
    pub field: Option<String>,
    /// What should be there.
    pub expected: Option<String>,
    /// What is.
    pub got: Option<String>,
    /// The name of the validator that refused it.
    pub constraint: Option<String>,
}

/// A step from a table to what is in it.
#[derive(Debug)]
pub(super) enum Step {
    /// A field with a name.
    Field(Box<str>),
    /// An integer key.
    Item(i64),
    /// A key that can't be written as a field.
    Other(Box<str>),
}

/// A failure on its way from the value to the outermost table: the steps are collected the last first.
#[derive(Debug)]
pub(super) struct Found {
    steps: Vec<Step>,
    what: What,
}

#[derive(Debug)]
enum What {
    Mismatch { expected: String, got: &'static str },
    Key { expected: String, got: &'static str },
    Missing { expected: String },
    Refused(Refusal),
    Other(String),
}

impl Found {
    /// A value of another type.
    pub fn mismatch(expected: String, got: &'static str) -> Found {
        Found::new(What::Mismatch { expected, got })
    }

    /// A validator refuses the value.
    pub fn refused(refusal: Refusal) -> Found {
        Found::new(What::Refused(refusal))
    }

    /// It can't be said whether it is of the type.
    pub fn other(why: impl Into<String>) -> Found {
        Found::new(What::Other(why.into()))
    }

    fn new(what: What) -> Found {
        Found {
            steps: Vec::new(),
            what,
        }
    }

    /// The value is in a table.
    pub fn inside(mut self, step: Step) -> Found {
        self.steps.push(step);
        self
    }

    /// It is a field that is not there.
    pub fn missing(self) -> Found {
        match self.what {
            What::Mismatch { expected, .. } if self.steps.is_empty() => {
                Found::new(What::Missing { expected })
            }
            _ => self,
        }
    }

    /// It is a key rather than a value.
    pub fn of_key(self) -> Found {
        match self.what {
            What::Mismatch { expected, got } if self.steps.is_empty() => {
                Found::new(What::Key { expected, got })
            }
            _ => self,
        }
    }

    /// As programs hear it.
    pub fn told(self) -> Box<Failure> {
        let field = path(&self.steps);
        let mut failure = match self.what {
            What::Mismatch { expected, got } => Failure {
                message: format!("expected {expected}, got {got}"),
                expected: Some(expected),
                got: Some(got.to_owned()),
                ..Failure::default()
            },
            What::Key { expected, got } => Failure {
                message: format!("key: expected {expected}, got {got}"),
                expected: Some(expected),
                got: Some(got.to_owned()),
                ..Failure::default()
            },
            What::Missing { expected } => Failure {
                message: "required field missing".to_owned(),
                expected: Some(expected),
                got: Some("nil".to_owned()),
                ..Failure::default()
            },
            What::Refused(refusal) => Failure {
                message: refusal.message,
                expected: Some(refusal.expected),
                got: refusal.got,
                constraint: Some(refusal.constraint.into()),
                ..Failure::default()
            },
            What::Other(message) => Failure {
                message,
                ..Failure::default()
            },
        };
        if !field.is_empty() {
            failure.message = format!("{field}: {}", failure.message);
            failure.field = Some(field);
        }
        Box::new(failure)
    }
}

/// The steps from the outermost table as a program would write them.
fn path(steps: &[Step]) -> String {
    let mut path = String::new();
    for step in steps.iter().rev() {
        match step {
            Step::Field(name) if path.is_empty() => path.push_str(name),
            Step::Field(name) => _ = write!(path, ".{name}"),
            Step::Item(place) => _ = write!(path, "[{place}]"),
            Step::Other(key) => _ = write!(path, "[{key}]"),
        }
    }
    path
}
