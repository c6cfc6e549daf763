//! The kinds of HTTP: servers, and what is served.
//!
//! Knows nothing of requests, nor of which routes and middleware are good ones: that is `http/site/`.

pub(in crate::app) mod address;
pub(in crate::app) mod chain;
pub(in crate::app) mod endpoint;
pub(in crate::app) mod router;
pub(in crate::app) mod service;
pub(in crate::app) mod statics;

use crate::app::fields::Fields;
use crate::app::problem::Place;

/// The path of the field `path`, which must begin with a slash.
fn path<'a>(fields: &mut Fields<'a>) -> Option<(&'a str, &'a Place)> {
    let (path, place) = fields.required_text("path")?;
    if path.starts_with('/') {
        return Some((path, place));
    }
    let problem = fields.error("path", place, "path must start with /");
    fields.report(problem.advice(format!("write it as in \"/{path}\"")));
    None
}
