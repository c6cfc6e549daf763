//! A pattern's text, translated to the operations that the matcher runs.
//!
//! Knows nothing of subjects. Translating never fails: Lua complains about a malformed item only when a match
//! reaches it, so what is malformed becomes an operation that raises.

use super::byte_set::{ByteSet, class};
use super::error::PatternError;
use smallvec::SmallVec;

/// Lua's `LUA_MAXCAPTURES`.
pub const MAX_CAPTURES: usize = 32;

/// What matches one byte.
#[derive(Clone, Copy, Debug)]
pub enum Single {
    /// `.`
    Any,
    /// A byte that stands for itself.
    Byte(u8),
    /// A class or a set.
    Set(ByteSet),
}

/// What is known of the byte after a repetition. It saves tries that can't succeed.
#[derive(Clone, Copy, Debug)]
pub enum Follow {
    /// Nothing.
    Unknown,
    /// It must be this one.
    Byte(u8),
    /// It can't be one that the repetition takes: only the longest repetition can lead to a match.
    Foreign,
}

/// One operation.
#[derive(Clone, Copy, Debug)]
pub enum Op {
    /// One byte.
    One(Single),
    /// `*`
    Star(Single, Follow),
    /// `+`
    Plus(Single, Follow),
    /// `-`
    Lazy(Single, Follow),
    /// `?`
    Maybe(Single),
    /// `(` of this capture.
    Open(u8),
    /// `)` of this capture.
    Close(u8),
    /// `()`, this capture.
    Position(u8),
    /// `%bxy`
    Balance(u8, u8),
    /// `%f[set]`
    Frontier(ByteSet),
    /// `%1`…`%9`, as an index from 0.
    Back(u8),
    /// Fails. A back-reference to a position capture can't match.
    Fail,
    /// `$`
    End,
    /// All is matched.
    Done,
    /// Raises.
    Malformed(PatternError),
}

/// Operations in one pattern. A data file that a program takes for a pattern must not become 40 times its size.
const MAX_OPS: usize = 1 << 15;

/// How many operations behind a repetition are looked at: enough for `(%w+)%s*=`, and translating stays linear.
const LOOK_AHEAD: usize = 8;

/// Most patterns of real programs fit, and so cost no allocation.
const INLINE_OPS: usize = 12;

/// The operations of a pattern; the last is `Done`, `End` or `Malformed`.
pub type Ops = SmallVec<[Op; INLINE_OPS]>;

/// A pattern's operations, and how many captures they make.
pub struct Compiled {
    /// The operations.
    pub ops: Ops,
    /// Captures, the position captures included.
    pub captures: u8,
    /// Whether one operation depends on what an earlier one took.
    pub has_back_reference: bool,
}

/// Translates `pattern`, whose anchor was taken off.
pub fn compile(pattern: &[u8]) -> Compiled {
    let mut compiler = Compiler {
        pattern,
        at: 0,
        ops: Ops::new(),
        captures: 0,
        open: SmallVec::new(),
        positions: 0,
    };
    if let Err(error) = compiler.items() {
        compiler.ops.push(Op::Malformed(error));
    }
    let mut ops = compiler.ops;
    note_followers(&mut ops);
    Compiled {
        has_back_reference: ops.iter().any(|op| matches!(op, Op::Back(_))),
        ops,
        captures: compiler.captures,
    }
}

struct Compiler<'p> {
    pattern: &'p [u8],
    at: usize,
    ops: Ops,
    captures: u8,
    /// Captures that are not closed yet, the innermost last.
    open: SmallVec<[u8; 8]>,
    /// A bit for each capture that is a position.
    positions: u32,
}

