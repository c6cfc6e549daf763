//! Files and parts of them, as an `http.static` serves them.

use flate2::read::GzDecoder;

use super::client::Client;
use super::{HELLO, Plan, Site};

fn plan() -> Plan {
    Plan::new("")
        .file("public/index.html", "<h1>top</h1>")
        .file("public/a b/ä.txt", "umlaut")
        .file("public/digits.txt", "0123456789")
        .file("public/docs/index.html", "<h1>docs</h1>")
        .file("public/docs/empty.css", "")
}

/// Status, type and body.
fn shown(client: &mut Client, path: &str) -> String {
    let answer = client.get(path);
    let kind = answer.header("Content-Type").unwrap_or("-");
    format!("{} {kind} {}", answer.status, answer.text())
}

#[test]
fn a_path_names_a_file_or_the_index_of_a_folder() {
    let site = plan().public("").route("GET /hello", HELLO).start();
    let mut client = site.client();
    let html = "text/html; charset=utf-8";
    let text = "text/plain; charset=utf-8";
    let nothing = format!("404 {text} 404 page not found\n");
    for (path, expected) in [
        ("/", format!("200 {html} <h1>top</h1>")),
        ("/index.html", format!("200 {html} <h1>top</h1>")),
        ("/docs/", format!("200 {html} <h1>docs</h1>")),
        ("/docs/empty.css", "200 text/css; charset=utf-8 ".to_owned()),
        ("/a%20b/%C3%A4.txt", format!("200 {text} umlaut")),
        ("/digits.txt?v=1", format!("200 {text} 0123456789")),
        ("/digits.txt/", nothing.clone()),
        ("/a%20b/", nothing.clone()),
        ("/none", nothing.clone()),
        ("/docs%2Findex.html", nothing.clone()),
        ("/hello", format!("200 {text} hello")),
    ] {
        assert_eq!(shown(&mut client, path), expected, "{path}");
    }
    let answer = client.get("/docs?a=b&c=%20");
    assert_eq!(answer.status, 307);
    assert_eq!(answer.header("Location"), Some("/docs/?a=b&c=%20"));
    site.running.stop().cleanly();
}

#[test]
fn head_is_get_without_the_body_and_other_methods_are_405() {
    let site = plan().public("").start();
    let mut client = site.client();
    for path in ["/digits.txt", "/docs/empty.css", "/none", "/docs"] {
        let whole = client.get(path);
        client.ask(&format!("HEAD {path}"));
        let head = client.head();
        assert_eq!(head.status, whole.status);
        for name in [
            "Content-Length",
            "Content-Type",
            "ETag",
            "Location",
            "Last-Modified",
        ] {
            assert_eq!(head.header(name), whole.header(name), "{path} {name}");
        }
    }
    let answer = client.post("/digits.txt", "abc");
    assert_eq!(answer.said(), (405, "Method Not Allowed\n"));
    assert_eq!(answer.header("Allow"), Some("GET, HEAD, OPTIONS"));
    // A body that nobody wanted is no matter.
    client.ask_with("GET /digits.txt", "Content-Length: 3\r\n");
    client.send("abc");
    assert_eq!(client.answer().said(), (200, "0123456789"));
}

