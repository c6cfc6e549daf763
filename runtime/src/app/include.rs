//! Puts the text of files in the place of `file://…` values.
//!
//! Knows nothing of which fields need files.

use super::entry::Draft;
use super::files::SourceFolder;
use super::node::{Content, Node, Scalar};
use super::problem::{Place, Problem, Problems};
use super::value::Value;

/// What a value that names a file begins with.
pub(super) const SCHEME: &str = "file://";

/// The most bytes that all files named in an app may have together, each counted as often as it is named: an alias may
/// name it very often.
const MOST_BYTES: usize = 256 << 20;

/// What even an empty file counts for, because finding and opening it takes as long as reading so many bytes.
const LEAST: usize = 4 << 10;

/// The files that entries name.
pub(super) struct Includes<'a> {
    folder: &'a SourceFolder,
    problems: &'a Problems,
    /// Bytes that may still be read; `None` once there were too many, which was said then.
    left: Option<usize>,
}

/// Where a value is that may name a file.
struct Field<'a> {
    entry: &'a str,
    name: &'a str,
    place: &'a Place,
}

impl<'a> Includes<'a> {
    /// Files in `folder`.
    pub(super) fn new(folder: &'a SourceFolder, problems: &'a Problems) -> Includes<'a> {
        let left = Some(MOST_BYTES);
        Includes {
            folder,
            problems,
            left,
        }
    }

    /// Replaces every `file://…` in `draft`.
    pub(super) fn expand(&mut self, draft: &mut Draft) {
        let id = draft.id.to_string();
        self.visit(&mut draft.meta, &id, "meta");
        self.visit(&mut draft.data, &id, "");
    }

    fn visit(&mut self, node: &mut Node, entry: &str, name: &str) {
        let place = &node.place;
        match &mut node.content {
            Content::Map(pairs) => {
                for pair in pairs {
                    let dot = if name.is_empty() { "" } else { "." };
                    self.visit(&mut pair.value, entry, &format!("{name}{dot}{}", pair.key));
                }
            }
            Content::List(items) => {
                for item in items {
                    self.visit(item, entry, name);
                }
            }
            Content::Scalar(scalar) => self.replace(scalar, &Field { entry, name, place }),
        }
    }

    fn replace(&mut self, scalar: &mut Scalar, field: &Field) {
        let path = scalar.value.as_text().and_then(|t| t.strip_prefix(SCHEME));
        let (Some(path), Some(left)) = (path, self.left) else {
            return;
        };
        // What was said on the command line has no line, and is no file to be beside.
        let from = (field.place.line > 0).then(|| &*field.place.file);
        let file = match self.folder.read_from(from, path) {
            Ok(file) => file,
            Err((shown, error)) => return self.note(error.problem(&shown), field),
        };
        self.left = left.checked_sub(file.text.len().max(LEAST));
        if self.left.is_none() {
            let most = MOST_BYTES >> 20;
            let what = format!("the files that entries name have more than {most} MiB together");
            return self.note(
                Problem::error(what).advice("name fewer or smaller ones"),
                field,
            );
        }
        scalar.file = Some(file.shown);
        scalar.value = Value::Text(file.text.clone());
        scalar.text = file.text;
    }

    fn note(&self, problem: Problem, field: &Field) {
        let problem = problem.at(field.place).entry(field.entry);
        self.problems.push(problem.field(field.name));
    }
}
