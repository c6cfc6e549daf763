//! Runs a pattern's operations at one place of a subject.
//!
//! Knows nothing of searching. It keeps its choices on a list of its own, so deep patterns don't deepen the stack.

use super::compile::{Follow, MAX_CAPTURES, Op, Single};
use super::error::PatternError;
use smallvec::SmallVec;

/// How many steps a match, or a whole substitution, may still take.
///
/// Matching runs in native code, where a process can't be preempted; so a match that backtracks without end must
/// end in an error. A step is one operation, one choice withdrawn, or [`BYTES_PER_STEP`] bytes of a repetition.
#[derive(Debug)]
pub struct Budget {
    /// Steps that may be taken now.
    now: u64,
    /// Those that follow, if it may go on then.
    later: u64,
    may_go_on: fn() -> bool,
}

/// Steps between two looks at whether the match may go on: 1 to 8 ms.
const INSTALMENT: u64 = 1 << 20;

/// Steps for any subject, however short: 1 to 6 ms of the worst patterns, measured at 1 to 7 ns a step.
/// Patterns that take quadratic time get by with this up to some 1,200 bytes; real lines are shorter.
const BASE_STEPS: u64 = 750_000;

/// Steps more a byte of subject. The usual patterns over prose (`figures` in the tests) take up to 1 a byte, and 5
/// where all words are tried twice. The rest is margin; it makes the worst case 50 to 80 ms a megabyte.
const STEPS_PER_BYTE: u64 = 16;

/// How many bytes a repetition takes in the time of a step, about.
const BYTES_PER_STEP: usize = 8;

/// How many bytes a search for one byte looks at in the time of a step, about.
const BYTES_SEARCHED_PER_STEP: usize = 64;

impl Budget {
    /// What a subject of this length justifies.
    pub fn for_subject(length: usize) -> Budget {
        Budget {
            now: 0,
            later: BASE_STEPS + STEPS_PER_BYTE.saturating_mul(length as u64),
            may_go_on: || true,
        }
    }

    /// The same, but matching ends in an error where `may_go_on` says no: what a large subject justifies takes seconds.
    pub fn asking(mut self, may_go_on: fn() -> bool) -> Budget {
        self.may_go_on = may_go_on;
        self
    }

    /// Steps that are left.
    #[cfg(test)]
    pub fn left(&self) -> u64 {
        self.now + self.later
    }

    #[inline]
    fn spend(&mut self, steps: u64) -> Result<(), PatternError> {
        match self.now.checked_sub(steps) {
            Some(left) => self.now = left,
            None => self.draw(steps)?,
        }
        Ok(())
    }

    #[cold]
    fn draw(&mut self, steps: u64) -> Result<(), PatternError> {
        let left = (self.now + self.later).checked_sub(steps);
        let left = left.ok_or(PatternError::TooComplex)?;
        if !(self.may_go_on)() {
            return Err(PatternError::TooComplex);
        }
        self.now = left.min(INSTALMENT);
        self.later = left - self.now;
        Ok(())
    }

    /// Charges for looking at this many bytes in a tight loop.
    #[inline]
    pub(super) fn spend_bytes(&mut self, bytes: usize) -> Result<(), PatternError> {
        self.spend((bytes / BYTES_PER_STEP) as u64)
    }

    /// Charges for looking for one byte in this many.
    fn spend_search(&mut self, bytes: usize) -> Result<(), PatternError> {
        self.spend((bytes / BYTES_SEARCHED_PER_STEP) as u64)
    }
}

/// One capture of a match. Offsets count from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capture {
    /// The bytes `start..end` of the subject.
    Text {
        /// Where it starts.
        start: usize,
        /// Where the byte after it is.
        end: usize,
    },
    /// `()`: an offset; Lua is told this plus 1.
    Position(usize),
}

/// The captures of the last match. Reused, since clearing it costs more than many a match.
#[derive(Clone, Debug)]
pub struct Captures {
    count: usize,
    /// Start and end; the end of a position is [`POSITION`].
    spans: [(usize, usize); MAX_CAPTURES],
}

const POSITION: usize = usize::MAX;

