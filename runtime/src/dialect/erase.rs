//! Makes plain Lua of typed Lua, in place: what stays, stays in its line and column.
//!
//! On the line of a type that programs may use as a value, and of a loop whose variable is assigned, what stands behind
//! may move to the right. Knows nothing of grammar.

use super::escape;
use super::syntax::{Edit, Span, With};

/// The integer that stands for the type value with number 0 in what Lua gets; the others follow.
pub const FIRST_VALUE: u64 = 0x6d6f_6f6e_0000_0000;

/// Does the edits, which are in order and none inside another.
pub(super) fn erase(source: &[u8], edits: &[Edit]) -> Vec<u8> {
    let mut out = Vec::with_capacity(source.len() + source.len() / 16);
    let mut at = 0;
    for edit in edits {
        let (start, end) = (edit.span.start as usize, edit.span.end as usize);
        out.extend_from_slice(&source[at..start]);
        let piece = &source[start..end];
        match edit.with {
            With::Blanks => blank(piece, &mut out),
            With::Separator => {
                out.push(b';');
                blank(&piece[1..], &mut out);
            }
            With::Plain => plain(piece, &mut out),
            With::Value { name, number } => {
                let value = FIRST_VALUE + u64::from(number);
                let mut text = b"local ".to_vec();
                text.extend_from_slice(name.of(source));
                text.extend_from_slice(format!("=0x{value:x}").as_bytes());
                instead(piece, &text, &mut out);
                // A word may follow the bracket that the piece ends with.
                if [out.last(), source.get(end)].into_iter().all(is_in_word) {
                    out.push(b' ');
                }
            }
            With::Copy(name) => copy(name, source, &mut out),
        }
        at = end;
    }
    out.extend_from_slice(&source[at..]);
    out
}

/// Writes a blank for each byte; line ends stay.
fn blank(piece: &[u8], out: &mut Vec<u8>) {
    out.extend(piece.iter().map(|byte| match byte {
        b'\n' | b'\r' => *byte,
        _ => b' ',
    }));
}

/// Writes `text`, and blanks for what is left of `piece`; a first line that is shorter than the text grows.
fn instead(piece: &[u8], text: &[u8], out: &mut Vec<u8>) {
    let line = memchr::memchr2(b'\n', b'\r', piece).unwrap_or(piece.len());
    out.extend_from_slice(text);
    blank(&piece[text.len().min(line)..], out);
}

/// Writes a string without the backslashes that Lua refuses, and a blank behind it for each.
fn plain(mut string: &[u8], out: &mut Vec<u8>) {
    let length = out.len() + string.len();
    while let [first, ..] = string {
        let (skipped, length) = match escape::read(string) {
            Ok(escape) if *first == b'\\' => (usize::from(escape.is_lenient), escape.length),
            _ => (0, 1),
        };
        out.extend_from_slice(&string[skipped..length]);
        string = &string[length..];
    }
    out.resize(length, b' ');
}

fn is_in_word(byte: Option<&u8>) -> bool {
    byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

fn copy(name: Span, source: &[u8], out: &mut Vec<u8>) {
    let name = name.of(source);
    // What follows may begin with a parenthesis.
    for part in [b" local ", name, b"=", name, b";"] {
        out.extend_from_slice(part);
    }
}
