//! `process.get_options` and `process.set_options`. Knows nothing of what follows from an option.

use crate::api::Call;
use crate::error::{Error, kind};
use crate::lua::{Answer, Outcome, Type};
use std::ops::ControlFlow;

/// The options that there are.
const TRAP_LINKS: &str = "trap_links";
const UPGRADABLE: &str = "upgradable";

/// `process.get_options()`
pub(super) fn get(call: &mut Call) -> Outcome {
    let traps_links = call.state.process().traps_links();
    let upgradable = call.state.is_upgradable();
    call.lua.push_table(0, 2);
    call.lua.push_boolean(traps_links);
    call.lua.set_field(-2, TRAP_LINKS);
    call.lua.push_boolean(upgradable);
    call.lua.set_field(-2, UPGRADABLE);
    Ok(Answer::Values(1))
}

/// `process.set_options(options)`: all, or none if one is wrong.
pub(super) fn set(call: &mut Call) -> Outcome {
    let (mut traps_links, mut upgradable) = (None, None);
    let mut wrong = match call.is_table(1) {
        true => None,
        false => Some("options parameter must be a table".to_owned()),
    };
    if wrong.is_none() {
        call.lua.for_each(1, |lua| {
            // A number would be taken for its numeral.
            let key = match lua.kind(-2) {
                Type::String => lua.text(-2).map(|key| key.into_owned()),
                _ => None,
            };
            let value = (lua.kind(-1) == Type::Boolean).then(|| lua.truth(-1));
            wrong = match (key.as_deref(), value) {
                (Some(TRAP_LINKS), Some(value)) => {
                    traps_links = Some(value);
                    None
                }
                (Some(UPGRADABLE), Some(value)) => {
                    upgradable = Some(value);
                    None
                }
                (Some(key @ (TRAP_LINKS | UPGRADABLE)), None) => {
                    Some(format!("{key} must be a boolean"))
                }
                (Some(key), _) => Some(format!("option {key} is not supported")),
                (None, _) => None,
            };
            match wrong {
                Some(_) => ControlFlow::Break(()),
                None => ControlFlow::Continue(()),
            }
        });
    }
    if let Some(wrong) = wrong {
        call.lua.push_boolean(false);
        call.lua.push_error(&Error::new(kind::INVALID, wrong));
        return Ok(Answer::Values(2));
    }
    if let Some(traps_links) = traps_links {
        call.state.process().set_trap_links(traps_links);
    }
    if let Some(upgradable) = upgradable {
        call.state.rare().upgradable = upgradable;
    }
    call.lua.push_boolean(true);
    Ok(Answer::Values(1))
}
