//! What is refused, with which status. However it is cut.

use super::*;

/// A request of which `middle` is the header lines.
fn with(middle: &str) -> Vec<u8> {
    format!("POST / HTTP/1.1\r\nHost: a\r\n{middle}\r\n\r\n").into_bytes()
}

/// A request of which `body` is the chunked body.
fn chunks(body: &str) -> Vec<u8> {
    let mut text = with("Transfer-Encoding: chunked");
    text.extend_from_slice(body.as_bytes());
    text
}

/// The last thing that was seen is a refusal with this status; it was answered with it, and nothing is read any more.
fn refused(text: &[u8], status: u16) {
    let mut owner = fed(text);
    let what = text.escape_ascii();
    match owner.seen.last() {
        Some(Seen::Rejected(rejection)) => assert_eq!(rejection.status(), status, "{what}"),
        other => panic!("{what}: {other:?}"),
    }
    let out = String::from_utf8(owner.out.clone()).unwrap();
    let start = format!("HTTP/1.1 {status} ");
    assert!(out.starts_with(&start), "{what}: {out}");
    assert!(out.contains("Connection: close\r\n"), "{what}: {out}");
    let seen = owner.seen.len();
    owner.feed(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(owner.seen.len(), seen, "{what}");
    assert_eq!(owner.connection.phase(), Phase::Closed);
}

#[test]
fn request_lines_that_are_none() {
    for (line, status) in [
        ("GET /", 400),
        ("GET  / HTTP/1.1", 400),
        ("GET /  HTTP/1.1", 400),
        ("GET / HTTP/1.1 ", 400),
        (" GET / HTTP/1.1", 400),
        ("GET\t/\tHTTP/1.1", 400),
        ("G(T / HTTP/1.1", 400),
        ("GET /a b HTTP/1.1", 400),
        ("GET /\x01 HTTP/1.1", 400),
        ("GET /\x7f HTTP/1.1", 400),
        ("GET /a\rb HTTP/1.1", 400),
        ("GET /# HTTP/1.1", 400),
        ("GET /%g0 HTTP/1.1", 400),
        ("GET * HTTP/1.1", 400),
        ("GET a HTTP/1.1", 400),
        ("GET / http/1.1", 400),
        ("GET / HTTP/1.1.1", 400),
        ("GET / HTTP/11", 400),
        ("GET / HTTP/1.2", 505),
        ("GET / HTTP/0.9", 505),
        ("GET / HTTP/2.0", 505),
        ("PRI * HTTP/2.0", 505),
        ("CONNECT a:80 HTTP/1.1", 501),
    ] {
        refused(format!("{line}\r\nHost: a\r\n\r\n").as_bytes(), status);
    }
    refused(b"GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n", 400);
    refused(b"\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400);
    refused(b"\x16\x03\x01\x02", 400);
}

#[test]
fn lines_that_end_in_a_bare_lf() {
    for text in [
        "GET / HTTP/1.1\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n\n",
        "GET / HTTP/1.1\n\n",
        "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\nContent-Length: 5\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\rContent-Length: 5\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n",
    ] {
        refused(text.as_bytes(), 400);
    }
}

#[test]
fn headers_that_are_none() {
    for middle in [
        "A : b",
        "A\t: b",
        "A b: c",
        " A: b",
        "A: b\r\n c",
        "A: b\r\n\tc",
        "A",
        ": b",
        "A: \0",
        "A: b\x01c",
        "A: \x7f",
        "Ä: b",
        "A(: b",
    ] {
        refused(&with(middle), 400);
    }
    refused(b"GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400);
}

#[test]
fn lengths_that_could_be_read_in_two_ways() {
    for (middle, status) in [
        ("Content-Length: 5\r\nTransfer-Encoding: chunked", 400),
        ("Transfer-Encoding: chunked\r\nContent-Length: 5", 400),
        ("Content-Length: 5\r\nContent-Length: 6", 400),
        ("Content-Length: 5\r\ncontent-length: 5", 400),
        ("Content-Length: 5, 5", 400),
        ("Content-Length: 5,6", 400),
        ("Content-Length: +5", 400),
        ("Content-Length: -5", 400),
        ("Content-Length: 0x5", 400),
        ("Content-Length: 5 5", 400),
        ("Content-Length: 5;", 400),
        ("Content-Length:", 400),
        ("Content-Length: 1e3", 400),
        ("Content-Length: 99999999999999999999", 413),
        ("Content-Length: 125829121", 413),
        (
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
            400,
        ),
        (
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
            400,
        ),
        ("Transfer-Encoding: chunked, chunked", 400),
        ("Transfer-Encoding: chunked, identity", 400),
        ("Transfer-Encoding: identity", 400),
        ("Transfer-Encoding: xchunked", 400),
        ("Transfer-Encoding: \"chunked\"", 400),
        ("Transfer-Encoding:", 400),
        ("Transfer-Encoding: chunked,", 400),
        ("Transfer-Encoding: \x0bchunked", 400),
        ("Transfer-Encoding: gzip, chunked", 501),
        ("Expect: something", 417),
    ] {
        refused(&with(middle), status);
    }
    let old = "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    refused(old.as_bytes(), 400);
}

#[test]
fn hosts_that_are_missing_or_two() {
    for text in [
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n",
        "GET http://b/ HTTP/1.1\r\n\r\n",
        "GET http:///b HTTP/1.1\r\nHost: a\r\n\r\n",
    ] {
        refused(text.as_bytes(), 400);
    }
}

#[test]
fn chunks_that_are_none() {
    for (body, status) in [
        ("+5\r\nhello\r\n0\r\n\r\n", 400),
        ("-5\r\n", 400),
        ("0x5\r\n", 400),
        (" 5\r\n", 400),
        ("5 \r\n", 400),
        ("5 ;a\r\n", 400),
        ("\r\n", 400),
        (";a\r\n", 400),
        ("g\r\n", 400),
        ("5\nhello\r\n0\r\n\r\n", 400),
        ("5\r\nhello\n0\r\n\r\n", 400),
        ("5\r\nhello!\r\n0\r\n\r\n", 400),
        ("5\r\nhello0\r\n\r\n", 400),
        ("5\r\nhello\r\r\n0\r\n\r\n", 400),
        ("5;a\nhello\r\n0\r\n\r\n", 400),
        ("5;a\rb\r\nhello\r\n0\r\n\r\n", 400),
        ("5;a\0\r\nhello\r\n0\r\n\r\n", 400),
        ("5\rhello\r\n", 400),
        ("10000000000000000\r\n", 400),
        ("00000000000000005\r\n", 400),
        ("ffffffffffffffff\r\n", 413),
        ("7800001\r\n", 413),
        ("5\r\nhello\r\nffffffffffffffff\r\n", 413),
        ("0\r\n\n", 400),
        ("0\r\nA : b\r\n\r\n", 400),
        ("0\r\n A: b\r\n\r\n", 400),
        ("0\r\nA\r\n\r\n", 400),
        ("0\r\n: b\r\n\r\n", 400),
        ("0\r\nA: b\n\r\n", 400),
        ("0\r\nA: \x01\r\n\r\n", 400),
        ("0\r\nA: b\r\n c\r\n\r\n", 400),
        ("0\r\n\rx", 400),
    ] {
        refused(&chunks(body), status);
    }
}

#[test]
fn what_is_larger_than_its_limit() {
    let limits = Limits {
        head: 100,
        headers: 4,
        body: 10,
        ahead: 100,
    };
    let long = "x".repeat(100);
    let (some, more) = ("a: b\r\n".repeat(3), "a: b\r\n".repeat(4));
    for (text, expected) in [
        (format!("GET /{long} HTTP/1.1\r\nHost: a\r\n\r\n"), "414"),
        (format!("GET /{long}"), "414"),
        (
            format!("GET / HTTP/1.1\r\nHost: a\r\nA: {long}\r\n\r\n"),
            "431",
        ),
        (
            format!("GET / HTTP/1.1\r\nHost: a\r\n{some}\r\n"),
            "GET / .",
        ),
        (format!("GET / HTTP/1.1\r\nHost: a\r\n{more}\r\n"), "431"),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n".into(),
            "413",
        ),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n5\r\n"
                .into(),
            "POST / (chunked) [abcdef] 413",
        ),
        (
            format!(
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;{long}\r\na\r\n0\r\n\r\n"
            ),
            "POST / (chunked) [a] .",
        ),
        (
            format!(
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;{long}\r\na\r\n0;b\r\n\r\n"
            ),
            "POST / (chunked) [a] 431",
        ),
        (
            format!(
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\na:{long}\r\n\r\n"
            ),
            "POST / (chunked) 431",
        ),
        (
            format!("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n{long}a"),
            "POST / (chunked) 431",
        ),
    ] {
        assert_eq!(
            shown(&fed_within(limits, text.as_bytes())),
            expected,
            "{text}"
        );
    }
}

#[test]
fn a_refusal_after_an_answer_has_begun_writes_nothing() {
    let mut connection = Connection::new(Limits::default());
    let text = chunks("5\r\nhello\r\nx");
    let mut input = &text[..];
    let date = HttpDate::at(std::time::UNIX_EPOCH);
    let mut out = Vec::new();
    assert!(matches!(
        connection.poll(&mut input),
        Some(Event::Request(_))
    ));
    connection
        .begin(200, &Headers::new(), None, &date, &mut out)
        .unwrap();
    assert!(matches!(
        connection.poll(&mut input),
        Some(Event::Body(b"hello"))
    ));
    let written = out.len();
    match connection.poll(&mut input) {
        Some(Event::Rejected(rejection)) => connection.reject(rejection, &date, &mut out),
        other => panic!("{other:?}"),
    }
    assert_eq!(out.len(), written);
    assert_eq!(connection.end(&mut out), After::Close);
    assert_eq!(out.len(), written);
}

#[test]
fn what_the_loop_refuses_is_written_the_same_way() {
    let date = HttpDate::at(std::time::UNIX_EPOCH);
    for (rejection, start) in [
        (Rejection::Timeout, "HTTP/1.1 408 Request Timeout\r\n"),
        (
            Rejection::Overloaded,
            "HTTP/1.1 503 Service Unavailable\r\n",
        ),
    ] {
        let mut connection = Connection::new(Limits::default());
        assert!(connection.poll(&mut &b"GET /"[..]).is_none());
        let mut out = Vec::new();
        connection.reject(rejection, &date, &mut out);
        let out = String::from_utf8(out).unwrap();
        assert!(out.starts_with(start), "{out}");
        assert_eq!(
            out.contains("Retry-After: 1\r\n"),
            rejection == Rejection::Overloaded
        );
        assert_eq!(connection.phase(), Phase::Closed);
    }
}