#[test]
fn what_a_client_has_is_not_sent_again_and_parts_are() {
    let site = plan().public("").start();
    let mut client = site.client();
    let whole = client.get("/digits.txt");
    assert_eq!(whole.header("Accept-Ranges"), Some("bytes"));
    let tag = whole.header("ETag").unwrap();
    let modified = whole.header("Last-Modified").unwrap();
    for (header, status, body, range) in [
        (format!("If-None-Match: {tag}"), 304, "", None),
        (format!("If-Modified-Since: {modified}"), 304, "", None),
        (
            "If-None-Match: \"other\"".to_owned(),
            200,
            "0123456789",
            None,
        ),
        ("If-Match: \"other\"".to_owned(), 412, "", None),
        (
            "Range: bytes=2-4".to_owned(),
            206,
            "234",
            Some("bytes 2-4/10"),
        ),
        (
            "Range: bytes=-2".to_owned(),
            206,
            "89",
            Some("bytes 8-9/10"),
        ),
        ("Range: bytes=10-".to_owned(), 416, "", Some("bytes */10")),
        ("Range: bytes=1-2,4-5".to_owned(), 200, "0123456789", None),
        (
            format!("Range: bytes=9-\r\nIf-Range: {tag}"),
            206,
            "9",
            Some("bytes 9-9/10"),
        ),
    ] {
        client.ask_with("GET /digits.txt", &format!("{header}\r\n"));
        let answer = client.answer();
        assert_eq!(answer.said(), (status, body), "{header}");
        assert_eq!(answer.header("Content-Range"), range, "{header}");
    }
    // Another file of the same name is another.
    let changed = site.folder.join("public/digits.txt");
    std::fs::write(changed, "98765432100").unwrap();
    client.ask_with("GET /digits.txt", &format!("If-None-Match: {tag}\r\n"));
    assert_eq!(client.answer().said(), (200, "98765432100"));
}

#[test]
fn an_app_in_the_browser_has_its_own_paths() {
    let options = ", static_options: {spa: true, index: index.html, cache: 'public, max-age=60'}";
    let site = plan().public(options).start();
    let mut client = site.client();
    for path in ["/", "/users/7", "/a%20b/", "/index.html"] {
        let answer = client.get(path);
        assert_eq!(answer.said(), (200, "<h1>top</h1>"), "{path}");
        assert_eq!(answer.header("Cache-Control"), Some("public, max-age=60"));
    }
    assert_eq!(client.get("/digits.txt").text(), "0123456789");
    assert_eq!(client.get("/.env").status, 404);
}

#[test]
fn a_folder_in_the_folder_is_served_below_a_path() {
    let site = plan()
        .file("public/secret", "secret")
        .public("")
        .with("name: docs, kind: http.static, server: gateway, path: '/my docs', fs: files, directory: docs")
        .start();
    let mut client = site.client();
    assert_eq!(client.get("/my%20docs/").text(), "<h1>docs</h1>");
    assert_eq!(client.get("/my%20docs/empty.css").status, 200);
    assert_eq!(client.get("/my%20docs/secret").status, 404);
    assert_eq!(client.get("/secret").text(), "secret");
}

fn unzipped(bytes: &[u8]) -> String {
    std::io::read_to_string(GzDecoder::new(bytes)).unwrap()
}

#[test]
fn middleware_is_for_files_too() {
    let page = "<p>much of the same</p>\n".repeat(100);
    let large = "much more of the same\n".repeat(100_000);
    let site: Site = plan()
        .file("public/page.html", &page)
        .file("public/large.txt", &large)
        .public(
            ", middleware: [cors, compress], options: {cors.allow.origins: 'https://a.example'}",
        )
        .start();
    let mut client = site.client();
    let headers = "Accept-Encoding: gzip\r\nOrigin: https://a.example\r\n";
    for (path, text) in [("/page.html", &page), ("/large.txt", &large)] {
        client.ask_with(&format!("GET {path}"), headers);
        let answer = client.answer();
        assert_eq!(answer.header("Content-Encoding"), Some("gzip"), "{path}");
        assert!(answer.body.len() < text.len() / 2, "{path}");
        assert!(unzipped(&answer.body) == *text, "{path}");
        let origin = answer.header("Access-Control-Allow-Origin");
        assert_eq!(origin, Some("https://a.example"));
        // What was compressed is the same file.
        let tag = answer.header("ETag").unwrap();
        assert!(tag.starts_with("W/"), "{tag}");
        client.ask_with(&format!("GET {path}"), &format!("If-None-Match: {tag}\r\n"));
        assert_eq!(client.answer().status, 304);
        assert!(client.get(path).text() == text, "{path}");
    }
    let nothing = {
        client.ask_with("GET /none", headers);
        client.answer()
    };
    let origin = nothing.header("Access-Control-Allow-Origin");
    assert_eq!((nothing.status, origin), (404, Some("https://a.example")));
}
