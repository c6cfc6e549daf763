//! Files without a file system.

use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use super::*;
use crate::http::connection::{Connection, Event, Limits};
use crate::request::Request;

#[test]
fn paths_stay_in_the_folder() {
    for (path, expected) in [
        ("", Some("")),
        ("/", Some("")),
        ("/a/b.txt", Some("a/b.txt")),
        ("a/b/", Some("a/b")),
        ("/a%20b/%C3%A4", Some("a b/ä")),
        ("/a..b", Some("a..b")),
        ("/.well-known/acme", Some(".well-known/acme")),
        ("/..", None),
        ("/a/../b", None),
        ("/%2e%2e/b", None),
        ("/.%2E/b", None),
        ("/a/.", None),
        ("/.git/config", None),
        ("/a/.env", None),
        ("/%2eenv", None),
        ("/a/.well-known", None),
        ("//etc/passwd", None),
        ("/a//b", None),
        ("/a%2Fb", None),
        ("/%2Fetc%2Fpasswd", None),
        ("/a%00.txt", None),
    ] {
        assert_eq!(resolve(path), expected.map(PathBuf::from), "{path}");
    }
}

/// What a path leads to in a folder with these files, each look noted.
fn served(mount: &Mount, path: &str) -> String {
    let files = ["index.html", "a.txt", "docs/index.html", "empty/x.txt"];
    let mut step = mount.begin(path);
    loop {
        match step {
            Step::Look(look) => {
                let is_file = files.iter().any(|file| look.path == Path::new(file));
                let is_folder = files
                    .iter()
                    .any(|file| Path::new(file).starts_with(&look.path));
                let present = match (is_file, is_folder) {
                    (true, _) => Present::File,
                    (_, true) => Present::Folder,
                    _ => Present::Nothing,
                };
                step = mount.found(look, present);
            }
            Step::Serve(path) => return path.display().to_string(),
            Step::AddSlash => return "add slash".to_string(),
            Step::NotFound => return "not found".to_string(),
        }
    }
}

#[test]
fn a_folder_is_its_index() {
    let mount = |spa| Mount {
        index: "index.html".to_string(),
        spa,
        cache: None,
    };
    for (path, plain, spa) in [
        ("", "index.html", "index.html"),
        ("/", "index.html", "index.html"),
        ("/a.txt", "a.txt", "a.txt"),
        ("/docs", "add slash", "add slash"),
        ("/docs/", "docs/index.html", "docs/index.html"),
        ("/empty/", "not found", "index.html"),
        ("/a.txt/", "not found", "index.html"),
        ("/users/7", "not found", "index.html"),
        ("/.env", "not found", "not found"),
        ("/../x", "not found", "not found"),
    ] {
        assert_eq!(served(&mount(false), path), plain, "{path}");
        assert_eq!(served(&mount(true), path), spa, "{path}");
    }
    let missing = Mount {
        index: "main.html".to_string(),
        spa: true,
        cache: None,
    };
    assert_eq!(served(&missing, "/users/7"), "not found");
}

#[test]
fn ranges_are_cut_to_the_file() {
    for (value, expected) in [
        ("bytes=0-9", Ranged::Part(0..10)),
        ("bytes=90-", Ranged::Part(90..100)),
        ("bytes=90-1000", Ranged::Part(90..100)),
        ("bytes=99-99999999999999999999", Ranged::Part(99..100)),
        ("bytes=-10", Ranged::Part(90..100)),
        ("bytes=-1000", Ranged::Part(0..100)),
        ("Bytes = 5-5", Ranged::Part(5..6)),
        ("bytes=100-", Ranged::Unsatisfiable),
        ("bytes=100-200", Ranged::Unsatisfiable),
        ("bytes=-0", Ranged::Unsatisfiable),
        ("bytes=9-0", Ranged::Whole),
        ("bytes=0-1,3-4", Ranged::Whole),
        ("bytes=-", Ranged::Whole),
        ("bytes=a-b", Ranged::Whole),
        ("bytes=+1-2", Ranged::Whole),
        ("bytes=1", Ranged::Whole),
        ("lines=1-2", Ranged::Whole),
        ("", Ranged::Whole),
    ] {
        assert_eq!(range(value, 100), expected, "{value}");
    }
    assert_eq!(range("bytes=0-", 0), Ranged::Unsatisfiable);
    assert_eq!(range("bytes=-5", 0), Ranged::Unsatisfiable);
}

fn request(method: &str, headers: &str) -> Request {
    let text = format!("{method} / HTTP/1.1\r\nHost: a\r\n{headers}\r\n");
    let mut connection = Connection::new(Limits::default());
    match connection.poll(&mut text.as_bytes()) {
        Some(Event::Request(head)) => head.request,
        other => panic!("{other:?}"),
    }
}

const MODIFIED: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
const EARLIER: &str = "Sun, 06 Nov 1994 08:49:36 GMT";

fn file() -> Metadata {
    Metadata {
        length: 100,
        // Half a second later than the header can say.
        modified: UNIX_EPOCH + Duration::from_millis(784_111_777_500),
    }
}

