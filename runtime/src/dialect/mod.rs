//! Typed Lua: what the parser learns of a file, and what its types mean.
//!
//! Text and plain data in, plain data out: knows nothing of VMs and apps.

pub mod syntax;
pub mod types;
