//! The runtime behind moondust.
#![deny(unsafe_code)]

pub mod clock;
pub mod error;
pub mod fields;
pub mod node;
pub mod payload;
pub mod pid;
pub mod process;
pub mod scheduler;
pub mod sync;
