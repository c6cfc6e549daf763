//! Versions of the registry, and its history: there are two, before the app was loaded and since.
//!
//! Knows nothing of entries.

use crate::api::{Call, Host};
use crate::error::{Error, kind};
use crate::lua::{Answer, Class, Function, LibrariesBuilder, Number, Object, Outcome, Raise};

use super::answers::not_positive;
use super::snapshot;

/// The number of a version.
pub(super) type VersionNumber = u8;

/// The version before the app was loaded, without entries.
pub(super) const EMPTY: VersionNumber = 0;

/// The version that runs.
pub(super) const CURRENT: VersionNumber = 1;

/// A version object.
#[derive(Clone, Copy)]
struct Version(VersionNumber);

impl Object for Version {
    const CLASS: Class = Class::Version;
}

/// The history object.
#[derive(Clone, Copy)]
struct History;

impl Object for History {
    const CLASS: Class = Class::History;
}

pub(super) fn register(libraries: &mut LibrariesBuilder<Host>) {
    libraries.class(
        Class::Version,
        [
            ("id", Function::new(id)),
            ("string", Function::new(string)),
            ("previous", Function::new(previous)),
            ("next", Function::new(next)),
        ],
    );
    libraries.text_of(
        Class::Version,
        Function::new(|call: &mut Call| {
            let version = this(call, 1)?;
            call.answer_text(format!("registry.Version{{v{version}}}"))
        }),
    );
    libraries.class(
        Class::History,
        [
            ("versions", Function::new(of_history)),
            ("get_version", Function::new(get_version)),
            ("snapshot_at", Function::new(snapshot_at)),
        ],
    );
    libraries.text_of(
        Class::History,
        Function::new(|call: &mut Call| call.answer_text("registry.History")),
    );
}

/// Answers a version object.
pub(super) fn answer(call: &mut Call, version: VersionNumber) -> Outcome {
    call.lua.push_object(Version(version));
    Ok(Answer::Values(1))
}

/// `registry.current_version()`
pub(super) fn current_version(call: &mut Call) -> Outcome {
    answer(call, CURRENT)
}

/// `registry.versions()`: all, the oldest first.
pub(super) fn versions(call: &mut Call) -> Outcome {
    call.lua.push_table(2, 0);
    for version in EMPTY..=CURRENT {
        call.lua.push_object(Version(version));
        call.lua.set_item(-2, i64::from(version) + 1);
    }
    Ok(Answer::Values(1))
}

/// `registry.history()`
pub(super) fn history(call: &mut Call) -> Outcome {
    call.lua.push_object(History);
    Ok(Answer::Values(1))
}

/// The version at `index`.
fn this(call: &Call, index: i32) -> Result<VersionNumber, Raise> {
    match call.lua.object::<Version>(index) {
        Some(Version(number)) => Ok(*number),
        None => Err(call.wrong_type(index, "registry.Version")),
    }
}

/// `version:id()`
fn id(call: &mut Call) -> Outcome {
    let version = this(call, 1)?;
    call.lua.push_integer(version.into());
    Ok(Answer::Values(1))
}

/// `version:string()`
fn string(call: &mut Call) -> Outcome {
    let version = this(call, 1)?;
    call.answer_text(format!("v{version}"))
}

/// `version:previous()`: nil before the first.
fn previous(call: &mut Call) -> Outcome {
    match this(call, 1)? {
        EMPTY => {
            call.lua.push_nil();
            Ok(Answer::Values(1))
        }
        version => answer(call, version - 1),
    }
}

/// `version:next()`: nil behind the last.
fn next(call: &mut Call) -> Outcome {
    match this(call, 1)? {
        CURRENT => {
            call.lua.push_nil();
            Ok(Answer::Values(1))
        }
        version => answer(call, version + 1),
    }
}

fn check_history(call: &Call) -> Result<(), Raise> {
    match call.lua.object::<History>(1) {
        Some(History) => Ok(()),
        None => Err(call.wrong_type(1, "registry.History")),
    }
}

/// `history:versions()`
fn of_history(call: &mut Call) -> Outcome {
    check_history(call)?;
    versions(call)
}

/// `history:get_version(number)`
fn get_version(call: &mut Call) -> Outcome {
    check_history(call)?;
    match known(call.truncated(2, "version")?) {
        Ok(version) => answer(call, version),
        Err(error) => call.fail(error),
    }
}

/// `history:snapshot_at(version)`
fn snapshot_at(call: &mut Call) -> Outcome {
    check_history(call)?;
    let version = this(call, 2)?;
    snapshot::answer(call, version)
}

/// The version that is argument `index`, an object or a number; the empty one is not to be had.
pub(super) fn wanted(call: &mut Call, index: i32) -> Result<Result<VersionNumber, Error>, Raise> {
    let number = match call.lua.object::<Version>(index) {
        Some(Version(number)) => i64::from(*number),
        None => match call.lua.number(index) {
            Some(Number::Integer(_) | Number::Float(_)) => call.truncated(index, "version")?,
            None => return Err(call.wrong_type(index, "number or registry.Version")),
        },
    };
    Ok(match number {
        ..=0 => Err(not_positive()),
        _ => known(number),
    })
}

/// The version with this number, if there is one.
fn known(number: i64) -> Result<VersionNumber, Error> {
    let version = VersionNumber::try_from(number).ok();
    version
        .filter(|version| *version <= CURRENT)
        .ok_or_else(|| {
            let text = format!("registry version not found: v{number}");
            Error::new(kind::NOT_FOUND, text)
        })
}
