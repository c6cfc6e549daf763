//! From a folder to an app, or to all that is wrong with it.
//!
//! Knows nothing of single fields. The stages are those of [`load`], from top to bottom.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::boot::{self, BootOrder};
use super::catalog::Catalog;
use super::config::{self, Setting};
use super::entry::{Draft, EntryId};
use super::files::{ReadError, SourceFolder, read_text};
use super::graph;
use super::include::Includes;
use super::kind;
use super::kind::lua::LuaSource;
use super::overrides::Override;
use super::problem::{Problem, Problems};
use super::{App, index, yaml};

/// The folder with the sources, where nothing else is said.
const SOURCE_FOLDER: &str = "src";
/// The file that may say something else.
const LOCK_FILE: &str = "wippy.lock";

/// What an app is loaded with, beside its folder.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The modules that programs may list.
    pub modules: Vec<&'static str>,
    /// Files with configuration beside `.wippy.yaml`, relative to the app's folder.
    pub config_files: Vec<PathBuf>,
    /// Configuration that wins over all files.
    pub settings: Vec<Setting>,
    /// Fields of entries that are set from outside.
    pub overrides: Vec<Override>,
    /// Names of folders with sources that are left out.
    pub skip_folders: Vec<String>,
    /// What two entries with the same id are.
    pub duplicates: Duplicates,
    /// Says what else is wrong, such as routes that conflict. An app with errors lacks the entries that have them.
    pub check: Option<fn(&App) -> Vec<Problem>>,
}

/// What two entries with the same id are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Duplicates {
    /// An error.
    #[default]
    Refused,
    /// A warning, and the last one is taken.
    LastWins,
}

/// An app, and what is wrong with it.
#[derive(Debug)]
pub struct Loaded {
    /// The app; `None` if there are errors.
    pub app: Option<App>,
    /// The text of every program that could be read, of those in an app with errors too.
    pub sources: Vec<LuaSource>,
    /// All that is wrong, in the order of files and lines.
    pub problems: Vec<Problem>,
}

/// Loads the app in the folder `dir`.
pub fn load(dir: &Path, options: &Options) -> Loaded {
    let problems = Problems::default();
    let app = load_noting(dir, options, &problems);
    let programs = app.iter().flat_map(App::programs);
    Loaded {
        sources: programs.map(|(_, lua)| lua.source.clone()).collect(),
        app: app.filter(|_| !problems.any_error()),
        problems: problems.into_sorted(),
    }
}

/// Whether there is anything in the folder `dir` that may declare entries.
pub fn declares_entries(dir: &Path) -> bool {
    let found = open_sources(dir, &Problems::default()).map(|folder| folder.index_files(&[]));
    found.is_some_and(|files| files.is_ok_and(|files| !files.is_empty()))
}

fn load_noting(dir: &Path, options: &Options, problems: &Problems) -> Option<App> {
    let folder = open_sources(dir, problems)?;
    let app = App {
        config: config::load(dir, &options.config_files, &options.settings, problems),
        ..App::default()
    };
    let drafts = read_drafts(&folder, options, problems)?;
    Some(resolve(app, drafts, &folder, options, problems))
}

/// Reads `drafts` into `app`.
pub(super) fn resolve(
    mut app: App,
    mut drafts: BTreeMap<EntryId, Draft>,
    folder: &SourceFolder,
    options: &Options,
    problems: &Problems,
) -> App {
    for change in &options.overrides {
        change.apply(&mut drafts, problems);
    }
    let mut includes = Includes::new(folder, problems);
    for draft in drafts.values_mut() {
        includes.expand(draft);
    }
    let catalog = Catalog::new(&drafts, &options.modules);
    for draft in drafts.values() {
        kind::read(draft, &catalog, &mut app, problems);
        app.entries.insert(draft.id.clone(), draft.to_entry());
    }
    check_variable_names(&app, &drafts, problems);
    check_circles(&app, &drafts, problems);
    check_started(&app, &drafts, problems);
    // A circle was noted above; then there is no app, and no order.
    app.boot = BootOrder::of(&app).unwrap_or_default();
    let found = options.check.map(|check| check(&app)).unwrap_or_default();
    found.into_iter().for_each(|problem| problems.push(problem));
    app
}

/// Finds the folder with the sources.
fn open_sources(dir: &Path, problems: &Problems) -> Option<SourceFolder> {
    if !dir.is_dir() {
        let what = format!("there is no folder `{}`", dir.display());
        problems.push(Problem::error(what));
        return None;
    }
    let relative = locked_sources(dir, problems).unwrap_or(SOURCE_FOLDER.to_string());
    match SourceFolder::open(dir, &relative) {
        Ok(folder) => Some(folder),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let problem = Problem::error(format!("no app here: there is no folder `{relative}`"));
            problems.push(problem.advice("make an app with `moondust init`"));
            None
        }
        Err(error) => {
            let what = format!("cannot open the folder `{relative}`: {error}");
            problems.push(Problem::error(what));
            None
        }
    }
}

/// `directories.src` of the lock file, if there is one.
fn locked_sources(dir: &Path, problems: &Problems) -> Option<String> {
    let text = match read_text(&dir.join(LOCK_FILE)) {
        Ok(text) => text,
        Err(ReadError::Io(error)) if error.kind() == ErrorKind::NotFound => return None,
        Err(error) => {
            problems.push(error.problem(LOCK_FILE));
            return None;
        }
    };
    match yaml::parse(&text, &LOCK_FILE.into(), &mut Vec::new()) {
        Ok(root) => {
            let root = root?;
            let named = root.get("directories")?.get("src")?.as_text()?;
            Some(named.to_string())
        }
        Err(problem) => {
            problems.push(*problem);
            None
        }
    }
}

