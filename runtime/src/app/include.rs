//! Puts the text of files in the place of `file://…` values.
//!
//! Knows nothing of which fields need files.

use super::entry::Draft;
use super::files::SourceFolder;
use super::node::{Content, Node};
use super::problem::Problems;
use super::value::Value;

/// What a value that names a file begins with.
pub(super) const SCHEME: &str = "file://";

/// Replaces every `file://…` in `draft`.
pub(super) fn expand(draft: &mut Draft, folder: &SourceFolder, problems: &Problems) {
    let id = draft.id.to_string();
    let mut expansion = Expansion {
        folder,
        problems,
        id: &id,
    };
    expansion.visit(&mut draft.meta, "meta");
    expansion.visit(&mut draft.data, "");
}

struct Expansion<'a> {
    folder: &'a SourceFolder,
    problems: &'a Problems,
    id: &'a str,
}

impl Expansion<'_> {
    fn visit(&mut self, node: &mut Node, field: &str) {
        match &mut node.content {
            Content::Map(pairs) => {
                for pair in pairs {
                    let dot = if field.is_empty() { "" } else { "." };
                    self.visit(&mut pair.value, &format!("{field}{dot}{}", pair.key));
                }
            }
            Content::List(items) => {
                for item in items {
                    self.visit(item, field);
                }
            }
            Content::Scalar(scalar) => {
                let Some(path) = scalar.value.as_text().and_then(|t| t.strip_prefix(SCHEME)) else {
                    return;
                };
                // What was said on the command line has no line, and is no file to be beside.
                let from = (node.place.line > 0).then(|| &*node.place.file);
                match self.folder.read_from(from, path) {
                    Ok(file) => {
                        scalar.file = Some(file.shown);
                        scalar.value = Value::Text(file.text.clone());
                        scalar.text = file.text;
                    }
                    Err((shown, error)) => {
                        let problem = error.problem(&shown).at(&node.place);
                        self.problems.push(problem.entry(self.id).field(field));
                    }
                }
            }
        }
    }
}
