//! `string.find`, `string.match` and `string.gmatch`.
//!
//! Captures are pushed straight from the subject on the stack. Knows nothing of how patterns are matched.

use crate::lua::{Answer, Function, Number, Outcome, Raise, may_go_on};

use crate::api::text::pattern::{
    self, Budget, Capture, Captures, Cursor, Match, Pattern, PatternError,
};
use crate::api::{Call, Host};

use super::start_offset;

/// How a pattern error is raised.
pub(super) fn raised(error: PatternError) -> Raise {
    Raise::Text(error.to_string())
}

/// `string.find(s, pattern[, init[, plain]])`
pub(super) fn find(call: &mut Call) -> Outcome {
    let Some(init) = arguments(call)? else {
        return nothing(call);
    };
    let plain = call.lua.truth(4);
    let (subject, text) = (call.subject(1), call.subject(2));
    let mut captures = Captures::new();
    let found = if plain || !pattern::has_specials(text) {
        pattern::find_plain(subject, text, init)
    } else {
        pattern::find(subject, text, init, &mut captures, may_go_on).map_err(raised)?
    };
    let Some(found) = found else {
        return nothing(call);
    };
    call.lua.push_integer(found.start as i64 + 1);
    call.lua.push_integer(found.end as i64);
    let count = push_captures(call, 1, &captures);
    Ok(Answer::Values(2 + count))
}

/// `string.match(s, pattern[, init])`
pub(super) fn find_captures(call: &mut Call) -> Outcome {
    let Some(init) = arguments(call)? else {
        return nothing(call);
    };
    let mut captures = Captures::new();
    let found = pattern::find(
        call.subject(1),
        call.subject(2),
        init,
        &mut captures,
        may_go_on,
    );
    match found.map_err(raised)? {
        Some(found) => Ok(Answer::Values(push_match(call, 1, found, &captures))),
        None => nothing(call),
    }
}

/// Checks subject, pattern and `init`; the offset to begin at, or `None` past the subject's end.
fn arguments(call: &mut Call) -> Result<Option<usize>, Raise> {
    call.stringify(1)?;
    call.stringify(2)?;
    let length = call.subject(1).len();
    let init = start_offset(call.exact_or(3, 1)?, length);
    Ok((init <= length).then_some(init))
}

fn nothing(call: &mut Call) -> Outcome {
    call.lua.push_nil();
    Ok(Answer::Values(1))
}

/// Pushes the captures, or the whole match where the pattern has none; answers how many values.
pub(super) fn push_match(call: &mut Call, subject: i32, found: Match, captures: &Captures) -> i32 {
    if captures.is_empty() {
        call.lua.push_part(subject, found.start..found.end);
        return 1;
    }
    push_captures(call, subject, captures)
}

fn push_captures(call: &mut Call, subject: i32, captures: &Captures) -> i32 {
    for capture in captures.iter() {
        match capture {
            Capture::Text { start, end } => call.lua.push_part(subject, start..end),
            Capture::Position(offset) => call.lua.push_integer(offset as i64 + 1),
        }
    }
    captures.len() as i32
}

/// Upvalues of a `gmatch` iterator: the subject, the pattern, and the cursor as a number.
const SUBJECT: i32 = 1;
const PATTERN: i32 = 2;
const CURSOR: i32 = 3;

/// `string.gmatch(s, pattern[, init])`: a function that answers the next match every time.
pub(super) fn gmatch(call: &mut Call) -> Outcome {
    let init = arguments(call)?;
    // Past the end nothing matches, however far.
    let from = init.unwrap_or(call.subject(1).len() + 1);
    call.lua.push_copy(1);
    call.lua.push_copy(2);
    call.lua.push_integer(pack(Cursor::From(from)));
    call.lua.push_closure(Function::<Host>::new(next), 3);
    Ok(Answer::Values(1))
}

/// The iterator of `gmatch`.
fn next(call: &mut Call) -> Outcome {
    call.lua.truncate(0);
    for upvalue in [SUBJECT, PATTERN, CURSOR] {
        call.lua.push_upvalue(upvalue);
    }
    let cursor = match call.lua.number(CURSOR) {
        Some(Number::Integer(packed)) => unpack(packed),
        _ => unreachable!("the cursor is an integer"),
    };
    let subject = call.subject(SUBJECT);
    let mut captures = Captures::new();
    let mut budget = Budget::for_subject(subject.len()).asking(may_go_on);
    let found = Pattern::unanchored(call.subject(PATTERN))
        .next_match(subject, cursor, &mut captures, &mut budget)
        .map_err(raised)?;
    let after = found.map_or(Cursor::From(subject.len() + 1), |found| {
        Cursor::After(found.end)
    });
    call.lua.push_integer(pack(after));
    call.lua.set_upvalue(CURSOR);
    match found {
        Some(found) => Ok(Answer::Values(push_match(call, SUBJECT, found, &captures))),
        None => nothing(call),
    }
}

/// A cursor as one integer: offsets to begin at from 0 up, ends of matches from -1 down.
fn pack(cursor: Cursor) -> i64 {
    match cursor {
        Cursor::From(offset) => offset as i64,
        Cursor::After(end) => -1 - end as i64,
    }
}

fn unpack(packed: i64) -> Cursor {
    if packed >= 0 {
        Cursor::From(packed as usize)
    } else {
        Cursor::After((-1 - packed) as usize)
    }
}
