//! Connections from the client's side: what is sent, and what the owner sees and writes.

mod answers;
mod reading;
mod refusals;
mod speed;

use super::fuzz::{Answers, Owner, Seen};
use super::*;

/// An owner that was handed everything at once, with the usual limits.
fn fed(text: &[u8]) -> Owner {
    fed_within(Limits::default(), text)
}

/// An owner that was handed everything at once; in two pieces, cut anywhere, and byte by byte it sees and writes the same.
fn fed_within(limits: Limits, text: &[u8]) -> Owner {
    fed_so(limits, Answers::Late, text)
}

fn fed_so(limits: Limits, answers: Answers, text: &[u8]) -> Owner {
    let mut whole = Owner::new(limits, answers);
    whole.feed(text);
    let same = |cut: &Owner, how: &str| {
        assert_eq!(cut.seen, whole.seen, "{how} of {}", text.escape_ascii());
        assert_eq!(cut.out, whole.out, "{how} of {}", text.escape_ascii());
    };
    for at in 1..text.len() {
        let mut cut = Owner::new(limits, answers);
        cut.feed(&text[..at]);
        cut.feed(&text[at..]);
        same(&cut, &format!("cut at {at}"));
    }
    let mut single = Owner::new(limits, answers);
    text.iter().for_each(|byte| single.feed(&[*byte]));
    same(&single, "byte by byte");
    whole
}

/// What was seen, in a line.
fn shown(owner: &Owner) -> String {
    let words = owner.seen.iter().map(|seen| match seen {
        Seen::Request(request, body) => {
            let body = match body {
                BodySize::Known(0) => String::new(),
                BodySize::Known(length) => format!(" ({length})"),
                BodySize::Chunked => " (chunked)".to_string(),
            };
            format!("{} {}{body}", request.method(), request.path())
        }
        Seen::Body(body) => format!("[{}]", String::from_utf8_lossy(body)),
        Seen::End => ".".to_string(),
        Seen::Rejected(rejection) => rejection.status().to_string(),
        Seen::Closed => "closed".to_string(),
    });
    words.collect::<Vec<_>>().join(" ")
}

/// The first request that was seen.
fn first(owner: &Owner) -> &crate::request::Request {
    match owner.seen.first() {
        Some(Seen::Request(request, _)) => request,
        other => panic!("{other:?}"),
    }
}
