//! Requests that are refused before anybody handles them: malformed, ambiguous, too large.

use super::{HELLO, Plan, Site};

/// What could be read in two ways, or in none.
const BAD: [&str; 24] = [
    // Two lengths.
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4, 4\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
    // No lengths.
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +4\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x4\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n",
    "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
    // Sizes of chunks.
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n 1\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\nx\r\n0\r\n\r\n",
    // Lines.
    "GET / HTTP/1.1\nHost: a\n\n",
    "GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n",
    "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\n X: folded\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nX: y\rz\r\n\r\n",
    // Whom it is for.
    "GET / HTTP/1.1\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
];

#[test]
fn what_can_be_read_in_two_ways_is_400_and_the_end() {
    let body = "print('handled') return nil, res:write('no')";
    let site = Plan::new("")
        .route("GET /", body)
        .route("POST /", body)
        .start();
    for bad in BAD {
        let mut client = site.client();
        client.send(bad);
        // A request that could be smuggled behind it.
        client.try_send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        let answer = client.answer();
        assert_eq!((answer.status, answer.closes()), (400, true), "{bad:?}");
        client.closed();
    }
    let ended = site.running.stop().cleanly();
    assert_eq!(ended.with("handled"), [""; 0]);
}

#[test]
fn what_is_no_http_or_another_is_refused() {
    let site = Site::of("GET /", HELLO);
    for (bytes, status) in [
        (
            &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"[..],
            400,
        ),
        (b"hello\r\n\r\n", 400),
        (b"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        (
            b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
            501,
        ),
    ] {
        let mut client = site.client();
        client.send(bytes);
        let answer = client.answer();
        assert_eq!(
            answer.status,
            status,
            "{:?}",
            String::from_utf8_lossy(bytes)
        );
        client.closed();
    }
}

#[test]
fn headers_up_to_the_limit_are_taken_and_more_is_431() {
    let site = Plan::new("limits: {headers: 2KiB}")
        .route("GET /", "res:write(tostring(#req:header('X')))")
        .start();
    let head = "GET / HTTP/1.1\r\nHost: test\r\nX: \r\n\r\n".len();
    let fits = 2048 - head;
    let mut client = site.client();
    client.ask_with("GET /", &format!("X: {}\r\n", "x".repeat(fits)));
    assert_eq!(client.answer().said(), (200, &*fits.to_string()));
    client.ask_with("GET /", &format!("X: {}\r\n", "x".repeat(fits + 1)));
    let answer = client.answer();
    assert_eq!((answer.status, answer.closes()), (431, true));
    client.closed();
}

#[test]
fn too_many_headers_are_431() {
    let site = Site::of("GET /", HELLO);
    let mut client = site.client();
    client.ask_with("GET /", &"X: y\r\n".repeat(99));
    assert_eq!(client.answer().status, 200);
    client.ask_with("GET /", &"X: y\r\n".repeat(200));
    assert_eq!(client.answer().status, 431);
    client.closed();
}

#[test]
fn a_target_that_is_too_long_is_414() {
    let site = Plan::new("limits: {headers: 2KiB}")
        .route("GET /", HELLO)
        .start();
    let mut client = site.client();
    client.send(format!("GET /{}", "x".repeat(4096)));
    assert_eq!(client.answer().status, 414);
    client.closed();
}
