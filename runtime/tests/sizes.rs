//! Files stay small: what passes 400 lines has taken a second idea in.

use std::fs;
use std::path::{Path, PathBuf};

/// The most lines that a file may have.
const MOST_LINES: usize = 400;

/// Where Rust is written, from the top of the repository.
const FOLDERS: [&str; 5] = ["src", "tests", "runtime", "stress", "examples"];

/// Folders of these names hold what was built, not written.
const BUILT: [&str; 2] = ["target", ".git"];

fn repository() -> PathBuf {
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR"));
    runtime.parent().expect("the crate is in a folder").into()
}

/// All Rust files below `folder`.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for item in fs::read_dir(folder).unwrap() {
        let path = item.unwrap().path();
        let built = BUILT.iter().any(|name| path.ends_with(name));
        if path.is_dir() && !built {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// A sentence about each of the files that is too long.
fn too_long<'a>(files: impl Iterator<Item = (String, &'a str)>) -> Vec<String> {
    files
        .map(|(name, text)| (name, text.lines().count()))
        .filter(|(_, lines)| *lines > MOST_LINES)
        .map(|(name, lines)| format!("{name} has {lines} lines"))
        .collect()
}

#[test]
fn no_file_is_longer_than_400_lines() {
    let root = repository();
    let mut paths = Vec::new();
    for folder in FOLDERS {
        sources(&root.join(folder), &mut paths);
    }
    assert!(paths.len() > 200, "only {} files found", paths.len());
    let texts: Vec<String> = paths
        .iter()
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let named = paths.iter().zip(&texts).map(|(path, text)| {
        let name = path.strip_prefix(&root).unwrap();
        (name.display().to_string(), text.as_str())
    });
    assert_eq!(too_long(named), [""; 0]);
}

#[test]
fn a_file_that_is_too_long_is_found() {
    let (fits, longer) = ("x\n".repeat(MOST_LINES), "x\n".repeat(MOST_LINES + 1));
    let files = [("fits.rs", &fits), ("longer.rs", &longer)];
    let files = files.map(|(name, text)| (name.to_string(), text.as_str()));
    assert_eq!(too_long(files.into_iter()), ["longer.rs has 401 lines"]);
}