impl Compiler<'_> {
    fn items(&mut self) -> Result<(), PatternError> {
        while let Some(&byte) = self.pattern.get(self.at) {
            if self.ops.len() == MAX_OPS {
                return Err(PatternError::TooComplex);
            }
            match byte {
                b'(' => self.open()?,
                b')' => {
                    let index = self.open.pop().ok_or(PatternError::InvalidCapture)?;
                    self.ops.push(Op::Close(index));
                    self.at += 1;
                }
                b'$' if self.at + 1 == self.pattern.len() => {
                    self.ops.push(Op::End);
                    self.at += 1;
                }
                b'%' => self.escape()?,
                _ => self.single()?,
            }
        }
        if self.open.is_empty() {
            self.ops.push(Op::Done);
            Ok(())
        } else {
            Err(PatternError::UnfinishedCapture)
        }
    }

    fn open(&mut self) -> Result<(), PatternError> {
        let index = self.captures;
        if usize::from(index) == MAX_CAPTURES {
            return Err(PatternError::TooManyCaptures);
        }
        self.captures += 1;
        if self.pattern.get(self.at + 1) == Some(&b')') {
            self.positions |= 1 << index;
            self.ops.push(Op::Position(index));
            self.at += 2;
        } else {
            self.open.push(index);
            self.ops.push(Op::Open(index));
            self.at += 1;
        }
        Ok(())
    }

    fn escape(&mut self) -> Result<(), PatternError> {
        match self.pattern.get(self.at + 1) {
            Some(b'b') => {
                let &[open, close] = self
                    .pattern
                    .get(self.at + 2..self.at + 4)
                    .and_then(|two| <&[u8; 2]>::try_from(two).ok())
                    .ok_or(PatternError::MissingBalance)?;
                self.ops.push(Op::Balance(open, close));
                self.at += 4;
                Ok(())
            }
            Some(b'f') => {
                self.at += 2;
                if self.pattern.get(self.at) != Some(&b'[') {
                    return Err(PatternError::MissingFrontierSet);
                }
                let set = self.set()?;
                self.ops.push(Op::Frontier(set));
                Ok(())
            }
            Some(&digit @ b'0'..=b'9') => self.back_reference(digit - b'0'),
            _ => self.single(),
        }
    }

    fn back_reference(&mut self, number: u8) -> Result<(), PatternError> {
        let invalid = PatternError::InvalidCaptureIndex(number);
        let index = number.checked_sub(1).ok_or(invalid)?;
        if index >= self.captures || self.open.contains(&index) {
            return Err(invalid);
        }
        let is_position = self.positions >> index & 1 != 0;
        self.ops.push(if is_position {
            Op::Fail
        } else {
            Op::Back(index)
        });
        self.at += 2;
        Ok(())
    }

    /// A byte, class or set, and the suffix behind it.
    fn single(&mut self) -> Result<(), PatternError> {
        let single = match self.pattern[self.at] {
            b'.' => {
                self.at += 1;
                Single::Any
            }
            b'%' => {
                let letter = *self
                    .pattern
                    .get(self.at + 1)
                    .ok_or(PatternError::EndsWithEscape)?;
                self.at += 2;
                class(letter).map_or(Single::Byte(letter), Single::Set)
            }
            b'[' => Single::Set(self.set()?),
            byte => {
                self.at += 1;
                Single::Byte(byte)
            }
        };
        let op = match self.pattern.get(self.at) {
            Some(b'*') => Op::Star(single, Follow::Unknown),
            Some(b'+') => Op::Plus(single, Follow::Unknown),
            Some(b'-') => Op::Lazy(single, Follow::Unknown),
            Some(b'?') => Op::Maybe(single),
            _ => {
                self.ops.push(Op::One(single));
                return Ok(());
            }
        };
        self.at += 1;
        self.ops.push(op);
        Ok(())
    }

    /// The set whose `[` is next. A `]` right after the start is a member, and so is a `-` at either end.
    fn set(&mut self) -> Result<ByteSet, PatternError> {
        let mut at = self.at + 1;
        let negated = self.pattern.get(at) == Some(&b'^');
        at += usize::from(negated);
        let end = self.set_end(at)?;
        let mut set = ByteSet::EMPTY;
        while at < end {
            let byte = self.pattern[at];
            if byte == b'%' {
                let letter = self.pattern[at + 1];
                match class(letter) {
                    Some(class) => set.insert_all(&class),
                    None => set.insert(letter),
                }
                at += 2;
            } else if self.pattern[at + 1] == b'-' && at + 2 < end {
                set.insert_range(byte, self.pattern[at + 2]);
                at += 3;
            } else {
                set.insert(byte);
                at += 1;
            }
        }
        self.at = end + 1;
        Ok(if negated { set.complement() } else { set })
    }

    /// Where the `]` is that ends the set whose first member is at `at`.
    fn set_end(&self, mut at: usize) -> Result<usize, PatternError> {
        loop {
            let member = self.pattern.get(at).ok_or(PatternError::MissingBracket)?;
            at += if *member == b'%' { 2 } else { 1 };
            if self.pattern.get(at) == Some(&b']') {
                return Ok(at);
            }
        }
    }
}

/// Tells each repetition what can follow it.
fn note_followers(ops: &mut Ops) {
    for i in 0..ops.len() {
        let (Op::Star(single, _) | Op::Plus(single, _) | Op::Lazy(single, _)) = ops[i] else {
            continue;
        };
        let found = follow(&single, &ops[i + 1..]);
        if let Op::Star(_, follow) | Op::Plus(_, follow) | Op::Lazy(_, follow) = &mut ops[i] {
            *follow = found;
        }
    }
}

fn follow(repeated: &Single, rest: &[Op]) -> Follow {
    let mut skipped_optional = false;
    for op in rest.iter().take(LOOK_AHEAD) {
        match op {
            Op::Open(_) | Op::Close(_) | Op::Position(_) => {}
            Op::Star(single, _) | Op::Lazy(single, _) | Op::Maybe(single)
                if !repeated.meets(single) =>
            {
                skipped_optional = true;
            }
            Op::One(single) | Op::Plus(single, _) => {
                return match single {
                    _ if !repeated.meets(single) => Follow::Foreign,
                    Single::Byte(byte) if !skipped_optional => Follow::Byte(*byte),
                    _ => Follow::Unknown,
                };
            }
            // `$` holds at the end only, where nothing is left that could be repeated.
            Op::End => return Follow::Foreign,
            _ => return Follow::Unknown,
        }
    }
    Follow::Unknown
}

impl Single {
    /// Whether it matches `byte`.
    #[inline]
    pub fn matches(&self, byte: u8) -> bool {
        match self {
            Single::Any => true,
            Single::Byte(own) => *own == byte,
            Single::Set(set) => set.contains(byte),
        }
    }

    /// How many bytes at the start of `text` it matches.
    #[inline]
    pub fn run(&self, text: &[u8]) -> usize {
        let end = match self {
            Single::Any => None,
            Single::Byte(own) => text.iter().position(|byte| byte != own),
            Single::Set(set) => text.iter().position(|byte| !set.contains(*byte)),
        };
        end.unwrap_or(text.len())
    }

    /// Where in `text` the first byte is that it matches.
    #[inline]
    pub fn first_in(&self, text: &[u8]) -> Option<usize> {
        match self {
            Single::Any => (!text.is_empty()).then_some(0),
            Single::Byte(own) => memchr::memchr(*own, text),
            Single::Set(set) => text.iter().position(|byte| set.contains(*byte)),
        }
    }

    fn meets(&self, other: &Single) -> bool {
        match (self, other) {
            (Single::Any, _) | (_, Single::Any) => true,
            (Single::Byte(byte), single) | (single, Single::Byte(byte)) => single.matches(*byte),
            (Single::Set(a), Single::Set(b)) => a.meets(b),
        }
    }
}
