//! The bodies that a fuzzer runs, each a function that takes any bytes and panics if something is wrong.
//!
//! `fuzz/` hands them to libFuzzer, and `.ci/fuzz` runs that. The test below runs each over its part of `fuzz/corpus/`,
//! which has a file of every sort, and every input that once failed. Not part of the runtime.

use crate::http::{connection, router, site::Site};
use crate::{api, app, dialect, duration, lua};

/// A body and its name, which is that of its folder in the corpus.
pub type Body = (&'static str, fn(&[u8]));

/// All of them.
pub const BODIES: [Body; 18] = [
    ("chunk", lua::fuzz::compile),
    ("decode", lua::fuzz::decode),
    ("dialect", dialect::fuzz::translated),
    ("dialect-and-lua", dialect_and_lua),
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

/// What Lua says of a source that is none, in words that it uses for nothing else.
const NO_SOURCE: [&str; 5] = [
    " expected",
    "unexpected symbol",
    "unfinished",
    "malformed",
    "escape",
];

/// Holds the dialect against Lua: what Lua takes comes out as it is, if no word of the dialect's own is in it; and what the
/// dialect makes of anything is a source of Lua's, though names in it may be wrong.
fn dialect_and_lua(source: &[u8]) {
    let compiled = lua::Chunk::compile(source, "fuzz", 0);
    let translated = dialect::translate(source);
    let own = [
        "interface",
        "as",
        "asserts",
        "readonly",
        "is",
        "typeof",
        "keyof",
        "extends",
        "fun",
    ];
    let has_own = own
        .iter()
        .any(|word| memchr::memmem::find(source, word.as_bytes()).is_some());
    if compiled.is_ok() && !has_own {
        let plain = translated.as_ref().expect("Lua takes it");
        assert!(plain.text == source, "it is changed");
    }
    if let Ok(plain) = translated
        && let Err(error) = lua::Chunk::compile(&plain.text, "fuzz", 0)
    {
        let text = String::from_utf8_lossy(&plain.text);
        let is_none = NO_SOURCE.iter().any(|words| error.message.contains(words));
        assert!(!is_none, "{error}\n{text}");
    }
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
