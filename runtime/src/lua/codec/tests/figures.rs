//! What the common values cost.

use std::time::Instant;

use super::*;

/// Prints what the common values cost; run it in release, as the slab's figures.
#[test]
#[ignore = "measures, asserts nothing"]
fn figures_of_the_codec() {
    const ROUNDS: u32 = 1_000_000;
    let vm = Vm::new();
    for make in [
        "return 42",
        "return 'a short string'",
        "return {id = 7, tick = 3}",
        "local t = {} for i = 1, 100 do t[i] = i end return t",
    ] {
        vm.clear();
        vm.call(make, 1);
        let mut out = Vec::with_capacity(1024);
        let begun = Instant::now();
        for _ in 0..ROUNDS {
            out.clear();
            // SAFETY: a value is on top; memory isn't refused.
            unsafe { CODEC.encode(vm.0, -1, &mut out).unwrap() };
        }
        let encode = begun.elapsed().as_nanos() as f64 / ROUNDS as f64;
        let begun = Instant::now();
        for _ in 0..ROUNDS {
            // SAFETY: as above.
            unsafe {
                CODEC.decode(vm.0, &out).unwrap();
                lua_settop(vm.0, 1);
            }
        }
        let decode = begun.elapsed().as_nanos() as f64 / ROUNDS as f64;
        println!(
            "{make}: {} bytes, encode {encode:.1} ns, decode {decode:.1} ns",
            out.len()
        );
    }
}
