//! The runtime behind moondust.
#![deny(unsafe_code)]

pub mod app;
pub mod clock;
pub mod duration;
pub mod error;
pub mod node;
pub mod payload;
pub mod pid;
pub mod process;
pub mod runtime;
