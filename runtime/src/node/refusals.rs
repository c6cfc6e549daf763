//! What Lua itself refuses of a source that the dialect takes: jumps without a label, too many variables.
//!
//! It tells one thing at a time, names its line, and quotes what is there. Knows nothing of types.

use crate::app::{Excerpt, LuaSource, Problem};
use crate::dialect;
use crate::dialect::syntax::{Span, Syntax};
use crate::lua::{Chunk, SyntaxError};

/// What is refused of a statement alone: without it, Lua says what is wrong with the others.
const ALONE: [&str; 3] = ["no visible label", "label ", "attempt to assign to const"];

/// How often Lua is asked.
const MOST_ASKED: u32 = 100;

/// All that Lua refuses of a source, of which it said the first thing: what is wrong with each statement that stands in no
/// other, if that can be told.
pub fn all(source: &LuaSource, syntax: &Syntax, first: SyntaxError) -> Vec<Problem> {
    let mut text = source.text.as_bytes().to_vec();
    let (mut found, mut error) = (vec![first.clone()], first);
    for _ in 1..MOST_ASKED {
        if !is_alone(&error) {
            break;
        }
        let told = Told::new(source, &error);
        let statements = syntax
            .statements
            .iter()
            .filter(|it| !is_blank(it.of(&text)));
        let (from, to) = told
            .at
            .map_or((told.line.start, told.line.end), |at| (at, at));
        let mut statements = statements.filter(|it| it.start <= to && it.end > from);
        let Some(statement) = statements.next() else {
            break;
        };
        blank(&mut text[statement.start as usize..statement.end as usize]);
        let Ok(plain) = dialect::translate(&text) else {
            break;
        };
        let chunk = Chunk::compile(&plain.text, source.entry.as_str(), plain.syntax.values());
        let Err(next) = chunk else {
            break;
        };
        if next != error && is_alone(&next) {
            found.push(next.clone());
        }
        error = next;
    }
    found.sort_by_key(|error| Told::new(source, error).number);
    found.iter().map(|error| problem(source, error)).collect()
}

fn is_alone(error: &SyntaxError) -> bool {
    ALONE.iter().any(|what| error.message.starts_with(what))
}

fn is_blank(text: &[u8]) -> bool {
    text.iter().all(u8::is_ascii_whitespace)
}

fn blank(text: &mut [u8]) {
    let inside = text
        .iter_mut()
        .filter(|byte| !matches!(byte, b'\n' | b'\r'));
    inside.for_each(|byte| *byte = b' ');
}

fn problem(source: &LuaSource, error: &SyntaxError) -> Problem {
    let told = Told::new(source, error);
    let text = told.line.of(source.text.as_bytes());
    let column = told
        .at
        .map_or(0, |at| dialect::position(source.text.as_bytes(), at).column);
    let excerpt = Excerpt {
        text: String::from_utf8_lossy(text).into_owned(),
        column,
    };
    let place = source.place(told.number, column);
    let problem = Problem::error(told.what).at(&place);
    problem.entry(&source.entry).excerpt(excerpt)
}

/// What Lua said, and of which place.
struct Told<'e> {
    what: &'e str,
    /// The line, from 1.
    number: u32,
    line: Span,
    /// Where what it quotes stands, if it is in the line.
    at: Option<u32>,
}

impl<'e> Told<'e> {
    fn new(source: &LuaSource, error: &'e SyntaxError) -> Told<'e> {
        // It looks at a jump where its block ends, and says behind what is wrong where it stands.
        let jump = error.message.rsplit_once(" at line ");
        let jump = jump.and_then(|(what, line)| Some((what, line.parse().ok()?)));
        let (what, number) = jump.unwrap_or((&error.message, error.line));
        let line = dialect::line(source.text.as_bytes(), number);
        let text = line.of(source.text.as_bytes());
        let from = jump.and_then(|_| word(text, b"goto")).unwrap_or(0);
        let named = what.split('\'').nth(1).filter(|named| !named.is_empty());
        let at = named.and_then(|named| word(&text[from..], named.as_bytes()));
        let at = at.map(|at| line.start + (from + at) as u32);
        Told {
            what,
            number,
            line,
            at,
        }
    }
}

/// Where something stands in a text, but not as a part of a longer word.
fn word(text: &[u8], named: &[u8]) -> Option<usize> {
    let is_inside =
        |byte: Option<&u8>| byte.is_some_and(|it| it.is_ascii_alphanumeric() || *it == b'_');
    let is_one = |one: Option<&u8>, other: Option<&u8>| is_inside(one) && is_inside(other);
    memchr::memmem::find_iter(text, named).find(|&start| {
        let end = start + named.len();
        let before = start.checked_sub(1).and_then(|at| text.get(at));
        !is_one(before, named.first()) && !is_one(named.last(), text.get(end))
    })
}
