//! What is written, read back by another parser.

use super::*;

/// A head as httparse reads it, and the bytes behind it.
struct Written {
    status: u16,
    headers: Vec<(String, String)>,
    rest: Vec<u8>,
}

impl Written {
    fn read(out: &[u8]) -> Written {
        let mut room = [httparse::EMPTY_HEADER; 16];
        let mut parsed = httparse::Response::new(&mut room);
        let length = parsed.parse(out).unwrap().unwrap();
        assert_eq!(parsed.version, Some(1));
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let headers = parsed.headers.iter();
        Written {
            status: parsed.code.unwrap(),
            headers: headers
                .map(|header| (header.name.to_string(), text(header.value)))
                .collect(),
            rest: out[length..].to_vec(),
        }
    }

    fn get(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(other, _)| other == name);
        let value = found.next().map(|(_, value)| value.as_str());
        assert!(found.next().is_none(), "{name} twice");
        value
    }
}

fn date() -> HttpDate {
    HttpDate::at(std::time::UNIX_EPOCH)
}

/// A connection that was asked this, and read it whole.
fn asked(line: &str, header: &str) -> Connection {
    let mut connection = Connection::new(Limits::default());
    let text = format!("{line}\r\nHost: a\r\n{header}\r\n");
    let mut input = text.as_bytes();
    while connection.poll(&mut input).is_some() {}
    assert!(connection.is_due());
    connection
}

fn answer(line: &str, header: &str, response: &Response) -> (Written, After) {
    let mut out = Vec::new();
    let after = asked(line, header).respond(response, &date(), &mut out);
    (Written::read(&out), after.unwrap())
}

/// Writes `parts` with a head that says `length`.
fn stream(line: &str, status: u16, length: Option<u64>, parts: &[&str]) -> (Written, After) {
    let mut connection = asked(line, "");
    let mut out = Vec::new();
    connection
        .begin(status, &Headers::new(), length, &date(), &mut out)
        .unwrap();
    for part in parts {
        connection.part(part.as_bytes(), &mut out).unwrap();
    }
    let after = connection.end(&mut out);
    (Written::read(&out), after)
}

#[test]
fn a_whole_answer_has_its_length_and_the_date() {
    let response = Response::text(404, "404 page not found\n");
    let (written, after) = answer("GET / HTTP/1.1", "", &response);
    assert_eq!(written.status, 404);
    assert_eq!(written.get("Content-Length"), Some("19"));
    assert_eq!(
        written.get("Content-Type"),
        Some("text/plain; charset=utf-8")
    );
    assert_eq!(written.get("Date"), Some("Thu, 01 Jan 1970 00:00:00 GMT"));
    assert_eq!(written.get("Connection"), None);
    assert_eq!(written.rest, b"404 page not found\n");
    assert_eq!(after, After::KeepAlive);
}

#[test]
fn clients_hear_whether_the_connection_stays() {
    let ok = Response::new(200);
    let mut closing = Response::new(200);
    closing.headers.set("connection", b"close").unwrap();
    for (line, header, response, said, after) in [
        ("GET / HTTP/1.1", "", &ok, None, After::KeepAlive),
        (
            "GET / HTTP/1.1",
            "Connection: close\r\n",
            &ok,
            Some("close"),
            After::Close,
        ),
        ("GET / HTTP/1.0", "", &ok, Some("close"), After::Close),
        (
            "GET / HTTP/1.0",
            "Connection: keep-alive\r\n",
            &ok,
            Some("keep-alive"),
            After::KeepAlive,
        ),
        ("GET / HTTP/1.1", "", &closing, Some("close"), After::Close),
    ] {
        let (written, then) = answer(line, header, response);
        assert_eq!(
            (written.get("Connection"), then),
            (said, after),
            "{line} {header}"
        );
    }
}

