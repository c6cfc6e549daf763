//! The files of an app: which there are, and reading them without ever leaving the source folder.
//!
//! Knows nothing of what is in them.

use std::fs;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use super::problem::Problem;

/// The most bytes that a file may have: a thousand times what people write, and little enough to be read by the dozen.
const MOST_BYTES: u64 = 16 << 20;

/// The folder with an app's YAML and Lua files.
#[derive(Debug)]
pub(super) struct SourceFolder {
    /// The folder, as the system knows it after all symbolic links.
    root: PathBuf,
    /// How its files are shown: `src/`.
    prefix: String,
}

/// A file of an app.
#[derive(Debug)]
pub(super) struct SourceFile {
    /// The path as it is shown, from the app's folder.
    pub(super) shown: String,
    /// What is in it.
    pub(super) text: String,
}

/// Why a file can't be read.
#[derive(Debug)]
pub(super) enum ReadError {
    /// It is outside the source folder.
    Outside,
    /// It is a folder, a pipe or the like.
    NoFile,
    /// It isn't UTF-8.
    NoText,
    /// It has more than [`MOST_BYTES`].
    TooLarge,
    /// The system says no.
    Io(io::Error),
}

impl ReadError {
    /// The problem of the file `shown`, which cannot be read.
    pub(super) fn problem(&self, shown: &str) -> Problem {
        match self {
            ReadError::Outside => Problem::error(format!("`{shown}` is outside the source folder"))
                .advice("move the file into it"),
            ReadError::NoFile => Problem::error(format!("`{shown}` is no file")),
            ReadError::NoText => Problem::error(format!("`{shown}` is no UTF-8 text")),
            ReadError::TooLarge => {
                let most = MOST_BYTES >> 20;
                Problem::error(format!("`{shown}` is larger than {most} MiB"))
                    .advice("keep what is so large out of the app's sources")
            }
            ReadError::Io(error) if error.kind() == io::ErrorKind::NotFound => {
                Problem::error(format!("there is no file `{shown}`"))
            }
            ReadError::Io(error) => Problem::error(format!("cannot read `{shown}`: {error}")),
        }
    }
}

impl SourceFolder {
    /// Opens the folder `relative` of the app's folder.
    pub(super) fn open(app: &Path, relative: &str) -> io::Result<SourceFolder> {
        let root = fs::canonicalize(app.join(relative))?;
        if !root.is_dir() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        let shown = relative.trim_start_matches("./").trim_end_matches('/');
        let prefix = match shown {
            "" | "." => String::new(),
            _ => format!("{shown}/"),
        };
        Ok(SourceFolder { root, prefix })
    }

    /// All files that may declare entries, by name, as paths in this folder. Folders named in `skip` are left out.
    pub(super) fn index_files(&self, skip: &[String]) -> io::Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        self.walk(Path::new(""), skip, &mut found)?;
        Ok(found)
    }

    fn walk(&self, folder: &Path, skip: &[String], found: &mut Vec<PathBuf>) -> io::Result<()> {
        let mut items = fs::read_dir(self.root.join(folder))?.collect::<Result<Vec<_>, _>>()?;
        items.sort_by_key(fs::DirEntry::file_name);
        for item in items {
            let name = item.file_name();
            let path = folder.join(&name);
            let skipped = name == "node_modules" || skip.iter().any(|s| name == s.as_str());
            // Links to folders are not followed: they may lead out, or in a circle.
            if item.file_type()?.is_dir() {
                if !skipped {
                    self.walk(&path, skip, found)?;
                }
            } else if declares_entries(&path) {
                found.push(path);
            }
        }
        Ok(())
    }

    /// How the file `path` of this folder is shown.
    pub(super) fn shown(&self, path: &Path) -> String {
        format!("{}{}", self.prefix, path.display())
    }

    /// Reads the file `path` of this folder.
    pub(super) fn read(&self, path: &Path) -> Result<SourceFile, ReadError> {
        let path = inside(path).ok_or(ReadError::Outside)?;
        let real = fs::canonicalize(self.root.join(&path)).map_err(ReadError::Io)?;
        if !real.starts_with(&self.root) {
            return Err(ReadError::Outside);
        }
        // Opening a pipe would wait for its other end.
        if !real.is_file() {
            return Err(ReadError::NoFile);
        }
        let text = read_text(&real)?;
        let shown = self.shown(&path);
        Ok(SourceFile { shown, text })
    }

    /// Reads what `file://{path}` means in the file that is shown as `from`; `None` for the root.
    ///
    /// `/x` is in this folder, anything else beside `from`.
    pub(super) fn read_from(
        &self,
        from: Option<&str>,
        path: &str,
    ) -> Result<SourceFile, (String, ReadError)> {
        let joined = match (path.strip_prefix('/'), from) {
            (Some(rooted), _) => PathBuf::from(rooted),
            (None, None) => PathBuf::from(path),
            (None, Some(from)) => {
                let beside = from.strip_prefix(&self.prefix).unwrap_or(from);
                Path::new(beside)
                    .parent()
                    .unwrap_or(Path::new(""))
                    .join(path)
            }
        };
        self.read(&joined).map_err(|error| {
            let shown = self.shown(&inside(&joined).unwrap_or(joined));
            (shown, error)
        })
    }
}

