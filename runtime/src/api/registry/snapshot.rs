//! The snapshot object: the entries of one version.
//!
//! Knows nothing of how versions follow each other.

use std::ops::ControlFlow;

use crate::api::{Call, Host};
use crate::error::{Error, kind};
use crate::lua::{
    Answer, Class, Function, LibrariesBuilder, Number, Object, Outcome, Plain, Raise, Type,
};

use super::answers::{answer_entries, refuse};
use super::filter::{Filter, Refused};
use super::history::{self, CURRENT, EMPTY, VersionNumber};
use super::record::Record;

/// A snapshot of this version.
#[derive(Clone, Copy)]
struct Snapshot(VersionNumber);

impl Object for Snapshot {
    const CLASS: Class = Class::Snapshot;
}

pub(super) fn register(libraries: &mut LibrariesBuilder<Host>) {
    libraries.class(
        Class::Snapshot,
        [
            (
                "get",
                Function::new(|call: &mut Call| {
                    let version = this(call)?;
                    get(call, 2, version)
                }),
            ),
            (
                "find",
                Function::new(|call: &mut Call| {
                    let version = this(call)?;
                    find(call, 2, version)
                }),
            ),
            ("entries", Function::new(entries)),
            ("namespace", Function::new(namespace)),
            ("version", Function::new(version)),
            ("changes", Function::new(changes)),
        ],
    );
    libraries.text_of(
        Class::Snapshot,
        Function::new(|call: &mut Call| {
            let version = this(call)?;
            call.answer_text(format!("registry.Snapshot{{v{version}}}"))
        }),
    );
}

/// Answers a snapshot of a version.
pub(super) fn answer(call: &mut Call, version: VersionNumber) -> Outcome {
    call.lua.push_object(Snapshot(version));
    Ok(Answer::Values(1))
}

/// `registry.snapshot()`
pub(super) fn current(call: &mut Call) -> Outcome {
    answer(call, CURRENT)
}

/// `registry.snapshot_at(version)`
pub(super) fn at(call: &mut Call) -> Outcome {
    match history::wanted(call, 1)? {
        Ok(version) => answer(call, version),
        Err(error) => call.fail(error),
    }
}

/// The version of the snapshot that a method was called on.
fn this(call: &Call) -> Result<VersionNumber, Raise> {
    match call.lua.object::<Snapshot>(1) {
        Some(Snapshot(version)) => Ok(*version),
        None => Err(call.wrong_type(1, "registry.Snapshot")),
    }
}

/// `registry.get(id)`, `snapshot:get(id)`: the entry with the id that is argument `index`.
pub(super) fn get(call: &mut Call, index: i32, version: VersionNumber) -> Outcome {
    let id = call.text(index)?;
    if id.is_empty() {
        return call.invalid("entry id must not be empty");
    }
    let found = call.state.system().registry().get(&id);
    let found = found.filter(|_| version != EMPTY);
    let Some(encoded) = found.map(|record| record.encoded().clone()) else {
        return call.fail(Error::new(
            kind::NOT_FOUND,
            format!("entry not found: {id}"),
        ));
    };
    match call.lua.push_payload(encoded.encoded()) {
        Ok(()) => Ok(Answer::Values(1)),
        Err(error) => call.fail(error),
    }
}

/// `registry.find(filter)`, `snapshot:find(filter)`: the entries that meet the filter at `index`.
pub(super) fn find(call: &mut Call, index: i32, version: VersionNumber) -> Outcome {
    match read_filter(call, index)? {
        Ok(filter) => answer_entries(call, version, |record| filter.is_met_by(record)),
        Err(error) => call.fail(error),
    }
}

/// `snapshot:entries()`
fn entries(call: &mut Call) -> Outcome {
    let version = this(call)?;
    answer_entries(call, version, |_| true)
}

/// `snapshot:namespace(namespace)`: the entries in it.
fn namespace(call: &mut Call) -> Outcome {
    let version = this(call)?;
    let namespace = call.text(2)?;
    answer_entries(call, version, |record: &Record| {
        record.namespace() == namespace
    })
}

/// `snapshot:version()`
fn version(call: &mut Call) -> Outcome {
    let version = this(call)?;
    history::answer(call, version)
}

/// `snapshot:changes()`
fn changes(call: &mut Call) -> Outcome {
    this(call)?;
    refuse(call)
}

/// The filter that the table at `index` is. A key of no field is left out, with a warning.
fn read_filter(call: &mut Call, index: i32) -> Result<Result<Filter, Error>, Raise> {
    if !call.is_table(index) {
        return Err(call.wrong_type(index, "table"));
    }
    let mut filter = Filter::default();
    let mut wrong = None;
    call.lua.for_each(index, |lua| {
        let key = match lua.kind(-2) {
            Type::String => lua.text(-2).unwrap_or_default().into_owned(),
            _ => String::new(),
        };
        let value = match lua.kind(-1) {
            Type::String => Plain::Text(lua.text(-1).unwrap_or_default().into_owned()),
            Type::Boolean => Plain::Boolean(lua.truth(-1)),
            _ => match lua.number(-1) {
                Some(Number::Integer(value)) => Plain::Integer(value),
                Some(Number::Float(value)) => Plain::Float(value),
                None => Plain::Nil,
            },
        };
        let is_value = value != Plain::Nil;
        let text = match filter.add(&key, value) {
            Err(Refused::Key) => {
                log::warn!(field = key; "metadata field must use 'meta.' prefix");
                return ControlFlow::Continue(());
            }
            Ok(()) if is_value => return ControlFlow::Continue(()),
            Ok(()) => "must be a string, a number or a boolean".to_owned(),
            Err(Refused::Value) => "must be a string".to_owned(),
            Err(Refused::Pattern(why)) => format!("is no pattern: {why}"),
        };
        wrong = Some(Error::new(kind::INVALID, format!("filter: {key} {text}")));
        ControlFlow::Break(())
    });
    Ok(wrong.map_or(Ok(filter), Err))
}
