//! From the entries of an app to the sites of its servers, noting every problem on the way.
//!
//! Knows nothing of requests. Entries whose own fields are wrong are not there to be looked at.

use std::collections::BTreeMap;

use super::super::files::Mount;
use super::super::middleware::{self, Middleware, MiddlewareError};
use super::super::router::{Conflict, Pattern, Router, Segment};
use super::{Chain, Folder, Serves, Site, Target};
use crate::app::{
    App, ChainPlaces, EntryId, HttpEndpoint, HttpRouter, HttpStatic, Place, Problem, did_you_mean,
};

/// The site of `server`, as far as it can be made, and all that is wrong with it.
pub(super) fn site(app: &App, server: &EntryId) -> (Site, Vec<Problem>) {
    let parts = parts_by_server(app).remove(server).unwrap_or_default();
    let mut builder = Builder::new();
    builder.add_all(parts);
    (builder.site, builder.problems)
}

/// All that is wrong with the sites of all servers.
pub(super) fn check(app: &App) -> Vec<Problem> {
    let mut problems = Vec::new();
    for parts in parts_by_server(app).into_values() {
        let mut builder = Builder::new();
        builder.add_all(parts);
        problems.append(&mut builder.problems);
    }
    problems
}

/// The entries that make up a site.
#[derive(Default)]
struct Parts<'a> {
    routers: Vec<&'a HttpRouter>,
    endpoints: Vec<&'a HttpEndpoint>,
    statics: Vec<&'a HttpStatic>,
}

fn parts_by_server(app: &App) -> BTreeMap<&EntryId, Parts<'_>> {
    let mut servers: BTreeMap<&EntryId, Parts> = BTreeMap::new();
    for router in app.http_routers.values() {
        let parts = servers.entry(&router.server).or_default();
        parts.routers.push(router);
    }
    for endpoint in app.http_endpoints.values() {
        if let Some(router) = app.http_routers.get(&endpoint.router) {
            let parts = servers.entry(&router.server).or_default();
            parts.endpoints.push(endpoint);
        }
    }
    for folder in app.http_statics.values() {
        let parts = servers.entry(&folder.server).or_default();
        parts.statics.push(folder);
    }
    servers
}

/// A route to be added.
struct Planned<'a> {
    place: &'a Place,
    pattern: Pattern,
    target: Target,
}

/// A list of middleware as an entry has it.
struct Listed<'a> {
    entry: &'a EntryId,
    /// The field with the names, and the one with the options.
    fields: [&'static str; 2],
    names: &'a [String],
    options: &'a BTreeMap<String, String>,
    places: &'a ChainPlaces,
}

struct Builder {
    site: Site,
    /// Where each route is written.
    places: Vec<Place>,
    problems: Vec<Problem>,
}

impl Builder {
    fn new() -> Builder {
        let site = Site {
            routes: Router::new(),
            chains: Vec::new(),
        };
        Builder {
            site,
            places: Vec::new(),
            problems: Vec::new(),
        }
    }

    fn add_all(&mut self, parts: Parts) {
        let mut routers = BTreeMap::new();
        for router in parts.routers {
            let chain = self.add_router(router);
            if self.has_good_prefix(router) {
                routers.insert(&router.id, (router, chain));
            }
        }
        let mut planned = Vec::new();
        for endpoint in parts.endpoints {
            // Of a router with a bad prefix, that was said.
            if let Some(&(router, chain)) = routers.get(&endpoint.router) {
                planned.extend(self.plan_endpoint(endpoint, router, chain));
            }
        }
        for folder in parts.statics {
            planned.extend(self.plan_static(folder));
        }
        // Of two that conflict, the later in the files is the one to be looked at.
        planned.sort_by(|a, b| a.place.cmp(b.place));
        planned.into_iter().for_each(|route| self.add(route));
    }

    fn add_router(&mut self, router: &HttpRouter) -> usize {
        let before = self.middleware(&Listed {
            entry: &router.id,
            fields: ["middleware", "options"],
            names: &router.middleware,
            options: &router.options,
            places: &router.places,
        });
        let after = self.middleware(&Listed {
            entry: &router.id,
            fields: ["post_middleware", "post_options"],
            names: &router.post_middleware,
            options: &router.post_options,
            places: &router.post_places,
        });
        self.add_chain(&router.id, before, after)
    }

    fn add_chain(
        &mut self,
        entry: &EntryId,
        before: Vec<Middleware>,
        after: Vec<Middleware>,
    ) -> usize {
        self.site.chains.push(Chain {
            entry: entry.clone(),
            before,
            after,
        });
        self.site.chains.len() - 1
    }

    fn has_good_prefix(&mut self, router: &HttpRouter) -> bool {
        let error = Pattern::new(None, &router.prefix, "/").err();
        if let Some(error) = &error {
            let problem = Problem::error(error.to_string()).at(&router.place);
            let problem = problem.entry(&router.id).field("prefix");
            self.problems.push(problem);
        }
        error.is_none()
    }

