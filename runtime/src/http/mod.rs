//! HTTP/1.1: the loop that serves clients, and its pure parts: connections on byte buffers, routes, middleware, files;
//! and sites, which put the last three together as an app says.
//!
//! Knows no Lua: a request goes to a function, and an answer comes back.

mod answering;
pub mod connection;
pub mod date;
mod event_loop;
mod exchange;
pub mod files;
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
mod waiting;

pub use front::Front;
pub use server::Server;
