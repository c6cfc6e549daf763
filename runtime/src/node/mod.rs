//! The running system: what processes can ask of it.
//!
//! Knows nothing of sockets.

pub mod env;
