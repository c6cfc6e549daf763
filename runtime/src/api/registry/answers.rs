//! What all parts of the module answer with: lists of entries, and that nothing can be changed.
//!
//! Knows nothing of filters or versions.

use crate::api::Call;
use crate::error::{Error, kind};
use crate::lua::{Answer, Outcome};

use super::history::{EMPTY, VersionNumber};
use super::record::Record;

/// Where the numbers of the entries are that are answered, and the list that is filled with them.
const NUMBERS: i32 = 1;
const LIST: i32 = 2;

/// Entries between two looks at whether the step is to end.
const BETWEEN_LOOKS: usize = 16;

/// Answers a list of the entries of a version that are `wanted`.
pub(super) fn answer_entries(
    call: &mut Call,
    version: VersionNumber,
    wanted: impl Fn(&Record) -> bool,
) -> Outcome {
    let all = match version {
        EMPTY => &[],
        _ => call.state.system().registry().all(),
    };
    let mut numbers = Vec::new();
    for (number, record) in all.iter().enumerate() {
        if wanted(record) {
            numbers.extend_from_slice(&(number as u32).to_ne_bytes());
        }
    }
    call.lua.truncate(0);
    call.lua.push_bytes(&numbers);
    call.lua.push_table(numbers.len() / size_of::<u32>(), 0);
    fill(call, 0)
}

/// Fills the list from its item `next` (from 0) on.
fn fill(call: &mut Call, next: isize) -> Outcome {
    let mut at = next as usize;
    while let Some(number) = number(call, at) {
        let record = &call.state.system().registry().all()[number];
        if let Err(error) = call.lua.push_payload(record.encoded().encoded()) {
            return call.fail(error);
        }
        at += 1;
        call.lua.set_item(LIST, at as i64);
        if at.is_multiple_of(BETWEEN_LOOKS) && call.lua.must_pause() {
            return Ok(Answer::pause(fill, at as isize));
        }
    }
    Ok(Answer::Values(1))
}

/// The number of the entry that is item `at` (from 0) of the list.
fn number(call: &Call, at: usize) -> Option<usize> {
    let numbers = call.lua.bytes(NUMBERS)?;
    let bytes = numbers.get(at * size_of::<u32>()..)?.first_chunk()?;
    Some(u32::from_ne_bytes(*bytes) as usize)
}

/// Answers that nothing can be changed.
pub(super) fn refuse(call: &mut Call) -> Outcome {
    let text = "the registry is read-only in this version: change the app's files, and run it anew";
    call.fail(Error::new(kind::PERMISSION_DENIED, text))
}

/// That a version's number begins with 1.
pub(super) fn not_positive() -> Error {
    Error::new(kind::INVALID, "version must be a positive number")
}
