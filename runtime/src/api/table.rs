//! The library `table`. See `docs/dialect.md`.
//!
//! `insert` and `remove` are raw and lenient, as Lua 5.1's; `sort` and `move` are preludes, so that they can be
//! preempted and comparators may wait.

use std::ops::ControlFlow;

use crate::lua::{Answer, Function, LibrariesBuilder, Module, Number, Outcome, Raise, Type};

use super::{Call, Host, prelude};

pub(super) fn register(libraries: &mut LibrariesBuilder<Host>) {
    let natives = [
        Function::new(prelude::type_name),
        Function::new(prelude::raise),
    ];
    let module = Module::new("table")
        .stock(["pack", "create"])
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

/// Elements that are moved between two looks at whether others are to run.
const PIECE: i64 = 1024;

/// Whether others are to run before the `left` elements of the list at 1 are moved that have still to be. Not where the
/// table has room for so many: those are moved at once, so that no other task sees a list half moved. A sparse table can
/// be said to be of any length.
fn must_pause(call: &Call, left: i64) -> bool {
    left % PIECE == 0 && call.lua.must_pause() && left as usize > call.lua.places(1)
}

/// `table.insert(list, [position,] value)`: beyond the list's ends it only sets the value.
fn insert(call: &mut Call) -> Outcome {
    check_writable(call)?;
    let last = call.lua.len(1) as i64;
    match call.lua.top() {
        2 => {
            let next = last.checked_add(1).ok_or("the list is full")?;
            call.lua.set_item(1, next);
            Ok(Answer::Values(0))
        }
        3 => {
            let position = call.exact(2)?;
            if (1..=last).contains(&position) {
                return shift_up(call, last as isize);
            }
            call.lua.set_item(1, position);
            Ok(Answer::Values(0))
        }
        _ => Err("wrong number of arguments to 'insert'".into()),
    }
}

/// Moves the elements from the position at 2 to `last` up by one, the last first, and puts the value at 3 in the place
/// that is free then.
fn shift_up(call: &mut Call, last: isize) -> Outcome {
    let position = call.exact(2)?;
    for at in (position..=last as i64).rev() {
        if must_pause(call, at - position) {
            return Ok(Answer::pause(shift_up, at as isize));
        }
        call.lua.get_item(1, at);
        call.lua
            .set_item(1, at.checked_add(1).ok_or("the list is full")?);
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
    call.lua.push_integer(length);
    call.lua.get_item(1, position);
    shift_down(call, position as isize)
}

/// Moves the elements behind `hole` down by one, up to the position at 2; answers the value at 3.
fn shift_down(call: &mut Call, hole: isize) -> Outcome {
    let last = call.exact(2)?;
    for at in hole as i64..last {
        if must_pause(call, last - at) {
            return Ok(Answer::pause(shift_down, at as isize));
        }
        call.lua.get_item(1, at + 1);
        call.lua.set_item(1, at);
    }
    call.lua.push_nil();
    call.lua.set_item(1, last);
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
        ControlFlow::Continue(())
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
