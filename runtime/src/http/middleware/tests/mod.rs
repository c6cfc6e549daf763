//! Decisions of middleware on heads.

mod compress;
mod cors;
mod rate_limit;
mod real_ip;

use super::*;
use crate::http::connection::{Connection, Event, Limits};
use crate::request::{Headers, Request, Response};

fn read_options(names: &[&str], options: &[(&str, &str)]) -> Result<Vec<Middleware>, String> {
    let names: Vec<String> = names.iter().map(|name| name.to_string()).collect();
    let options = options
        .iter()
        .map(|(option, value)| (option.to_string(), value.to_string()))
        .collect();
    read(&names, &options).map_err(|errors| {
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        errors.join("; ")
    })
}

fn request(line: &str, headers: &str) -> Request {
    let text = format!("{line} HTTP/1.1\r\nHost: a\r\n{headers}\r\n");
    let mut connection = Connection::new(Limits::default());
    match connection.poll(&mut text.as_bytes()) {
        Some(Event::Request(head)) => head.request,
        other => panic!("{other:?}"),
    }
}

fn header<'h>(headers: &'h Headers, name: &str) -> Option<&'h str> {
    headers.get_str(name)
}

/// Option, value, and what is said of it.
const WRONG: &[(&str, &str, &str)] = &[
    (
        "cors.allow.origins",
        "https://",
        r#"option "cors.allow.origins" must be origins such as https://example.org, *.example.org, localhost or *, not "https://""#,
    ),
    (
        "cors.allow.methods",
        "GET\r\nX",
        "option \"cors.allow.methods\" must be names, separated by commas, not \"GET\\r\\nX\"",
    ),
    (
        "cors.max.age",
        "-1",
        r#"option "cors.max.age" must be a number, not "-1""#,
    ),
    (
        "cors.allow.credentials",
        "yes",
        r#"option "cors.allow.credentials" must be true or false, not "yes""#,
    ),
    (
        "ratelimit.requests",
        "0",
        r#"option "ratelimit.requests" must be a number above 0, not "0""#,
    ),
    (
        "ratelimit.window",
        "soon",
        r#"option "ratelimit.window" must be a duration above 0, such as 1m, not "soon""#,
    ),
    (
        "ratelimit.key",
        "cookie:x",
        r#"option "ratelimit.key" must be ip, header:NAME or query:NAME, not "cookie:x""#,
    ),
    (
        "compress.level",
        "10",
        r#"option "compress.level" must be fastest, default, best or a number from 1 to 9, not "10""#,
    ),
    (
        "real_ip.trusted.subnets",
        "10.0.0.0/33",
        r#"option "real_ip.trusted.subnets" must be networks such as 10.0.0.0/8, not "10.0.0.0/33""#,
    ),
];

#[test]
fn what_is_unknown_or_wrong_is_named() {
    assert_eq!(
        read_options(&["cors", "gzip"], &[]).unwrap_err(),
        r#"unknown middleware "gzip": there are compress, cors, ratelimit, real_ip"#
    );
    for &(option, value, said) in WRONG {
        assert_eq!(read_options(&[], &[(option, value)]).unwrap_err(), said);
    }
    let more = [("cors.allow.origin", "*"), ("gzip.level", "high")];
    assert_eq!(read_options(&["cors"], &more), read_options(&["cors"], &[]));
    let all = read_options(&NAMES, &[]).unwrap();
    assert_eq!(all.len(), 4);
}
