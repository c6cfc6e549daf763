//! Imports point down. The picture is in `src/lib.rs`; the table below is the same, for the machine.
//!
//! Reads the source as text: comments are left out, grouped imports are opened, a chain of `super` that reaches the
//! crate is followed.

use std::fs;
use std::path::{Path, PathBuf};

/// What each layer may use beside itself and the [`LEAVES`].
const MAY_USE: [(&str, &[&str]); 22] = [
    ("fuzz", &["api", "app", "dialect", "http", "lua"]),
    (
        "runtime",
        &[
            "app",
            "api",
            "dialect",
            "http",
            "lua",
            "node",
            "process",
            "scheduler",
            "terminal",
        ],
    ),
    (
        "node",
        &[
            "app",
            "api",
            "dialect",
            "lua",
            "process",
            "scheduler",
            "terminal",
        ],
    ),
    ("http", &["api", "app", "node", "process"]),
    ("app", &[]),
    ("api", &["dialect", "lua", "process", "terminal"]),
    ("dialect", &[]),
    ("scheduler", &["process"]),
    ("lua", &[]),
    ("process", &[]),
    ("terminal", &[]),
    ("clock", &[]),
    ("duration", &[]),
    ("error", &[]),
    ("fields", &[]),
    ("numeral", &[]),
    ("payload", &[]),
    ("pid", &[]),
    ("request", &[]),
    ("size", &[]),
    ("sync", &[]),
    ("wake", &[]),
];

/// What everyone may use. Of each other they use what is in [`ALSO`] only.
const LEAVES: [&str; 11] = [
    "clock", "duration", "error", "fields", "numeral", "payload", "pid", "request", "size", "sync",
    "wake",
];

/// A file that may use more than its layer, and why.
const ALSO: [(&str, &str); 4] = [
    // Interrupting a step is declared in `process/body.rs`; the signal that does it is Lua's business.
    ("lua/preempt.rs", "process"),
    // An error carries details: an encoded table.
    ("error.rs", "payload"),
    // A body that comes in parts, and an answer that a client is slow to take, are waited for.
    ("request/body.rs", "wake"),
    ("request/exchange.rs", "wake"),
];

fn layer_of(file: &str) -> &str {
    let first = file.split('/').next().unwrap_or(file);
    first.strip_suffix(".rs").unwrap_or(first)
}

fn may_use(file: &str, other: &str) -> bool {
    let layer = layer_of(file);
    let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == layer) else {
        return layer == "lib";
    };
    let is_leaf = LEAVES.contains(&layer);
    layer == other
        || allowed.contains(&other)
        || (LEAVES.contains(&other) && !is_leaf)
        || ALSO.contains(&(file, other))
}

/// What the file uses and may not, each as a sentence.
fn offences(file: &str, text: &str) -> Vec<String> {
    let mut found: Vec<String> = used(file, text)
        .into_iter()
        .filter(|other| MAY_USE.iter().any(|(name, _)| name == other))
        .filter(|other| !may_use(file, other))
        .map(|other| format!("{file} may not use {other}"))
        .collect();
    found.sort();
    found.dedup();
    found
}

/// The modules of the crate that the text names, in a path from the crate or from enough `super`s.
fn used(file: &str, text: &str) -> Vec<String> {
    let text: String = text
        .lines()
        .flat_map(|line| [code_of(line), "\n"])
        .collect();
    let mut names = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        names.extend(heads(&text[at + "crate::".len()..]));
    }
    let depth = module_depth(file);
    let chain = "super::".repeat(depth);
    for (at, _) in text.match_indices(&chain) {
        let rest = &text[at + chain.len()..];
        let is_longer = text[..at].ends_with("super::") || rest.starts_with("super::");
        if !is_longer {
            names.extend(heads(rest));
        }
    }
    names
}

/// A line without its comment.
fn code_of(line: &str) -> &str {
    line.find("//").map_or(line, |at| &line[..at])
}

/// How many modules the file is in, itself counted: as many `super`s lead to the crate.
fn module_depth(file: &str) -> usize {
    let parts = file.split('/').count();
    parts - usize::from(file.ends_with("/mod.rs"))
}

/// The first names of a path: one, or each of a group's.
fn heads(path: &str) -> Vec<String> {
    let name = |text: &str| -> String {
        let is_part = |c: &char| c.is_alphanumeric() || *c == '_';
        text.trim_start().chars().take_while(is_part).collect()
    };
    let Some(group) = path.strip_prefix('{') else {
        return vec![name(path)];
    };
    let mut heads = vec![name(group)];
    let mut depth = 0;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => heads.push(name(&group[at + 1..])),
            _ => {}
        }
    }
    heads
}

/// All Rust files below `folder`, as paths from `root`, with their texts.
fn sources(root: &Path, folder: PathBuf, found: &mut Vec<(String, String)>) {
    for item in fs::read_dir(folder).unwrap() {
        let path = item.unwrap().path();
        if path.is_dir() {
            sources(root, path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root).unwrap().display().to_string();
            found.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
}

fn all_sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    sources(&root, root.clone(), &mut found);
    found
}

#[test]
fn imports_point_down() {
    let sources = all_sources();
    let found = sources.iter().flat_map(|(name, text)| offences(name, text));
    assert_eq!(found.collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn every_file_belongs_to_a_layer() {
    for (name, _) in all_sources() {
        let layer = layer_of(&name);
        let known = layer == "lib" || MAY_USE.iter().any(|(known, _)| *known == layer);
        assert!(known, "{name}: add the layer to MAY_USE and to the picture");
    }
}

#[test]
fn only_lua_is_allowed_unsafe_code() {
    for (name, text) in all_sources() {
        if layer_of(&name) != "lua" && name != "lib.rs" {
            assert!(!text.contains("allow(unsafe_code)"), "{name}");
        }
    }
    let lib = include_str!("../src/lib.rs");
    assert_eq!(lib.matches("allow(unsafe_code)").count(), 1);
    assert!(lib.contains("#[allow(unsafe_code)]\nmod lua;"));
}

#[test]
fn what_points_up_is_found() {
    let bad = [
        ("scheduler/worker.rs", "use crate::lua::Vm;", "lua"),
        ("lua/vm.rs", "use crate::process::Body;", "process"),
        ("lua/codec/mod.rs", "fn f(x: crate::api::Host) {}", "api"),
        (
            "api/time/mod.rs",
            "use crate::{clock, lua, node::{a, b}};",
            "node",
        ),
        (
            "process/table.rs",
            "use crate::{\n    pid,\n    scheduler,\n};",
            "scheduler",
        ),
        (
            "process/table.rs",
            "use super::super::scheduler::Scheduler;",
            "scheduler",
        ),
        ("app/mod.rs", "use super::node;", "node"),
        ("pid.rs", "use super::process;", "process"),
        ("pid.rs", "use crate::payload::Payload;", "payload"),
    ];
    for (file, text, other) in bad {
        assert_eq!(
            offences(file, text),
            [format!("{file} may not use {other}")]
        );
    }
}

#[test]
fn what_points_down_is_not() {
    let good = [
        ("node/mod.rs", "use crate::{api, app::App, scheduler};"),
        ("lua/preempt.rs", "use crate::process::Interrupt;"),
        (
            "lua/vm.rs",
            "use crate::error::Error; // not crate::process",
        ),
        ("api/env.rs", "use super::process::start;"),
        ("app/kind/host.rs", "pub(in crate::app) fn read() {}"),
        ("scheduler/tests/mod.rs", "use super::super::worker;"),
    ];
    for (file, text) in good {
        assert_eq!(offences(file, text), Vec::<String>::new());
    }
}
