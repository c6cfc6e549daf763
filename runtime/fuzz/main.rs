//! One program for all bodies: `BODY` says which.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use moondust_runtime::fuzz::BODIES;

static BODY: LazyLock<fn(&[u8])> = LazyLock::new(|| {
    let wanted = std::env::var("BODY").unwrap_or_default();
    let found = BODIES.iter().find(|(name, _)| *name == wanted);
    match found {
        Some((_, body)) => *body,
        None => {
            let names: Vec<_> = BODIES.iter().map(|(name, _)| *name).collect();
            panic!("BODY must be one of {}", names.join(", "));
        }
    }
});

fuzz_target!(|bytes: &[u8]| BODY(bytes));
