//! `http.router`: what the endpoints below one prefix of a server have in common.
//!
//! Knows nothing of routes or of what middleware does.

use std::collections::BTreeMap;

use super::chain::{self, ChainPlaces};
use crate::app::entry::EntryId;
use crate::app::fields::Fields;
use crate::app::problem::Place;

/// An `http.router`.
#[derive(Clone, Debug, PartialEq)]
pub struct HttpRouter {
    /// Its id.
    pub id: EntryId,
    /// The `http.service` that it belongs to.
    pub server: EntryId,
    /// What stands before the paths of its endpoints: nothing, or a path without a slash at its end.
    pub prefix: String,
    /// What happens to a request, in order, before its function is known.
    pub middleware: Vec<String>,
    /// The options of that.
    pub options: BTreeMap<String, String>,
    /// What happens to a request, in order, after its function is known.
    pub post_middleware: Vec<String>,
    /// The options of that.
    pub post_options: BTreeMap<String, String>,
    /// Where the prefix is written; without one, where the entry begins.
    pub place: Place,
    /// Where the middleware and its options are written.
    pub places: ChainPlaces,
    /// Where the middleware and the options of after are written.
    pub post_places: ChainPlaces,
}

/// Reads an `http.router`.
pub(in crate::app) fn read(mut fields: Fields) -> Option<HttpRouter> {
    let server = fields.parent("server", &["http.service"]);
    let place = fields.place_of("prefix").clone();
    let prefix = prefix(&mut fields);
    let before = chain::read(&mut fields, "middleware", "options");
    let after = chain::read(&mut fields, "post_middleware", "post_options");
    let id = fields.id.clone();
    fields.finish();
    Some(HttpRouter {
        id,
        server: server?,
        prefix: prefix?,
        middleware: before.names,
        options: before.options,
        post_middleware: after.names,
        post_options: after.options,
        place,
        places: before.places,
        post_places: after.places,
    })
}

/// The prefix without the slash at its end; `None` if it is no good one.
fn prefix(fields: &mut Fields) -> Option<String> {
    let Some(node) = fields.get("prefix") else {
        return Some(String::new());
    };
    let (prefix, place) = fields.text("prefix")?;
    if !prefix.is_empty() && !prefix.starts_with('/') {
        let problem = fields.error("prefix", &node.place, "prefix must start with /");
        fields.report(
            problem
                .advice(format!("write it as in \"/{prefix}\""))
                .at(place),
        );
        return None;
    }
    Some(prefix.trim_end_matches('/').to_string())
}
