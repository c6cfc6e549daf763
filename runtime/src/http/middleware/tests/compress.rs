//! What becomes gzip, and what stays.

use std::io::Read;

use super::*;

fn compress(options: &[(&str, &str)]) -> Compress {
    match read_options(&["compress"], options).unwrap().remove(0) {
        Middleware::Compress(compress) => compress,
        other => panic!("{other:?}"),
    }
}

fn unzip(bytes: &[u8]) -> String {
    let mut text = String::new();
    let mut decoder = flate2::read::GzDecoder::new(bytes);
    decoder.read_to_string(&mut text).unwrap();
    text
}

/// A large answer with one more header.
fn answer(status: u16, name: &str, value: &str) -> Response {
    let mut response = Response::text(status, "hello ".repeat(1000));
    if !name.is_empty() {
        response.headers.set(name, value.as_bytes()).unwrap();
    }
    response
}

#[test]
fn answers_are_compressed_where_it_is_worth_it() {
    let body = "hello ".repeat(1000);
    for (line, accepts, status, name, value, expected) in [
        ("GET /", "gzip, br", 200, "", "", true),
        ("GET /", "br;q=1, *;q=0.1", 404, "", "", true),
        (
            "GET /",
            "GZIP;q=0.5",
            200,
            "Content-Type",
            "application/problem+json",
            true,
        ),
        ("GET /", "gzip;q=0", 200, "", "", false),
        ("GET /", "gzip; Q=0.000, *", 200, "", "", false),
        ("GET /", "br", 200, "", "", false),
        ("GET /", "*;q=0", 200, "", "", false),
        ("HEAD /", "gzip", 200, "", "", false),
        ("GET /", "gzip", 206, "", "", false),
        ("GET /", "gzip", 200, "Content-Type", "image/png", false),
        (
            "GET /",
            "gzip",
            200,
            "Content-Type",
            "text/event-stream",
            false,
        ),
        ("GET /", "gzip", 200, "Content-Encoding", "br", false),
        (
            "GET /",
            "gzip",
            200,
            "Cache-Control",
            "public, no-transform",
            false,
        ),
    ] {
        let mut response = answer(status, name, value);
        let request = request(line, &format!("Accept-Encoding: {accepts}\r\n"));
        compress(&[]).apply(&request, &mut response);
        let what = format!("{line} {accepts} {status} {value}");
        if expected {
            assert_eq!(
                header(&response.headers, "content-encoding"),
                Some("gzip"),
                "{what}"
            );
            assert_eq!(unzip(&response.body), body, "{what}");
            assert!(response.body.len() < 100);
        } else {
            assert_eq!(response.body, body.as_bytes(), "{what}");
        }
    }
}

#[test]
fn caches_hear_of_both_forms() {
    let sent = request("GET /", "Accept-Encoding: gzip\r\n");
    let plain = request("GET /", "");
    let mut response = answer(200, "ETag", "\"x\"");
    compress(&[]).apply(&sent, &mut response);
    assert_eq!(header(&response.headers, "etag"), Some("W/\"x\""));
    assert_eq!(header(&response.headers, "vary"), Some("Accept-Encoding"));
    let mut response = answer(200, "ETag", "\"x\"");
    compress(&[]).apply(&plain, &mut response);
    assert_eq!(header(&response.headers, "etag"), Some("\"x\""));
    assert_eq!(header(&response.headers, "vary"), Some("Accept-Encoding"));
}

#[test]
fn short_answers_stay_as_they_are() {
    let sent = request("GET /", "Accept-Encoding: gzip\r\n");
    for (least, expected) in [("6000", true), ("6001", false)] {
        let mut response = answer(200, "", "");
        compress(&[("compress.min.length", least)]).apply(&sent, &mut response);
        assert_eq!(
            response.headers.contains("content-encoding"),
            expected,
            "{least}"
        );
    }
    let mut empty = Response::text(200, "");
    compress(&[("compress.min.length", "0")]).apply(&sent, &mut empty);
    assert!(empty.body.is_empty());
}

#[test]
fn parts_are_compressed_as_they_come() {
    let sent = request("GET /", "Accept-Encoding: gzip\r\n");
    let mut headers = Response::text(200, "").headers;
    let mut compressor = compress(&[("compress.level", "fastest")])
        .begin(&sent, 200, &mut headers, None)
        .unwrap();
    let mut all = compressor.part(b"hello, ", true);
    let mut first = flate2::write::GzDecoder::new(Vec::new());
    std::io::Write::write_all(&mut first, &all).unwrap();
    std::io::Write::flush(&mut first).unwrap();
    assert_eq!(first.get_ref(), b"hello, ", "what is flushed can be read");
    all.extend(compressor.part(b"world", false));
    all.extend(compressor.end());
    assert_eq!(unzip(&all), "hello, world");
}
