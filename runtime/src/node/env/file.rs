//! A file of `NAME=value` lines.
//!
//! Knows nothing of variables. Everything after a `#` is a comment, also in the middle of a value; nothing is quoted.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use parking_lot::Mutex;

use crate::app::StorageFile;
use crate::error::{Error, kind};

/// The file, and the lock of those who write it.
#[derive(Debug)]
pub(super) struct EnvFile {
    file: StorageFile,
    writing: Mutex<()>,
}

impl EnvFile {
    pub(super) fn new(file: StorageFile) -> EnvFile {
        EnvFile {
            file,
            writing: Mutex::new(()),
        }
    }

    /// All names and values, as the file has them now; none if there is no file.
    pub(super) fn read(&self) -> Result<BTreeMap<String, String>, Error> {
        let text = self.text()?.unwrap_or_default();
        let pairs = text.lines().filter_map(pair);
        Ok(pairs.map(|(n, v)| (n.to_string(), v.to_string())).collect())
    }

    /// Sets the value of `name`; comments and all other lines stay.
    pub(super) fn set(&self, name: &str, value: &str) -> Result<(), Error> {
        if value.contains(['\n', '\r']) {
            let what = "a value in a file must be one line";
            return Err(Error::new(kind::INVALID, what));
        }
        let _writing = self.writing.lock();
        let text = match self.text()? {
            Some(text) => text,
            None if self.file.auto_create => {
                self.make_folder().map_err(|error| self.failed(&error))?;
                String::new()
            }
            None => {
                let what = format!("there is no file `{}`", self.file.path);
                return Err(Error::new(kind::NOT_FOUND, what));
            }
        };
        self.replace(&with(&text, name, value))
            .map_err(|error| self.failed(&error))
    }

    fn text(&self) -> Result<Option<String>, Error> {
        match fs::read_to_string(&self.file.path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.failed(&error)),
        }
    }

    fn make_folder(&self) -> io::Result<()> {
        match Path::new(&self.file.path).parent() {
            Some(folder) if !folder.as_os_str().is_empty() => DirBuilder::new()
                .recursive(true)
                .mode(self.file.dir_mode)
                .create(folder),
            _ => Ok(()),
        }
    }

    /// Writes a new file and puts it in the place of the old one, so that readers see either.
    fn replace(&self, text: &str) -> io::Result<()> {
        let path = Path::new(&self.file.path);
        // What was linked stays linked, and what the file may be read by stays as it was.
        let path = fs::canonicalize(path).unwrap_or(path.to_path_buf());
        let mode = match fs::metadata(&path) {
            Ok(metadata) => metadata.permissions().mode() & 0o777,
            Err(_) => self.file.file_mode,
        };
        let mut name = path.clone().into_os_string();
        name.push(".tmp");
        let new = PathBuf::from(name);
        let written = write_new(&new, text, mode).and_then(|()| fs::rename(&new, &path));
        if written.is_err() {
            // Nothing more can be done about it, and the first error is the one to tell.
            let _ = fs::remove_file(&new);
        }
        written
    }

    fn failed(&self, error: &io::Error) -> Error {
        let what = format!("environment file `{}`: {error}", self.file.path);
        Error::new(kind::INTERNAL, what)
    }
}

fn write_new(path: &Path, text: &str, mode: u32) -> io::Result<()> {
    // Left over from a program that was killed; and what is there may be a link to elsewhere.
    if let Err(error) = fs::remove_file(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        return Err(error);
    }
    let mut file: File = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// The name and the value of a line, if it has any.
fn pair(line: &str) -> Option<(&str, &str)> {
    let (code, _) = split_comment(line);
    let (name, value) = code.split_once('=')?;
    Some((name.trim(), value.trim()))
}

/// A line before its comment, and the comment with its `#`.
fn split_comment(line: &str) -> (&str, &str) {
    line.split_at(line.find('#').unwrap_or(line.len()))
}

/// `text` with the value of `name` replaced where it stands, or added at the end.
fn with(text: &str, name: &str, value: &str) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_string).collect();
    let mut found = false;
    for line in &mut lines {
        if pair(line).is_some_and(|(other, _)| other == name) {
            let (_, comment) = split_comment(line);
            let space = if comment.is_empty() { "" } else { " " };
            *line = format!("{name}={value}{space}{comment}");
            found = true;
        }
    }
    if !found {
        lines.push(format!("{name}={value}"));
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_with_comments_and_spaces() {
        assert_eq!(pair("  A = b c  # note"), Some(("A", "b c")));
        assert_eq!(pair("A=b=c"), Some(("A", "b=c")));
        assert_eq!(pair("A=\"q\"#x"), Some(("A", "\"q\"")));
        assert_eq!(pair("A="), Some(("A", "")));
        for line in ["", "# A=b", "   # x", "A"] {
            assert_eq!(pair(line), None, "{line}");
        }
    }

    #[test]
    fn a_new_value_leaves_all_else() {
        let text = "# head\n\nA=1 # note\nB=2\n";
        assert_eq!(with(text, "A", "x"), "# head\n\nA=x # note\nB=2\n");
        assert_eq!(with(text, "C", "3"), "# head\n\nA=1 # note\nB=2\nC=3\n");
        assert_eq!(with("", "A", "1"), "A=1\n");
    }
}
