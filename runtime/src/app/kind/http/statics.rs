//! `http.static`: a folder that a server serves as it is.
//!
//! Knows nothing of how paths name files: that is `http/files/`.

use std::collections::BTreeMap;
use std::path::{Component, Path};

use super::chain::{self, ChainPlaces};
use crate::app::entry::EntryId;
use crate::app::fields::Fields;
use crate::app::problem::Place;
use crate::request::Headers;

/// An `http.static`.
#[derive(Clone, Debug, PartialEq)]
pub struct HttpStatic {
    /// Its id.
    pub id: EntryId,
    /// The `http.service` that it belongs to.
    pub server: EntryId,
    /// The path below which it is served; it begins with a slash.
    pub path: String,
    /// The `fs.directory` with the files.
    pub files: EntryId,
    /// The folder in there that is served, as a relative path without `..`; all of it, if it isn't said.
    pub directory: Option<String>,
    /// The file that a folder's path names, as a relative path without `..`.
    pub index: String,
    /// Whether paths that name nothing name the topmost index.
    pub spa: bool,
    /// What `Cache-Control` says of every file: a header's value.
    pub cache: Option<String>,
    /// What happens to a request, in order.
    pub middleware: Vec<String>,
    /// The options of that.
    pub options: BTreeMap<String, String>,
    /// Where the path is written.
    pub place: Place,
    /// Where the middleware and its options are written.
    pub places: ChainPlaces,
}

/// What a folder's path names where nothing is said.
const INDEX: &str = "index.html";

/// What is in `static_options`.
struct Shown {
    index: String,
    spa: bool,
    cache: Option<String>,
}

/// Reads an `http.static`.
pub(in crate::app) fn read(mut fields: Fields) -> Option<HttpStatic> {
    let server = fields.parent("server", &["http.service"]);
    let path = super::path(&mut fields);
    let files = fields.reference("fs", true, &["fs.directory"]);
    let directory = inside(&mut fields, "directory");
    let shown = shown(&mut fields);
    let chain = chain::read(&mut fields, "middleware", "options");
    let id = fields.id.clone();
    fields.finish();
    let (path, place) = path?;
    Some(HttpStatic {
        id,
        server: server?,
        path: path.to_string(),
        files: files?,
        directory,
        index: shown.index,
        spa: shown.spa,
        cache: shown.cache,
        middleware: chain.names,
        options: chain.options,
        place: place.clone(),
        places: chain.places,
    })
}

fn shown(entry: &mut Fields) -> Shown {
    let mut shown = Shown {
        index: INDEX.to_string(),
        spa: false,
        cache: None,
    };
    let Some(mut fields) = entry.block("static_options") else {
        return shown;
    };
    shown.spa = fields.flag("spa").unwrap_or(false);
    if shown.spa && fields.is_empty("index") {
        let place = fields.place_of("spa");
        let problem = fields.error("spa", place, "spa requires index");
        fields.report(problem.advice("write it as in `index: index.html`"));
    }
    shown.index = inside(&mut fields, "index").unwrap_or(shown.index);
    shown.cache = cache(&mut fields);
    fields.finish();
    shown
}

/// The path `name`, relative to a folder that it doesn't leave: without `.`, `..` and the slash that it may begin with.
fn inside(fields: &mut Fields, name: &'static str) -> Option<String> {
    let (text, place) = fields.text(name)?;
    let mut parts = Vec::new();
    for component in Path::new(text).components() {
        match component {
            Component::Normal(part) => parts.extend(part.to_str()),
            Component::RootDir | Component::CurDir => {}
            Component::ParentDir | Component::Prefix(_) => {
                let what = format!("must not leave the folder, and is {text:?}");
                fields.report(fields.error(name, place, what));
                return None;
            }
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

fn cache(fields: &mut Fields) -> Option<String> {
    let (text, place) = fields.text("cache").filter(|(text, _)| !text.is_empty())?;
    if Headers::new()
        .set("Cache-Control", text.as_bytes())
        .is_err()
    {
        let what = format!("must be a header's value, and is {text:?}");
        let problem = fields.error("cache", place, what);
        fields.report(problem.advice("write it as in \"public, max-age=3600\""));
        return None;
    }
    Some(text.to_string())
}
