//! Figures: what reading and writing takes.

use crate::api::tests::run_with;

/// What [`figures`] measures: a name, what is done, how often.
const ROUNDS: [(&str, &str, u32); 11] = [
    ("empty loop", "", 1_000_000),
    ("decode a task", "decode(task)", 1_000_000),
    ("decode [1,2,3]", "decode('[1,2,3]')", 1_000_000),
    ("decode 100 rows", "decode(rows_text)", 10_000),
    ("decode 1000 numbers", "decode(numbers_text)", 10_000),
    (
        "encode 4 fields",
        "encode({ id = i, name = 'generate-report', status = 'accepted', duration = 5 })",
        1_000_000,
    ),
    ("encode 4 fields, made once", "encode(four)", 1_000_000),
    ("encode {1,2,3}", "encode(three)", 1_000_000),
    ("encode 100 rows", "encode(rows)", 10_000),
    ("encode 1000 numbers", "encode(numbers)", 10_000),
    ("validate a task", "validate(schema, four)", 100_000),
];

/// Nanoseconds a call; run it with `--ignored --nocapture` in a release build.
#[test]
#[ignore = "prints figures"]
fn figures() {
    for (name, round, count) in ROUNDS {
        let source = format!(
            "local json = require('json')
             local encode, decode, validate = json.encode, json.decode, json.validate
             local task = '{{\"name\":\"generate-report\",\"duration\":5}}'
             local four = {{ id = 1, name = 'generate-report', status = 'accepted', duration = 5 }}
             local three, rows, numbers = {{ 1, 2, 3 }}, {{}}, {{}}
             for i = 1, 100 do rows[i] = {{ id = i, name = 'row ' .. i, tags = {{ 'a', 'b' }}, weight = i / 7 }} end
             for i = 1, 1000 do numbers[i] = i * 1.25 end
             local rows_text, numbers_text = encode(rows), encode(numbers)
             local schema = '{{\"type\":\"object\",\"required\":[\"name\"],\"properties\":{{\"name\":{{\"type\":\"string\"}}}}}}'
             for i = 1, {count} do {round} end"
        );
        let begin = std::time::Instant::now();
        run_with(&source, &["json"], false).unwrap();
        let nanos = begin.elapsed().as_nanos() as f64 / f64::from(count);
        println!("{name:28}{nanos:12.0} ns");
    }
}
