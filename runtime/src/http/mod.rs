//! HTTP/1.1 as pure parts: connections on byte buffers, routes, middleware, files; and sites, which put the last three
//! together as an app says.
//!
//! Knows no Lua and, so far, no socket: everything here takes bytes or plain structs and returns them.

pub mod connection;
pub mod date;
pub mod files;
pub mod middleware;
pub mod router;
pub mod site;
pub mod status;
