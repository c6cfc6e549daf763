//! `function.lua`: a program whose function others call, a request of HTTP among them.
//!
//! Knows nothing of calls: that is `node/`.

use super::lua::{self, Lua};
use super::pool::{self, Pool};
use crate::app::entry::EntryId;
use crate::app::fields::Fields;

/// A `function.lua`.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// Its id.
    pub id: EntryId,
    /// The function to call: always there, as what is loaded has to say it.
    pub method: Option<String>,
    /// Its program.
    pub lua: Lua,
    /// How many VMs take its calls.
    pub pool: Pool,
}

/// Reads a `function.lua`.
pub(in crate::app) fn read(mut fields: Fields) -> Option<Function> {
    let method = fields.required_text("method");
    let lua = lua::read(&mut fields);
    let pool = pool::read(&mut fields);
    let id = fields.id.clone();
    fields.finish();
    Some(Function {
        id,
        method: Some(method?.0.to_string()),
        lua: lua?,
        pool,
    })
}
