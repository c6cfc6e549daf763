//! Bodies for a fuzzer: index files and options that no test thought of.

use std::collections::BTreeMap;
use std::path::Path;

use super::files::SourceFolder;
use super::load::{gather, resolve};
use super::problem::Problems;
use super::*;

/// A folder to be the source folder: of this crate's fuzzer, so that `file://` finds something.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz");

/// Loads an app whose only index file is the text. Lines at its beginning that start with `--set ` or `-o ` are options.
///
/// Whatever is wrong is a problem in one line, at a line that there is; without an error all that starts is in the boot
/// order. `check` is [`Options::check`].
pub fn load_index(text: &[u8], check: Option<fn(&App) -> Vec<Problem>>) {
    let Ok(mut text) = std::str::from_utf8(text) else {
        return;
    };
    let mut options = Options {
        modules: vec!["env", "json", "time"],
        check,
        ..Options::default()
    };
    while let Some((line, rest)) = text.split_once('\n')
        && take_option(line, &mut options)
    {
        text = rest;
    }
    let problems = Problems::default();
    let app = load_text(text, &options, &problems);
    let lines = text.split(['\r', '\n']).count() as u32;
    let failed = problems.any_error();
    for problem in problems.into_sorted() {
        let said = problem.to_string();
        assert!(!said.contains(char::is_control), "{said:?}");
        let line = problem.place.map_or(0, |place| place.line);
        assert!(line <= lines, "{line} of {lines}: {said}");
    }
    if let Some(app) = app.filter(|_| !failed) {
        let ordered = app.boot.start().flatten().count();
        assert_eq!(
            ordered,
            app.hosts.len() + app.services.len() + app.http_services.len(),
            "{:?}",
            app.boot
        );
    }
}

/// Reads `--set …` and `-o …`; false if it is neither. What is no option is no line of YAML either.
fn take_option(line: &str, options: &mut Options) -> bool {
    if let Some(setting) = line.strip_prefix("--set ") {
        options.settings.extend(setting.parse::<Setting>());
    } else if let Some(change) = line.strip_prefix("-o ") {
        options.overrides.extend(change.parse::<Override>());
    } else {
        return false;
    }
    true
}

fn load_text(text: &str, options: &Options, problems: &Problems) -> Option<App> {
    let folder = Path::new(FOLDER);
    let app = App {
        config: config::load(folder, &[], &options.settings, problems),
        ..App::default()
    };
    let mut found = Vec::new();
    let root = yaml::parse(text, &"_index.yaml".into(), &mut found);
    found.into_iter().for_each(|problem| problems.push(problem));
    let root = root.map_err(|problem| problems.push(*problem)).ok()??;
    let mut drafts = BTreeMap::new();
    let declared = index::read(&root, true, problems);
    gather(&mut drafts, declared, options.duplicates, problems);
    let folder = SourceFolder::open(folder, "corpus").expect("the corpus is there");
    Some(resolve(app, drafts, &folder, options, problems))
}
