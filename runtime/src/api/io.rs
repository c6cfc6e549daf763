//! The module `io`: the terminal of a process on a `terminal.host`. See `docs/io.md`.

use std::sync::Arc;

use crate::error::{Error, kind};
use crate::lua::{Answer, Function, LibrariesBuilder, Module, Outcome};
use crate::terminal::{Stream, Terminal};

use super::{Call, Host, texts};

pub(super) fn register(libraries: &mut LibrariesBuilder<Host>) {
    libraries.module(Module::new("io").functions([
        ("print", Function::new(print)),
        ("eprint", Function::new(eprint)),
        ("write", Function::new(write)),
        ("args", Function::new(args)),
    ]));
}

impl Call<'_> {
    /// The terminal, if the process has one.
    fn terminal(&self) -> Option<Arc<Terminal>> {
        let host = self.state.process().host();
        self.state.system().terminal(host).cloned()
    }

    fn no_terminal(&mut self) -> Outcome {
        self.fail(Error::new(kind::UNAVAILABLE, "no terminal context"))
    }
}

/// `io.print(…)`
fn print(call: &mut Call) -> Outcome {
    match replaced(call, print) {
        Some(answer) => Ok(answer),
        None => put(call, Stream::Out, b"\t", b"\n"),
    }
}

/// `io.eprint(…)`
fn eprint(call: &mut Call) -> Outcome {
    match replaced(call, eprint) {
        Some(answer) => Ok(answer),
        None => put(call, Stream::Err, b"\t", b"\n"),
    }
}

/// `io.write(…)`
fn write(call: &mut Call) -> Outcome {
    match replaced(call, write) {
        Some(answer) => Ok(answer),
        None => put(call, Stream::Out, b"", b""),
    }
}

/// Has those arguments replaced by their texts whose texts only `tostring` knows, and then does `then`. None: there are
/// none such, or nowhere to write.
fn replaced<F>(call: &mut Call, then: F) -> Option<Answer>
where
    F: Fn(&mut Call) -> Outcome + Copy + 'static,
{
    let all = 1..=call.lua.top();
    let wanted: Vec<i32> = all.filter(|index| call.needs_tostring(*index)).collect();
    if wanted.is_empty() || call.terminal().is_none() {
        return None;
    }
    Some(texts::replace(call, wanted, then))
}

/// Writes the arguments, which are no objects of a program's.
fn put(call: &mut Call, stream: Stream, between: &[u8], behind: &[u8]) -> Outcome {
    let Some(terminal) = call.terminal() else {
        return call.no_terminal();
    };
    let mut text = Vec::new();
    for index in 1..=call.lua.top() {
        if index > 1 {
            text.extend_from_slice(between);
        }
        if call.lua.coerce(index) {
            text.extend_from_slice(call.subject(index));
        } else {
            text.extend_from_slice(call.plain_text(index).as_bytes());
        }
    }
    text.extend_from_slice(behind);
    let written = terminal.output().write(stream, &text);
    call.done(written.map_err(|error| Error::new(kind::INTERNAL, error.to_string())))
}

/// `io.args()`
fn args(call: &mut Call) -> Outcome {
    let terminal = call.terminal();
    let arguments = terminal
        .as_ref()
        .map_or(&[][..], |terminal| terminal.arguments());
    call.lua.push_table(arguments.len(), 0);
    for (place, argument) in (1..).zip(arguments) {
        call.lua.push_bytes(argument);
        call.lua.set_item(-2, place);
    }
    Ok(Answer::Values(1))
}
