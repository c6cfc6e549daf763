//! `process.service`: one process that is kept running.
//!
//! Knows nothing of how: that is `node/supervisor.rs`.

use super::host::HOSTS;
use super::lifecycle::{self, Lifecycle};
use crate::app::entry::EntryId;
use crate::app::fields::Fields;
use crate::app::value::Value;

/// A `process.service`.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// Its id.
    pub id: EntryId,
    /// The `process.lua` that it runs.
    pub process: EntryId,
    /// The host that it runs on.
    pub host: EntryId,
    /// The arguments of its process.
    pub input: Vec<Value>,
    /// When it starts and stops, and what happens when it fails.
    pub lifecycle: Lifecycle,
}

/// Reads a `process.service`.
pub(in crate::app) fn read(mut fields: Fields) -> Option<Service> {
    let process = fields.reference("process", true, &["process.lua"]);
    let host = fields.reference("host", false, &HOSTS);
    let input = fields.list("input").unwrap_or_default();
    let lifecycle = lifecycle::read(&mut fields);
    fields.get("security");
    let id = fields.id.clone();
    fields.finish();
    Some(Service {
        id,
        process: process?,
        host: host?,
        input: input.iter().map(|node| node.to_value()).collect(),
        lifecycle,
    })
}
