//! The bodies that a fuzzer runs, each a function that takes any bytes and panics if something is wrong.
//!
//! `fuzz/` hands them to libFuzzer, and `.ci/fuzz` runs that. The test below runs each over its part of `fuzz/corpus/`,
//! which has a file of every sort, and every input that once failed. Not part of the runtime.

use crate::http::{connection, router, site::Site};
use crate::{api, app, duration, lua};

/// A body and its name, which is that of its folder in the corpus.
pub type Body = (&'static str, fn(&[u8]));

/// All of them.
pub const BODIES: [Body; 16] = [
    ("chunk", lua::fuzz::compile),
    ("decode", lua::fuzz::decode),
    ("duration", duration::fuzz),
    ("format", api::fuzz::format),
    ("http-connection", connection::fuzz::connection),
    ("http-head", connection::fuzz::head),
    ("http-routes", router::fuzz::routes),
    ("index", index),
    ("json", api::fuzz::json),
    ("layout", api::fuzz::layout),
    ("multipart", api::fuzz::multipart),
    ("number", api::fuzz::number),
    ("pattern", api::fuzz::pattern),
    ("pattern-budget", api::fuzz::pattern_budget),
    ("round-trip", lua::fuzz::round_trip),
    ("template", lua::fuzz::template),
];

/// Loads an index file, and looks at what it serves.
fn index(text: &[u8]) {
    app::fuzz::load_index(text, Some(Site::check));
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::path::Path;

    #[test]
    fn every_body_stands_its_corpus() {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
        for (name, body) in BODIES {
            let files: Vec<_> = fs::read_dir(corpus.join(name)).unwrap().collect();
            assert!(!files.is_empty(), "{name} has no corpus");
            for file in files {
                let path = file.unwrap().path();
                // Shown where a body fails.
                println!("{}", path.display());
                body(&fs::read(path).unwrap());
            }
        }
    }
}
