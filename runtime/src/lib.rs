//! The runtime behind moondust.
#![deny(unsafe_code)]

pub mod api;
pub mod app;
pub mod clock;
pub mod duration;
pub mod error;
pub mod fields;
#[allow(unsafe_code)]
mod lua;
pub mod node;
pub mod payload;
pub mod pid;
pub mod process;
pub mod runtime;
pub mod scheduler;
pub mod sync;

pub use lua::Allocator;