impl Captures {
    /// No captures yet.
    pub fn new() -> Captures {
        Captures {
            count: 0,
            spans: [(0, 0); MAX_CAPTURES],
        }
    }

    /// How many captures the pattern has. Where it has none, Lua takes the whole match for one.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether the pattern has none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The capture with this index, from 0.
    pub fn get(&self, index: usize) -> Option<Capture> {
        let &(start, end) = self.spans[..self.count].get(index)?;
        Some(if end == POSITION {
            Capture::Position(start)
        } else {
            Capture::Text { start, end }
        })
    }

    /// All captures, in the order of their opening parentheses.
    pub fn iter(&self) -> impl Iterator<Item = Capture> + '_ {
        (0..self.count).filter_map(|index| self.get(index))
    }

    pub(super) fn set_len(&mut self, count: u8) {
        self.count = usize::from(count);
    }
}

impl Default for Captures {
    fn default() -> Captures {
        Captures::new()
    }
}

/// A place to come back to when the rest fails.
enum Choice {
    /// Repeated up to `end`; may be as short as `least`. Next is the operation `next`.
    Fewer {
        next: usize,
        least: usize,
        end: usize,
    },
    /// The repetition `op` has reached `end`; may go on.
    More { op: usize, end: usize },
    /// Go on with `next` at `at`.
    Without { next: usize, at: usize },
}

/// A match under way.
pub(super) struct Matcher<'a> {
    pub(super) subject: &'a [u8],
    pub(super) ops: &'a [Op],
    pub(super) captures: &'a mut Captures,
    pub(super) budget: &'a mut Budget,
    choices: SmallVec<[Choice; 8]>,
}

/// The operation to run, and where.
type Next = Option<(usize, usize)>;

