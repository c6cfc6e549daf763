//! What each kind of entry means: one struct and one reader a kind.
//!
//! A reader turns fields into a checked struct in which every reference names an entry that exists. Knows nothing of
//! what hosts, processes and storages do when they run.

pub(super) mod host;
pub(super) mod lifecycle;
pub(super) mod lua;
pub(super) mod service;
pub(super) mod storage;
pub(super) mod variable;

/// The kinds that this version runs. `registry.entry` is plain data, and needs no reader.
pub(super) const RUN: [&str; 12] = [
    "process.host",
    "terminal.host",
    "process.lua",
    "process.service",
    "library.lua",
    "registry.entry",
    "env.variable",
    "env.storage.os",
    "env.storage.memory",
    "env.storage.file",
    "env.storage.static",
    "env.storage.router",
];

/// The kinds that exist, and that this version keeps as plain data.
pub(super) const KEPT: [&str; 43] = [
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
    "fs.directory",
    "fs.embed",
    "function.lua",
    "function.lua.bc",
    "function.wasm",
    "http.endpoint",
    "http.router",
    "http.service",
    "http.static",
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
