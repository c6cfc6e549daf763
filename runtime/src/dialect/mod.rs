//! Typed Lua: the dialect's sources read, and plain Lua made of them. Text in, text and plain data out.
//!
//! No kept parser reads this dialect: those of Luau know no `as`, `interface`, `fun`, `@min` or `!`, those of Teal other
//! records and no casts with `::`, and what editors have reads types in comments. So this one is ours: `lexer` (with
//! `token`, `escape`, `numeral`, `strings`), `parser` (with `names`), what it learns in `syntax`, `erase`, which leaves types
//! out in place, and `types`: what they mean. Knows nothing of VMs, nor of apps.

mod erase;
mod error;
mod escape;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
mod lexer;
mod names;
mod numeral;
mod parser;
mod strings;
pub mod syntax;
#[cfg(test)]
mod tests;
mod token;
pub mod types;

use std::borrow::Cow;

pub use erase::FIRST_VALUE;
pub use error::{Error, Position, line, position};
pub use syntax::Syntax;

/// Bytes of the longest source: spans count with 32 bits.
const LONGEST: usize = u32::MAX as usize - 1;

/// What was made of a source.
#[derive(Clone, Debug)]
pub struct Plain<'s> {
    /// What Lua takes: the source itself if nothing is to be changed.
    pub text: Cow<'s, [u8]>,
    /// What was learned.
    pub syntax: Syntax,
}

/// Makes plain Lua of a source.
///
/// # Errors
/// All that is wrong with it, in order: at least the first thing in each statement that stands in no other.
pub fn translate(source: &[u8]) -> Result<Plain<'_>, Vec<Error>> {
    if source.len() > LONGEST {
        let nowhere = syntax::Span::default();
        return Err(vec![Error::new(nowhere, "longer than 4 GiB")]);
    }
    let syntax = parser::parse(source)?;
    let text = match syntax.edits.is_empty() {
        true => Cow::Borrowed(source),
        false => Cow::Owned(erase::erase(source, &syntax.edits)),
    };
    Ok(Plain { text, syntax })
}
