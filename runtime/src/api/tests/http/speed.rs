//! What answering a request costs, beside the VM it runs in.

use std::time::Instant;

use super::*;

#[test]
#[ignore = "measures; by hand"]
fn a_small_task_is_read_and_answered() {
    const ROUNDS: u32 = 200_000;
    for (what, source) in [
        ("nothing", ""),
        ("objects", "local a, b = http.request(), http.response()"),
        ("path", "req:path()"),
        ("set_status", "res:set_status(202)"),
        ("header", "req:header('content-type')"),
    ] {
        let source = format!("for i = 1, {ROUNDS} do {source} end res:set_status(204)");
        let head = "POST /api/tasks\nHost: localhost\nContent-Type: application/json";
        let begun = Instant::now();
        let mut served = Served::new(&handler(&source), head, Body::Whole(Vec::new()));
        served.said();
        println!(
            "{what}: {} ns",
            begun.elapsed().as_nanos() / u128::from(ROUNDS)
        );
    }
}
