//! Files that are larger than what a client is sent at once.

use std::fs::File;
use std::time::{Duration, Instant};

use super::client::Client;
use super::{HELLO, Plan, Site};

/// More than the system keeps for a client that doesn't read.
const LARGE: u64 = 64 << 20;

/// How long what must come may take. Reached only by a test that fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// A site with a file of [`LARGE`] zeros, and a small one.
fn site(fields: &str) -> Site {
    let plan = Plan::new(fields)
        .file("public/large", "")
        .file("public/small", "small")
        .public("")
        .route("GET /hello", HELLO);
    let file = File::options()
        .write(true)
        .open(plan.path().join("public/large"));
    file.unwrap().set_len(LARGE).unwrap();
    plan.start()
}

/// A client that has asked for the large file, and reads no more than the head.
fn stalled(site: &Site) -> Client {
    let mut client = Client::narrow(&site.address);
    client.ask("GET /large");
    let head = client.head();
    assert_eq!(head.header("Content-Length"), Some(&*LARGE.to_string()));
    client
}

/// KiB of memory that a program has.
fn resident(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.unwrap().trim().trim_end_matches(" kB");
    number.parse().unwrap()
}

#[test]
fn a_large_file_comes_whole_and_in_parts() {
    let mut text = String::new();
    for number in 0..400_000 {
        text += &format!("{number:07}\n");
    }
    let site = Plan::new("").file("public/a", &text).public("").start();
    let mut client = site.client();
    for _ in 0..2 {
        assert!(client.get("/a").text() == text);
    }
    client.ask_with("GET /a", "Range: bytes=700000-2499999\r\n");
    let part = client.answer();
    assert_eq!(part.status, 206);
    assert!(part.text() == &text[700_000..2_500_000]);
    client.ask("HEAD /a");
    let length = text.len().to_string();
    assert_eq!(client.head().header("Content-Length"), Some(&*length));
    assert!(client.get("/a").text() == text);
}

#[test]
fn who_does_not_read_keeps_nobody_else_waiting() {
    let site = site("");
    // Far more than there are threads that read files.
    let mut slow: Vec<Client> = (0..30).map(|_| stalled(&site)).collect();
    assert_eq!(site.client().get("/small").said(), (200, "small"));
    // And they get it, when they do.
    let body = slow.pop().unwrap().take(LARGE as usize);
    assert!(body.iter().all(|byte| *byte == 0));
    // The files together have 1.9 GB. What has passed may not be given back yet.
    let kilobytes = resident(site.running.pid());
    assert!(kilobytes < 600 << 10, "{kilobytes} KiB");
}

#[test]
fn a_file_on_its_way_is_a_request_in_progress_until_its_client_leaves() {
    let site = site("limits: {requests: 1}");
    let client = stalled(&site);
    for path in ["/small", "/hello"] {
        let refused = site.client().get(path);
        assert_eq!(
            (refused.status, refused.header("Retry-After")),
            (503, Some("1"))
        );
    }
    client.reset();
    let until = Instant::now() + PATIENCE;
    while site.client().get("/small").status != 200 {
        assert!(Instant::now() < until, "it counts for ever");
    }
    // Whoever has had all of an answer is not refused for it.
    let mut client = site.client();
    for _ in 0..200 {
        assert_eq!(client.get("/small").status, 200);
    }
    for _ in 0..3 {
        client.ask("GET /large");
        assert_eq!(client.head().status, 200);
        client.take(LARGE as usize);
    }
}

#[test]
fn a_client_that_takes_too_long_is_cut() {
    let site = site("timeouts: {write: 200ms}, limits: {requests: 1}");
    let mut client = stalled(&site);
    let until = Instant::now() + PATIENCE;
    while site.client().get("/small").status != 200 {
        assert!(Instant::now() < until, "it is not cut");
    }
    assert!(client.drain() < LARGE as usize);
}

#[test]
fn a_file_that_becomes_shorter_is_broken_off() {
    let mut site = site("");
    let mut client = stalled(&site);
    let file = File::options()
        .write(true)
        .open(site.folder.join("public/large"));
    file.unwrap().set_len(LARGE / 2).unwrap();
    assert!(client.drain() < LARGE as usize);
    let line = site
        .running
        .wait_for("file can't be read: it has become shorter");
    assert!(
        line.contains("app:web") && line.contains("/large"),
        "{line}"
    );
    assert_eq!(site.client().get("/small").said(), (200, "small"));
}
