//! Bodies of requests: how they come, how large they may be, and who waits for whom.

use super::{HELLO, Plan, Site};

const ECHO: &str = "res:write_json(req:body_json())";

/// More than any system keeps for a client that is not read from.
const MUCH: usize = 32 << 20;

#[test]
fn a_body_in_chunks_is_one_body() {
    let site = Site::of("POST /", ECHO);
    let mut client = site.client();
    for _ in 0..2 {
        client.ask_with("POST /", "Transfer-Encoding: chunked\r\n");
        client.send(
            "2;name=value\r\n\"a\r\n0001\r\nb\r\nA\r\n012345678\"\r\n0\r\nTrailer: x\r\n\r\n",
        );
        assert_eq!(client.answer().text(), "\"ab012345678\"");
    }
}

#[test]
fn a_client_that_waits_for_it_is_told_to_send_its_body() {
    let site = Site::of("POST /", ECHO);
    let mut client = site.client();
    for _ in 0..2 {
        client.ask_with("POST /", "Expect: 100-continue\r\nContent-Length: 3\r\n");
        assert_eq!(client.answer().status, 100);
        client.send("\"a\"");
        assert_eq!(client.answer().said(), (200, "\"a\""));
    }
}

#[test]
fn a_client_that_waits_is_not_told_to_send_what_nobody_wants() {
    let site = Plan::new("limits: {body: 10}")
        .route("POST /", ECHO)
        .start();
    for (ask, length, status) in [
        ("POST /", 11, 413),
        ("POST /nobody", 10, 404),
        ("GET /", 10, 405),
    ] {
        let mut client = site.client();
        let headers = format!("Expect: 100-continue\r\nContent-Length: {length}\r\n");
        client.ask_with(ask, &headers);
        let answer = client.answer();
        assert_eq!((answer.status, answer.closes()), (status, true), "{ask}");
        client.closed();
    }
}

#[test]
fn an_expectation_that_is_unknown_is_417() {
    let site = Site::of("POST /", ECHO);
    let mut client = site.client();
    client.ask_with("POST /", "Expect: more\r\nContent-Length: 1\r\n");
    assert_eq!(client.answer().status, 417);
}

#[test]
fn a_body_up_to_the_limit_is_taken_and_a_longer_one_is_413() {
    let site = Plan::new("limits: {body: 10}")
        .route("POST /", ECHO)
        .start();
    let mut client = site.client();
    assert_eq!(client.post("/", "\"12345678\"").text(), "\"12345678\"");
    let answer = client.post("/", "\"123456789\"");
    assert_eq!((answer.status, answer.closes()), (413, true));
    client.closed();
    let mut client = site.client();
    client.ask_with("POST /", "Transfer-Encoding: chunked\r\n");
    client.send("A\r\n0123456789\r\n1\r\nx\r\n0\r\n\r\n");
    assert_eq!(client.answer().status, 413);
    client.closed();
}

#[test]
fn a_large_upload_that_nobody_wants_is_sent_to_its_end_and_the_answer_seen() {
    let site = Plan::new("limits: {body: 64MiB}")
        .route("POST /", HELLO)
        .start();
    let most = 64 << 20;
    for (path, length, status) in [("/nobody", MUCH, 404), ("/", most + 1, 413)] {
        let mut client = site.client();
        client.ask_with(
            &format!("POST {path}"),
            &format!("Content-Length: {length}\r\n"),
        );
        client.send(vec![b'x'; length]);
        let answer = client.answer();
        assert_eq!((answer.status, answer.closes()), (status, true), "{path}");
        client.closed();
    }
}

#[test]
fn a_handler_may_answer_before_a_large_body_has_come() {
    let site = Site::of("POST /", HELLO);
    let mut client = site.client();
    client.ask_with("POST /", &format!("Content-Length: {MUCH}\r\n"));
    let answer = client.answer();
    assert_eq!(answer.said(), (200, "hello"));
    assert!(answer.closes());
    client.send(vec![b'x'; MUCH]);
    client.closed();
}

#[test]
fn a_little_body_that_the_handler_leaves_is_read_over() {
    let site = Plan::new("").route("POST /", HELLO).start();
    let mut client = site.client();
    for body in [10, 60 << 10, 1 << 20] {
        let answer = client.post("/", &"x".repeat(body));
        assert_eq!((answer.said(), answer.closes()), ((200, "hello"), false));
        assert_eq!(
            client
                .post("/nobody", &"x".repeat(body.min(60 << 10)))
                .status,
            404
        );
    }
}

#[test]
fn of_a_body_that_is_not_read_only_a_part_is_taken_in() {
    let body = "
        process.registry.register('handler')
        print('handling')
        process.inbox():receive()
        res:write('now')";
    let mut site = Plan::new("")
        .route("POST /", body)
        .route("GET /go", "process.send('handler', 'go') res:write('sent')")
        .start();
    let mut client = site.client();
    client.ask_with("POST /", &format!("Content-Length: {MUCH}\r\n"));
    let before = resident(site.running.pid());
    let body = vec![b'x'; MUCH];
    let sending = std::thread::spawn(move || {
        client.send(body);
        client
    });
    site.running.wait_for("handling");
    let mut other = site.client();
    for _ in 0..500 {
        assert_eq!(other.get("/none").status, 404);
    }
    let grown = resident(site.running.pid()).saturating_sub(before);
    assert!(grown < MUCH / 4, "{grown} bytes");
    assert_eq!(other.get("/go").text(), "sent");
    let mut client = sending.join().unwrap();
    assert_eq!(client.answer().said(), (200, "now"));
    client.closed();
}

/// Bytes of memory that a program has.
fn resident(pid: u32) -> usize {
    let text = std::fs::read_to_string(format!("/proc/{pid}/statm")).unwrap();
    let pages: usize = text.split(' ').nth(1).unwrap().parse().unwrap();
    pages * 4096
}
