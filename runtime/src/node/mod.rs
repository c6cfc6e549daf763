//! The running system: what processes can ask of it, what keeps services alive and tells how processes ended.
//!
//! Knows nothing of sockets.

pub mod env;
pub mod orphans;
pub mod supervisor;
