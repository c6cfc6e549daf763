//! Connections that serve many requests, and those that end.

use super::{HELLO, Plan, Site};

/// Says which request it answers.
const NUMBER: &str = "res:write(req:query('n'))";

#[test]
fn a_connection_serves_one_request_after_the_other() {
    let site = Site::of("GET /", NUMBER);
    let mut client = site.client();
    for n in 0..100 {
        assert_eq!(client.get(&format!("/?n={n}")).text(), n.to_string());
    }
}

#[test]
fn a_burst_of_a_thousand_requests_is_answered_in_order() {
    let site = Plan::new("")
        .route("GET /", NUMBER)
        .route("POST /echo", "res:write_json(req:body_json())")
        .start();
    let mut client = site.client();
    let mut burst = String::new();
    for n in 0..1000 {
        burst += &match n % 3 {
            0 => format!("GET /?n={n} HTTP/1.1\r\nHost: a\r\n\r\n"),
            1 => "GET /nobody HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(),
            _ => format!(
                "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n\"{n:04}\"\r\n0\r\n\r\n"
            ),
        };
    }
    client.send(burst);
    for n in 0..1000 {
        let answer = client.answer();
        match n % 3 {
            1 => assert_eq!(answer.status, 404),
            0 => assert_eq!(answer.text(), n.to_string()),
            _ => assert_eq!(answer.text(), format!("\"{n:04}\"")),
        }
    }
}

#[test]
fn requests_that_come_byte_by_byte_are_put_together() {
    let site = Site::of("POST /", "res:write_json(req:body_json())");
    let mut client = site.client();
    let request = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n\"x\"\
         POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n\"\r\n2\r\ny\"\r\n0\r\n\r\n";
    for byte in request.as_bytes() {
        client.send([*byte]);
    }
    assert_eq!(client.answer().text(), "\"x\"");
    assert_eq!(client.answer().text(), "\"y\"");
}

#[test]
fn a_client_that_wants_the_end_gets_it_and_what_it_sends_behind_is_not_looked_at() {
    let site = Site::of("GET /", NUMBER);
    let mut client = site.client();
    client.send(
        "GET /?n=1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET /?n=2 HTTP/1.1\r\nHost: a\r\n\r\n",
    );
    let answer = client.answer();
    assert_eq!(answer.text(), "1");
    assert!(answer.closes());
    client.closed();
}

#[test]
fn a_client_of_1_0_gets_one_answer_unless_it_asks_for_more() {
    let site = Site::of("GET /", HELLO);
    let mut client = site.client();
    client.send("GET / HTTP/1.0\r\n\r\n");
    let answer = client.answer();
    assert_eq!(answer.text(), "hello");
    assert!(answer.closes());
    client.closed();
    let mut client = site.client();
    for _ in 0..2 {
        client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        let answer = client.answer();
        assert_eq!(answer.header("Connection"), Some("keep-alive"));
    }
}

#[test]
fn an_answer_without_a_length_ends_with_the_connection_for_a_client_of_1_0() {
    let site = Site::of(
        "GET /",
        "res:set_transfer('chunked') res:write('one ') res:write('two')",
    );
    let mut client = site.client();
    client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    let answer = client.answer();
    assert!(answer.closes());
    assert_eq!(answer.header("Transfer-Encoding"), None);
    assert_eq!(answer.text(), "one two");
}

#[test]
fn empty_lines_before_a_request_are_skipped() {
    let site = Site::of("GET /", HELLO);
    let mut client = site.client();
    client.send("\r\n");
    assert_eq!(client.get("/").text(), "hello");
}