/// Method, headers, status, and what of the file is the body.
const CONDITIONS: &[(&str, &str, u16, std::ops::Range<u64>)] = &[
    ("GET", "", 200, 0..100),
    ("HEAD", "Range: bytes=0-9\r\n", 200, 0..100),
    ("GET", "If-None-Match: TAG\r\n", 304, 0..0),
    ("GET", "If-None-Match: \"x\", W/TAG\r\n", 304, 0..0),
    ("GET", "If-None-Match: *\r\n", 304, 0..0),
    ("GET", "If-None-Match: \"x\"\r\n", 200, 0..100),
    ("GET", "If-Modified-Since: MODIFIED\r\n", 304, 0..0),
    ("GET", "If-Modified-Since: EARLIER\r\n", 200, 0..100),
    ("GET", "If-Modified-Since: yesterday\r\n", 200, 0..100),
    (
        "GET",
        "If-None-Match: \"x\"\r\nIf-Modified-Since: MODIFIED\r\n",
        200,
        0..100,
    ),
    ("GET", "If-Match: TAG\r\n", 200, 0..100),
    ("GET", "If-Match: W/TAG\r\n", 412, 0..0),
    ("GET", "If-Match: \"x\"\r\n", 412, 0..0),
    ("GET", "If-Unmodified-Since: EARLIER\r\n", 412, 0..0),
    ("GET", "If-Unmodified-Since: MODIFIED\r\n", 200, 0..100),
    ("GET", "Range: bytes=10-19\r\n", 206, 10..20),
    ("GET", "Range: bytes=100-\r\n", 416, 0..0),
    ("GET", "Range: bytes=0-9\r\nIf-Range: TAG\r\n", 206, 0..10),
    (
        "GET",
        "Range: bytes=0-9\r\nIf-Range: MODIFIED\r\n",
        206,
        0..10,
    ),
    (
        "GET",
        "Range: bytes=0-9\r\nIf-Range: W/TAG\r\n",
        200,
        0..100,
    ),
    (
        "GET",
        "Range: bytes=0-9\r\nIf-Range: EARLIER\r\n",
        200,
        0..100,
    ),
    (
        "GET",
        "Range: bytes=0-9\r\nIf-None-Match: TAG\r\n",
        304,
        0..0,
    ),
];

#[test]
fn conditions_are_weighed() {
    let file = file();
    let tag = entity_tag(&file);
    for (method, headers, status, body) in CONDITIONS {
        let headers = headers
            .replace("TAG", &tag)
            .replace("MODIFIED", MODIFIED)
            .replace("EARLIER", EARLIER);
        let served = answer(&request(method, &headers), &file);
        assert_eq!(
            (served.status, &served.body),
            (*status, body),
            "{method} {headers}"
        );
    }
}

#[test]
fn answers_say_what_they_are_of() {
    let get = |headers: &str, name: &str| {
        let served = answer(&request("GET", headers), &file());
        served.headers.get_str(name).map(str::to_string)
    };
    let tag = entity_tag(&file());
    assert!(tag.starts_with('"') && tag.ends_with("-64\""), "{tag}");
    for headers in ["", "If-None-Match: *\r\n", "Range: bytes=0-0\r\n"] {
        assert_eq!(get(headers, "etag").as_ref(), Some(&tag), "{headers}");
        assert_eq!(get(headers, "last-modified").as_deref(), Some(MODIFIED));
    }
    assert_eq!(get("", "accept-ranges").as_deref(), Some("bytes"));
    let part = get("Range: bytes=-1\r\n", "content-range");
    assert_eq!(part.as_deref(), Some("bytes 99-99/100"));
    let none = get("Range: bytes=100-\r\n", "content-range");
    assert_eq!(none.as_deref(), Some("bytes */100"));
    let longer = Metadata {
        length: 101,
        ..file()
    };
    assert_ne!(entity_tag(&longer), tag);
}

#[test]
fn a_mount_says_type_and_caching() {
    let mut mount = Mount {
        index: "index.html".to_string(),
        spa: false,
        cache: Some("public, max-age=60".to_string()),
    };
    let described = |headers: &str| {
        let mut served = answer(&request("GET", headers), &file());
        mount.describe(Path::new("a/b.css"), &mut served).unwrap();
        let get = |name| served.headers.get_str(name).map(str::to_string);
        (get("content-type"), get("cache-control"))
    };
    let (css, cache) = ("text/css; charset=utf-8", "public, max-age=60");
    let (css, cache) = (Some(css.to_string()), Some(cache.to_string()));
    assert_eq!(described(""), (css.clone(), cache.clone()));
    assert_eq!(described("Range: bytes=0-0\r\n"), (css, cache.clone()));
    assert_eq!(described("If-None-Match: *\r\n"), (None, cache));
    mount.cache = Some("a\r\nX: b".to_string());
    let mut served = answer(&request("GET", ""), &file());
    assert!(mount.describe(Path::new("a"), &mut served).is_err());
}
