//! The command line.

#[allow(
    dead_code,
    reason = "its options are set by the command line's arguments"
)]
mod logging;
#[allow(dead_code, reason = "called once there is something to shut down")]
mod signals;

fn main() {}
