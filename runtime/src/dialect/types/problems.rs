//! What is wrong with a file's types that shows only when a value is looked at.
//!
//! Knows nothing of who says so.

use super::pattern;
use crate::dialect::syntax::{Form, Literal, Span, Syntax, Validator};

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub span: Span,
    /// The sentence.
    pub message: String,
}

/// Problems after which nobody reads on.
const MOST_PROBLEMS: usize = 100;

/// The patterns of a file that can't be used, in the order in which they are written; not all, where there are very many.
pub fn problems(source: &[u8], syntax: &Syntax) -> Vec<Problem> {
    let mut found: Vec<Problem> = syntax
        .types
        .iter()
        .filter_map(|written| match &written.form {
            Form::Checked { validators, .. } => Some(validators),
            _ => None,
        })
        .flatten()
        .filter(|validator| validator.name.of(source) == b"pattern")
        .filter_map(|validator| {
            let span = validator.span;
            problem(validator).map(|message| Problem { span, message })
        })
        .take(MOST_PROBLEMS)
        .collect();
    found.sort_by_key(|problem| problem.span.start);
    found
}

/// What is wrong with a `@pattern`.
fn problem(validator: &Validator) -> Option<String> {
    match &validator.arguments[..] {
        [Some(Literal::String(pattern))] => {
            let why = pattern::compile(pattern).err()?;
            Some(format!("bad pattern: {why}"))
        }
        // Known only when the program runs, if at all.
        [None] => None,
        _ => Some("@pattern takes a string".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_an_end_to_what_is_told() {
        let source = "type A = string @pattern(\"(\")\n".repeat(1000);
        let plain =
            crate::dialect::translate(source.as_bytes()).expect("only its patterns are bad");
        assert_eq!(
            problems(source.as_bytes(), &plain.syntax).len(),
            MOST_PROBLEMS
        );
    }
}
