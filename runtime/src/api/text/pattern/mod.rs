//! Lua patterns: searching a subject for one.
//!
//! Knows nothing of Lua values: `find`, `match` and `gmatch` differ only in what the binding makes of a match.

mod byte_set;
mod compile;
mod error;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
mod matcher;
mod substitute;
#[cfg(test)]
mod tests;

pub use error::PatternError;
pub use matcher::{Budget, Capture, Captures};
pub use substitute::{Replacement, Substitution, substitute};

use compile::{Compiled, Follow, Op, Single, compile};
use matcher::Matcher;

/// A pattern that is ready to search with. Making one takes tens of nanoseconds and mostly no allocation.
pub struct Pattern {
    compiled: Compiled,
    anchored: bool,
}

/// Where a match is: the bytes `start..end` of the subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    /// Where it starts.
    pub start: usize,
    /// Where the byte after it is.
    pub end: usize,
}

/// Where a search that is to find one match after the other goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cursor {
    /// Nothing was found yet; begin here.
    From(usize),
    /// The last match ended here. An empty match in the same place would be the same one again.
    After(usize),
}

impl Pattern {
    /// A pattern for `find`, `match` and `gsub`: a leading `^` anchors it.
    pub fn new(pattern: &[u8]) -> Pattern {
        match pattern.strip_prefix(b"^") {
            Some(rest) => Pattern {
                compiled: compile(rest),
                anchored: true,
            },
            None => Pattern::unanchored(pattern),
        }
    }

    /// A pattern for `gmatch`, where `^` stands for itself.
    pub fn unanchored(pattern: &[u8]) -> Pattern {
        Pattern {
            compiled: compile(pattern),
            anchored: false,
        }
    }

    /// The next match. An anchored pattern matches only where the search begins, and once.
    pub fn next_match(
        &self,
        subject: &[u8],
        cursor: Cursor,
        captures: &mut Captures,
        budget: &mut Budget,
    ) -> Result<Option<Match>, PatternError> {
        let (from, last_end) = match cursor {
            Cursor::After(_) if self.anchored => return Ok(None),
            Cursor::From(from) => (from, None),
            Cursor::After(end) => (end, Some(end)),
        };
        if from > subject.len() {
            return Ok(None);
        }
        captures.set_len(self.compiled.captures);
        let ops = self.compiled.ops.as_slice();
        let mut matcher = Matcher::new(subject, ops, captures, budget);
        if self.anchored {
            let end = matcher.run(from)?;
            return Ok(end.map(|end| Match { start: from, end }));
        }
        let lead = self.lead();
        let mut start = from;
        loop {
            if let Some(single) = lead.must_start_with {
                let Some(skipped) = single.first_in(&subject[start..]) else {
                    return Ok(None);
                };
                matcher.budget.spend_bytes(skipped)?;
                start += skipped;
            }
            match matcher.run(start)? {
                Some(end) if Some(end) != last_end => return Ok(Some(Match { start, end })),
                Some(_) => start += 1,
                None => start += lead.hopeless(&subject[start..]),
            }
            if start > subject.len() {
                return Ok(None);
            }
        }
    }

    /// What the first operation that takes bytes says about where a match can start.
    fn lead(&self) -> Lead<'_> {
        let first = self
            .compiled
            .ops
            .iter()
            .find(|op| !matches!(op, Op::Open(_) | Op::Position(_)));
        let whole_runs = !self.compiled.has_back_reference;
        match first {
            Some(Op::One(single)) => Lead {
                must_start_with: Some(single),
                run_of: None,
            },
            Some(Op::Plus(single, follow)) => Lead {
                must_start_with: Some(single),
                run_of: (whole_runs && matches!(follow, Follow::Foreign)).then_some(single),
            },
            Some(Op::Star(single, Follow::Foreign)) if whole_runs => Lead {
                must_start_with: None,
                run_of: Some(single),
            },
            _ => Lead {
                must_start_with: None,
                run_of: None,
            },
        }
    }
}

struct Lead<'p> {
    /// What matches the first byte of every match.
    must_start_with: Option<&'p Single>,
    /// Every match starts with all of a run of these. If it fails after the run, starting later in the same run
    /// leads to the same place: without this, `%s+$` takes quadratic time.
    run_of: Option<&'p Single>,
}

impl Lead<'_> {
    /// How many starts at the beginning of `rest` can't match, where the first doesn't.
    fn hopeless(&self, rest: &[u8]) -> usize {
        self.run_of.map_or(1, |single| single.run(rest).max(1))
    }
}

/// Searches `subject` for `pattern`, from the offset `init` on, with a budget of its own.
pub fn find(
    subject: &[u8],
    pattern: &[u8],
    init: usize,
    captures: &mut Captures,
) -> Result<Option<Match>, PatternError> {
    let mut budget = Budget::for_subject(subject.len());
    Pattern::new(pattern).next_match(subject, Cursor::From(init), captures, &mut budget)
}

/// Searches `subject` for the very bytes `text`, from the offset `init` on.
pub fn find_plain(subject: &[u8], text: &[u8], init: usize) -> Option<Match> {
    let start = init + memchr::memmem::find(subject.get(init..)?, text)?;
    Some(Match {
        start,
        end: start + text.len(),
    })
}

/// Whether any byte of `pattern` is not just itself; if none is, [`find_plain`] finds the same.
pub fn has_specials(pattern: &[u8]) -> bool {
    pattern.iter().any(|byte| b"^$*+?.([%-".contains(byte))
}
