//! Lua VMs: the only folder with unsafe code.
//!
//! Knows nothing of processes or scheduling.

pub mod arena;
pub mod codec;
pub mod memory;
mod number;
