//! What each kind of entry means: one struct and one reader a kind.
//!
//! A reader turns fields into a checked struct in which every reference names an entry that exists. Knows nothing of
//! what hosts, processes and storages do when they run.

pub(super) mod directory;
pub(super) mod function;
pub(super) mod host;
pub(super) mod http;
pub(super) mod lifecycle;
pub(super) mod lua;
pub(super) mod pool;
pub(super) mod service;
pub(super) mod storage;
pub(super) mod variable;

use std::collections::BTreeMap;

use super::App;
use super::catalog::Catalog;
use super::entry::{Draft, EntryId};
use super::fields::Fields;
use super::problem::{Problem, Problems};
use super::suggest;
use http::{endpoint, router, statics};

/// The kinds that this version runs. `registry.entry` is plain data, and needs no reader.
const RUN: [&str; 18] = [
    "process.host",
    "terminal.host",
    "process.lua",
    "process.service",
    "library.lua",
    "registry.entry",
    "function.lua",
    "http.service",
    "http.router",
    "http.endpoint",
    "http.static",
    "fs.directory",
    "env.variable",
    "env.storage.os",
    "env.storage.memory",
    "env.storage.file",
    "env.storage.static",
    "env.storage.router",
];

/// The kinds that exist, and that this version keeps as plain data.
const KEPT: [&str; 37] = [
    "cloudstorage.s3",
    "config.aws",
    "contract.binding",
    "contract.definition",
    "db.sql.mssql",
    "db.sql.mysql",
    "db.sql.oracle",
    "db.sql.postgres",
    "db.sql.sqlite",
    "exec.docker",
    "exec.native",
    "fs.embed",
    "function.lua.bc",
    "function.wasm",
    "library.lua.bc",
    "metrics.prometheus",
    "network.overlay",
    "ns.definition",
    "ns.dependency",
    "ns.requirement",
    "process.lua.bc",
    "process.wasm",
    "queue.consumer",
    "queue.driver.amqp",
    "queue.driver.memory",
    "queue.driver.sqs",
    "queue.queue",
    "security.policy",
    "security.policy.expr",
    "security.token_store",
    "store.memory",
    "store.sql",
    "template.jet",
    "template.set",
    "temporal.client",
    "temporal.worker",
    "workflow.lua",
];

/// Reads `draft` as what its kind says, into `app`.
pub(super) fn read(draft: &Draft, catalog: &Catalog, app: &mut App, problems: &Problems) {
    let kind = draft.kind.as_str();
    let reads_fields = RUN.contains(&kind) && kind != "registry.entry";
    if reads_fields && draft.data.as_map().is_none() {
        let what = format!("must be a map, and is {}", draft.data.what());
        let problem = Problem::error(what).at(&draft.data.place);
        problems.push(problem.entry(&draft.id).field("data"));
        return;
    }
    if reads_fields {
        read_fields(kind, Fields::of(draft, catalog, problems), app);
    } else if kind != "registry.entry" {
        note_kept(draft, problems);
    }
}

/// Reads the fields of an entry of the kind `kind`, one of [`RUN`].
fn read_fields(kind: &str, fields: Fields, app: &mut App) {
    let id = fields.id.clone();
    match kind {
        "process.lua" => add(&mut app.processes, id, lua::read_process(fields)),
        "library.lua" => add(&mut app.libraries, id, lua::read_library(fields)),
        "function.lua" => add(&mut app.functions, id, function::read(fields)),
        "process.service" => add(&mut app.services, id, service::read(fields)),
        "http.service" => add(&mut app.http_services, id, http::service::read(fields)),
        "http.router" => add(&mut app.http_routers, id, router::read(fields)),
        "http.endpoint" => add(&mut app.http_endpoints, id, endpoint::read(fields)),
        "http.static" => add(&mut app.http_statics, id, statics::read(fields)),
        "fs.directory" => add(&mut app.directories, id, directory::read(fields)),
        "env.variable" => add(&mut app.variables, id, variable::read(fields)),
        host if host::HOSTS.contains(&host) => {
            add(&mut app.hosts, id, Some(host::read(host, fields)));
        }
        storage => add(&mut app.storages, id, storage::read(storage, fields)),
    }
}

/// Adds what was read, unless something is wrong with it.
fn add<T>(known: &mut BTreeMap<EntryId, T>, id: EntryId, read: Option<T>) {
    known.extend(read.map(|read| (id, read)));
}

/// Warns of an entry that is kept as data.
fn note_kept(draft: &Draft, problems: &Problems) {
    let kind = draft.kind.as_str();
    let kept = "it is kept as data".to_string();
    let (what, advice) = match KEPT.contains(&kind) {
        true => (format!("this version does not run {kind} entries"), kept),
        false => {
            let known = RUN.iter().chain(&KEPT).copied();
            let advice = suggest::did_you_mean(kind, known).unwrap_or(kept);
            (format!("unknown kind `{kind}`"), advice)
        }
    };
    let problem = Problem::warning(what).at(&draft.kind_place);
    problems.push(problem.entry(&draft.id).field("kind").advice(advice));
}
