//! The tables that `process.events()` hands out. See `docs/process.md`.

use crate::error::kind;
use crate::lua::{PayloadObject, Raise};
use crate::process::{Event, Exit};

use super::Call;
use super::message::no_room;

/// The kinds of events.
pub const CANCEL: &str = "pid.cancel";
pub const EXIT: &str = "pid.exit";
pub const LINK_DOWN: &str = "pid.link.down";

/// Pushes an event as a table.
pub(super) fn push(call: &mut Call, event: &Event) -> Result<(), Raise> {
    call.lua.push_table(0, 5);
    let (kind, from, at) = match event {
        Event::Exit { from, at, .. } => (EXIT, Some(*from), *at),
        Event::LinkDown { from, at, .. } => (LINK_DOWN, Some(*from), *at),
        Event::Cancel { from, at, .. } => (CANCEL, *from, *at),
        Event::Reply(_) => unreachable!("a reply goes to the call that waits for it"),
    };
    call.lua.push_bytes(kind);
    call.lua.set_field(-2, "kind");
    let mut sender = String::with_capacity(64);
    if let Some(from) = from {
        call.state.system().write_pid(from, &mut sender);
    }
    call.lua.push_bytes(sender);
    call.lua.set_field(-2, "from");
    call.lua
        .push_float(call.state.system().wall(at) as f64 / 1e9);
    call.lua.set_field(-2, "at");
    match event {
        Event::Reply(_) => {}
        Event::Exit { exit, .. } | Event::LinkDown { exit, .. } => {
            push_result(call, exit)?;
            call.lua.set_field(-2, "result");
        }
        Event::Cancel {
            reason, deadline, ..
        } => {
            match call.lua.has_room_for_mail(reason.len()) {
                true => call.lua.push_bytes(&**reason),
                false => call.lua.push_bytes(no_room(reason.len()).message),
            }
            call.lua.set_field(-2, "reason");
            if let Some(deadline) = deadline {
                call.lua.push_float(*deadline);
                call.lua.set_field(-2, "deadline");
            }
        }
    }
    Ok(())
}

/// Pushes `{value, error, payload}`. Where there is no room for what the process ended with, the error says so.
fn push_result(call: &mut Call, exit: &Exit) -> Result<(), Raise> {
    call.lua.push_table(0, 2);
    let mut encoded: &[u8] = &[];
    match exit {
        Exit::Normal(result) => {
            if push_value(call, result.encoded())? {
                encoded = result.encoded();
            } else {
                call.lua.push_error(&no_room(exit.size()));
                call.lua.set_field(-2, "error");
            }
        }
        Exit::Failed(error) | Exit::Killed(error) => {
            if call.lua.has_room_for_mail(exit.size()) {
                call.lua.push_error(error);
            } else {
                call.lua.push_error(&no_room(exit.size()));
            }
            call.lua.set_field(-2, "error");
        }
    }
    call.lua
        .push_object_with(PayloadObject::default(), encoded, 0);
    call.lua.set_field(-2, "payload");
    Ok(())
}

/// Sets `value` of the table on top, if there is room for it and for a payload beside it.
fn push_value(call: &mut Call, encoded: &[u8]) -> Result<bool, Raise> {
    match call.lua.push_payload(encoded) {
        Ok(()) => {}
        Err(error) if error.kind == kind::LIMIT_EXCEEDED => return Ok(false),
        Err(error) => return Err(Raise::Object(Box::new(error))),
    }
    if !call.lua.has_room_for_mail(encoded.len()) {
        call.lua.pop(1);
        return Ok(false);
    }
    call.lua.set_field(-2, "value");
    Ok(true)
}
