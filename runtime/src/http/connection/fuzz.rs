//! A client for connections, and what it sees: for tests, and bodies for a fuzzer.

use super::*;
use crate::request::Request;

/// What happened on a connection, with parts of bodies joined: how they are cut says how they came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// A request, and how its body is delimited.
    Request(Box<Request>, BodySize),
    /// All of a body that came before something else.
    Body(Vec<u8>),
    /// The end of a request.
    End,
    /// A refusal.
    Rejected(Rejection),
    /// The connection was closed after an answer.
    Closed,
}

/// When a request is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    /// When it is read.
    Late,
    /// When its head is.
    Early,
}

/// A connection whose owner answers every request with "ok", and notes what it sees.
pub struct Owner {
    /// The connection.
    pub connection: Connection,
    /// What was seen.
    pub seen: Vec<Seen>,
    /// What was written.
    pub out: Vec<u8>,
    answers: Answers,
}

impl Owner {
    /// An owner of a fresh connection.
    pub fn new(limits: Limits, answers: Answers) -> Owner {
        Owner {
            connection: Connection::new(limits),
            seen: Vec::new(),
            out: Vec::new(),
            answers,
        }
    }

    /// Hands bytes in and answers what is to be answered.
    pub fn feed(&mut self, mut input: &[u8]) {
        let date = HttpDate::at(std::time::UNIX_EPOCH);
        loop {
            let Some(event) = self.connection.poll(&mut input) else {
                assert!(input.is_empty(), "all is taken");
                return;
            };
            let answered = match event {
                Event::Request(head) => {
                    self.seen
                        .push(Seen::Request(Box::new(head.request), head.body));
                    self.answers == Answers::Early
                }
                Event::Body(part) => {
                    assert!(!part.is_empty());
                    match self.seen.last_mut() {
                        Some(Seen::Body(body)) => body.extend_from_slice(part),
                        _ => self.seen.push(Seen::Body(part.to_vec())),
                    }
                    false
                }
                Event::End => {
                    self.seen.push(Seen::End);
                    self.connection.is_due()
                }
                Event::Rejected(rejection) => {
                    self.seen.push(Seen::Rejected(rejection));
                    self.connection.reject(rejection, &date, &mut self.out);
                    false
                }
            };
            if answered {
                let answer = Response::text(200, "ok");
                let after = self.connection.respond(&answer, &date, &mut self.out);
                if after == Ok(After::Close) {
                    self.seen.push(Seen::Closed);
                }
            }
        }
    }
}

/// Limits that short inputs reach.
const SMALL: Limits = Limits {
    head: 300,
    headers: 6,
    body: 100,
    ahead: 64,
};

/// A body for a fuzzer: cut or whole, the same is seen and the same is written, and what is written are answers. The first
/// byte says how the rest is cut.
pub fn connection(bytes: &[u8]) {
    let Some((&seed, bytes)) = bytes.split_first() else {
        return;
    };
    let answers = match seed & 1 {
        0 => Answers::Late,
        _ => Answers::Early,
    };
    let mut whole = Owner::new(SMALL, answers);
    whole.feed(bytes);
    let mut cut = Owner::new(SMALL, answers);
    let mut random = fastrand::Rng::with_seed(u64::from(seed));
    let mut rest = bytes;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(random.usize(1..=rest.len().min(40)));
        cut.feed(piece);
        rest = after;
    }
    assert_eq!(cut.seen, whole.seen);
    assert_eq!(cut.out, whole.out);
    check_answers(&whole);
}

/// Every request has its answer, and every refusal, and nothing else is written.
fn check_answers(owner: &Owner) {
    let mut rest = &owner.out[..];
    for seen in &owner.seen {
        let (expected, has_body) = match seen {
            Seen::Request(request, _) => (200, request.method() != "HEAD"),
            Seen::Rejected(rejection) => (rejection.status(), true),
            _ => continue,
        };
        if rest.is_empty() {
            break; // not read to its end
        }
        let mut room = [httparse::EMPTY_HEADER; 8];
        let mut parsed = httparse::Response::new(&mut room);
        let length = parsed.parse(rest).expect("an answer").unwrap();
        let refused = owner
            .seen
            .iter()
            .any(|seen| matches!(seen, Seen::Rejected(_)));
        assert!(parsed.code == Some(expected) || refused, "{seen:?}");
        let body = parsed
            .headers
            .iter()
            .find(|header| header.name == "Content-Length")
            .map(|header| std::str::from_utf8(header.value).unwrap());
        let body: usize = body.expect("a length").parse().unwrap();
        // A refusal in the body of HEAD has no body of its own either.
        let body = if has_body {
            body.min(rest.len() - length)
        } else {
            0
        };
        rest = &rest[length + body..];
    }
    assert!(rest.is_empty(), "{}", rest.escape_ascii());
}

/// A body for a fuzzer: a head is read or refused, and what is read is what stands there.
pub fn head(bytes: &[u8]) {
    let limits = Limits::default();
    let Ok(head) = head::parse(bytes, &limits) else {
        return;
    };
    let request = &head.request;
    assert!(crate::request::is_token(request.method().as_bytes()));
    assert!(request.path() == "*" || request.path().starts_with('/'));
    assert!(!request.path().contains(['?', '#', ' ', '\r', '\n']));
    for (name, value) in request.headers.iter() {
        assert!(crate::request::is_token(name.as_bytes()), "{name:?}");
        assert!(!value.iter().any(|byte| b"\r\n\0".contains(byte)));
    }
    let lengths = request.headers.all("content-length").count();
    let codings = request.headers.all("transfer-encoding").count();
    assert!(lengths + codings <= 1, "{request:?}");
    assert_eq!(head.body == BodySize::Chunked, codings == 1);
}
