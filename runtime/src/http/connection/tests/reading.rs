//! What is read, however it is cut.

use super::*;

#[test]
fn requests_are_read_however_they_are_cut() {
    for (text, expected) in [
        (&b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"[..], "GET / ."),
        (b"\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / ."),
        (b"GET / HTTP/1.0\r\n\r\n", "GET / . closed"),
        (b"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", "GET / ."),
        (b"GET / HTTP/1.1\r\nHost: a\r\nConnection: x, CLOSE\r\n\r\n", "GET / . closed"),
        (b"POST /x HTTP/1.1\r\nhost:a\r\ncontent-length: 5\r\n\r\nhello", "POST /x (5) [hello] ."),
        (b"POST /x HTTP/1.1\r\nhost:a\r\ncontent-length: 005\r\n\r\nhello", "POST /x (5) [hello] ."),
        (b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", "POST /x ."),
        (
            b"PUT /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n0A \r\n",
            "PUT /x (chunked) [hello] 400",
        ),
        (
            b"PUT /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0006\r\n world\r\n0\r\n\r\n",
            "PUT /x (chunked) [hello world] .",
        ),
        (
            b"PUT /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b;\t c=\"d\"\r\nhello\r\n0;x\r\nA: b\r\nC:\r\n\r\n",
            "PUT /x (chunked) [hello] .",
        ),
        (b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS * ."),
        (b"GET http://b/c?d HTTP/1.1\r\nHost: a\r\n\r\n", "GET /c ."),
        (b"GET http://b HTTP/1.1\r\nHost: a\r\n\r\n", "GET / ."),
        (b"M-SEARCH / HTTP/1.1\r\nHost: a\r\n\r\n", "M-SEARCH / ."),
        (b"GET / HTTP/1.1\r\nHost:\r\n\r\n", "GET / ."),
        (b"GET / HTTP/1.1\r\nHost: a\r\n", ""),
    ] {
        assert_eq!(shown(&fed(text)), expected, "{}", text.escape_ascii());
    }
}

#[test]
fn pipelined_requests_are_read_in_order() {
    let text = b"GET /1 HTTP/1.1\r\nHost: a\r\n\r\n\
        POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab\
        POST /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nc\r\n0\r\n\r\n\
        \r\nHEAD /4 HTTP/1.1\r\nHost: a\r\n\r\n\
        GET /5 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n\
        GET /6 HTTP/1.1\r\nHost: a\r\n\r\n";
    let owner = fed(text);
    let expected = "GET /1 . POST /2 (2) [ab] . POST /3 (chunked) [c] . HEAD /4 . GET /5 . closed";
    assert_eq!(shown(&owner), expected);
    let answers = String::from_utf8(owner.out).unwrap();
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 5);
    assert_eq!(answers.matches("\r\n\r\nok").count(), 4);
    assert_eq!(answers.matches("Connection: close").count(), 1);
}

#[test]
fn the_parts_of_a_head_are_there() {
    let owner = fed(
        b"GET /a%20b?x=1&y HTTP/1.1\r\nHOST: example.org:80\r\nX-A:  padded \t\r\nx-a:two\r\nEmpty:\r\nCookie: \xff\r\n\r\n",
    );
    let request = first(&owner);
    assert_eq!(request.version, Version::Http11);
    assert_eq!(request.path(), "/a%20b");
    assert_eq!(request.query(), Some("x=1&y"));
    assert_eq!(request.host(), Some("example.org:80"));
    let values: Vec<_> = request.headers.all("x-a").collect();
    assert_eq!(values, [&b"padded"[..], b"two"]);
    assert_eq!(request.headers.get("empty"), Some(&b""[..]));
    assert_eq!(request.headers.get("cookie"), Some(&b"\xff"[..]));
    assert_eq!(request.headers.get("x"), None);
    assert_eq!(request.headers.len(), 5);
}

#[test]
fn an_absolute_target_names_the_host() {
    let owner = fed(b"GET http://real:81?q HTTP/1.1\r\nHost: other\r\n\r\n");
    let request = first(&owner);
    assert_eq!(request.host(), Some("real:81"));
    assert_eq!((request.path(), request.query()), ("/", Some("q")));
}

#[test]
fn an_answer_may_come_before_the_body() {
    let next = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n";
    let known = format!("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello{next}");
    let chunked =
        format!("POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{next}");
    let waits = format!(
        "POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello{next}"
    );
    for (text, expected) in [
        (known, "POST /a (5) GET /next ."),
        (chunked, "POST /a (chunked) closed"),
        (waits, "POST /a (5) closed"),
    ] {
        let owner = fed_so(Limits::default(), Answers::Early, text.as_bytes());
        let seen = shown(&owner);
        assert_eq!(
            seen.replace("GET /next .", "GET /next").trim(),
            expected.replace(" .", "")
        );
        let answers = String::from_utf8(owner.out).unwrap();
        assert_eq!(
            answers.contains("Connection: close"),
            expected.contains("closed")
        );
    }
}

#[test]
fn a_large_body_that_nobody_wants_closes() {
    let text = b"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\n\r\n";
    let owner = fed_so(Limits::default(), Answers::Early, text);
    assert_eq!(shown(&owner), "POST /a (70000) closed");
}

#[test]
fn who_waits_is_told_to_send() {
    let head = b"POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n";
    let mut owner = Owner::new(Limits::default(), Answers::Late);
    owner.feed(head);
    let mut out = Vec::new();
    owner.connection.proceed(&mut out);
    assert_eq!(out, b"HTTP/1.1 100 Continue\r\n\r\n");
    owner.connection.proceed(&mut out);
    assert_eq!(out.len(), 25, "once");
    owner.feed(b"ab");
    assert_eq!(shown(&owner), "POST /a (2) [ab] .");

    let mut eager = Owner::new(Limits::default(), Answers::Late);
    eager.feed(head);
    eager.feed(b"a");
    eager.connection.proceed(&mut out);
    assert_eq!(out.len(), 25, "who sends doesn't wait");
    let without = b"POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n";
    assert_eq!(shown(&fed(without)), "POST /a .");
    let old = b"POST /a HTTP/1.0\r\nExpect: x\r\n\r\n";
    assert_eq!(shown(&fed(old)), "POST /a . closed");
}

#[test]
fn reading_ahead_is_bounded() {
    let mut connection = Connection::new(Limits {
        ahead: 100,
        ..Limits::default()
    });
    let request = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    assert!(matches!(
        connection.poll(&mut &request[..]),
        Some(Event::Request(_))
    ));
    assert!(matches!(connection.poll(&mut &[][..]), Some(Event::End)));
    let mut ahead = 0;
    while connection.wants_input() && ahead < 1000 {
        assert!(connection.poll(&mut &request[..]).is_none());
        ahead += request.len();
    }
    assert!((100..130).contains(&ahead), "{ahead}");
    assert_eq!(connection.phase(), Phase::Answering);
    let date = HttpDate::at(std::time::UNIX_EPOCH);
    let mut out = Vec::new();
    let after = connection.respond(&Response::new(200), &date, &mut out);
    assert_eq!(after, Ok(After::KeepAlive));
    assert!(matches!(
        connection.poll(&mut &[][..]),
        Some(Event::Request(_))
    ));
    assert!(connection.wants_input());
}

#[test]
fn an_idle_connection_is_small() {
    assert!(
        size_of::<Connection>() <= 256,
        "{}",
        size_of::<Connection>()
    );
    let mut owner = Owner::new(Limits::default(), Answers::Late);
    assert_eq!(owner.connection.phase(), Phase::Idle);
    let head = format!(
        "GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n",
        "x".repeat(9000)
    );
    let (one, two) = head.as_bytes().split_at(8000);
    owner.feed(one);
    assert_eq!(owner.connection.phase(), Phase::Reading);
    owner.feed(two);
    assert_eq!(shown(&owner), "GET / .");
    assert_eq!(owner.connection.phase(), Phase::Idle);
    assert!(owner.connection.buffer.capacity() <= KEPT);
}

#[test]
fn a_body_is_not_copied() {
    let mut connection = Connection::new(Limits::default());
    let text = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
    let mut input = &text[..];
    assert!(matches!(
        connection.poll(&mut input),
        Some(Event::Request(_))
    ));
    match connection.poll(&mut input) {
        Some(Event::Body(body)) => assert!(std::ptr::eq(body, &text[text.len() - 5..])),
        other => panic!("{other:?}"),
    }
}
