//! The global `process`: pids, spawning, sending, inbox, listeners, events, names. See `docs/process.md`.

use std::cell::Cell;

use crate::error::{Error, kind};
use crate::lua::{Answer, Function, Kept, LibrariesBuilder, Module, Number, Outcome, Raise, Type};
use crate::payload::Payload;
use crate::pid::Pid;
use crate::process::Message;

use super::channel::{self, Channel, Source};
use super::mail::{EVENTS, INBOX};
use super::{Call, Host, Spawn, event, subscription};

/// Bytes of the longest topic or registered name: they are kept outside the VM. (A guess: longer ones are a mistake.)
pub(super) const LONGEST_NAME: usize = 4096;

pub(super) fn too_long(what: &str) -> String {
    format!("a {what} has at most {LONGEST_NAME} bytes")
}

pub(super) fn register(libraries: &mut LibrariesBuilder<Host>) {
    let events = Module::new("event").texts([
        ("CANCEL", event::CANCEL),
        ("EXIT", event::EXIT),
        ("LINK_DOWN", event::LINK_DOWN),
    ]);
    let registry = Module::new("registry")
        .integers([
            ("LOCAL", 0),
            ("EVENTUAL", 1),
            ("CONSISTENT", 2),
            ("STRONG", 3),
        ])
        .functions([
            ("register", Function::new(register_name)),
            ("lookup", Function::new(lookup_name)),
            ("unregister", Function::new(unregister_name)),
        ]);
    let module = Module::new("process")
        .functions([
            ("pid", Function::new(pid)),
            ("id", Function::new(id)),
            ("spawn", Function::new(spawn)),
            ("spawn_monitored", Function::new(spawn_monitored)),
            ("send", Function::new(send)),
            ("inbox", Function::new(inbox)),
            ("events", Function::new(events_channel)),
            ("listen", Function::new(listen)),
            ("unlisten", Function::new(unlisten)),
        ])
        .library(events)
        .library(registry);
    libraries.library(module);
}

impl Call<'_> {
    /// Pushes a pid's text form.
    fn push_pid(&mut self, pid: Pid) {
        let mut text = String::with_capacity(64);
        self.state.system().write_pid(pid, &mut text);
        self.lua.push_bytes(text);
    }
}

/// `process.pid()`
fn pid(call: &mut Call) -> Outcome {
    call.push_pid(call.state.pid());
    Ok(Answer::Values(1))
}

/// `process.id()`: the id of the running entry.
fn id(call: &mut Call) -> Outcome {
    let entry = call.state.entry().clone();
    call.answer_text(&*entry)
}

/// `process.spawn(id, host, …)`
fn spawn(call: &mut Call) -> Outcome {
    start(call, "spawn", false)
}

/// `process.spawn_monitored(id, host, …)`
fn spawn_monitored(call: &mut Call) -> Outcome {
    start(call, "spawn_monitored", true)
}

fn start(call: &mut Call, name: &str, monitored: bool) -> Outcome {
    let count = call.lua.top();
    if count < 2 {
        return call.invalid(format!("{name} requires at least id and host arguments"));
    }
    call.string(1)?;
    call.string(2)?;
    let mut encoded = Vec::with_capacity(64);
    if let Err(error) = call.lua.encode_many(3, count, &mut encoded) {
        return call.fail(error);
    }
    let text = |index| std::str::from_utf8(call.lua.bytes(index).unwrap_or_default()).unwrap_or("");
    let arguments = Payload::from_encoded(encoded);
    let parent = call.state.pid();
    let spawn = Spawn {
        parent,
        entry: text(1),
        host: text(2),
        arguments,
        monitored,
    };
    match call.state.system().spawn(spawn) {
        Ok(pid) => {
            call.push_pid(pid);
            Ok(Answer::Values(1))
        }
        Err(error) => call.fail(error),
    }
}

/// `process.send(destination, topic, …)`: a message for each value; one without a value where there is none.
fn send(call: &mut Call) -> Outcome {
    let count = call.lua.top();
    if count < 2 {
        return call.invalid("send requires at least destination and topic arguments");
    }
    call.string(1)?;
    let topic = call.string(2)?;
    if topic.starts_with(b"@") {
        return call.invalid("cannot send to @ topics");
    }
    if topic.len() > LONGEST_NAME {
        return call.invalid(too_long("topic"));
    }
    let sent = match call.state.resolve(call.lua.bytes(1).unwrap_or_default()) {
        Ok(to) => with_scratch(|scratch| send_each(call, to, count, scratch)),
        Err(error) => Err(error),
    };
    call.done(sent)
}

/// Sends the values from argument 3 to argument `count`, in order, up to the first that can't be sent.
fn send_each(call: &Call, to: Pid, count: i32, scratch: &mut Vec<u8>) -> Result<(), Error> {
    let topic = call.lua.bytes(2).unwrap_or_default();
    let from = Some(call.state.pid());
    for index in 3..=count.max(3) {
        scratch.clear();
        if index <= count {
            call.lua.encode(index, scratch)?;
        }
        call.state
            .system()
            .send(to, Message::new(from, topic, scratch))?;
    }
    Ok(())
}

