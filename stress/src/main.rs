//! Load, memory and peer benchmarks for moondust.
fn main() {}
