//! What only a VM shows, and figures.

use crate::api::tests::run_in;

/// What [`figures`] measures: a name, what is made first, what is done, how often.
const ROUNDS: [(&str, &str, &str, u32); 0] = [];

#[test]
#[ignore = "prints figures"]
fn figures() {
    for (name, first, round, count) in ROUNDS {
        let _ = (name, first, round, count);
        let _ = run_in;
    }
}
