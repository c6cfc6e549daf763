//! Who asks too often.

use std::net::IpAddr;

use super::*;

fn rate_limit(options: &[(&str, &str)]) -> RateLimit {
    match read_options(&["ratelimit"], options).unwrap().remove(0) {
        Middleware::RateLimit(limit) => limit,
        other => panic!("{other:?}"),
    }
}

const SECOND: u64 = 1_000_000_000;

#[test]
fn a_burst_passes_and_then_as_many_as_come_back() {
    let limit = rate_limit(&[("ratelimit.requests", "60"), ("ratelimit.burst", "3")]);
    let mut buckets = Buckets::default();
    let start = 1000 * SECOND;
    for left in [2, 1, 0] {
        let quota = limit.take(&mut buckets, b"a", start).unwrap();
        assert_eq!((quota.limit, quota.remaining), (3, left));
    }
    let refused = limit.take(&mut buckets, b"a", start).unwrap_err();
    assert_eq!(refused.remaining, 0);
    let response = limit.refusal(refused);
    assert_eq!(response.status, 429);
    assert_eq!(header(&response.headers, "retry-after"), Some("1"));
    assert_eq!(header(&response.headers, "x-ratelimit-limit"), Some("3"));
    assert_eq!(
        header(&response.headers, "x-ratelimit-remaining"),
        Some("0")
    );
    assert_eq!(header(&response.headers, "x-ratelimit-reset"), Some("3"));
    assert!(
        limit.take(&mut buckets, b"b", start).is_ok(),
        "another client"
    );
    assert!(limit.take(&mut buckets, b"a", start + SECOND - 1).is_err());
    assert!(limit.take(&mut buckets, b"a", start + SECOND).is_ok());
    assert!(limit.take(&mut buckets, b"a", start + SECOND).is_err());
    let later = limit
        .take(&mut buckets, b"a", start + 100 * SECOND)
        .unwrap();
    assert_eq!(later.remaining, 2, "no more than the burst");
}

#[test]
fn clients_are_forgotten_and_never_too_many() {
    let limit = rate_limit(&[("ratelimit.max_entries", "10"), ("ratelimit.burst", "1")]);
    let mut buckets = Buckets::default();
    for client in 0..20u8 {
        assert!(limit.take(&mut buckets, &[client], SECOND).is_ok());
    }
    assert_eq!(buckets.len(), 10);
    assert!(
        limit.take(&mut buckets, &[0], SECOND).is_err(),
        "still counted"
    );
    assert!(limit.take(&mut buckets, &[99], 1000 * SECOND).is_ok());
    assert_eq!(buckets.len(), 1);
}

#[test]
fn clients_are_told_apart_by_what_is_asked_for() {
    let client: IpAddr = "10.0.0.1".parse().unwrap();
    let sent = request("GET /?k=v+w", "X-Key: z\r\n");
    for (key, expected) in [
        ("ip", "\x0010.0.0.1"),
        ("header:x-key", "z"),
        ("query:k", "v w"),
        ("header:none", "\x0010.0.0.1"),
        ("query:none", "\x0010.0.0.1"),
    ] {
        let limit = rate_limit(&[("ratelimit.key", key)]);
        assert_eq!(*limit.key(&sent, client), *expected.as_bytes(), "{key}");
    }
}
