//! The table in which a program's channel keeps its values, in the object's first place; made at first need.
//!
//! Queued values lie at their positions. Others lie below zero, under who left them or shall get them: a task waits for
//! one thing at a time, so there is nothing else of it there, and the same few places serve again and again. Knows
//! nothing of who waits.

use std::ffi::c_int;

use crate::api::tasks::Task;
use crate::lua::{Stack, Type};

/// Where a task has left the value of a case, counted from 1, that sends and waits.
pub(super) fn offered(task: Task, case: u32) -> i64 {
    -1 - (i64::from(task) << 32 | i64::from(case))
}

/// Where a value lies that was handed to a task.
pub(super) fn handed(task: Task) -> i64 {
    offered(task, 0)
}

/// Puts a copy of the value at `value` into the channel at `index` (both absolute).
pub(super) fn put(lua: &mut Stack, index: c_int, value: c_int, at: i64) {
    push_table(lua, index);
    let values = lua.top();
    match lua.kind(value) {
        // A table can't hold nil: the table itself stands for it.
        Type::None | Type::Nil => lua.push_copy(values),
        _ => lua.push_copy(value),
    }
    lua.set_item(values, at);
    lua.pop(1);
}

/// Takes a value out of the channel at the absolute `index`, and pushes it.
pub(super) fn take(lua: &mut Stack, index: c_int, at: i64) {
    push_table(lua, index);
    lua.get_item(-1, at);
    lua.push_nil();
    lua.set_item(-3, at);
    if lua.same(-1, -2) {
        lua.pop(1);
        lua.push_nil();
    }
    lua.insert(-2);
    lua.pop(1);
}

/// Moves a value from one place of the channel at the absolute `index` to another.
pub(super) fn shift(lua: &mut Stack, index: c_int, from: i64, to: i64) {
    push_table(lua, index);
    lua.get_item(-1, from);
    lua.set_item(-2, to);
    lua.push_nil();
    lua.set_item(-2, from);
    lua.pop(1);
}

/// Drops a value, if it is still there.
pub(super) fn remove(lua: &mut Stack, index: c_int, at: i64) {
    push_table(lua, index);
    lua.push_nil();
    lua.set_item(-2, at);
    lua.pop(1);
}

fn push_table(lua: &mut Stack, index: c_int) {
    if lua.get_slot(index, 1) == Type::Nil {
        lua.pop(1);
        lua.push_table(1, 0);
        lua.push_copy(-1);
        lua.set_slot(index, 1);
    }
}