/// Reads a text of at most [`MOST_BYTES`], and no more than that of anything longer.
pub(super) fn read_text(path: &Path) -> Result<String, ReadError> {
    let file = fs::File::open(path).map_err(ReadError::Io)?;
    let mut bytes = Vec::new();
    file.take(MOST_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(ReadError::Io)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(ReadError::TooLarge);
    }
    String::from_utf8(bytes).map_err(|_| ReadError::NoText)
}

/// Whether a file of this name may declare entries.
fn declares_entries(path: &Path) -> bool {
    let extension = path.extension().and_then(|e| e.to_str());
    matches!(extension, Some("yaml" | "yml" | "json"))
}

/// `path` without `.` and `..`; `None` if it leads out or isn't relative.
fn inside(path: &Path) -> Option<PathBuf> {
    let mut parts = PathBuf::new();
    for component in path.components() {
        match component {
            Component::Normal(part) => parts.push(part),
            Component::CurDir => {}
            Component::ParentDir => {
                if !parts.pop() {
                    return None;
                }
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[&str]) -> (tempfile::TempDir, SourceFolder) {
        let dir = tempfile::tempdir().unwrap();
        for file in files {
            let path = dir.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, format!("text of {file}")).unwrap();
        }
        let folder = SourceFolder::open(dir.path(), "src").unwrap();
        (dir, folder)
    }

    #[test]
    fn every_yaml_and_json_file_may_declare_entries() {
        let (_dir, folder) = folder(&[
            "src/_index.yaml",
            "src/b/more.yml",
            "src/a/x.json",
            "src/worker.lua",
            "src/node_modules/x.yaml",
            "src/sql/x.yaml",
            "src/coroutine_sql/x.yaml",
        ]);
        let found = folder.index_files(&["sql".to_string()]).unwrap();
        let names: Vec<_> = found.iter().map(|p| p.to_str().unwrap()).collect();
        assert_eq!(
            names,
            [
                "_index.yaml",
                "a/x.json",
                "b/more.yml",
                "coroutine_sql/x.yaml"
            ]
        );
    }

    #[test]
    fn beside_the_file_or_from_the_root() {
        let (_dir, folder) = folder(&["src/sub/a.lua", "src/a.lua"]);
        let read = |path| folder.read_from(Some("src/sub/_index.yaml"), path).unwrap();
        assert_eq!(read("a.lua").text, "text of src/sub/a.lua");
        assert_eq!(read("/a.lua").text, "text of src/a.lua");
        assert_eq!(read("../a.lua").shown, "src/a.lua");
        assert_eq!(folder.read_from(None, "a.lua").unwrap().shown, "src/a.lua");
    }

    #[test]
    fn nothing_leads_out_of_the_folder() {
        let (dir, folder) = folder(&["src/a.lua", "secret.lua"]);
        std::os::unix::fs::symlink(dir.path().join("secret.lua"), dir.path().join("src/l.lua"))
            .unwrap();
        let read = |path| {
            folder
                .read_from(Some("src/_index.yaml"), path)
                .unwrap_err()
                .1
        };
        for path in [
            "../secret.lua",
            "x/../../secret.lua",
            "/../secret.lua",
            "l.lua",
        ] {
            assert!(matches!(read(path), ReadError::Outside), "{path}");
        }
        assert!(matches!(read("//etc/passwd"), ReadError::Outside));
        assert!(matches!(read("."), ReadError::NoFile));
        assert!(matches!(read("none.lua"), ReadError::Io(_)));
    }

    #[test]
    fn a_file_may_be_large_but_not_larger() {
        let (dir, folder) = folder(&["src/large.lua"]);
        let file = fs::File::options()
            .write(true)
            .open(dir.path().join("src/large.lua"))
            .unwrap();
        file.set_len(MOST_BYTES).unwrap();
        let text = folder.read(Path::new("large.lua")).unwrap().text;
        assert_eq!(text.len() as u64, MOST_BYTES);
        file.set_len(3 << 30).unwrap();
        let error = folder.read(Path::new("large.lua")).unwrap_err();
        assert!(matches!(error, ReadError::TooLarge), "{error:?}");
    }
}
