//! The library `table`. See `docs/dialect.md`.
//!
//! `insert` and `remove` are raw and lenient, as Lua 5.1's; `sort` and `move` are preludes, so that they can be
//! preempted and comparators may wait.

use crate::lua::{Answer, Function, LibrariesBuilder, Module, Number, Outcome, Raise, Type};

use super::{Call, Host, prelude};

pub(super) fn register(libraries: &mut LibrariesBuilder<Host>) {
    let natives = [
        Function::new(prelude::type_name),
        Function::new(prelude::raise),
    ];
    let module = Module::new("table")
        .stock(["concat", "pack", "unpack", "create"])
        .functions([
            ("insert", Function::new(insert)),
            ("remove", Function::new(remove)),
            ("getn", Function::new(getn)),
            ("maxn", Function::new(maxn)),
        ])
        .lua("sort", include_str!("prelude/table_sort.lua"), &natives)
        .lua(
            "move",
            include_str!("prelude/table_move.lua"),
            &[Function::new(check_move), Function::new(prelude::same)],
        );
    libraries.library(module);
    libraries.stock("table", "unpack");
}

/// Raises unless there is a table at 1.
fn check_table(call: &Call) -> Result<(), Raise> {
    match call.lua.kind(1) {
        Type::Table => Ok(()),
        _ => Err(call.wrong_type(1, "table")),
    }
}

/// Raises unless there is a table at 1 that may be changed: what is raw here would get past a library's guard.
fn check_writable(call: &Call) -> Result<(), Raise> {
    check_table(call)?;
    match call.lua.is_library(1) {
        true => Err("attempt to modify a read-only table".into()),
        false => Ok(()),
    }
}

/// `table.insert(list, [position,] value)`: beyond the list's ends it only sets the value.
fn insert(call: &mut Call) -> Outcome {
    check_writable(call)?;
    let next = call.lua.len(1) as i64 + 1;
    let position = match call.lua.top() {
        2 => next,
        3 => call.exact(2)?,
        _ => return Err("wrong number of arguments to 'insert'".into()),
    };
    if position > 0 {
        for at in (position + 1..=next).rev() {
            call.lua.get_item(1, at - 1);
            call.lua.set_item(1, at);
        }
    }
    call.lua.set_item(1, position);
    Ok(Answer::Values(0))
}

/// `table.remove(list[, position])`: where there is nothing, nothing is removed.
fn remove(call: &mut Call) -> Outcome {
    check_writable(call)?;
    let length = call.lua.len(1) as i64;
    let position = call.exact_or(2, length)?;
    if !(1..=length).contains(&position) {
        call.lua.push_nil();
        return Ok(Answer::Values(1));
    }
    call.lua.truncate(1);
    call.lua.get_item(1, position);
    for at in position..length {
        call.lua.get_item(1, at + 1);
        call.lua.set_item(1, at);
    }
    call.lua.push_nil();
    call.lua.set_item(1, length);
    Ok(Answer::Values(1))
}

/// `table.getn(list)`
fn getn(call: &mut Call) -> Outcome {
    check_table(call)?;
    let length = call.lua.len(1);
    call.lua.push_integer(length as i64);
    Ok(Answer::Values(1))
}

/// `table.maxn(table)`: the largest positive number that is a key.
fn maxn(call: &mut Call) -> Outcome {
    check_table(call)?;
    let mut largest = Number::Integer(0);
    let float = |number| match number {
        Number::Integer(value) => value as f64,
        Number::Float(value) => value,
    };
    call.lua.for_each(1, |lua| {
        if let Some(key) = lua.number(-2)
            && float(key) > float(largest)
        {
            largest = key;
        }
    });
    match largest {
        Number::Integer(value) => call.lua.push_integer(value),
        Number::Float(value) => call.lua.push_float(value),
    }
    Ok(Answer::Values(1))
}

/// For the prelude: checks the arguments of `move` and answers `first, last, target, destination`.
fn check_move(call: &mut Call) -> Outcome {
    check_table(call)?;
    let (first, last, target) = (call.exact(2)?, call.exact(3)?, call.exact(4)?);
    let destination = if call.lua.is_nothing(5) { 1 } else { 5 };
    if call.lua.kind(destination) != Type::Table {
        return Err(call.wrong_type(destination, "table"));
    }
    if last >= first {
        if first <= 0 && last >= i64::MAX + first {
            return Err("bad argument #3 to 'move' (too many elements to move)".into());
        }
        if target > i64::MAX - (last - first) {
            return Err("bad argument #4 to 'move' (destination wrap around)".into());
        }
    }
    call.lua.push_integer(first);
    call.lua.push_integer(last);
    call.lua.push_integer(target);
    call.lua.push_copy(destination);
    Ok(Answer::Values(4))
}
