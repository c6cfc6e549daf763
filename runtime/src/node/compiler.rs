//! Makes code of what programs are written in: each source is read, compiled, and its types are built.
//!
//! Knows nothing of YAML: it was resolved when the app was loaded.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::api::{self, Code};
use crate::app::{App, EntryId, Excerpt, Lua, LuaSource, Problem};
use crate::dialect::types::{self, File, TypeKey, Types};
use crate::dialect::{self, Syntax};
use crate::lua::{self, Chunk, Import, Libraries, Method, Recipe, Slab, TypeValue};

use super::refusals;

// What the dialect writes where a type value is to be is what Lua looks for.
const _: () = assert!(dialect::FIRST_VALUE == lua::FIRST_TYPE);

/// Makes code of what an app declares; every source is compiled once.
pub struct Compiler<'a> {
    app: &'a App,
    libraries: Libraries<api::Host>,
    slab: Arc<Slab>,
    seed: u32,
    compiled: BTreeMap<EntryId, Arc<Compiled>>,
    /// The types of entries that have none as values.
    basic: Arc<Types>,
}

/// A source, compiled.
pub struct Compiled {
    text: Arc<str>,
    syntax: Syntax,
    chunk: Chunk,
}

/// A library that an entry imports, and the names that it gets.
struct Imported {
    id: EntryId,
    aliases: Vec<String>,
    compiled: Arc<Compiled>,
}

/// An entry's code, and its types.
pub struct Made {
    /// The code.
    pub code: Code,
    /// The types of the entry and its libraries.
    pub types: Arc<Types>,
}

impl<'a> Compiler<'a> {
    /// For the entries of `app`. All VMs hash strings with `seed`.
    pub fn new(app: &'a App, slab: Arc<Slab>, seed: u32) -> Compiler<'a> {
        Compiler {
            app,
            libraries: api::libraries(),
            slab,
            seed,
            compiled: BTreeMap::new(),
            basic: Arc::default(),
        }
    }

    /// The code of the entry `id`, whose program is `lua` and runs `method`; `main`, else `run`, if it isn't said.
    ///
    /// # Errors
    /// What is wrong with the first source that doesn't compile.
    pub fn code(
        &mut self,
        id: &EntryId,
        method: Option<&str>,
        lua: &Lua,
    ) -> Result<Made, Vec<Problem>> {
        let own = self.source(id, lua)?;
        let mut modules: BTreeSet<String> = lua.modules.iter().cloned().collect();
        let mut imported = Vec::new();
        self.imports(lua, &mut modules, &mut imported)?;
        let types = self.types(&own, &imported);
        let values = |file| types.values(file).into_iter().map(type_value).collect();
        let imports = imported.iter().zip(1..).map(|(library, file)| Import {
            aliases: library.aliases.clone(),
            chunk: library.compiled.chunk.clone(),
            types: values(file),
        });
        let recipe = Recipe {
            chunk: own.chunk.clone(),
            types: values(0),
            method: method.map_or(Method::Usual, |name| Method::Named(name.to_owned())),
            modules: modules.into_iter().collect(),
            imports: imports.collect(),
            templates: self.app.config.templates,
        };
        let code = Code::new(&self.libraries, recipe, self.slab.clone(), self.seed);
        Ok(Made { code, types })
    }

    /// The types of an entry: its own file is number 0, then come its libraries.
    fn types(&self, own: &Compiled, imported: &[Imported]) -> Arc<Types> {
        let libraries = imported.iter().map(|library| &*library.compiled);
        // A program that has no type as a value asks nothing of types.
        let has_values = |file: &Compiled| file.syntax.values() > 0;
        if ![own].into_iter().chain(libraries).any(has_values) {
            return self.basic.clone();
        }
        let aliases: Vec<Vec<&str>> = imported
            .iter()
            .map(|library| library.aliases.iter().map(String::as_str).collect())
            .collect();
        let mut files = vec![own.file(&[])];
        let libraries = imported.iter().zip(&aliases);
        files.extend(libraries.map(|(library, names)| library.compiled.file(names)));
        Arc::new(Types::build(&files))
    }

    /// Adds the libraries that `lua` imports, those that they need first, each once.
    fn imports(
        &mut self,
        lua: &Lua,
        modules: &mut BTreeSet<String>,
        imports: &mut Vec<Imported>,
    ) -> Result<(), Vec<Problem>> {
        for (alias, id) in &lua.imports {
            if let Some(known) = imports.iter_mut().find(|known| known.id == *id) {
                known.aliases.push(alias.clone());
                continue;
            }
            // Loading found that all imports exist and that they have no cycle.
            let Some(library) = self.app.lua(id) else {
                continue;
            };
            modules.extend(library.modules.iter().cloned());
            self.imports(library, modules, imports)?;
            imports.push(Imported {
                id: id.clone(),
                aliases: vec![alias.clone()],
                compiled: self.source(id, library)?,
            });
        }
        Ok(())
    }

    fn source(&mut self, id: &EntryId, lua: &Lua) -> Result<Arc<Compiled>, Vec<Problem>> {
        if let Some(known) = self.compiled.get(id) {
            return Ok(known.clone());
        }
        let compiled = Arc::new(compile(&lua.source)?);
        self.compiled.insert(id.clone(), compiled.clone());
        Ok(compiled)
    }
}

impl Compiled {
    fn file<'f>(&'f self, aliases: &'f [&'f str]) -> File<'f> {
        File {
            source: self.text.as_bytes(),
            syntax: &self.syntax,
            aliases,
        }
    }
}

fn type_value(key: TypeKey) -> TypeValue {
    TypeValue {
        class: key.class,
        number: key.number,
    }
}

/// Compiles a source.
///
/// # Errors
/// What is wrong with it: at least the first thing in each statement that stands in no other.
pub fn compile(source: &LuaSource) -> Result<Compiled, Vec<Problem>> {
    let text = source.text.as_bytes();
    let plain = dialect::translate(text).map_err(|errors| {
        let errors = errors.into_iter();
        let told = errors.map(|error| problem(source, error.span.start, error.what, error.advice));
        told.collect::<Vec<_>>()
    })?;
    let wrong = types::problems(text, &plain.syntax).into_iter();
    let wrong = wrong.map(|wrong| problem(source, wrong.span.start, wrong.message, None));
    let wrong: Vec<Problem> = wrong.collect();
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let values = plain.syntax.values();
    let chunk = Chunk::compile(&plain.text, source.entry.as_str(), values);
    Ok(Compiled {
        text: source.text.clone(),
        chunk: chunk.map_err(|error| refusals::all(source, &plain.syntax, error))?,
        syntax: plain.syntax,
    })
}

/// What is wrong at the byte `at` of a source.
fn problem(source: &LuaSource, at: u32, what: String, advice: Option<String>) -> Problem {
    let position = dialect::position(source.text.as_bytes(), at);
    let excerpt = Excerpt {
        text: String::from_utf8_lossy(position.text).into_owned(),
        column: position.column,
    };
    let place = source.place(position.line, position.column);
    let problem = Problem::error(what).at(&place).entry(&source.entry);
    Problem { advice, ..problem }.excerpt(excerpt)
}
