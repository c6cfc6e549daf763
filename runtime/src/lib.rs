//! The runtime behind moondust.
#![deny(unsafe_code)]

pub mod clock;
pub mod error;
#[allow(unsafe_code)]
pub mod lua;
pub mod payload;
pub mod pid;
pub mod process;
