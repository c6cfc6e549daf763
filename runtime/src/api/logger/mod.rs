//! The module `logger`, and `print`: structured lines in the runtime's log. See `docs/logger.md`.

mod shown;

use log::Level;
use serde_json::{Map, Value};

use crate::fields::{self, ProgramFields};
use crate::lua::{Answer, Class, Function, LibrariesBuilder, Object, Outcome, Raise, Type};

use super::{Call, Host, texts};
use shown::{MAX_MESSAGE, Shown};

/// A logger: the bytes behind it are its name, and the fields of `with` as a JSON object.
#[derive(Clone, Copy)]
struct Logger {
    name: u32,
}

impl Object for Logger {
    const CLASS: Class = Class::Logger;
}

/// Log target of what programs log; a logger's name follows after a dot.
const TARGET: &str = "process";

/// Bytes of the longest name, which is part of every line.
const MAX_NAME: usize = 1024;

pub(super) fn register(libraries: &mut LibrariesBuilder<Host>) {
    libraries.made_module(
        "logger",
        Function::new(|call: &mut Call| {
            call.lua.push_object(Logger { name: 0 });
            Ok(Answer::Values(1))
        }),
    );
    libraries.class(
        Class::Logger,
        [
            (
                "debug",
                Function::new(|call: &mut Call| write(call, Level::Debug)),
            ),
            (
                "info",
                Function::new(|call: &mut Call| write(call, Level::Info)),
            ),
            (
                "warn",
                Function::new(|call: &mut Call| write(call, Level::Warn)),
            ),
            (
                "error",
                Function::new(|call: &mut Call| write(call, Level::Error)),
            ),
            ("with", Function::new(with)),
            ("named", Function::new(named)),
        ],
    );
    libraries.function("print", Function::new(print));
}

/// The logger that a method was called on: its name, and its own fields.
fn this(call: &Call) -> Result<(String, Map<String, Value>), Raise> {
    let Some(Logger { name }) = call.lua.object::<Logger>(1) else {
        return Err(call.wrong_type(1, "logger"));
    };
    let bytes = call.lua.object_bytes::<Logger>(1).unwrap_or_default();
    let (name, own) = bytes.split_at(*name as usize);
    let own = serde_json::from_slice(own).unwrap_or_default();
    Ok((String::from_utf8_lossy(name).into_owned(), own))
}

fn push(call: &mut Call, name: &str, own: &Map<String, Value>) -> Outcome {
    let mut bytes = name.as_bytes().to_vec();
    if !own.is_empty() {
        bytes.extend(serde_json::to_vec(own).unwrap_or_default());
    }
    call.lua.push_object_with(
        Logger {
            name: name.len() as u32,
        },
        &bytes,
        0,
    );
    Ok(Answer::Values(1))
}

/// `logger:with(fields)`
fn with(call: &mut Call) -> Outcome {
    let (name, mut own) = this(call)?;
    if !call.is_table(2) {
        return Err(call.wrong_type(2, "table"));
    }
    let more = Shown::beside(&own).fields(&mut call.lua, 2);
    own.extend(more);
    push(call, &name, &own)
}

/// `logger:named(name)`
fn named(call: &mut Call) -> Outcome {
    let (name, own) = this(call)?;
    let more = call.text(2)?;
    if more.is_empty() {
        return Err(call.bad_argument(2, "a logger's name is not empty"));
    }
    if name.len() + more.len() > MAX_NAME {
        return Err(call.bad_argument(2, &format!("a logger's name has at most {MAX_NAME} bytes")));
    }
    let name = if name.is_empty() {
        more
    } else {
        format!("{name}.{more}")
    };
    push(call, &name, &own)
}

/// `logger:info(message[, fields])` and so on
fn write(call: &mut Call, level: Level) -> Outcome {
    let (name, mut own) = this(call)?;
    let message = shown::message(call.string(2)?);
    match call.lua.kind(3) {
        Type::None | Type::Nil => {}
        Type::Table => {}
        _ => return Err(call.wrong_type(3, "table")),
    }
    let target = if name.is_empty() {
        TARGET.to_owned()
    } else {
        format!("{TARGET}.{name}")
    };
    if log::log_enabled!(target: &target, level) {
        if call.is_table(3) {
            let more = Shown::beside(&own).fields(&mut call.lua, 3);
            own.extend(more);
        }
        emit(call, level, &target, &message, own);
    }
    Ok(Answer::Values(0))
}

/// `print(…)`: the arguments' texts, joined by a space, as one message.
fn print(call: &mut Call) -> Outcome {
    let all = 1..=call.lua.top();
    let wanted: Vec<i32> = all.filter(|index| call.needs_tostring(*index)).collect();
    if !wanted.is_empty() {
        return Ok(texts::replace(call, wanted, print));
    }
    let mut text = Vec::new();
    for index in 1..=call.lua.top() {
        if index > 1 {
            text.push(b' ');
        }
        if call.lua.coerce(index) {
            text.extend_from_slice(call.subject(index));
        } else {
            text.extend_from_slice(call.plain_text(index).as_bytes());
        }
        // The same text may be there a thousand times.
        if text.len() > MAX_MESSAGE {
            break;
        }
    }
    if log::log_enabled!(target: TARGET, Level::Info) {
        let text = shown::message(&text);
        emit(call, Level::Info, TARGET, &text, Map::new());
    }
    Ok(Answer::Values(0))
}

fn emit(call: &mut Call, level: Level, target: &str, message: &str, own: Map<String, Value>) {
    let mut pid = String::with_capacity(64);
    call.state.system().write_pid(call.state.pid(), &mut pid);
    // Native functions, such as `pcall`, have no place.
    let place = (1..4).find_map(|level| call.lua.place(level));
    let location = place
        .map(|(source, line)| format!("{source}:{line}"))
        .unwrap_or_default();
    let mut list: Vec<(String, Value)> = own.into_iter().collect();
    // An error comes first, where there is one.
    list.sort_by_key(|(key, _)| key != "error");
    let fields = ProgramFields {
        pid: &pid,
        location: &location,
        fields: &list,
    };
    fields::log_program(level, target, message, &fields);
}
