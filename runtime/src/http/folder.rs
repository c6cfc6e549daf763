//! A folder that a server serves: which answer a request gets, and which part of which file is its body.
//!
//! Looks at files, and so may block. Knows nothing of how an answer is sent.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::files::{Metadata, Mount, Present, Step, answer};
use super::router::{Found as Routed, location};
use super::site;
use super::tree::{Found, Tree};
use crate::app::EntryId;
use crate::request::{Request, Response};

/// A folder.
#[derive(Debug)]
pub(super) struct Folder {
    /// The `http.static`.
    pub entry: EntryId,
    tree: Tree,
    /// Where in there, and how paths name files.
    site: site::Folder,
}

/// What is answered.
#[derive(Debug)]
pub(super) enum Answer {
    /// This.
    Whole(Response),
    /// This head, and a part of a file.
    File(Response, File, Range<u64>),
}

impl Folder {
    /// The folder of the entry `entry`, in a tree.
    pub fn new(entry: EntryId, tree: Tree, site: site::Folder) -> Folder {
        Folder { entry, tree, site }
    }

    /// Whether there is such a folder in the tree.
    ///
    /// # Errors
    /// If the system can't say.
    pub fn is_there(&self) -> io::Result<bool> {
        match &self.site.directory {
            None => Ok(true),
            Some(path) => Ok(matches!(self.tree.open(Path::new(path))?, Found::Folder)),
        }
    }

    /// What a request for GET or HEAD is answered.
    ///
    /// # Errors
    /// If the system can't say what is there.
    pub fn answer(&self, request: &Request) -> io::Result<Answer> {
        let mount = &self.site.mount;
        let mut step = mount.begin(self.site.rest(request.path()));
        let mut file = None;
        loop {
            step = match step {
                Step::Look(look) => {
                    let present = match self.tree.open(&self.below(&look.path))? {
                        Found::File(opened, metadata) => {
                            file = Some((opened, metadata));
                            Present::File
                        }
                        Found::Folder => Present::Folder,
                        Found::Nothing => Present::Nothing,
                    };
                    mount.found(look, present)
                }
                Step::Serve(path) => {
                    let (file, metadata) = file.expect("what is served was found");
                    return Ok(serve(mount, request, &path, file, &metadata));
                }
                Step::AddSlash => return Ok(Answer::Whole(with_slash(request))),
                Step::NotFound => return Ok(Answer::Whole(nothing())),
            };
        }
    }

    /// A path of this folder as one of the tree.
    fn below(&self, path: &Path) -> PathBuf {
        match &self.site.directory {
            None => path.to_owned(),
            Some(directory) => Path::new(directory).join(path),
        }
    }
}

fn serve(mount: &Mount, request: &Request, path: &Path, file: File, metadata: &Metadata) -> Answer {
    let mut served = answer(request, metadata);
    let described = mount.describe(path, &mut served);
    described.expect("loading found that the cache's text is a header's value");
    let head = Response {
        status: served.status,
        headers: served.headers,
        body: Vec::new(),
    };
    match served.status {
        200 | 206 => Answer::File(head, file, served.body),
        _ => Answer::Whole(head),
    }
}

/// As the router answers.
fn nothing() -> Response {
    let nothing: Routed<'_, '_, ()> = Routed::NotFound;
    nothing.response().unwrap_or_default()
}

/// The same, to the path with a slash.
fn with_slash(request: &Request) -> Response {
    let path = format!("{}/", request.path());
    let redirect: Routed<'_, '_, ()> = Routed::Redirect(location(&path, request.query()));
    redirect.response().unwrap_or_default()
}
