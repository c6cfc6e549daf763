//! Answers that are sent while they are made, and clients that are slow to read them.

use super::{Plan, Site, client::Client};

#[test]
fn each_piece_of_a_stream_is_sent_when_it_is_written() {
    let body = "
        res:set_transfer('chunked')
        process.registry.register('writer')
        for n = 1, 3 do
            res:write('piece ' .. n)
            process.inbox():receive()
        end";
    let site = Plan::new("")
        .route("GET /", body)
        .route("GET /go", "process.send('writer', 'go') res:write('sent')")
        .start();
    let (mut client, mut other) = (site.client(), site.client());
    client.ask("GET /");
    let head = client.head();
    assert_eq!(head.header("Transfer-Encoding"), Some("chunked"));
    for n in 1..=3 {
        assert_eq!(client.chunk(), format!("piece {n}").as_bytes());
        other.get("/go");
    }
    assert_eq!(client.chunk(), b"");
    assert_eq!(client.get("/go").status, 200, "the connection stays");
}

#[test]
fn events_are_sent_as_server_sent_events() {
    let body = "
        res:set_transfer('sse')
        res:write_event{name = 'first', data = {a = 1}}
        res:write_event{name = 'second', data = 'text'}";
    let site = Site::of("GET /", body);
    let answer = site.client().get("/");
    assert_eq!(answer.header("Content-Type"), Some("text/event-stream"));
    let events = "event: first\ndata: {\"a\":1}\n\nevent: second\ndata: \"text\"\n\n";
    assert_eq!(answer.text(), events);
}

#[test]
fn a_length_that_was_said_frames_a_stream() {
    let body = "
        res:set_header('Content-Length', '6')
        res:set_transfer('chunked')
        res:write('abc') res:write('def')
        local err = res:write('g')
        print(err:kind())";
    let mut site = Site::of("GET /", body);
    let mut client = site.client();
    let answer = client.get("/");
    assert_eq!(answer.header("Content-Length"), Some("6"));
    assert_eq!(answer.text(), "abcdef");
    site.running.wait_for("Invalid");
}

#[test]
fn a_stream_that_is_shorter_than_was_said_is_broken_off() {
    let body = "
        res:set_header('Content-Length', '6')
        res:set_transfer('chunked')
        res:write('abc')";
    let site = Site::of("GET /", body);
    let mut client = site.client();
    client.ask("GET /");
    client.head();
    assert_eq!(client.rest(), b"abc");
}

#[test]
fn a_large_answer_comes_whole_to_a_client_that_reads_late() {
    let site = Plan::new("")
        .route("GET /whole", "return nil, res:write(('x'):rep(20000000))")
        .route("GET /free", "res:write('free')")
        .start();
    let mut client = Client::narrow(&site.address);
    client.ask("GET /whole");
    assert_eq!(client.head().status, 200);
    // Others are served meanwhile.
    assert_eq!(site.client().get("/free").text(), "free");
    client.ask("GET /free");
    let mut size = 0;
    loop {
        let chunk = client.chunk();
        size += chunk.len();
        if chunk.is_empty() {
            break;
        }
    }
    assert_eq!(size, 20_000_000);
    assert_eq!(client.answer().text(), "free");
}

#[test]
fn who_writes_waits_for_a_client_that_does_not_read() {
    let body = "
        res:set_transfer('chunked')
        local piece = ('x'):rep(100000)
        for n = 1, 1000 do
            if n == 500 then print('half') end
            if res:write(piece) then return end
        end
        print('all')";
    let mut site = Plan::new("")
        .route("GET /", body)
        .route("GET /say", "print('said')")
        .start();
    let mut client = Client::narrow(&site.address);
    client.ask("GET /");
    client.head();
    for _ in 0..3 {
        site.client().get("/say");
        let line = site.running.wait_for_any(&["half", "said"]);
        assert!(line.contains("said"), "{line}");
    }
    let mut size = 0;
    for _ in 0..1000 {
        size += client.chunk().len();
    }
    assert_eq!((size, client.chunk().len()), (100_000_000, 0));
    site.running.wait_for("all");
}

#[test]
fn requests_of_a_client_that_does_not_read_wait() {
    let body = "print('asked ' .. req:query('n')) return nil, res:write(('x'):rep(1000000))";
    let mut site = Plan::new("")
        .route("GET /", body)
        .route("GET /say", "print('said')")
        .start();
    let mut client = Client::narrow(&site.address);
    for n in 0..100 {
        client.ask(&format!("GET /?n={n}"));
    }
    client.head();
    let mut other = site.client();
    for _ in 0..200 {
        other.get("/say");
        let line = site.running.wait_for_any(&["asked 50", "said"]);
        assert!(line.contains("said"), "{line}");
    }
    // The first head was read above.
    let mut first = 0;
    while first < 1_000_000 {
        first += client.chunk().len();
    }
    assert_eq!(client.chunk(), b"");
    for _ in 1..100 {
        assert_eq!(client.answer().body.len(), 1_000_000);
    }
}