    fn plan_endpoint<'a>(
        &mut self,
        endpoint: &'a HttpEndpoint,
        router: &HttpRouter,
        chain: usize,
    ) -> Option<Planned<'a>> {
        let pattern = Pattern::new(Some(&endpoint.method), &router.prefix, &endpoint.path);
        let pattern = pattern.map_err(|error| error.to_string());
        Some(Planned {
            place: &endpoint.place,
            pattern: self.good(pattern, &endpoint.id, &endpoint.place)?,
            target: Target {
                entry: endpoint.id.clone(),
                chain,
                serves: Serves::Function(endpoint.function.clone()),
            },
        })
    }

    fn plan_static<'a>(&mut self, folder: &'a HttpStatic) -> Option<Planned<'a>> {
        let after = Vec::new();
        let before = self.middleware(&Listed {
            entry: &folder.id,
            fields: ["middleware", "options"],
            names: &folder.middleware,
            options: &folder.options,
            places: &folder.places,
        });
        let chain = self.add_chain(&folder.id, before, after);
        let pattern = self.good(subtree(&folder.path), &folder.id, &folder.place)?;
        let slashes = pattern.segments().len();
        Some(Planned {
            place: &folder.place,
            pattern,
            target: Target {
                entry: folder.id.clone(),
                chain,
                serves: Serves::Folder(Folder {
                    files: folder.files.clone(),
                    directory: folder.directory.clone(),
                    mount: Mount {
                        index: folder.index.clone(),
                        spa: folder.spa,
                        cache: folder.cache.clone(),
                    },
                    slashes,
                }),
            },
        })
    }

    /// The pattern, unless it is a bad one.
    fn good(
        &mut self,
        pattern: Result<Pattern, String>,
        entry: &EntryId,
        place: &Place,
    ) -> Option<Pattern> {
        pattern
            .map_err(|what| {
                let problem = Problem::error(what).at(place);
                self.problems.push(problem.entry(entry).field("path"));
            })
            .ok()
    }

    fn add(&mut self, route: Planned) {
        let entry = route.target.entry.clone();
        match self.site.routes.add(route.pattern, route.target) {
            Ok(()) => self.places.push(route.place.clone()),
            Err(conflict) => {
                let problem = self.conflict(&conflict).at(route.place).entry(&entry);
                self.problems.push(problem.field("path"));
            }
        }
    }

    /// Says which two routes conflict, and whose the other is.
    fn conflict(&self, conflict: &Conflict) -> Problem {
        let Conflict { added, other, same } = conflict;
        let routes = self.site.routes.routes();
        let at = routes.iter().position(|route| route.pattern == *other);
        let whose = at.map_or(String::new(), |at| {
            format!(" of `{}` at {}", routes[at].target.entry, self.places[at])
        });
        let (added, other) = (added.to_string(), other.to_string());
        let what = match same {
            true => format!("route {added:?} matches the same requests as {other:?}{whose}"),
            false => format!(
                "route {added:?} conflicts with {other:?}{whose}: both match some requests, and neither is more specific"
            ),
        };
        Problem::error(what).advice("change one of the two")
    }

    /// The middleware of a list; none if anything is wrong with it.
    fn middleware(&mut self, listed: &Listed) -> Vec<Middleware> {
        self.warn_of_idle_options(listed);
        self.warn_of_unknown_options(listed);
        middleware::read(listed.names, listed.options).unwrap_or_else(|errors| {
            for error in errors {
                self.problems.push(located(&error, listed));
            }
            Vec::new()
        })
    }

    /// Warns of options of steps that are not listed.
    fn warn_of_idle_options(&mut self, listed: &Listed) {
        let [names, options] = listed.fields;
        for option in middleware::options() {
            let Some(place) = listed.places.options.get(option) else {
                continue;
            };
            let step = option.split('.').next().unwrap_or_default();
            if !listed.names.iter().any(|name| name == step) {
                let what = format!("option {option:?} has no effect: `{names}` has no `{step}`");
                let problem = Problem::warning(what).at(place).entry(listed.entry);
                self.problems.push(problem.field(options));
            }
        }
    }

    /// Warns of options that no step has. They are no errors: an app may say more than is looked at here, and still run.
    fn warn_of_unknown_options(&mut self, listed: &Listed) {
        let unknown = listed.options.keys();
        for option in unknown.filter(|option| !middleware::is_option(option)) {
            let what = format!("unknown option {option:?} has no effect");
            let mut problem = Problem::warning(what).entry(listed.entry);
            problem = problem.field(listed.fields[1]);
            problem.place = listed.places.options.get(option).cloned();
            problem.advice = did_you_mean(option, middleware::options());
            self.problems.push(problem);
        }
    }
}

/// The pattern of all below a path, which ends in a slash or not.
fn subtree(path: &str) -> Result<Pattern, String> {
    let slash = if path.ends_with('/') { "" } else { "/" };
    let path = format!("{path}{slash}");
    let pattern = Pattern::new(Some("GET"), "", &path).map_err(|error| error.to_string())?;
    let is_wild = |segment: &Segment| match segment {
        Segment::One(_) | Segment::End => true,
        Segment::Rest(name) => !name.is_empty(),
        Segment::Literal(_) => false,
    };
    match pattern.segments().iter().any(is_wild) {
        true => Err(format!("{path:?} has a wildcard, which no folder has")),
        false => Ok(pattern),
    }
}

/// The error where its list has what it is about.
fn located(error: &MiddlewareError, listed: &Listed) -> Problem {
    let [names, options] = listed.fields;
    let places = listed.places;
    let (field, place) = match error {
        MiddlewareError::Unknown(name) => {
            let mut pairs = listed.names.iter().zip(&places.names);
            (
                names,
                pairs.find(|(known, _)| *known == name).map(|pair| pair.1),
            )
        }
        MiddlewareError::Value { option, .. } => (options, places.options.get(option)),
    };
    let mut problem = Problem::error(error.to_string())
        .entry(listed.entry)
        .field(field);
    problem.place = place.cloned();
    problem.advice = match error {
        MiddlewareError::Unknown(name) => did_you_mean(name, middleware::NAMES),
        MiddlewareError::Value { .. } => None,
    };
    problem
}
