//! A folder that is served: which file each path below it names.
//!
//! Knows no file system: it says what to look at, and is told what is there.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::conditional::Served;
use super::content_type::content_type;
use crate::request::{HeaderError, percent};

/// How a folder is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// The file that a folder's path names.
    pub index: String,
    /// Whether paths that name nothing name the topmost index: an app in the browser has its own routes.
    pub spa: bool,
    /// What `Cache-Control` says of every file, if anything.
    pub cache: Option<String>,
}

/// What a file system has at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Present {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// Neither, or nothing that may be read.
    Nothing,
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Look at this path, and tell [`Mount::found`] what is there.
    Look(Look),
    /// Serve this file; the path is relative to the folder.
    Serve(PathBuf),
    /// A folder was asked for without a slash: links in its index would lead elsewhere. Redirect to the path with one.
    AddSlash,
    /// Nothing is there: 404.
    NotFound,
}

/// A path to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// Relative to the folder.
    pub path: PathBuf,
    place: Place,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// What was asked for.
    Asked,
    /// A folder's index.
    Index,
    /// The topmost index, in the place of nothing.
    Fallback,
}

impl Mount {
    /// Begins with what stands behind the mount's path in a request: percent-encoded, with or without its first slash.
    pub fn begin(&self, path: &str) -> Step {
        let Some(resolved) = resolve(path) else {
            return Step::NotFound;
        };
        match path.is_empty() || path.ends_with('/') {
            true => look(resolved.join(&self.index), Place::Index),
            false => look(resolved, Place::Asked),
        }
    }

    /// Adds to an answer what the file's name and the mount say of it. An error if the cache's text is no header's value.
    pub fn describe(&self, path: &Path, served: &mut Served) -> Result<(), HeaderError> {
        if let Some(cache) = &self.cache {
            served.headers.set("Cache-Control", cache.as_bytes())?;
        }
        // Of the answers without a file, 304 would only repeat the type, and the others have none.
        if !served.body.is_empty() || served.status == 200 {
            let content_type = content_type(path).as_bytes();
            served.headers.set("Content-Type", content_type)?;
        }
        Ok(())
    }

    /// Goes on with what is at the path.
    pub fn found(&self, look_at: Look, present: Present) -> Step {
        match (look_at.place, present) {
            (_, Present::File) => Step::Serve(look_at.path),
            (Place::Asked, Present::Folder) => Step::AddSlash,
            (Place::Asked | Place::Index, _) if self.spa => {
                look(PathBuf::from(&self.index), Place::Fallback)
            }
            _ => Step::NotFound,
        }
    }
}

fn look(path: PathBuf, place: Place) -> Step {
    Step::Look(Look { path, place })
}

/// The relative path that a part of a request's path names; `None` if it could lead out of the folder, or to what is hidden:
/// names that begin with a dot, but for `.well-known` at the top.
pub fn resolve(path: &str) -> Option<PathBuf> {
    let mut resolved = PathBuf::new();
    let path = path.strip_prefix('/').unwrap_or(path);
    let path = path.strip_suffix('/').unwrap_or(path);
    if path.is_empty() {
        return Some(resolved);
    }
    for (at, segment) in path.split('/').enumerate() {
        let name: Cow<'_, [u8]> = percent::decode(segment.as_bytes());
        let is_hidden = name.starts_with(b".") && !(at == 0 && *name == *b".well-known");
        // A slash that was encoded is a part of a name, and no file has such a name.
        if name.is_empty() || is_hidden || name.contains(&b'/') || name.contains(&0) {
            return None;
        }
        resolved.push(OsStr::from_bytes(&name));
    }
    Some(resolved)
}
