//! Bodies that clients send at once, in pieces, late or never.

use super::*;

/// More than is gathered before a function is called.
const LARGE: usize = 3 << 20;

fn large() -> String {
    "0123456789abcdef".repeat(LARGE / 16)
}

#[test]
fn a_body_comes_back() {
    let site = Site::new();
    assert_eq!(site.post("/echo", "hello").body, "hello");
    let large = large();
    let answer = site.post("/echo", &large);
    assert_eq!(answer.status, 200);
    assert!(answer.body == large, "{} bytes", answer.body.len());
    assert_eq!(site.post("/echo", "").shown(), "200 - ");
    site.ends("");
}

#[test]
fn a_body_in_chunks_comes_back() {
    let site = Site::new();
    let mut connection = site.connect();
    connection.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
    for chunk in ["one", "two", "three"] {
        connection.send(format!("{:x}\r\n{chunk}\r\n", chunk.len()));
    }
    connection.send("0\r\n\r\n");
    assert_eq!(connection.answer().body, "onetwothree");
    site.ends("");
}

#[test]
fn json_is_read_and_what_is_none_is_told_of() {
    let site = Site::new();
    let answer = site.post("/json", r#"{"a": [1, 2.5, "x"]}"#);
    assert_eq!(answer.shown(), r#"200 application/json {"a":[1,2.5,"x"]}"#);
    assert_eq!(
        site.post("/json", "").body,
        "Invalid: request body is empty"
    );
    let broken = site.post("/json", "{");
    assert!(
        broken.body.starts_with("Invalid: invalid JSON: "),
        "{}",
        broken.body
    );
    let long = format!("[{}0]", "1,".repeat(LARGE / 2));
    let answer = site.post("/json", &long);
    assert!(answer.body == long, "{} bytes", answer.body.len());
    site.ends("");
}

#[test]
fn a_function_says_how_much_it_takes() {
    let site = Site::new();
    assert_eq!(site.post("/small", "0123456789").body, "0123456789");
    let answer = site.post("/small", "0123456789a");
    assert_eq!(answer.body, "Invalid: request body too large");
    // While it comes, it is known before all has come.
    let mut connection = site.connect();
    let head =
        format!("POST /small HTTP/1.1\r\nHost: localhost\r\nContent-Length: {LARGE}\r\n\r\n");
    connection.send(head);
    connection.send(&large()[..LARGE - 1]);
    assert_eq!(connection.answer().body, "Invalid: request body too large");
    site.ends("");
}

#[test]
fn a_body_that_does_not_come_is_a_timeout() {
    let site = Site::new();
    let mut connection = site.connect();
    let head =
        format!("POST /impatient HTTP/1.1\r\nHost: localhost\r\nContent-Length: {LARGE}\r\n\r\n");
    connection.send(head);
    connection.send(&large()[..LARGE / 2]);
    let answer = connection.answer();
    assert_eq!(
        answer.shown(),
        "408 text/plain; charset=utf-8 Timeout: the request's body has not come in time"
    );
    site.ends("");
}

#[test]
fn a_stream_gives_a_body_in_pieces() {
    let site = Site::new();
    for body in ["x".repeat(25_000), large()] {
        let answer = site.post("/pieces", &body);
        let bytes = body.len();
        let expected = format!(r#"{{"bytes":{bytes},"longest":10000,"several":true}}"#);
        assert_eq!(answer.body, expected);
    }
    site.ends("");
}

#[test]
fn a_form_with_files_is_read_whether_it_is_small_or_comes() {
    let site = Site::new();
    let large = large();
    for file in ["small", &large] {
        let body = format!(
            "--xyz\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nPlan\r\n\
             --xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"plan.txt\"\r\n\
             Content-Type: text/plain\r\n\r\n{file}\r\n--xyz--\r\n"
        );
        let head = "POST /form\nContent-Type: multipart/form-data; boundary=xyz";
        let answer = site.connect().ask(head, &body);
        let (begins, size) = (&file[..5], file.len());
        let expected = format!(
            r#"{{"begins":"{begins}","files":1,"kind":"text/plain","name":"plan.txt","size":{size},"title":"Plan"}}"#
        );
        assert_eq!(answer.body, expected);
        let cut = site.connect().ask(head, &body[..body.len() - 9]);
        assert_eq!(cut.body, "Invalid: multipart: the last part does not end");
    }
    site.ends("");
}
