//! The runtime behind moondust.
#![deny(unsafe_code)]

pub mod api;
pub mod clock;
pub mod error;
pub mod payload;
pub mod pid;
pub mod process;
