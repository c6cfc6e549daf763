//! `string.gsub`: natively where nothing of the program's is called, else by a prelude that can be preempted.
//!
//! Knows nothing of how patterns are matched.

use crate::lua::{Answer, Function, LibrariesBuilder, Outcome, Raise, Type, may_go_on};

use crate::api::text::pattern::{
    Budget, Captures, Cursor, Pattern, PatternError, Replacement, Substitution, substitute,
};
use crate::api::{Call, Host, prelude};

use super::expect_room;
use super::search::{push_match, raised};

pub(super) fn register(libraries: &mut LibrariesBuilder<Host>) {
    libraries.prelude(
        PRELUDE,
        include_str!("../prelude/string_gsub.lua"),
        &[
            Function::new(next_match),
            Function::new(|call: &mut Call| check_value(call, 1)),
            Function::new(join),
            Function::new(prelude::type_name),
        ],
    );
}

const PRELUDE: &str = "string.gsub";

/// `string.gsub(s, pattern, replacement[, limit])`
pub(super) fn gsub(call: &mut Call) -> Outcome {
    call.stringify(1)?;
    call.stringify(2)?;
    let kind = call.lua.kind(3);
    let is_plain_table = kind == Type::Table && !call.lua.has_metatable(3);
    if !matches!(kind, Type::Table | Type::Function) && call.stringify(3).is_err() {
        return Err(call.wrong_type(3, "string/function/table"));
    }
    let limit = call.exact_or(4, i64::MAX)?;
    if kind == Type::Function || (kind == Type::Table && !is_plain_table) {
        call.lua.truncate(3);
        call.lua.push_integer(limit);
        let returned = |call: &mut Call, _| Ok(Answer::Values(call.lua.top()));
        return Ok(Answer::call_prelude(PRELUDE, 4, returned, 0));
    }
    let limit = usize::try_from(limit).unwrap_or(0);
    let mut out = Vec::new();
    let count = if is_plain_table {
        look_up(call, limit, &mut out)?
    } else {
        replace(call, limit, &mut out)?
    };
    if count == 0 {
        call.lua.push_copy(1);
    } else {
        call.lua.push_bytes(out);
    }
    call.lua.push_integer(count as i64);
    Ok(Answer::Values(2))
}

/// Replaces by the text at 3; appends the whole result if there was a match.
fn replace(call: &mut Call, limit: usize, out: &mut Vec<u8>) -> Result<usize, Raise> {
    let mut once = |call: &Call, max_bytes| {
        out.clear();
        let pattern = Pattern::new(call.subject(2));
        let replacement = Replacement::new(call.subject(3));
        let bounds = Substitution {
            limit,
            max_bytes,
            may_go_on,
        };
        substitute(call.subject(1), &pattern, &replacement, bounds, out)
    };
    let room = call.lua.room();
    let done = match once(call, room) {
        // Once more, if there was garbage in the way.
        Err(PatternError::ResultTooLarge) => match call.lua.collected_room() {
            more if more > room => once(call, more),
            _ => Err(PatternError::ResultTooLarge),
        },
        done => done,
    };
    done.map_err(raised)
}

/// Replaces by what the table at 3 has under the first capture; appends the whole result if there was a match.
fn look_up(call: &mut Call, limit: usize, out: &mut Vec<u8>) -> Result<usize, Raise> {
    let mut budget = Budget::for_subject(call.subject(1).len()).asking(may_go_on);
    let mut captures = Captures::new();
    let mut cursor = Cursor::From(0);
    let (mut count, mut copied) = (0, 0);
    // The pattern borrows from the stack, which changes with every look-up, so it has bytes of its own.
    let pattern = call.subject(2).to_vec();
    let pattern = Pattern::new(&pattern);
    call.lua.truncate(3);
    while count < limit {
        let found = pattern.next_match(call.subject(1), cursor, &mut captures, &mut budget);
        let Some(found) = found.map_err(raised)? else {
            break;
        };
        count += 1;
        cursor = Cursor::After(found.end);
        push_match(call, 1, found, &captures);
        call.lua.truncate(4);
        call.lua.get_value(3);
        // False and nil keep the match, which then is copied with what follows.
        if call.lua.truth(4) {
            check_value(call, 4)?;
            call.stringify(4)?;
            out.extend_from_slice(&call.subject(1)[copied..found.start]);
            out.extend_from_slice(call.subject(4));
            copied = found.end;
            expect_room(call, out.len())?;
        }
        call.lua.truncate(3);
    }
    out.extend_from_slice(&call.subject(1)[copied..]);
    Ok(count)
}

/// For the prelude: `next_match(subject, pattern, stop)` answers `start, stop, captures…`, or nothing.
fn next_match(call: &mut Call) -> Outcome {
    let cursor = match call.lua.is_nothing(3) {
        true => Cursor::From(0),
        false => Cursor::After(call.exact(3)? as usize),
    };
    let subject = call.subject(1);
    let mut captures = Captures::new();
    let mut budget = Budget::for_subject(subject.len()).asking(may_go_on);
    let found = Pattern::new(call.subject(2))
        .next_match(subject, cursor, &mut captures, &mut budget)
        .map_err(raised)?;
    let Some(found) = found else {
        return Ok(Answer::Values(0));
    };
    call.lua.push_integer(found.start as i64 + 1);
    call.lua.push_integer(found.end as i64);
    Ok(Answer::Values(2 + push_match(call, 1, found, &captures)))
}

/// Answers nothing if the value at `index` can stand in for a match: if it is a string or number.
fn check_value(call: &mut Call, index: i32) -> Outcome {
    match call.lua.kind(index) {
        Type::String | Type::Number => Ok(Answer::Values(0)),
        other => Err(format!("invalid replacement value (a {})", other.name()).into()),
    }
}

/// For the prelude: `join(subject, pieces, used)`, where the pieces are start, stop and value of each replacement.
fn join(call: &mut Call) -> Outcome {
    let used = call.exact(3)?;
    let mut out = Vec::with_capacity(call.subject(1).len());
    let mut copied = 0;
    for piece in (1..used).step_by(3) {
        for position in piece..piece + 3 {
            call.lua.get_item(2, position);
        }
        let (start, stop) = (call.exact(4)? as usize, call.exact(5)? as usize);
        call.stringify(6)?;
        let subject = call.subject(1);
        out.extend_from_slice(&subject[copied..start - 1]);
        out.extend_from_slice(call.subject(6));
        copied = stop;
        call.lua.truncate(3);
        expect_room(call, out.len())?;
    }
    out.extend_from_slice(&call.subject(1)[copied..]);
    call.answer_text(out)
}
