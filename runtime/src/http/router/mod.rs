//! Routes: which handler takes a request, by its method and path.
//!
//! Knows nothing of what a handler is. The rules are those of Go's `ServeMux`: of two routes that match, the more specific
//! one is taken, and two of which neither is can't both be added.

#[cfg(any(test, fuzzing))]
pub mod fuzz;
mod node;
mod path;
mod pattern;
#[cfg(test)]
mod tests;

use std::fmt;

use node::{Node, Values};

use crate::request::Response;

pub use path::{clean, location};
pub use pattern::{Pattern, PatternError, Reason, Segment};

/// Routes, each with what takes its requests.
#[derive(Debug)]
pub struct Router<T> {
    routes: Vec<Route<T>>,
    /// A tree for each method, in the order in which they came up; `None` for routes that take all.
    trees: Vec<(Option<Box<str>>, Node)>,
}

/// A pattern and what takes its requests.
#[derive(Debug)]
pub struct Route<T> {
    /// Which requests.
    pub pattern: Pattern,
    /// What takes them.
    pub target: T,
}

/// Two patterns that some request matches, and neither is more specific.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The pattern that was to be added.
    pub added: Pattern,
    /// The one that was there.
    pub other: Pattern,
    /// Whether they match the same requests.
    pub same: bool,
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Conflict { added, other, same } = self;
        match same {
            true => write!(
                f,
                "route {added:?} matches the same requests as {other:?}",
                added = added.to_string(),
                other = other.to_string()
            ),
            false => write!(
                f,
                "route {added:?} conflicts with {other:?}: both match some requests, and neither is more specific",
                added = added.to_string(),
                other = other.to_string()
            ),
        }
    }
}

impl std::error::Error for Conflict {}

/// What is known of a request.
#[derive(Debug)]
pub enum Found<'r, 'p, T> {
    /// A route takes it.
    Route(Match<'r, 'p, T>),
    /// It is asked for elsewhere: 307 with this `Location`.
    Redirect(String),
    /// It asks for the methods of a path that has no route for OPTIONS: 204 with this `Allow`, as one of the path's routes
    /// would answer; no route for `*`.
    Options {
        /// A route of the path.
        route: Option<&'r Route<T>>,
        /// The methods.
        allow: String,
    },
    /// The path has other methods only: 405 with this `Allow`.
    NotAllowed {
        /// The methods.
        allow: String,
    },
    /// Nothing is there: 404.
    NotFound,
}

/// A route that takes a request, and what its wildcards stand for.
#[derive(Debug)]
pub struct Match<'r, 'p, T> {
    /// The route.
    pub route: &'r Route<T>,
    values: Values<'p>,
}

impl<'r, 'p, T> Match<'r, 'p, T> {
    /// The wildcards by name, in order, with what they stand for, decoded.
    pub fn params(&self) -> impl Iterator<Item = (&'r str, &[u8])> {
        let values = self.values.iter().map(|value| &**value);
        self.route.pattern.names().zip(values)
    }
}

impl<T> Found<'_, '_, T> {
    /// What is answered where no route takes the request.
    pub fn response(&self) -> Option<Response> {
        let (mut response, name, value) = match self {
            Found::Route(_) => return None,
            Found::NotFound => return Some(Response::text(404, "404 page not found\n")),
            Found::Redirect(location) => (Response::new(307), "Location", location),
            Found::Options { allow, .. } => (Response::new(204), "Allow", allow),
            Found::NotAllowed { allow } => {
                let response = Response::text(405, "Method Not Allowed\n");
                (response, "Allow", allow)
            }
        };
        response.headers.push(name, value.as_bytes());
        Some(response)
    }
}

impl<T> Default for Router<T> {
    fn default() -> Router<T> {
        Router::new()
    }
}

impl<T> Router<T> {
    /// No routes.
    pub fn new() -> Router<T> {
        Router {
            routes: Vec::new(),
            trees: Vec::new(),
        }
    }

    /// The routes, in the order in which they were added.
    pub fn routes(&self) -> &[Route<T>] {
        &self.routes
    }

    /// Adds a route, unless it conflicts with one that is there.
    pub fn add(&mut self, pattern: Pattern, target: T) -> Result<(), Box<Conflict>> {
        if let Some(conflict) = self.conflict(&pattern) {
            return Err(Box::new(conflict));
        }
        let number = self.routes.len();
        let method = pattern.method();
        let same = |(other, _): &(Option<Box<str>>, _)| other.as_deref() == method;
        let tree = match self.trees.iter().position(same) {
            Some(at) => at,
            None => {
                self.trees.push((method.map(Box::from), Node::default()));
                self.trees.len() - 1
            }
        };
        self.trees[tree].1.add(pattern.segments(), number);
        self.routes.push(Route { pattern, target });
        Ok(())
    }

