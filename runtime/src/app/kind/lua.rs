//! What all kinds with a program have in common: source, modules, imports; and `process.lua`, `library.lua` themselves.
//!
//! Knows nothing of Lua's syntax.

use std::sync::Arc;

use crate::app::entry::EntryId;
use crate::app::fields::Fields;
use crate::app::include;
use crate::app::node::{Content, Scalar};
use crate::app::problem::Place;
use crate::app::suggest;

/// The kinds whose program others may import.
const IMPORTABLE: [&str; 3] = ["library.lua", "process.lua", "function.lua"];

/// The kinds that a process may run on when it is called as a function.
const CALLED_ON: [&str; 1] = ["process.host"];

/// A `process.lua`.
#[derive(Clone, Debug, PartialEq)]
pub struct Process {
    /// Its id.
    pub id: EntryId,
    /// The function to run; `main`, else `run`, if it isn't said.
    pub method: Option<String>,
    /// Its program.
    pub lua: Lua,
    /// The host that it runs on when it is called as a function; without one, it can't be.
    pub default_host: Option<EntryId>,
}

/// A `library.lua`.
#[derive(Clone, Debug, PartialEq)]
pub struct Library {
    /// Its id.
    pub id: EntryId,
    /// Its program.
    pub lua: Lua,
}

/// A program, and what it needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Lua {
    /// Its text.
    pub source: LuaSource,
    /// The modules that it may use: known ones, each once.
    pub modules: Vec<String>,
    /// Other programs by the global name that they get: entries that exist.
    pub imports: Vec<(String, EntryId)>,
}

/// The text of a program, and where it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LuaSource {
    /// The entry with the program.
    pub entry: EntryId,
    /// The text.
    pub text: Arc<str>,
    /// The file that holds it: `src/worker.lua`, or the index file for inline source.
    pub file: Arc<str>,
    /// The line of that file where the text begins, from 1.
    pub first_line: u32,
    /// The columns that each line of the text is indented there.
    pub indent: u32,
}

impl LuaSource {
    /// The place of a line (from 1) and a column (from 1; 0 if unknown) of the text.
    pub fn place(&self, line: u32, column: u32) -> Place {
        Place {
            file: self.file.clone(),
            line: self.first_line + line.saturating_sub(1),
            column: match column {
                0 => 0,
                column => column + self.indent,
            },
        }
    }
}

/// Reads a `process.lua`.
pub(in crate::app) fn read_process(mut fields: Fields) -> Option<Process> {
    let (method, lua) = (method(&mut fields), read(&mut fields));
    let default_host = default_host(&fields);
    let id = fields.id.clone();
    fields.finish();
    Some(Process {
        id,
        method,
        lua: lua?,
        default_host,
    })
}

/// `meta.default_host`, or `meta.options.default_host`.
fn default_host(fields: &Fields) -> Option<EntryId> {
    const NAME: &str = "default_host";
    let mut meta = fields.meta();
    if !meta.is_empty(NAME) {
        return meta.reference(NAME, false, &CALLED_ON);
    }
    // Other things may be meant by `options`, which is no problem then.
    meta.get("options").filter(|node| node.as_map().is_some())?;
    let mut options = meta.block("options")?;
    match options.is_empty(NAME) {
        true => None,
        false => options.reference(NAME, false, &CALLED_ON),
    }
}

/// Reads a `library.lua`.
pub(in crate::app) fn read_library(mut fields: Fields) -> Option<Library> {
    let lua = read(&mut fields);
    let id = fields.id.clone();
    fields.finish();
    Some(Library { id, lua: lua? })
}

fn method(fields: &mut Fields) -> Option<String> {
    let (text, place) = fields.text("method")?;
    if text.is_empty() {
        let problem = fields.error("method", place, "must not be empty");
        fields.report(problem.advice("leave it out to run `main`"));
        return None;
    }
    Some(text.to_string())
}

/// Reads what all programs have.
pub(super) fn read(fields: &mut Fields) -> Option<Lua> {
    fields.get("security");
    let source = source(fields);
    let modules = modules(fields);
    let imports = imports(fields);
    Some(Lua {
        source: source?,
        modules,
        imports,
    })
}

fn source(fields: &mut Fields) -> Option<LuaSource> {
    let (_, place) = fields.required_text("source")?;
    let Content::Scalar(scalar) = &fields.get("source")?.content else {
        return None;
    };
    let Scalar { text, file, .. } = scalar;
    // The file could not be read, which was reported: its name is no program.
    if file.is_none() && text.starts_with(include::SCHEME) {
        return None;
    }
    let (first_line, indent) = match file {
        Some(_) => (1, 0),
        None => (scalar.first_line, scalar.indent),
    };
    Some(LuaSource {
        entry: fields.id.clone(),
        text: text.as_str().into(),
        file: file.as_deref().map_or(place.file.clone(), Arc::from),
        first_line,
        indent,
    })
}

fn modules(fields: &mut Fields) -> Vec<String> {
    let known = fields.catalog.modules;
    let mut modules: Vec<String> = Vec::new();
    for (name, place) in fields.texts("modules") {
        if modules.iter().any(|module| module == name) {
            continue;
        }
        if known.contains(&name) {
            modules.push(name.to_string());
            continue;
        }
        let (what, advice) = match name.contains(':') {
            true => (
                format!("module cannot have a namespace: `{name}`"),
                Some("name the entry in `imports` instead".to_string()),
            ),
            false => (
                format!("unknown module `{name}`"),
                suggest::did_you_mean(name, known.iter().copied()),
            ),
        };
        let mut problem = fields.error("modules", place, what);
        problem.advice = advice;
        fields.report(problem);
    }
    modules
}

fn imports(fields: &mut Fields) -> Vec<(String, EntryId)> {
    let mut imports = Vec::new();
    for pair in fields.pairs("imports") {
        let target = pair.value.as_text().unwrap_or_default();
        if pair.key.is_empty() || target.is_empty() {
            let what = "needs a name and the id of an entry";
            let problem = fields.error("imports", &pair.place, what);
            fields.report(problem.advice("write it as in `name: app:library`"));
            continue;
        }
        let place = &pair.value.place;
        if let Some(id) = fields.resolve("imports", target, place, true, &IMPORTABLE) {
            imports.push((pair.key.clone(), id));
        }
    }
    imports
}
