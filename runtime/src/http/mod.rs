//! HTTP/1.1 as pure parts: connections on byte buffers, routes, middleware, files.
//!
//! Knows no Lua and, so far, no socket: everything here takes bytes or plain structs and returns them.

pub mod connection;
pub mod date;
pub mod files;
pub mod middleware;
pub mod router;
pub mod status;
