//! What Lua programs can call.

pub mod text;
