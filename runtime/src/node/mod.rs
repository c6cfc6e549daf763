//! The running system: what keeps services alive and tells how processes ended.
//!
//! Knows nothing of sockets.

pub mod orphans;
pub mod supervisor;
