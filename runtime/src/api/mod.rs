//! What Lua programs can call.

pub mod os_time;
pub mod text;