/// Reads all index files.
fn read_drafts(
    folder: &SourceFolder,
    options: &Options,
    problems: &Problems,
) -> Option<BTreeMap<EntryId, Draft>> {
    let paths = match folder.index_files(&options.skip_folders) {
        Ok(paths) => paths,
        Err(error) => {
            let what = format!("cannot read the source folder: {error}");
            problems.push(Problem::error(what));
            return None;
        }
    };
    let mut drafts = BTreeMap::new();
    for path in paths {
        let found = read_index(folder, &path, problems);
        gather(&mut drafts, found, options.duplicates, problems);
    }
    if drafts.is_empty() && !problems.any_error() {
        let problem = Problem::error("no app here: the source folder declares no entries");
        problems.push(problem.advice("make an app with `moondust init`"));
        return None;
    }
    Some(drafts)
}

/// Adds what one index file declares.
pub(super) fn gather(
    drafts: &mut BTreeMap<EntryId, Draft>,
    found: Vec<Draft>,
    duplicates: Duplicates,
    problems: &Problems,
) {
    for draft in found {
        note_duplicate(drafts, &draft, duplicates, problems);
        drafts.insert(draft.id.clone(), draft);
    }
}

fn read_index(folder: &SourceFolder, path: &Path, problems: &Problems) -> Vec<Draft> {
    let shown = folder.shown(path);
    let is_index = path.file_stem().is_some_and(|stem| stem == "_index");
    let mut found = Vec::new();
    let root = match folder.read(path) {
        Ok(file) => yaml::parse(&file.text, &shown.as_str().into(), &mut found),
        Err(error) => Err(Box::new(error.problem(&shown))),
    };
    match root {
        Ok(Some(root)) => {
            let declares = root.get("namespace").is_some();
            found.retain(|_| declares || is_index);
            found.into_iter().for_each(|problem| problems.push(problem));
            index::read(&root, is_index, problems)
        }
        Ok(None) => Vec::new(),
        Err(problem) => {
            // A file of another name may be anything, and is only left out.
            problems.push(match is_index {
                true => *problem,
                false => Problem {
                    severity: super::Severity::Warning,
                    ..problem.advice("it is left out")
                },
            });
            Vec::new()
        }
    }
}

fn note_duplicate(
    drafts: &BTreeMap<EntryId, Draft>,
    draft: &Draft,
    duplicates: Duplicates,
    problems: &Problems,
) {
    let Some(first) = drafts.get(&draft.id) else {
        return;
    };
    let what = format!("this id is taken by the entry at {}", first.place);
    let problem = match duplicates {
        Duplicates::Refused => Problem::error(what).advice("rename one of the two"),
        Duplicates::LastWins => Problem::warning(what).advice("this one is used"),
    };
    problems.push(problem.at(&draft.place).entry(&draft.id));
}

/// No two variables may have the same name: programs look them up by it.
fn check_variable_names(app: &App, drafts: &BTreeMap<EntryId, Draft>, problems: &Problems) {
    let mut named: BTreeMap<&str, &EntryId> = BTreeMap::new();
    for variable in app.variables.values() {
        if let Some(first) = named.insert(&variable.name, &variable.id) {
            let draft = &drafts[&variable.id];
            let node = draft.data.get("variable");
            let what = format!("the name `{}` is taken by `{first}`", variable.name);
            let problem = Problem::error(what).advice("rename one of the two");
            let problem = problem.at(node.map_or(&draft.place, |node| &node.place));
            problems.push(problem.entry(&variable.id).field("variable"));
        }
    }
}

/// Nothing may need, import or route to itself, be it over others.
fn check_circles(app: &App, drafts: &BTreeMap<EntryId, Draft>, problems: &Problems) {
    let imports = app.programs().map(|(id, lua)| {
        let targets = lua.imports.iter().map(|(_, target)| target.clone());
        (id.clone(), targets.collect())
    });
    let routes = app
        .storages
        .iter()
        .filter_map(|(id, storage)| match &storage.place {
            super::StoragePlace::Router(storages) => Some((id.clone(), storages.clone())),
            _ => None,
        });
    for (field, needs) in [
        ("lifecycle.requires", boot::needs(app)),
        ("imports", imports.collect()),
        ("storages", routes.collect()),
    ] {
        for circle in graph::circles(needs) {
            let names: Vec<&str> = circle
                .iter()
                .chain(&circle[..1])
                .map(EntryId::as_str)
                .collect();
            let draft = &drafts[&circle[0]];
            let node = field
                .split('.')
                .try_fold(&draft.data, |node, key| node.get(key));
            let what = format!("goes in a circle: {}", names.join(" → "));
            let problem = Problem::error(what).at(node.map_or(&draft.place, |node| &node.place));
            let problem = problem.entry(&draft.id).field(field);
            problems.push(problem.advice("take one of them out"));
        }
    }
}

/// What starts with the app but needs something that doesn't would wait for ever.
fn check_started(app: &App, drafts: &BTreeMap<EntryId, Draft>, problems: &Problems) {
    let starts = |id: &EntryId| app.lifecycle(id).is_some_and(|l| l.auto_start);
    let hosts_and_services = app.hosts.keys().chain(app.services.keys());
    for id in hosts_and_services.chain(app.http_services.keys()) {
        for needed in app.needs(id) {
            if starts(id) && !starts(needed) {
                let what = format!("starts with the app, but needs `{needed}`, which does not");
                let problem = Problem::warning(what).at(&drafts[id].place).entry(id);
                let advice = format!("set `lifecycle.auto_start` of `{needed}` to true");
                problems.push(problem.field("lifecycle.auto_start").advice(advice));
            }
        }
    }
}
