//! Replacing arguments by their texts where the program has a say in these.
//!
//! A `__tostring` may wait and be preempted, so it is called by a prelude, once for all arguments. Knows nothing of what
//! the texts are for.

use crate::lua::{Answer, LibrariesBuilder, Number, Outcome};

use super::{Call, Host};

const PRELUDE: &str = "texts";

pub(super) fn register(libraries: &mut LibrariesBuilder<Host>) {
    libraries.prelude(PRELUDE, include_str!("prelude/texts.lua"), &[]);
}

/// Replaces the arguments at the `wanted` indices by what `tostring` makes of them, and then does `then`, which must not
/// answer with a call.
pub(super) fn replace<F>(call: &mut Call, wanted: Vec<i32>, then: F) -> Answer
where
    F: Fn(&mut Call) -> Outcome + Copy + 'static,
{
    let lua = &mut call.lua;
    lua.push_table(wanted.len(), 0);
    lua.push_tostring();
    lua.push_table(wanted.len(), 0);
    for (place, index) in (1..).zip(wanted) {
        lua.push_integer(index.into());
        lua.set_item(-4, place);
        lua.push_copy(index);
        lua.set_item(-2, place);
    }
    let replaced = move |call: &mut Call, _| {
        take(call);
        then(call)
    };
    Answer::call_prelude(PRELUDE, 2, replaced, 0)
}

/// Takes the table of texts, and that of their indices below it, and puts the texts where they belong.
fn take(call: &mut Call) {
    let lua = &mut call.lua;
    let texts = lua.top();
    let indices = texts - 1;
    for place in 1..=lua.len(texts) as i64 {
        lua.get_item(indices, place);
        let Some(Number::Integer(index)) = lua.number(-1) else {
            unreachable!("an index was put there")
        };
        lua.get_item(texts, place);
        lua.replace(index as i32);
        lua.pop(1);
    }
    lua.truncate(indices - 1);
}
