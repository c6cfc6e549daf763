//! Clients that leave.

use super::{Plan, Site};

/// One call at a time: the next begins only when the one before has ended.
const ONE: &str = "max_size: 1";

/// Says that it handles, and waits for ever.
const WAITS: &str = "print('handling') process.inbox():receive()";

#[test]
fn the_call_of_a_client_that_leaves_is_ended() {
    let mut site = Plan::new("").pooled("GET /", ONE, WAITS).start();
    for _ in 0..3 {
        let mut client = site.client();
        client.ask("GET /");
        site.running.wait_for("handling");
        drop(client);
    }
    for _ in 0..3 {
        let mut client = site.client();
        client.ask("GET /");
        site.running.wait_for("handling");
        client.reset();
    }
}

#[test]
fn a_client_that_leaves_while_it_waits_for_its_turn_is_not_handled() {
    let body = "
        print('handling ' .. req:query('n'))
        process.registry.register('handler')
        process.inbox():receive()";
    let mut site = Plan::new("")
        .pooled("GET /", ONE, body)
        .route("GET /go", "process.send('handler', 'go') res:write('sent')")
        .route("GET /seen", "res:write('seen')")
        .start();
    let mut first = site.client();
    first.ask("GET /?n=1");
    site.running.wait_for("handling 1");
    for n in 2..5 {
        let mut client = site.client();
        client.ask(&format!("GET /?n={n}"));
        client.reset();
    }
    // What came after them was seen after them.
    assert_eq!(site.client().get("/seen").text(), "seen");
    let mut last = site.client();
    last.ask("GET /?n=last");
    assert_eq!(site.client().get("/go").text(), "sent");
    let line = site.running.wait_for("handling");
    assert!(line.contains("handling last"), "{line}");
}

#[test]
fn a_stream_ends_when_its_client_leaves() {
    let body = "
        res:set_transfer('chunked')
        print('streaming')
        while not res:write('more') do time.sleep('1ms') end";
    let mut site = Plan::new("").pooled("GET /", ONE, body).start();
    for _ in 0..2 {
        let mut client = site.client();
        client.ask("GET /");
        site.running.wait_for("streaming");
        client.head();
        client.chunk();
        client.reset();
    }
    let mut client = site.client();
    client.ask("GET /");
    site.running.wait_for("streaming");
    drop(client);
    site.client().ask("GET /");
    site.running.wait_for("streaming");
}

#[test]
fn a_client_that_leaves_in_its_body_ends_the_call_that_waits_for_it() {
    let mut site = Plan::new("").pooled("POST /", ONE, WAITS).start();
    for how in ["drop", "reset", "half"].repeat(2) {
        let mut client = site.client();
        client.ask_with("POST /", "Content-Length: 10000000\r\n");
        client.send(vec![b'x'; 100_000]);
        site.running.wait_for("handling");
        match how {
            "drop" => drop(client),
            "reset" => client.reset(),
            _ => {
                client.half_close();
                client.closed();
            }
        }
    }
}

#[test]
fn a_client_that_leaves_while_its_body_is_held_up_ends_the_call() {
    let mut site = Plan::new("").pooled("POST /", ONE, WAITS).start();
    for _ in 0..2 {
        let mut client = site.client();
        client.ask_with("POST /", "Content-Length: 1500000\r\n");
        client.send(vec![b'x'; 1_200_000]);
        site.running.wait_for("handling");
        client.reset();
    }
}

#[test]
fn a_client_that_sends_no_more_reads_all_answers_and_then_the_end() {
    let site = Plan::new("")
        .route("GET /", "res:write(req:query('n'))")
        .route("GET /large", "return nil, res:write(('x'):rep(20000000))")
        .start();
    let mut client = site.client();
    client.ask("GET /?n=1");
    client.ask("GET /?n=2");
    client.ask("GET /large");
    client.ask("GET /none");
    client.half_close();
    assert_eq!(client.answer().text(), "1");
    assert_eq!(client.answer().text(), "2");
    assert_eq!(client.answer().body.len(), 20_000_000);
    assert_eq!(client.answer().status, 404);
    client.closed();
}

#[test]
fn a_client_that_leaves_anywhere_harms_nobody() {
    let site = Site::of("POST /", "res:write_json(req:body_json())");
    let request =
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n\"a\"\r\n0\r\n\r\n";
    for end in 0..=request.len() {
        for leave in [drop, super::client::Client::reset] {
            let mut client = site.client();
            client.send(&request[..end]);
            leave(client);
        }
    }
    assert_eq!(site.client().post("/", "\"b\"").text(), "\"b\"");
    site.running.stop().cleanly();
}