/// Bytes that a thread keeps from one send to the next, at most.
const MOST_SCRATCH: usize = 64 * 1024;

/// Calls `f` with this thread's buffer for encoding: a message is allocated once, and exactly.
fn with_scratch<R>(f: impl FnOnce(&mut Vec<u8>) -> R) -> R {
    thread_local!(static SCRATCH: Cell<Vec<u8>> = const { Cell::new(Vec::new()) });
    let mut scratch = SCRATCH.take();
    let answer = f(&mut scratch);
    if scratch.capacity() <= MOST_SCRATCH {
        SCRATCH.set(scratch);
    }
    answer
}

/// `process.inbox()`
fn inbox(call: &mut Call) -> Outcome {
    call.state.mail.open_inbox();
    channel::push_mail_channel(call, INBOX);
    Ok(Answer::Values(1))
}

/// `process.events()`
fn events_channel(call: &mut Call) -> Outcome {
    call.state.mail.open_events();
    channel::push_mail_channel(call, EVENTS);
    Ok(Answer::Values(1))
}

/// `process.listen(topic[, {message = true}])`
fn listen(call: &mut Call) -> Outcome {
    let topic = match subscription::topic(call)? {
        Ok(topic) => topic,
        Err(error) => return call.fail(error),
    };
    let wants_messages = call.is_table(2) && {
        call.lua.get_field(2, "message");
        call.lua.truth(-1)
    };
    let number = match call.state.mail.listener(&topic) {
        Some(listener) => {
            listener.wants_messages |= wants_messages;
            listener.channel
        }
        None => {
            let number = call.state.new_channel();
            call.lua.push_object(Channel {
                number,
                source: Source::Mail,
                closed: false,
            });
            if let Err(error) = subscription::begin(call, &topic, number, wants_messages) {
                return call.fail(error);
            }
            number
        }
    };
    call.lua.get_kept(Kept::Listeners);
    call.lua.get_item(-1, number.into());
    Ok(Answer::Values(1))
}

/// `process.unlisten(channel)`: true; or false, err if it isn't a listener's.
fn unlisten(call: &mut Call) -> Outcome {
    let Some(channel) = call.lua.object::<Channel>(1).copied() else {
        return Err(call.wrong_type(1, "channel"));
    };
    if !subscription::end(call, channel.number) {
        call.lua.push_boolean(false);
        call.lua
            .push_error(&Error::new(kind::INVALID, "channel is not subscribed"));
        return Ok(Answer::Values(2));
    }
    channel::shut(call, 1);
    call.lua.push_boolean(true);
    Ok(Answer::Values(1))
}

/// `process.registry.register(name[, pid[, scope]])`
fn register_name(call: &mut Call) -> Outcome {
    if call.string(1)?.len() > LONGEST_NAME {
        return call.invalid(too_long("name"));
    }
    let name = call.text(1)?;
    if name.is_empty() {
        return call.invalid("name must not be empty");
    }
    let pid = match call.lua.kind(2) {
        Type::None | Type::Nil => call.state.pid(),
        Type::String => match named_pid(call)? {
            Ok(pid) => pid,
            Err(error) => return call.fail(error),
        },
        _ => return call.invalid("pid must be a string"),
    };
    if let Err(error) = scope(call, 3) {
        return call.fail(error);
    }
    let result = call.state.system().register(&name, pid);
    call.done(result)
}

/// The pid in argument 2, which must be in text form.
fn named_pid(call: &mut Call) -> Result<Result<Pid, Error>, Raise> {
    let text = call.text(2)?;
    let invalid = |what: &str| Error::new(kind::INVALID, format!("invalid pid format: {what}"));
    if !(text.starts_with('{') && text.ends_with('}')) {
        return Ok(Err(invalid("missing braces")));
    }
    if !text.contains('|') {
        return Ok(Err(invalid("missing pipe")));
    }
    Ok(call.state.system().resolve(&text))
}

/// Checks a registry scope: without a cluster there is only LOCAL.
fn scope(call: &Call, index: i32) -> Result<(), Error> {
    match (call.lua.is_nothing(index), call.lua.number(index)) {
        (true, _) => Ok(()),
        (_, Some(Number::Integer(0) | Number::Float(0.0))) => Ok(()),
        (_, Some(_)) => Err(Error::new(
            kind::INTERNAL,
            "global/eventual registry not available",
        )),
        (_, None) => Err(Error::new(kind::INVALID, "scope must be a number")),
    }
}

/// `process.registry.lookup(name)`
fn lookup_name(call: &mut Call) -> Outcome {
    let name = call.text(1)?;
    match call.state.system().lookup(&name) {
        Some(pid) => {
            call.push_pid(pid);
            Ok(Answer::Values(1))
        }
        None => call.fail(Error::new(kind::NOT_FOUND, "name not registered")),
    }
}

/// `process.registry.unregister(name[, scope])`
fn unregister_name(call: &mut Call) -> Outcome {
    let name = call.text(1)?;
    let was = call.state.system().unregister(&name);
    call.lua.push_boolean(was);
    Ok(Answer::Values(1))
}