impl<'a> Matcher<'a> {
    pub(super) fn new(
        subject: &'a [u8],
        ops: &'a [Op],
        captures: &'a mut Captures,
        budget: &'a mut Budget,
    ) -> Matcher<'a> {
        Matcher {
            subject,
            ops,
            captures,
            budget,
            choices: SmallVec::new(),
        }
    }

    /// Where the match that starts at `start` ends.
    pub(super) fn run(&mut self, start: usize) -> Result<Option<usize>, PatternError> {
        self.choices.clear();
        let (mut op, mut at) = (0, start);
        loop {
            self.budget.spend(1)?;
            if matches!(self.ops[op], Op::Done) {
                return Ok(Some(at));
            }
            let next = match self.step(op, at)? {
                None => self.withdraw()?,
                next => next,
            };
            match next {
                Some(next) => (op, at) = next,
                None => return Ok(None),
            }
        }
    }

    #[inline]
    fn step(&mut self, op: usize, at: usize) -> Result<Next, PatternError> {
        let ops = self.ops;
        let here = self.subject.get(at).copied();
        let end = match &ops[op] {
            Op::One(single) => match here {
                Some(byte) if single.matches(byte) => Some(at + 1),
                _ => None,
            },
            Op::Star(single, follow) => Some(self.repeat(op, at, at, single, *follow)?),
            Op::Plus(single, follow) => match here {
                Some(byte) if single.matches(byte) => {
                    Some(self.repeat(op, at + 1, at + 1, single, *follow)?)
                }
                _ => None,
            },
            Op::Lazy(..) => {
                self.choices.push(Choice::More { op, end: at });
                Some(at)
            }
            Op::Maybe(single) => match here {
                Some(byte) if single.matches(byte) => {
                    self.choices.push(Choice::Without { next: op + 1, at });
                    Some(at + 1)
                }
                _ => Some(at),
            },
            Op::Open(index) => {
                self.captures.spans[usize::from(*index)].0 = at;
                Some(at)
            }
            Op::Close(index) => {
                self.captures.spans[usize::from(*index)].1 = at;
                Some(at)
            }
            Op::Position(index) => {
                self.captures.spans[usize::from(*index)] = (at, POSITION);
                Some(at)
            }
            Op::Balance(open, close) => self.balance(at, *open, *close)?,
            Op::Frontier(set) => {
                let before = at.checked_sub(1).map_or(0, |before| self.subject[before]);
                let is_edge = !set.contains(before) && set.contains(here.unwrap_or(0));
                is_edge.then_some(at)
            }
            Op::Back(index) => self.back(at, usize::from(*index))?,
            Op::End => (at == self.subject.len()).then_some(at),
            Op::Malformed(error) => return Err(*error),
            Op::Fail | Op::Done => None,
        };
        Ok(end.map(|end| (op + 1, end)))
    }

    /// Takes as many bytes as `single` matches from `at` on; all but `least` may be given back.
    #[inline]
    fn repeat(
        &mut self,
        op: usize,
        at: usize,
        least: usize,
        single: &Single,
        follow: Follow,
    ) -> Result<usize, PatternError> {
        let run = single.run(&self.subject[at..]);
        self.budget.spend_bytes(run)?;
        let end = at + run;
        if end > least && !matches!(follow, Follow::Foreign) {
            let next = op + 1;
            self.choices.push(Choice::Fewer { next, least, end });
        }
        Ok(end)
    }

    /// Goes back to the latest choice, and takes the other way.
    fn withdraw(&mut self) -> Result<Next, PatternError> {
        while let Some(choice) = self.choices.pop() {
            let next = match choice {
                Choice::Without { next, at } => Some((next, at)),
                Choice::Fewer { next, least, end } => self.fewer(next, least, end)?,
                Choice::More { op, end } => self.more(op, end)?,
            };
            if next.is_some() {
                return Ok(next);
            }
        }
        Ok(None)
    }

    fn fewer(&mut self, next: usize, least: usize, end: usize) -> Result<Next, PatternError> {
        let shorter = match self.ops[next - 1] {
            Op::Star(_, Follow::Byte(byte)) | Op::Plus(_, Follow::Byte(byte)) => {
                let found = memchr::memrchr(byte, &self.subject[least..end]);
                self.budget
                    .spend_search(end - least - found.unwrap_or_default())?;
                match found {
                    Some(offset) => least + offset,
                    None => return Ok(None),
                }
            }
            _ => end - 1,
        };
        if shorter > least {
            let end = shorter;
            self.choices.push(Choice::Fewer { next, least, end });
        }
        Ok(Some((next, shorter)))
    }

    fn more(&mut self, op: usize, end: usize) -> Result<Next, PatternError> {
        let rest = &self.subject[end..];
        let Op::Lazy(single, follow) = &self.ops[op] else {
            return Ok(None);
        };
        let taken = match (single, follow) {
            (_, _) if rest.is_empty() => None,
            (Single::Any, Follow::Byte(byte)) => {
                let found = memchr::memchr(*byte, &rest[1..]);
                self.budget.spend_search(found.unwrap_or(rest.len()))?;
                found.map(|offset| offset + 1)
            }
            _ => single.matches(rest[0]).then_some(1),
        };
        Ok(taken.map(|taken| {
            let end = end + taken;
            self.choices.push(Choice::More { op, end });
            (op + 1, end)
        }))
    }

    /// The end of the text that starts with `open` and ends with the `close` that balances it.
    fn balance(&mut self, at: usize, open: u8, close: u8) -> Result<Option<usize>, PatternError> {
        if self.subject.get(at) != Some(&open) {
            return Ok(None);
        }
        let mut depth = 1_usize;
        let mut end = None;
        for (offset, byte) in self.subject[at + 1..].iter().enumerate() {
            // `close` first: where both are the same byte, the second one ends it.
            if *byte == close {
                depth -= 1;
                if depth == 0 {
                    end = Some(at + 1 + offset + 1);
                    break;
                }
            } else if *byte == open {
                depth += 1;
            }
        }
        // Two looks at each byte.
        let looks = 2 * (end.unwrap_or(self.subject.len()) - at);
        self.budget.spend_bytes(looks)?;
        Ok(end)
    }

    /// The end of a repeated capture.
    fn back(&mut self, at: usize, index: usize) -> Result<Option<usize>, PatternError> {
        let (start, end) = self.captures.spans[index];
        let text = &self.subject[start..end];
        let rest = &self.subject[at..];
        if text.len() > rest.len() {
            return Ok(None);
        }
        self.budget.spend_search(text.len())?;
        Ok(rest.starts_with(text).then_some(at + text.len()))
    }
}
