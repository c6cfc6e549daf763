//! Which requests a route takes: a method, and a path with wildcards. `GET /users/{id}`.
//!
//! Knows nothing of handlers, nor of other patterns but the one it is compared with.

use std::fmt;

use super::path;
use crate::request::{is_token, percent};

/// A pattern, parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    method: Option<Box<str>>,
    path: Box<str>,
    segments: Box<[Segment]>,
}

/// What stands between two slashes, or behind the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// These bytes, decoded.
    Literal(Box<[u8]>),
    /// Any one segment; its name.
    One(Box<str>),
    /// All that follows, if only a slash; its name, or nothing for a path that ends in a slash.
    Rest(Box<str>),
    /// Nothing: the path ends in this slash.
    End,
}

/// Why a text is no pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternError {
    /// The pattern, method and path.
    pub pattern: String,
    /// What is wrong with it.
    pub reason: Reason,
}

/// What can be wrong with a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The method is no token.
    Method,
    /// The path doesn't begin with a slash.
    NoSlash,
    /// The path has `//`, `.` or `..`, which no request has when it is matched.
    Unclean,
    /// A wildcard is a part of a segment only.
    Mixed(String),
    /// `{$}` or `{name...}` stands before other segments.
    NotLast(String),
    /// A wildcard's name is no name.
    Name(String),
    /// Two wildcards have this name.
    Twice(String),
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invalid route {:?}: ", self.pattern)?;
        match &self.reason {
            Reason::Method => f.write_str("invalid method"),
            Reason::NoSlash => f.write_str("the path must begin with /"),
            Reason::Unclean => f.write_str("a path with //, . or .. matches nothing"),
            Reason::Mixed(segment) => write!(f, "{segment:?} must be a wildcard or have none"),
            Reason::NotLast(segment) => write!(f, "{segment} must be the end of the path"),
            Reason::Name(name) => write!(f, "{name:?} is no name of a wildcard"),
            Reason::Twice(name) => write!(f, "two wildcards {name}"),
        }
    }
}

impl std::error::Error for PatternError {}

/// How the requests of two patterns lie to each other, if there is one that both match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overlap {
    /// Whether the first matches any that the second doesn't.
    pub first_has_more: bool,
    /// Whether the second matches any that the first doesn't.
    pub second_has_more: bool,
}

impl Overlap {
    const SAME: Overlap = Overlap::new(false, false);
    const FIRST_MORE: Overlap = Overlap::new(true, false);
    const SECOND_MORE: Overlap = Overlap::new(false, true);

    const fn new(first_has_more: bool, second_has_more: bool) -> Overlap {
        Overlap {
            first_has_more,
            second_has_more,
        }
    }

    fn and(self, other: Overlap) -> Overlap {
        Overlap {
            first_has_more: self.first_has_more || other.first_has_more,
            second_has_more: self.second_has_more || other.second_has_more,
        }
    }

    /// Whether neither is more specific than the other, so that nobody could say which of the two takes a request.
    pub fn is_conflict(self) -> bool {
        self.first_has_more == self.second_has_more
    }
}

impl Pattern {
    /// Reads a pattern. Without a method it takes all of them; `prefix` stands before the path, its last slash dropped.
    pub fn new(method: Option<&str>, prefix: &str, path: &str) -> Result<Pattern, PatternError> {
        let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
        let full = format!("{prefix}{path}");
        let fail = |reason| PatternError {
            pattern: shown(method, &full),
            reason,
        };
        if method.is_some_and(|method| !is_token(method.as_bytes())) {
            return Err(fail(Reason::Method));
        }
        if !full.starts_with('/') {
            return Err(fail(Reason::NoSlash));
        }
        if path::clean(&full) != full {
            return Err(fail(Reason::Unclean));
        }
        let segments = segments(&full).map_err(fail)?;
        Ok(Pattern {
            method: method.map(Box::from),
            path: full.into(),
            segments,
        })
    }

    /// The method, if it takes only one. GET takes HEAD too.
    pub fn method(&self) -> Option<&str> {
        self.method.as_deref()
    }

    /// The path as it was written.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The segments.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The names of the wildcards, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().filter_map(|segment| match segment {
            Segment::One(name) | Segment::Rest(name) if !name.is_empty() => Some(&**name),
            _ => None,
        })
    }

    /// How the requests of two patterns lie to each other; `None` if none is matched by both.
    pub fn overlap(&self, other: &Pattern) -> Option<Overlap> {
        let methods = overlap_of_methods(self.method(), other.method())?;
        Some(methods.and(overlap_of_paths(&self.segments, &other.segments)?))
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shown(self.method(), &self.path))
    }
}

