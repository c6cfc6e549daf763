//! The command line.

#[allow(
    dead_code,
    reason = "its options are set by the command line's arguments"
)]
mod logging;

fn main() {}