#[test]
fn a_connection_that_is_to_close_says_so_in_its_next_answer() {
    let mut out = Vec::new();
    let mut connection = asked("GET / HTTP/1.1", "");
    connection.close_after_answer();
    let after = connection.respond(&Response::new(200), &date(), &mut out);
    assert_eq!(after, Ok(After::Close));
    assert_eq!(Written::read(&out).get("Connection"), Some("close"));

    let mut idle = Owner::new(Limits::default(), Answers::Late);
    idle.connection.close_after_answer();
    idle.feed(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(shown(&idle), "GET / . closed");
    assert_eq!(Written::read(&idle.out).get("Connection"), Some("close"));
}

#[test]
fn some_answers_have_no_body() {
    let body = "hello";
    for (line, status, length) in [
        ("HEAD / HTTP/1.1", 200, Some("5")),
        ("GET / HTTP/1.1", 204, None),
        ("GET / HTTP/1.1", 304, None),
        ("GET / HTTP/1.1", 205, Some("0")),
    ] {
        let (written, after) = answer(line, "", &Response::text(status, body));
        assert_eq!(written.get("Content-Length"), length, "{line} {status}");
        assert_eq!(written.get("Transfer-Encoding"), None);
        assert_eq!(written.rest, b"", "{line} {status}");
        assert_eq!(after, After::KeepAlive);
        let (written, after) = stream(line, status, None, &[body]);
        assert_eq!(written.rest, b"", "{line} {status}");
        assert_eq!(after, After::KeepAlive);
    }
}

#[test]
fn who_answers_head_may_say_the_length() {
    let mut response = Response::new(200);
    response.headers.set("content-length", b"123").unwrap();
    let (written, _) = answer("HEAD / HTTP/1.1", "", &response);
    assert_eq!(written.get("Content-Length"), Some("123"));
    let (written, _) = answer("GET / HTTP/1.1", "", &response);
    assert_eq!(written.get("Content-Length"), Some("0"));
}

#[test]
fn what_frames_the_body_is_not_the_programs_to_say() {
    let mut response = Response::new(200);
    let headers = &mut response.headers;
    headers.set("Transfer-Encoding", b"chunked").unwrap();
    headers.set("Content-Length", b"99").unwrap();
    headers.set("Keep-Alive", b"x").unwrap();
    headers.set("date", b"mine").unwrap();
    headers.set("X-Own", b"kept").unwrap();
    let (written, _) = answer("GET / HTTP/1.1", "", &response);
    assert_eq!(written.get("Transfer-Encoding"), None);
    assert_eq!(written.get("Content-Length"), Some("0"));
    assert_eq!(written.get("Keep-Alive"), None);
    assert_eq!(
        (written.get("date"), written.get("Date")),
        (Some("mine"), None)
    );
    assert_eq!(written.get("X-Own"), Some("kept"));
}

#[test]
fn parts_are_chunks_or_counted() {
    let parts = ["hello ", "", "world, and more"];
    let (written, after) = stream("GET / HTTP/1.1", 200, None, &parts);
    assert_eq!(written.get("Transfer-Encoding"), Some("chunked"));
    assert_eq!(written.get("Content-Length"), None);
    assert_eq!(
        written.rest,
        b"6\r\nhello \r\nf\r\nworld, and more\r\n0\r\n\r\n"
    );
    assert_eq!(after, After::KeepAlive);

    let (written, after) = stream("GET / HTTP/1.1", 200, Some(21), &parts);
    assert_eq!(written.get("Content-Length"), Some("21"));
    assert_eq!(written.rest, b"hello world, and more");
    assert_eq!(after, After::KeepAlive);

    let (written, after) = stream("GET / HTTP/1.0", 200, None, &parts);
    assert_eq!(written.get("Transfer-Encoding"), None);
    assert_eq!(written.get("Connection"), Some("close"));
    assert_eq!(written.rest, b"hello world, and more");
    assert_eq!(after, After::Close);
}

#[test]
fn a_body_of_another_length_than_said_is_noticed() {
    let (_, after) = stream("GET / HTTP/1.1", 200, Some(9), &["hello"]);
    assert_eq!(after, After::Close);
    let mut connection = asked("GET / HTTP/1.1", "");
    let mut out = Vec::new();
    connection
        .begin(200, &Headers::new(), Some(3), &date(), &mut out)
        .unwrap();
    let error = connection.part(b"hello", &mut out).unwrap_err();
    assert_eq!(error.to_string(), "body is longer than its Content-Length");
}

#[test]
fn what_is_written_out_of_turn_is_refused() {
    let mut connection = asked("GET / HTTP/1.1", "");
    let mut out = Vec::new();
    assert_eq!(connection.part(b"x", &mut out), Err(AnswerError::NotBegun));
    for status in [0, 100, 199, 1000] {
        let error = connection.respond(&Response::new(status), &date(), &mut out);
        assert_eq!(error, Err(AnswerError::Status(status)));
    }
    assert_eq!(out, b"");
    let headers = Headers::new();
    connection
        .begin(200, &headers, None, &date(), &mut out)
        .unwrap();
    let again = connection.begin(200, &headers, None, &date(), &mut out);
    assert_eq!(again, Err(AnswerError::NotDue));
    assert_eq!(connection.end(&mut out), After::KeepAlive);
    let written = out.len();
    assert_eq!(connection.part(b"x", &mut out), Err(AnswerError::NotBegun));
    let late = connection.respond(&Response::new(200), &date(), &mut out);
    assert_eq!(late, Err(AnswerError::NotDue));
    assert_eq!(out.len(), written);
}

#[test]
fn every_status_has_a_line() {
    for status in 200..=999 {
        let (written, _) = answer("GET / HTTP/1.1", "", &Response::new(status));
        assert_eq!(written.status, status);
    }
}
