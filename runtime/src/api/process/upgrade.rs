//! `process.upgrade`: another program takes over the process. Knows nothing of how one VM replaces the other.

use crate::api::Call;
use crate::lua::{Answer, Outcome};
use crate::payload::Payload;

/// What a process is to become.
#[derive(Debug)]
pub struct Upgrade {
    /// The id of the entry that takes over.
    pub entry: String,
    /// The arguments of its method, encoded one after the other.
    pub arguments: Payload,
}

/// `process.upgrade(entry or nil, …)`: never returns, but with `nil, err` where an argument can't be passed on.
pub(super) fn upgrade(call: &mut Call) -> Outcome {
    let entry = match call.lua.is_nothing(1) {
        true => String::new(),
        false => call.text(1)?,
    };
    let entry = match entry.is_empty() {
        true => call.state.entry().to_string(),
        false => entry,
    };
    let mut encoded = Vec::new();
    if let Err(error) = call.lua.encode_many(2, call.lua.top(), &mut encoded) {
        return call.fail(error);
    }
    call.must_wait()?;
    let arguments = Payload::from_encoded(encoded);
    call.state.rare().upgrade = Some(Upgrade { entry, arguments });
    call.state.tasks.wait_for_none();
    Ok(Answer::wait(never, 0))
}

fn never(_: &mut Call, _: isize) -> Outcome {
    Ok(Answer::wait(never, 0))
}
