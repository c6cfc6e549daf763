//! `http.endpoint`: which function takes the requests of a method and a path.
//!
//! Knows nothing of paths but that they begin with a slash.

use crate::app::entry::EntryId;
use crate::app::fields::Fields;
use crate::app::problem::Place;
use crate::app::suggest;

/// An `http.endpoint`.
#[derive(Clone, Debug, PartialEq)]
pub struct HttpEndpoint {
    /// Its id.
    pub id: EntryId,
    /// The `http.router` that it belongs to.
    pub router: EntryId,
    /// The method, one of [`METHODS`].
    pub method: String,
    /// The path behind the router's prefix; it begins with a slash.
    pub path: String,
    /// The `function.lua` that is called.
    pub function: EntryId,
    /// Where the path is written.
    pub place: Place,
}

/// The methods that an endpoint can have.
pub const METHODS: [&str; 7] = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

/// Reads an `http.endpoint`.
pub(in crate::app) fn read(mut fields: Fields) -> Option<HttpEndpoint> {
    let router = fields.parent("router", &["http.router"]);
    let method = method(&mut fields);
    let path = super::path(&mut fields);
    let function = function(&mut fields);
    let id = fields.id.clone();
    fields.finish();
    let (path, place) = path?;
    Some(HttpEndpoint {
        id,
        router: router?,
        method: method?,
        path: path.to_string(),
        function: function?,
        place: place.clone(),
    })
}

fn method(fields: &mut Fields) -> Option<String> {
    let (text, place) = fields.required_text("method")?;
    let method = text.to_ascii_uppercase();
    if METHODS.contains(&method.as_str()) {
        return Some(method);
    }
    let problem = fields.error("method", place, format!("invalid HTTP method: {text}"));
    let known = format!("write one of {}", METHODS.join(", "));
    let advice = suggest::did_you_mean(&method, METHODS).unwrap_or(known);
    fields.report(problem.advice(advice));
    None
}

fn function(fields: &mut Fields) -> Option<EntryId> {
    if fields.is_empty("func") {
        let place = fields.place_of("func");
        fields.report(fields.error("func", place, "function name is required"));
        return None;
    }
    fields.reference("func", true, &["function.lua"])
}
