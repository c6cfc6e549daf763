//! Clients and handlers that take too long.

use super::{HELLO, Plan, client::Client};

#[test]
fn a_client_that_sends_half_a_head_is_told_so_and_cut() {
    let site = Plan::new("timeouts: {read: 200ms}")
        .route("GET /", HELLO)
        .start();
    let mut client = site.client();
    // It was quick before: the time counts for each request.
    assert_eq!(client.get("/").status, 200);
    client.send("GET / HTTP/1.1\r\nHost:");
    let answer = client.answer();
    assert_eq!((answer.status, answer.closes()), (408, true));
    client.closed();
}

#[test]
fn a_client_that_sends_half_a_body_is_cut_whoever_waits_for_it() {
    let mut site = Plan::new("timeouts: {read: 200ms}")
        .pooled(
            "POST /",
            "max_size: 1",
            "print('handling') process.inbox():receive()",
        )
        .start();
    for length in [10, 10 << 20, 10 << 20] {
        let mut client = site.client();
        client.ask_with("POST /", &format!("Content-Length: {length}\r\n"));
        client.send("half");
        if length > 10 {
            // The second time: the call of the first was ended.
            site.running.wait_for("handling");
        }
        assert_eq!(client.answer().status, 408, "{length}");
        client.closed();
    }
}

#[test]
fn a_client_that_goes_on_sending_slowly_is_cut() {
    let site = Plan::new("timeouts: {read: 200ms}")
        .route("GET /", HELLO)
        .start();
    let mut client = site.client();
    client.send("GET / HTTP/1.1\r\n");
    // One byte and the next: as long as it is let.
    while client.try_send("X: y\r\n") {
        std::thread::yield_now();
    }
}

#[test]
fn a_connection_that_is_not_used_is_closed_without_a_word() {
    let site = Plan::new("timeouts: {idle: 200ms}")
        .route("GET /", HELLO)
        .start();
    let (mut fresh, mut used) = (site.client(), site.client());
    assert_eq!(used.get("/").status, 200);
    fresh.closed();
    used.closed();
}

#[test]
fn a_handler_that_takes_longer_than_it_may_ends_with_503() {
    let site = Plan::new("timeouts: {write: 200ms}")
        .pooled("GET /waits", "max_size: 1", "process.inbox():receive()")
        .pooled("GET /loops", "max_size: 1", "while true do end")
        .pooled("POST /reads", "max_size: 1", "process.inbox():receive()")
        .start();
    for path in ["/waits", "/loops"] {
        // The second gets its turn only since the first was ended.
        for _ in 0..2 {
            let mut client = site.client();
            let answer = client.get(path);
            assert_eq!((answer.status, answer.closes()), (503, true), "{path}");
            client.closed();
        }
    }
    // A client that is kept from sending its body is not the one that is slow.
    let mut client = site.client();
    client.ask_with("POST /reads", "Content-Length: 32000000\r\n");
    client.send(vec![b'x'; 32_000_000]);
    assert_eq!(client.answer().status, 503);
    client.closed();
}

#[test]
fn an_answer_that_takes_longer_than_it_may_is_cut() {
    let body = "res:set_transfer('chunked') res:write('begun') process.inbox():receive()";
    let site = Plan::new("timeouts: {write: 200ms}")
        .route("GET /", body)
        .start();
    let mut client = site.client();
    client.ask("GET /");
    client.head();
    assert_eq!(client.rest(), b"5\r\nbegun\r\n");
}

#[test]
fn a_client_that_does_not_take_its_answer_is_cut() {
    const SIZE: usize = 30_000_000;
    let body = format!(
        "res:set_header('Content-Length', '{SIZE}') return nil, res:write(('x'):rep({SIZE}))"
    );
    let mut site = Plan::new("timeouts: {write: 200ms}, limits: {connections: 1}")
        .route("GET /", &body)
        .start();
    let mut slow = Client::narrow(&site.address);
    slow.ask("GET /");
    slow.head();
    // There is room for another only when it is gone.
    loop {
        let mut other = site.client();
        other.ask("GET /none");
        if other.head().status == 404 {
            break;
        }
    }
    assert!(slow.drain() < SIZE);
    drop(slow);
    site.running.signal("TERM");
    site.running.wait_for("shutting down");
}

#[test]
fn a_time_out_of_zero_is_none() {
    let site = Plan::new("timeouts: {read: 0s, write: 0s, idle: 0s}")
        .route("GET /", "time.sleep('50ms') res:write('late')")
        .start();
    let mut client = site.client();
    assert_eq!(client.get("/").said(), (200, "late"));
    assert_eq!(client.get("/").said(), (200, "late"));
}
