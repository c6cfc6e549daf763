//! The library `string`. See `docs/dialect.md`.
//!
//! Patterns, formats and case are in `text/`; here they meet Lua's stack.

mod format;
mod search;
mod substitute;

use crate::lua::{Answer, Function, LibrariesBuilder, Module, Outcome, Raise};

use super::text::case;
use super::{Call, Host, types};

pub(super) fn register(libraries: &mut LibrariesBuilder<Host>) {
    let module = Module::new("string")
        // `byte` takes no error object for its message: asking costs more than all that it does, and it is called for each byte.
        .stock(["byte", "char", "pack", "packsize", "unpack"])
        .functions([
            ("dump", Function::new(dump)),
            ("find", Function::new(search::find)),
            ("format", Function::new(format::format)),
            ("gfind", Function::new(search::gmatch)),
            ("gmatch", Function::new(search::gmatch)),
            ("gsub", Function::new(substitute::gsub)),
            ("is", Function::new(types::string_is)),
            ("len", Function::new(len)),
            ("lower", Function::new(lower)),
            ("match", Function::new(search::find_captures)),
            ("rep", Function::new(rep)),
            ("reverse", Function::new(reverse)),
            ("sub", Function::new(sub)),
            ("upper", Function::new(upper)),
        ])
        .callable(Function::new(types::string));
    libraries.library(module);
    substitute::register(libraries);
}

/// `string.len(s)`
fn len(call: &mut Call) -> Outcome {
    call.stringify(1)?;
    let length = call.subject(1).len();
    call.lua.push_integer(length as i64);
    Ok(Answer::Values(1))
}

/// `string.sub(s, i[, j])`
fn sub(call: &mut Call) -> Outcome {
    call.stringify(1)?;
    let length = call.subject(1).len();
    let start = start_offset(call.exact(2)?, length);
    let end = end_offset(call.exact_or(3, -1)?, length);
    if start >= end {
        return call.answer_text("");
    }
    call.lua.push_part(1, start..end);
    Ok(Answer::Values(1))
}

/// `string.reverse(s)`
fn reverse(call: &mut Call) -> Outcome {
    call.stringify(1)?;
    let reversed: Vec<u8> = call.subject(1).iter().rev().copied().collect();
    call.answer_text(reversed)
}

/// The offset that a start position means: counted from 1, or from the end if negative. May be past the end.
fn start_offset(position: i64, length: usize) -> usize {
    match position {
        1.. => usize::try_from(position - 1).unwrap_or(usize::MAX),
        0 => 0,
        _ => length.saturating_sub(position.unsigned_abs() as usize),
    }
}

/// The offset after the byte that an end position means.
fn end_offset(position: i64, length: usize) -> usize {
    match position {
        0.. => usize::try_from(position).unwrap_or(usize::MAX).min(length),
        _ => (length + 1).saturating_sub(position.unsigned_abs() as usize),
    }
}

/// `string.upper(s)`
fn upper(call: &mut Call) -> Outcome {
    call.stringify(1)?;
    let text = case::upper(call.subject(1));
    call.answer_text(text)
}

/// `string.lower(s)`
fn lower(call: &mut Call) -> Outcome {
    call.stringify(1)?;
    let text = case::lower(call.subject(1));
    call.answer_text(text)
}

/// `string.rep(s, n[, sep])`
///
/// Not Lua's own, which repeats even nothing as often as it is told, where it can't be preempted.
fn rep(call: &mut Call) -> Outcome {
    call.stringify(1)?;
    let count = call.exact(2)?;
    let has_separator = !call.lua.is_nothing(3);
    if has_separator {
        call.stringify(3)?;
    }
    let separator = match has_separator {
        true => call.subject(3).to_vec(),
        false => Vec::new(),
    };
    let both = call.subject(1).len() + separator.len();
    if count <= 0 || both == 0 {
        return call.answer_text("");
    }
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    let size = both.saturating_mul(count);
    if size <= call.lua.memory_limit()
        && size > call.lua.headroom()
        && size > call.lua.collected_headroom()
    {
        // As if it had been made. What no VM of this size could hold is a mistake, which may be caught.
        call.lua.exhaust();
    }
    expect_room(call, size)?;
    let text = call.subject(1);
    let repeated = if separator.is_empty() {
        text.repeat(count)
    } else {
        let mut repeated = Vec::with_capacity(size);
        for _ in 1..count {
            repeated.extend_from_slice(text);
            repeated.extend_from_slice(&separator);
        }
        repeated.extend_from_slice(text);
        repeated
    };
    call.answer_text(repeated)
}

/// Raises where a result that has so many bytes by now, and is made beside the VM, would not fit into it, also when all
/// garbage is gone.
fn expect_room(call: &mut Call, bytes: usize) -> Result<(), Raise> {
    if bytes > call.lua.headroom() && bytes > call.lua.collected_headroom() {
        return Err("resulting string too large".into());
    }
    Ok(())
}

/// `string.dump(f)`: there is no bytecode to be had.
fn dump(_: &mut Call) -> Outcome {
    Err("unable to dump given function".into())
}
