//! What functions written in Lua (`prelude/*.lua`) get natively, since a program may change its globals.

use crate::lua::{Answer, Outcome, Raise};

use super::Call;

/// `type(v)`
pub(super) fn type_name(call: &mut Call) -> Outcome {
    let name = call.lua.kind(1).name();
    call.answer_text(name)
}

/// `error(text, …)`: raised where the program called the prelude, whatever level is given.
pub(super) fn raise(call: &mut Call) -> Outcome {
    Err(Raise::Text(call.text(1)?))
}

/// `rawequal(a, b)`
pub(super) fn same(call: &mut Call) -> Outcome {
    let same = call.lua.same(1, 2);
    call.lua.push_boolean(same);
    Ok(Answer::Values(1))
}
