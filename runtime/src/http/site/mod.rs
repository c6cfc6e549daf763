//! What one server serves: routes to functions and folders, each with the middleware around it.
//!
//! Knows nothing of sockets, of calling functions or of opening files: it says who takes a request.

mod build;
#[cfg(test)]
mod tests;

use super::files::Mount;
use super::middleware::Middleware;
use super::router::{Found, Route, Router};
use crate::app::{App, EntryId, Problem};

/// What a server serves.
#[derive(Debug)]
pub struct Site {
    routes: Router<Target>,
    chains: Vec<Chain>,
}

/// What takes the requests of a route.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// The `http.endpoint` or `http.static`.
    pub entry: EntryId,
    /// What happens around it: the number of one of [`Site::chains`].
    pub chain: usize,
    /// What answers.
    pub serves: Serves,
}

/// What answers requests.
#[derive(Clone, Debug, PartialEq)]
pub enum Serves {
    /// The `function.lua` of this id.
    Function(EntryId),
    /// A folder.
    Folder(Folder),
}

/// A folder that is served.
#[derive(Clone, Debug, PartialEq)]
pub struct Folder {
    /// The `fs.directory` with the files.
    pub files: EntryId,
    /// The folder in there, as a relative path without `..`; all of it, if it isn't said.
    pub directory: Option<String>,
    /// Which file a path names.
    pub mount: Mount,
    /// Slashes of a request's path up to what names a file.
    slashes: usize,
}

/// What happens to requests before and after it is known who takes them, in order. Those of one router have it in common.
#[derive(Clone, Debug, PartialEq)]
pub struct Chain {
    /// The `http.router` or `http.static` that says so.
    pub entry: EntryId,
    /// Before.
    pub before: Vec<Middleware>,
    /// After.
    pub after: Vec<Middleware>,
}

impl Site {
    /// What the `http.service` with the id `server` serves.
    ///
    /// # Errors
    /// All that is wrong with its routes and middleware.
    pub fn new(app: &App, server: &EntryId) -> Result<Site, Vec<Problem>> {
        let (site, mut problems) = build::site(app, server);
        problems.retain(Problem::is_error);
        match problems.is_empty() {
            true => Ok(site),
            false => Err(problems),
        }
    }

    /// All that is wrong with the routes and the middleware of all servers of `app`.
    pub fn check(app: &App) -> Vec<Problem> {
        build::check(app)
    }

    /// Who takes a request. The path is percent-encoded, as it came. Where a route takes it, nothing is allocated but for
    /// what is encoded in its wildcards, and for the fifth and later wildcards.
    pub fn find<'p>(
        &self,
        method: &str,
        path: &'p str,
        query: Option<&str>,
    ) -> Found<'_, 'p, Target> {
        self.routes.find(method, path, query)
    }

    /// Every route.
    pub fn routes(&self) -> &[Route<Target>] {
        self.routes.routes()
    }

    /// Every chain, those of routers without endpoints too.
    pub fn chains(&self) -> &[Chain] {
        &self.chains
    }

    /// What happens around a target of this site.
    pub fn chain(&self, target: &Target) -> &Chain {
        &self.chains[target.chain]
    }
}

impl Folder {
    /// The part of a request's path that names a file, for [`Mount::begin`]: what is behind the path of the mount.
    pub fn rest<'p>(&self, path: &'p str) -> &'p str {
        // Not by its length: in a request, what the mount's path says may be encoded.
        let mut slashes = memchr::memchr_iter(b'/', path.as_bytes());
        let last = slashes.nth(self.slashes.saturating_sub(1));
        last.map_or("", |last| &path[last + 1..])
    }
}
