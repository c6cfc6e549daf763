//! HTTP/1.1: the loop that serves clients, the threads that read files for it, and its pure parts: connections on byte
//! buffers, routes, middleware, files; and sites, which put the last three together as an app says.
//!
//! Knows no Lua: a request goes to a function, and an answer comes back.

mod answering;
pub mod connection;
pub mod date;
mod event_loop;
mod exchange;
mod file_answers;
mod file_threads;
pub mod files;
mod folder;
mod front;
mod gathering;
pub mod middleware;
mod outbox;
mod output;
mod reception;
pub mod router;
mod server;
mod service;
mod session;
pub mod site;
pub mod status;
mod steps;
mod tree;
mod waiting;

pub use front::Front;
pub use server::Server;
