//! Large and odd index files: what a file takes grows as the file does.

use std::time::{Duration, Instant};

use super::Folder;
use crate::app::fuzz::load_index;

/// What is written again and again, with its number in the place of `$`; and what is in front of it.
const FAMILIES: [(&str, &str, &str); 18] = [
    (
        "keys of a map",
        "namespace: app\nname: x\nkind: registry.entry\n",
        "k$: 1\n",
    ),
    (
        "the same key",
        "namespace: app\nname: x\nkind: registry.entry\n",
        "k: $\n",
    ),
    (
        "entries",
        "namespace: app\nentries:\n",
        "  - {name: n$, kind: registry.entry}\n",
    ),
    (
        "entries of the same name",
        "namespace: app\nentries:\n",
        "  - {name: n, kind: registry.entry}\n",
    ),
    (
        "unknown kinds",
        "namespace: app\nentries:\n",
        "  - {name: n$, kind: proces.hots}\n",
    ),
    (
        "unknown fields",
        "namespace: app\nname: x\nkind: process.host\n",
        "workrs$: 1\n",
    ),
    (
        "references to nothing",
        "namespace: app\nentries:\n",
        "  - {name: n$, kind: process.service, process: app:m$, host: app:h$}\n",
    ),
    (
        "endpoints of nothing",
        "namespace: app\nentries:\n",
        "  - {name: n$, kind: http.endpoint, router: r$, func: f$, method: GTE, path: x$}\n",
    ),
    (
        "options of a router",
        "namespace: app\nname: x\nkind: http.router\noptions:\n",
        "  a$: {b: 1, c: {d: 1}}\n",
    ),
    (
        "a circle",
        "namespace: app\nentries:\n  - {name: n0, kind: process.host}\n",
        "  - {name: n$, kind: process.host, lifecycle: {requires: [app:n0]}}\n",
    ),
    (
        "meta of the file",
        "namespace: app\nmeta: {a: 1, b: 2, c: 3}\nentries:\n",
        "  - {name: n$, kind: registry.entry, meta: {a: 3}}\n",
    ),
    (
        "merged keys",
        "namespace: app\nname: x\nkind: registry.entry\nb: &b {a: 1}\nm:\n",
        "  <<: *b\n",
    ),
    (
        "documents",
        "namespace: app\nname: x\nkind: registry.entry\n",
        "---\na: $\n",
    ),
    (
        "brackets",
        "namespace: app\nname: x\nkind: registry.entry\na: ",
        "[",
    ),
    (
        "items",
        "namespace: app\nname: x\nkind: registry.entry\na:\n",
        "  - $\n",
    ),
    (
        "anchors",
        "namespace: app\nname: x\nkind: registry.entry\na:\n",
        "  - &a$ x\n",
    ),
    (
        "words",
        "namespace: app\nname: x\nkind: registry.entry\na: ",
        "word ",
    ),
    (
        "keys that are questions",
        "namespace: app\nname: x\nkind: registry.entry\n",
        "? k$\n",
    ),
];

fn text(start: &str, again: &str, bytes: usize) -> Vec<u8> {
    let mut text = start.to_string();
    let mut number = 0;
    while text.len() < bytes {
        number += 1;
        text += &again.replace('$', &number.to_string());
    }
    text.into_bytes()
}

/// How many times as long a file of four times the length may take: 4 is linear, 16 quadratic.
const STEEPEST: f64 = 9.0;

/// What takes less than this says nothing of what more of it would take.
const NOTHING: Duration = Duration::from_millis(40);

fn time_of(text: &[u8]) -> Duration {
    let begin = Instant::now();
    load_index(text, None);
    begin.elapsed()
}

#[test]
fn what_a_file_takes_grows_as_the_file_does() {
    const TRIES: usize = 5;
    for (name, start, again) in FAMILIES {
        let (short, long) = (text(start, again, 250_000), text(start, again, 1_000_000));
        // Others are busy on this machine too: one good try will do.
        let good = (0..TRIES).any(|_| {
            let (one, four) = (time_of(&short), time_of(&long));
            println!("{name}: {one:?} {four:?}");
            four < NOTHING || four.div_duration_f64(one) < STEEPEST
        });
        assert!(good, "{name}");
    }
}

#[test]
fn the_meta_of_a_file_is_not_copied_without_end() {
    let mut text = "namespace: app\nmeta:\n".to_string();
    for key in 0..10_000 {
        text += &format!("  k{key}: 1\n");
    }
    text += "entries:\n";
    for entry in 0..1_000 {
        text += &format!("  - {{name: n{entry}, kind: registry.entry}}\n");
    }
    let loaded = Folder::new().file("src/_index.yaml", &text).errors();
    assert_eq!(
        loaded,
        [
            "src/_index.yaml:3:3: meta: is too much to be in each of so many entries, \
             put a part of the entries into a file of their own"
        ]
    );
}