    /// Who takes a request. The path is percent-encoded, as it came.
    pub fn find<'p>(&self, method: &str, path: &'p str, query: Option<&str>) -> Found<'_, 'p, T> {
        if path == "*" {
            return self.options(None, self.trees.iter().filter_map(method_of));
        }
        let cleaned = path::clean(path);
        let mut values = Values::new();
        let found = self.matching(method, path, &cleaned, &mut values);
        let is_exact = found.is_some_and(|route| self.is_exact(route, &cleaned));
        if !is_exact && !cleaned.ends_with('/') {
            let longer = self.first(method, |tree| tree.find_longer(&cleaned));
            if longer.is_some_and(|route| self.ends_behind(route, &cleaned)) {
                return Found::Redirect(path::location(&format!("{cleaned}/"), query));
            }
        }
        if cleaned != path {
            return Found::Redirect(path::location(&cleaned, query));
        }
        match found {
            Some(route) => Found::Route(Match {
                route: &self.routes[route],
                values,
            }),
            None => self.other_methods(method, path),
        }
    }

    /// The route of a cleaned path; with values only where it is the path as it came, since otherwise nobody asks for them.
    fn matching<'p>(
        &self,
        method: &str,
        path: &'p str,
        cleaned: &str,
        values: &mut Values<'p>,
    ) -> Option<usize> {
        match cleaned == path {
            true => self.search(method, path, values),
            false => self.search(method, cleaned, &mut Values::new()),
        }
    }

    /// The most specific route.
    fn search<'p>(&self, method: &str, path: &'p str, values: &mut Values<'p>) -> Option<usize> {
        self.first(method, |tree| {
            values.clear();
            tree.find(path, values)
        })
    }

    /// What is found in the tree of the method, for HEAD in that of GET too, then in that of the routes that take all.
    fn first(&self, method: &str, mut find: impl FnMut(&Node) -> Option<usize>) -> Option<usize> {
        let also = (method == "HEAD").then_some("GET");
        let mut methods = [Some(method), also].into_iter().flatten().map(Some);
        let found = methods.find_map(|method| find(self.tree(method)?));
        found.or_else(|| find(self.tree(None)?))
    }

    fn tree(&self, method: Option<&str>) -> Option<&Node> {
        let mut trees = self.trees.iter();
        trees
            .find(|(other, _)| other.as_deref() == method)
            .map(|(_, tree)| tree)
    }

    /// Whether a route names the path to its end, instead of matching something above it.
    fn is_exact(&self, route: usize, path: &str) -> bool {
        let segments = self.routes[route].pattern.segments();
        match segments.last() {
            Some(Segment::Rest(_)) => {
                path.ends_with('/') && path.matches('/').count() == segments.len()
            }
            _ => true,
        }
    }

    /// Whether a route names the path and one slash more to its end.
    fn ends_behind(&self, route: usize, path: &str) -> bool {
        let segments = self.routes[route].pattern.segments();
        match segments.last() {
            Some(Segment::Rest(_)) => path.matches('/').count() + 1 == segments.len(),
            _ => true,
        }
    }

    /// What to say of a path that has no route for the method.
    fn other_methods<'p>(&self, method: &str, path: &str) -> Found<'_, 'p, T> {
        let mut route = None;
        let mut methods = Vec::new();
        // A path that would be redirected, asked for with one of these methods, has them too.
        let is_shorter = !path.ends_with('/');
        for (other, tree) in &self.trees {
            let longer = || tree.find_longer(path).filter(|_| is_shorter);
            if let Some(found) = tree.find(path, &mut Values::new()).or_else(longer) {
                route.get_or_insert(&self.routes[found]);
                methods.extend(other.as_deref());
            }
        }
        if methods.is_empty() {
            return Found::NotFound;
        }
        match method {
            "OPTIONS" => self.options(route, methods.into_iter()),
            _ => Found::NotAllowed {
                allow: allow(methods.into_iter()),
            },
        }
    }

    fn options<'r, 'p, 'm>(
        &self,
        route: Option<&'r Route<T>>,
        methods: impl Iterator<Item = &'m str>,
    ) -> Found<'r, 'p, T> {
        let allow = allow(methods);
        Found::Options { route, allow }
    }

    /// The first route that the pattern conflicts with.
    fn conflict(&self, pattern: &Pattern) -> Option<Conflict> {
        let mut found = Vec::new();
        for (_, tree) in &self.trees {
            tree.overlapping(pattern.segments(), &mut found);
        }
        found.sort_unstable();
        found.into_iter().find_map(|other| {
            let other = &self.routes[other].pattern;
            let overlap = pattern.overlap(other)?;
            overlap.is_conflict().then(|| Conflict {
                added: pattern.clone(),
                other: other.clone(),
                same: !overlap.first_has_more,
            })
        })
    }
}

fn method_of((method, _): &(Option<Box<str>>, Node)) -> Option<&str> {
    method.as_deref()
}

/// The methods as `Allow` lists them: sorted, with those that come by themselves.
fn allow<'m>(methods: impl Iterator<Item = &'m str>) -> String {
    let mut methods: Vec<&str> = methods.collect();
    methods.push("OPTIONS");
    if methods.contains(&"GET") {
        methods.push("HEAD");
    }
    methods.sort_unstable();
    methods.dedup();
    methods.join(", ")
}
