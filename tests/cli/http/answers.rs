//! What functions answer, as clients see it.

use super::*;

#[test]
fn what_is_asked_is_seen() {
    let site = Site::new();
    let answer = site.connect().ask(
        "GET /asked/a%20b/c/d?x=1&x=2&y=%2B+\nX-One: 1\nAccept: application/*",
        "",
    );
    let expected = r#"{"has_body":false,"header":"1","host":"localhost","id":"a b","is_local":true,"json":true,"length":0,"method":"GET","params":{"id":"a b","rest":"c/d"},"path":"/asked/a b/c/d","query":{"x":"1,2","y":"+ "},"x":"1"}"#;
    assert_eq!(answer.shown(), format!("200 application/json {expected}"));
    site.ends("");
}

#[test]
fn what_a_function_comes_to_is_the_answer() {
    let site = Site::new();
    for (path, expected) in [
        ("/returns", r#"200 application/json {"a":1}"#),
        (
            "/nothing",
            "500 text/plain; charset=utf-8 no response sent\n",
        ),
        ("/fails", "500 text/plain; charset=utf-8 no cups\n"),
        ("/raises_late", "201 text/plain; charset=utf-8 written"),
        ("/status/204", "204 - "),
        ("/status/418", "418 - "),
        (
            "/status/99",
            "400 text/plain; charset=utf-8 Invalid: invalid status 99: it is 200 to 999",
        ),
    ] {
        assert_eq!(site.get(path).shown(), expected, "{path}");
    }
    let raised = site.get("/raises");
    assert_eq!(raised.status, 500);
    assert!(raised.body.ends_with(": no plates\n"), "{}", raised.body);
    let mut kept = site.connect();
    for _ in 0..2 {
        // What failed after it was written is an answer like others, and the connection goes on.
        assert_eq!(kept.ask("GET /raises_late", "").body, "written");
    }
    site.ends("process failed");
}

#[test]
fn a_small_answer_has_a_length_and_one_that_is_flushed_has_chunks() {
    let site = Site::new();
    let whole = site.get("/kept");
    assert_eq!(whole.header("content-length"), Some("4"));
    let flushed = site.get("/flushed");
    assert_eq!(flushed.header("content-length"), None);
    assert_eq!(flushed.chunks[..3], ["piece 1", "piece 2", "piece 3"]);
    assert_eq!(
        flushed.chunks[3],
        "cannot set status after headers are sent"
    );
    let mut broken = site.connect();
    broken.send("GET /short HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_eq!(broken.head().header("content-length"), Some("10"));
    for byte in b"short" {
        assert_eq!(broken.byte(), Some(*byte));
    }
    assert!(broken.is_closed());
    site.ends("");
}

#[test]
fn one_that_fails_midway_ends_with_what_was_written() {
    let site = Site::new();
    let mut connection = site.connect();
    let answer = connection.ask("GET /raises_midway", "");
    assert_eq!(answer.chunks, ["written"]);
    // It has an end like others.
    assert_eq!(connection.ask("GET /returns", "").status, 200);
    site.ends("process failed");
}

#[test]
fn a_client_that_takes_its_time_gets_all_of_it() {
    let mut site = Site::new();
    let mut connection = site.connect();
    connection.send("GET /much HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let head = connection.head();
    assert_eq!(head.header("transfer-encoding"), Some("chunked"));
    let mut bytes = 0;
    while let Some(chunk) = connection.chunk() {
        bytes += chunk.len();
    }
    assert_eq!(bytes, 10_000_000);
    site.running.wait_for("all was written");
    site.ends("");
}

#[test]
fn events_come_one_by_one() {
    let site = Site::new();
    let answer = site.get("/events");
    assert_eq!(answer.header("content-type"), Some("text/event-stream"));
    assert_eq!(answer.header("cache-control"), Some("no-cache"));
    let events = [
        "event: text\ndata: \"one\\ntwo\"\n\n",
        "event: table\ndata: {\"n\":1}\n\n",
    ];
    assert_eq!(answer.chunks, events);
    site.ends("");
}

#[test]
fn a_stream_ends_when_its_client_leaves() {
    let site = Site::new();
    let mut connection = site.connect();
    connection.send("GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_eq!(connection.head().status, 200);
    let first = connection.chunk().unwrap();
    assert_eq!(first, "event: step\ndata: 1\n\n");
    drop(connection);
    // The app ends at once: nothing of the endless one is left to be waited for.
    assert_eq!(site.get("/returns").status, 200);
    site.ends("canceled");
}

#[test]
fn what_is_kept_of_a_request_does_nothing_in_the_next() {
    let site = Site::new();
    let mut connection = site.connect();
    // Of several VMs, one has served before at the latest when there are more requests than VMs.
    let mut stale = 0;
    for _ in 0..50 {
        let answer = connection.ask("GET /kept", "");
        if answer.body == "kept" {
            continue;
        }
        stale += 1;
        let none = "no HTTP request context found";
        let expected = format!(r#"{{"path":"/kept","read":"{none}","written":"{none}"}}"#);
        assert_eq!(answer.body, expected);
    }
    assert!(stale > 0, "a VM serves again");
    site.ends("");
}

#[test]
fn a_coroutine_that_goes_on_has_no_request() {
    let mut site = Site::new();
    assert_eq!(site.get("/late").body, "early");
    let none = "no HTTP request context found";
    site.running.wait_for(&format!("late: {none}, {none}"));
    site.ends("");
}

#[test]
fn headers_cannot_be_smuggled() {
    let site = Site::new();
    let mut connection = site.connect();
    let answer = connection.ask("GET /inject", "");
    assert_eq!(answer.body, "Invalid: invalid value of header \"X-A\"");
    assert_eq!(answer.header("x-b"), None);
    assert_eq!(answer.header("transfer-encoding"), None);
    let length = answer.body.len().to_string();
    assert_eq!(answer.header("content-length"), Some(&*length));
    assert_eq!(answer.header("connection"), Some("close"));
    assert!(connection.is_closed());
    site.ends("");
}