fn shown(method: Option<&str>, path: &str) -> String {
    match method {
        Some(method) => format!("{method} {path}"),
        None => path.to_string(),
    }
}

fn segments(path: &str) -> Result<Box<[Segment]>, Reason> {
    let mut found: Vec<Segment> = Vec::new();
    let mut texts = path[1..].split('/').peekable();
    while let Some(text) = texts.next() {
        let segment = segment(text)?;
        let ends = matches!(segment, Segment::Rest(_) | Segment::End);
        if ends && texts.peek().is_some() {
            return Err(Reason::NotLast(text.to_string()));
        }
        if let Segment::One(name) | Segment::Rest(name) = &segment
            && found.iter().any(|other| other.is_named(name))
        {
            return Err(Reason::Twice(name.to_string()));
        }
        found.push(segment);
    }
    Ok(found.into())
}

fn segment(text: &str) -> Result<Segment, Reason> {
    if text.is_empty() {
        return Ok(Segment::Rest("".into()));
    }
    if !text.contains('{') {
        return Ok(Segment::Literal(percent::decode(text.as_bytes()).into()));
    }
    let inner = text
        .strip_prefix('{')
        .and_then(|text| text.strip_suffix('}'));
    let inner = inner.ok_or_else(|| Reason::Mixed(text.to_string()))?;
    if inner == "$" {
        return Ok(Segment::End);
    }
    let (name, is_rest) = match inner.strip_suffix("...") {
        Some(name) => (name, true),
        None => (inner, false),
    };
    if !is_name(name) {
        return Err(Reason::Name(name.to_string()));
    }
    Ok(match is_rest {
        true => Segment::Rest(name.into()),
        false => Segment::One(name.into()),
    })
}

fn is_name(text: &str) -> bool {
    let is_letter = |c: char| c == '_' || c.is_alphabetic();
    text.starts_with(is_letter) && text.chars().all(|c| is_letter(c) || c.is_numeric())
}

impl Segment {
    fn is_named(&self, wanted: &str) -> bool {
        match self {
            Segment::One(name) | Segment::Rest(name) => **name == *wanted,
            _ => false,
        }
    }
}

fn overlap_of_methods(first: Option<&str>, second: Option<&str>) -> Option<Overlap> {
    match (first, second) {
        _ if first == second => Some(Overlap::SAME),
        (None, _) | (Some("GET"), Some("HEAD")) => Some(Overlap::FIRST_MORE),
        (_, None) | (Some("HEAD"), Some("GET")) => Some(Overlap::SECOND_MORE),
        _ => None,
    }
}

fn overlap_of_paths(first: &[Segment], second: &[Segment]) -> Option<Overlap> {
    let mut overlap = Overlap::SAME;
    let mut pairs = first.iter().zip(second);
    for (one, other) in &mut pairs {
        overlap = overlap.and(overlap_of_segments(one, other)?);
    }
    let ends_in_rest = |segments: &[Segment]| matches!(segments.last(), Some(Segment::Rest(_)));
    match first.len().cmp(&second.len()) {
        std::cmp::Ordering::Equal => Some(overlap),
        std::cmp::Ordering::Less if ends_in_rest(first) => Some(overlap.and(Overlap::FIRST_MORE)),
        std::cmp::Ordering::Greater if ends_in_rest(second) => {
            Some(overlap.and(Overlap::SECOND_MORE))
        }
        _ => None,
    }
}

fn overlap_of_segments(first: &Segment, second: &Segment) -> Option<Overlap> {
    use Segment::{End, Literal, One, Rest};
    match (first, second) {
        (Rest(_), Rest(_)) | (One(_), One(_)) | (End, End) => Some(Overlap::SAME),
        (Rest(_), _) => Some(Overlap::FIRST_MORE),
        (_, Rest(_)) => Some(Overlap::SECOND_MORE),
        (One(_), Literal(_)) => Some(Overlap::FIRST_MORE),
        (Literal(_), One(_)) => Some(Overlap::SECOND_MORE),
        (Literal(one), Literal(other)) if one == other => Some(Overlap::SAME),
        (End | Literal(_) | One(_), End | Literal(_) | One(_)) => None,
    }
}
