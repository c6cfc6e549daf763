//! The end of a service.

use super::{Plan, Site};

const HELD: &str = "
    process.registry.register('handler')
    print('handling')
    process.inbox():receive()
    res:write('done')";

/// Serves `/`, which answers when somebody asks for `/go`.
fn site() -> Site {
    let go = "process.send('handler', 'go') res:write('sent')";
    Plan::new("")
        .route("GET /", HELD)
        .route("GET /go", go)
        .start()
}

#[test]
fn requests_in_flight_are_answered_and_idle_connections_closed() {
    let mut site = site();
    let (mut busy, mut half, mut idle, mut fresh) =
        (site.client(), site.client(), site.client(), site.client());
    assert_eq!(idle.get("/none").status, 404);
    half.send("GET /go HTTP/1.1\r\n");
    busy.ask("GET /");
    site.running.wait_for("handling");
    site.running.signal("TERM");
    idle.closed();
    fresh.closed();
    std::net::TcpStream::connect(&site.address).unwrap_err();
    half.send("Host: a\r\n\r\n");
    for (client, said) in [(&mut half, "sent"), (&mut busy, "done")] {
        let answer = client.answer();
        assert_eq!((answer.said(), answer.closes()), ((200, said), true));
        client.closed();
    }
    drop((busy, half));
    site.running.ended().cleanly();
}

#[test]
fn what_was_sent_before_the_end_is_answered_and_what_is_sent_behind_the_last_is_not() {
    let mut site = site();
    let (mut busy, mut half, mut idle) = (site.client(), site.client(), site.client());
    half.send("GET /go HTTP/1.1\r\n");
    busy.ask("GET /");
    busy.ask("GET /none");
    site.running.wait_for("handling");
    site.running.signal("TERM");
    idle.closed();
    half.send("Host: a\r\n\r\n");
    let answer = busy.answer();
    assert_eq!((answer.said(), answer.closes()), ((200, "done"), true));
    busy.closed();
    assert_eq!(half.answer().status, 200);
}

#[test]
fn a_stream_goes_on_to_its_end() {
    let body = "
        res:set_transfer('chunked')
        for n = 1, 30 do res:write('.') time.sleep('10ms') end";
    let site = Site::of("GET /", body);
    let mut client = site.client();
    client.ask("GET /");
    client.head();
    assert_eq!(client.chunk(), b".");
    site.running.signal("TERM");
    for _ in 1..30 {
        assert_eq!(client.chunk(), b".");
    }
    assert_eq!(client.chunk(), b"");
    client.closed();
    drop(client);
    site.running.ended().cleanly();
}

#[test]
fn a_request_that_is_half_sent_may_be_finished() {
    let site = Site::of("POST /", "res:write_json(req:body_json())");
    let (mut client, mut idle) = (site.client(), site.client());
    client.ask_with("POST /", "Expect: 100-continue\r\nContent-Length: 3\r\n");
    assert_eq!(client.answer().status, 100);
    site.running.signal("TERM");
    idle.closed();
    client.send("\"a\"");
    let answer = client.answer();
    assert_eq!((answer.said(), answer.closes()), ((200, "\"a\""), true));
    client.closed();
}

#[test]
fn an_answer_is_taken_to_its_end_by_a_slow_client() {
    const SIZE: usize = 20_000_000;
    let body = format!("return nil, res:write(('x'):rep({SIZE}))");
    let site = Site::of("GET /", &body);
    let (mut client, mut idle) = (super::Client::narrow(&site.address), site.client());
    client.ask("GET /");
    client.head();
    site.running.signal("TERM");
    idle.closed();
    let mut size = 0;
    while size < SIZE {
        size += client.chunk().len();
    }
    assert_eq!(client.chunk(), b"");
    client.closed();
    drop(client);
    site.running.ended().cleanly();
}

#[test]
fn what_does_not_end_in_time_is_cut() {
    let fields = "lifecycle: {auto_start: true, stop_timeout: 300ms}";
    let mut site = Plan::new(fields).route("GET /", HELD).start();
    let mut client = site.client();
    client.ask("GET /");
    site.running.wait_for("handling");
    site.running.signal("TERM");
    assert_eq!(client.drain(), 0);
    let ended = site.running.ended();
    assert_eq!(ended.code, Some(0), "{ended:#?}");
}
