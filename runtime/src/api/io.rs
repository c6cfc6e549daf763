//! The module `io`: the terminal of a process on a `terminal.host`. See `docs/io.md`.
//!
//! A process that must wait, for input or for whoever reads what it wrote, waits as for a reply; no worker is held.
//! Knows nothing of files and pipes, nor of the threads that read and write them.

use std::sync::Arc;

use crate::error::{Error, kind};
use crate::lua::{Answer, Function, LibrariesBuilder, Module, Outcome, Type};
use crate::terminal::{Stream, Taken, Terminal, Want};
use crate::wake::Wake;

use super::{Call, Host, texts};

/// Bytes that `io.read` asks for when it isn't said.
const USUAL_READ: usize = 4096;

pub(super) fn register(libraries: &mut LibrariesBuilder<Host>) {
    libraries.module(Module::new("io").functions([
        ("print", Function::new(print)),
        ("eprint", Function::new(eprint)),
        ("write", Function::new(write)),
        ("flush", Function::new(flush)),
        ("read", Function::new(|call: &mut Call| read(call, 0))),
        (
            "readline",
            Function::new(|call: &mut Call| read_line(call, 0)),
        ),
        ("args", Function::new(args)),
        ("raw", Function::new(raw)),
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

    fn failed_io(&mut self, error: &std::io::Error) -> Outcome {
        self.fail(Error::new(kind::INTERNAL, error.to_string()))
    }
}

/// How something is written.
struct Manner {
    stream: Stream,
    between: &'static [u8],
    behind: &'static [u8],
}

/// Those that there are, by number.
static MANNERS: [Manner; 3] = [
    Manner {
        stream: Stream::Out,
        between: b"\t",
        behind: b"\n",
    },
    Manner {
        stream: Stream::Err,
        between: b"\t",
        behind: b"\n",
    },
    Manner {
        stream: Stream::Out,
        between: b"",
        behind: b"",
    },
];

/// `io.print(…)`
fn print(call: &mut Call) -> Outcome {
    match replaced(call, print) {
        Some(answer) => Ok(answer),
        None => put(call, 0),
    }
}

/// `io.eprint(…)`
fn eprint(call: &mut Call) -> Outcome {
    match replaced(call, eprint) {
        Some(answer) => Ok(answer),
        None => put(call, 1),
    }
}

/// `io.write(…)`
fn write(call: &mut Call) -> Outcome {
    match replaced(call, write) {
        Some(answer) => Ok(answer),
        None => put(call, 2),
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

/// Writes the arguments, which are no objects of a program's, once there is room.
fn put(call: &mut Call, manner: isize) -> Outcome {
    let Some(terminal) = call.terminal() else {
        return call.no_terminal();
    };
    let output = terminal.output();
    if !call.lua.can_wait() {
        // What is written where it can't wait is bounded too.
        if !output.has_room(None::<fn() -> Wake>) {
            let text =
                "too much that was written waits for its reader, which can't be waited for here";
            return call.fail(Error::new(kind::LIMIT_EXCEEDED, text).retryable());
        }
    } else if !output.has_room(Some(|| call.state.waker())) {
        return Ok(Answer::wait(woken_by_room, manner));
    }
    let manner = &MANNERS[manner as usize];
    let most = call.state.process().mailbox().limit();
    let Some(text) = joined(call, manner, most) else {
        let text = format!("more than {most} bytes at once, a third of its host's memory_limit");
        return call.fail(Error::new(kind::LIMIT_EXCEEDED, text));
    };
    match output.write(manner.stream, text) {
        Ok(()) => call.done(Ok(())),
        Err(error) => call.failed_io(&error),
    }
}

fn woken_by_room(call: &mut Call, manner: isize) -> Outcome {
    match call.state.tasks.take_grant() {
        Some(_) => put(call, manner),
        None => Ok(Answer::wait(woken_by_room, manner)),
    }
}

/// The arguments as one text; none if it is longer than `most`: one long string may be there a thousand times.
fn joined(call: &mut Call, manner: &Manner, most: usize) -> Option<Vec<u8>> {
    let mut joined = Vec::new();
    for index in 1..=call.lua.top() {
        if index > 1 {
            joined.extend_from_slice(manner.between);
        }
        if call.lua.coerce(index) {
            let text = call.subject(index);
            if joined.len() + text.len() > most {
                return None;
            }
            joined.extend_from_slice(text);
        } else {
            joined.extend_from_slice(call.plain_text(index).as_bytes());
        }
    }
    joined.extend_from_slice(manner.behind);
    Some(joined)
}

/// `io.flush()`
fn flush(call: &mut Call) -> Outcome {
    match call.terminal() {
        Some(terminal) => flush_until(call, terminal.output().queued() as isize),
        None => call.no_terminal(),
    }
}

fn flush_until(call: &mut Call, until: isize) -> Outcome {
    let Some(terminal) = call.terminal() else {
        return call.no_terminal();
    };
    call.must_wait()?;
    let output = terminal.output();
    if !output.has_written(until as u64, || call.state.waker()) {
        return Ok(Answer::wait(woken_by_written, until));
    }
    let failures = [Stream::Out, Stream::Err].map(|stream| output.failure(stream));
    match failures.into_iter().flatten().next() {
        Some(error) => call.failed_io(&error),
        None => call.done(Ok(())),
    }
}

fn woken_by_written(call: &mut Call, until: isize) -> Outcome {
    match call.state.tasks.take_grant() {
        Some(_) => flush_until(call, until),
        None => Ok(Answer::wait(woken_by_written, until)),
    }
}

/// `io.read([count])`
fn read(call: &mut Call, _: isize) -> Outcome {
    let count = match call.lua.is_nothing(1) {
        true => 0,
        false => call.truncated(1, "count")?,
    };
    let count = match usize::try_from(count) {
        Ok(0) | Err(_) => USUAL_READ,
        Ok(count) => count,
    };
    let most = call.most_bytes().min(count);
    match taken(call, Want::Bytes(most))? {
        Some(answer) => Ok(answer),
        None => Ok(Answer::wait(woken_to_read, 0)),
    }
}

fn woken_to_read(call: &mut Call, _: isize) -> Outcome {
    match call.state.tasks.take_grant() {
        Some(_) => read(call, 0),
        None => Ok(Answer::wait(woken_to_read, 0)),
    }
}

/// `io.readline()`
fn read_line(call: &mut Call, _: isize) -> Outcome {
    let most = call.most_bytes();
    match taken(call, Want::Line(most))? {
        Some(answer) => Ok(answer),
        None => Ok(Answer::wait(woken_to_read_line, 0)),
    }
}

fn woken_to_read_line(call: &mut Call, _: isize) -> Outcome {
    match call.state.tasks.take_grant() {
        Some(_) => read_line(call, 0),
        None => Ok(Answer::wait(woken_to_read_line, 0)),
    }
}

/// Takes input and pushes it; `None` if it must be waited for.
fn taken(call: &mut Call, want: Want) -> Result<Option<Answer>, crate::lua::Raise> {
    let Some(terminal) = call.terminal() else {
        return call.no_terminal().map(Some);
    };
    call.must_wait()?;
    let taken = terminal.input().take(want, || call.state.waker());
    let outcome = match taken {
        Ok(None) => return Ok(None),
        Ok(Some(Taken::Bytes(bytes))) => call.answer_text(bytes),
        Ok(Some(Taken::End)) => call.fail(Error::new(kind::NOT_FOUND, "EOF")),
        Ok(Some(Taken::TooLong)) => {
            let (Want::Line(most) | Want::Bytes(most)) = want;
            let text = format!(
                "the line has more than the {most} bytes that the process has room for: raise its host's \
                 memory_limit, or take it in parts with io.read"
            );
            call.fail(Error::new(kind::LIMIT_EXCEEDED, text))
        }
        Err(error) => call.failed_io(&error),
    };
    outcome.map(Some)
}

/// `io.args()`
fn args(call: &mut Call) -> Outcome {
    let Some(terminal) = call.terminal() else {
        return call.no_terminal();
    };
    let arguments = terminal.arguments();
    call.lua.push_table(arguments.len(), 0);
    for (place, argument) in (1..).zip(arguments) {
        call.lua.push_bytes(argument);
        call.lua.set_item(-2, place);
    }
    Ok(Answer::Values(1))
}

/// `io.raw(on)`
fn raw(call: &mut Call) -> Outcome {
    if call.lua.kind(1) != Type::Boolean {
        return Err(call.wrong_type(1, "boolean"));
    }
    let Some(terminal) = call.terminal() else {
        return call.no_terminal();
    };
    match terminal.raw_mode().set(call.lua.truth(1)) {
        Ok(()) => call.done(Ok(())),
        Err(error) => {
            let text = format!("stdin has no raw mode: {error}");
            call.fail(Error::new(kind::INVALID, text))
        }
    }
}
