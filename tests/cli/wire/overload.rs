//! More than there is room for.

use std::process::{Command, Stdio};

use super::client::Client;
use super::{HELLO, Plan, address};
use crate::running::Running;

/// Waits for word.
const HELD: &str = "
    print('handling')
    process.inbox():receive()";

#[test]
fn beyond_the_limit_of_requests_one_is_told_to_come_later() {
    let mut site = Plan::new("limits: {requests: 2}")
        .route("GET /held", HELD)
        .route("POST /held", HELD)
        .route("GET /hello", HELLO)
        .start();
    let mut held = [site.client(), site.client()];
    for client in &mut held {
        client.ask("GET /held");
        site.running.wait_for("handling");
    }
    let mut client = site.client();
    let answer = client.get("/held");
    assert_eq!((answer.status, answer.closes()), (503, false));
    assert_eq!(answer.header("Retry-After"), Some("1"));
    // At once: before its body has come.
    client.ask_with("POST /held", "Content-Length: 4\r\n");
    assert_eq!(client.answer().status, 503);
    client.send("body");
    let [first, _second] = held;
    first.reset();
    // There is room again once that was seen.
    while client.get("/hello").status != 200 {}
}

#[test]
fn handlers_that_harm_themselves_harm_nobody_else() {
    let site = Plan::new("timeouts: {write: 500ms}")
        .route("GET /hello", HELLO)
        .route("GET /never", "process.inbox():receive()")
        .route("GET /loops", "while true do end")
        .route("GET /raises", "error('broken')")
        .route("GET /nothing", "")
        .start();
    let mut bad: Vec<Client> = Vec::new();
    for path in ["/never", "/loops", "/raises", "/nothing"].repeat(5) {
        let mut client = site.client();
        client.ask(&format!("GET {path}"));
        bad.push(client);
    }
    let mut good = site.client();
    for _ in 0..100 {
        assert_eq!(good.get("/hello").text(), "hello");
    }
    let statuses: Vec<u16> = bad
        .iter_mut()
        .map(|client| client.answer().status)
        .collect();
    assert_eq!(statuses, [503, 503, 500, 500].repeat(5));
}

#[test]
fn beyond_the_limit_of_connections_one_is_told_so_and_closed() {
    let site = Plan::new("limits: {connections: 2}")
        .route("GET /", HELLO)
        .start();
    let (mut one, mut two) = (site.client(), site.client());
    assert_eq!(one.get("/").status, 200);
    assert_eq!(two.get("/").status, 200);
    let mut three = site.client();
    let answer = three.get("/");
    assert_eq!((answer.status, answer.closes()), (503, true));
    assert_eq!(answer.header("Retry-After"), Some("1"));
    three.closed();
    drop(one);
    loop {
        let mut four = site.client();
        if four.get("/").status == 200 {
            break;
        }
    }
    assert_eq!(two.get("/").status, 200);
}

#[test]
fn clients_for_whom_there_are_no_descriptors_wait_until_there_are() {
    let app = Plan::new("").route("GET /", HELLO).app();
    let mut command = Command::new("sh");
    command
        .args([
            "-c",
            "ulimit -n 64; exec \"$0\" run",
            env!("CARGO_BIN_EXE_moondust"),
        ])
        .current_dir(app.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut running = Running::of(&mut command);
    let address = address(&mut running);
    let mut clients: Vec<Client> = (0..100).map(|_| Client::new(&address)).collect();
    running.wait_for("nobody can be let in");
    let mut last = clients.pop().unwrap();
    last.ask("GET /");
    assert_eq!(clients[0].get("/").text(), "hello");
    drop(clients);
    assert_eq!(last.answer().text(), "hello");
    drop(last);
    running.stop().cleanly();
}

#[test]
fn two_thousand_idle_connections_are_kept() {
    let site = Plan::new("").route("GET /", HELLO).start();
    let mut idle: Vec<Client> = (0..2000).map(|_| site.client()).collect();
    assert_eq!(site.client().get("/").text(), "hello");
    for client in idle.iter_mut().step_by(100) {
        assert_eq!(client.get("/").text(), "hello");
    }
}
