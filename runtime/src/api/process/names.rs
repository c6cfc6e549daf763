//! `process.registry`: names for processes. Knows nothing of where they are used.

use crate::api::Call;
use crate::error::{Error, kind};
use crate::lua::{Answer, Number, Outcome, Raise, Type};
use crate::pid::Pid;

use super::{LONGEST_NAME, too_long};

/// `process.registry.register(name[, pid[, scope]])`
pub(super) fn register(call: &mut Call) -> Outcome {
    let name = match check_name(call.string(1)?) {
        Ok(name) => name,
        Err(error) => return call.fail(error),
    };
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

/// The name that these bytes are, if a process may have it.
pub(super) fn check_name(bytes: &[u8]) -> Result<String, Error> {
    let invalid = |text: &str| Err(Error::new(kind::INVALID, text));
    match std::str::from_utf8(bytes) {
        Ok("") => invalid("name must not be empty"),
        Ok(name) if name.len() > LONGEST_NAME => invalid(&too_long("name")),
        Ok(name) if name.starts_with('{') && name.ends_with('}') => {
            invalid("a name must not look like a pid, in braces: nothing could be sent to it")
        }
        Ok(name) => Ok(name.to_owned()),
        Err(_) => invalid("name must be UTF-8"),
    }
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
pub(super) fn lookup(call: &mut Call) -> Outcome {
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
pub(super) fn unregister(call: &mut Call) -> Outcome {
    let name = call.text(1)?;
    let was = call.state.system().unregister(&name);
    call.lua.push_boolean(was);
    Ok(Answer::Values(1))
}
