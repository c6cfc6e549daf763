//! Routes as an app declares them, and what Go's `ServeMux` does with the same ones.

use super::*;

fn router(routes: &[(&str, &str)]) -> Router<usize> {
    let mut router = Router::new();
    for (number, (method, path)) in routes.iter().enumerate() {
        let method = Some(*method).filter(|method| !method.is_empty());
        let pattern = Pattern::new(method, "", path).unwrap();
        router.add(pattern, number).unwrap();
    }
    router
}

/// What is found, as `servemux.txt` writes it; without OPTIONS, which is ours.
fn shown(found: Found<'_, '_, usize>) -> String {
    let others = |allow: String| {
        let methods = allow.split(", ").filter(|method| *method != "OPTIONS");
        methods.collect::<Vec<_>>().join(", ")
    };
    match found {
        Found::Route(found) => {
            let mut text = found.route.pattern.to_string();
            for (name, value) in found.params() {
                text += &format!(" {name}={:?}", String::from_utf8_lossy(value));
            }
            text
        }
        Found::Redirect(location) => format!("307 {location}"),
        Found::Options { allow, .. } => format!("204 {}", others(allow)),
        Found::NotAllowed { allow } => format!("405 {}", others(allow)),
        Found::NotFound => "404".to_string(),
    }
}

#[test]
fn requests_are_routed_as_go_does() {
    let mut router: Router<usize> = Router::new();
    let mut requests = 0;
    for line in include_str!("servemux.txt").lines() {
        let Some((sign, rest)) = line.split_once(' ') else {
            router = Router::new();
            continue;
        };
        if sign != "?" {
            let (method, path) = match rest.split_once(' ') {
                Some((method, path)) => (Some(method), path),
                None => (None, rest),
            };
            let added = Pattern::new(method, "", path)
                .map_err(|error| error.to_string())
                .and_then(|pattern| router.add(pattern, 0).map_err(|error| error.to_string()));
            assert_eq!(added.is_ok(), sign == "+", "{line}: {added:?}");
            continue;
        }
        let (request, expected) = rest.split_once(" = ").unwrap();
        let (method, target) = request.split_once(' ').unwrap();
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (target, None),
        };
        let found = shown(router.find(method, path, query));
        let is_same = found == expected || (expected == "307" && found.starts_with("307 "));
        assert!(is_same, "{line}: {found}");
        requests += 1;
    }
    assert_eq!(requests, 120 * 16);
}

#[test]
fn the_more_specific_route_takes_a_request() {
    let router = router(&[
        ("", "/"),
        ("GET", "/{$}"),
        ("", "/files/"),
        ("GET", "/files/{name}"),
        ("HEAD", "/files/{name}"),
        ("GET", "/files/{name}/meta"),
        ("GET", "/files/latest/x/{what...}"),
        ("GET", "/files/latest/meta"),
    ]);
    for (method, path, number) in [
        ("GET", "/", 1),
        ("GET", "/other", 0),
        ("GET", "/files/", 2),
        ("PUT", "/files/a/b", 2),
        ("GET", "/files/a", 3),
        ("HEAD", "/files/a", 4),
        ("HEAD", "/files/a/meta", 5),
        ("GET", "/files/latest/x/y", 6),
        ("GET", "/files/latest/meta", 7),
    ] {
        match router.find(method, path, None) {
            Found::Route(found) => assert_eq!(found.route.target, number, "{method} {path}"),
            other => panic!("{method} {path}: {other:?}"),
        }
    }
}

#[test]
fn wildcards_stand_for_decoded_bytes() {
    let router = router(&[("GET", "/{a}/{b}/{rest...}"), ("GET", "/a b/{$}")]);
    let params = |path| match router.find("GET", path, None) {
        Found::Route(found) => found
            .params()
            .map(|(name, value)| (name, value.to_vec()))
            .collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        params("/x%20y/%FF/c/d%2Fe/"),
        [
            ("a", b"x y".to_vec()),
            ("b", b"\xff".to_vec()),
            ("rest", b"c/d/e/".to_vec()),
        ]
    );
    assert_eq!(params("/%61%20b/"), []);
    assert_eq!(params("/x/y/").last(), Some(&("rest", Vec::new())));
}

#[test]
fn a_path_without_a_route_for_options_tells_its_methods() {
    let router = router(&[
        ("GET", "/a"),
        ("POST", "/{x}"),
        ("OPTIONS", "/own"),
        ("", "/any/"),
    ]);
    let options = |path| match router.find("OPTIONS", path, None) {
        Found::Options { route, allow } => (route.map(|route| route.target), allow),
        other => panic!("{path}: {other:?}"),
    };
    assert_eq!(options("/a"), (Some(0), "GET, HEAD, OPTIONS, POST".into()));
    assert_eq!(options("/b"), (Some(1), "OPTIONS, POST".into()));
    assert_eq!(options("*"), (None, "GET, HEAD, OPTIONS, POST".into()));
    for (path, number) in [("/own", 2), ("/any/x", 3)] {
        let found = router.find("OPTIONS", path, None);
        assert!(matches!(found, Found::Route(found) if found.route.target == number));
    }
    assert!(matches!(
        router.find("OPTIONS", "/a/b", None),
        Found::NotFound
    ));
}

#[test]
fn other_methods_are_named() {
    let router = router(&[("GET", "/a"), ("DELETE", "/a")]);
    match router.find("POST", "/a", None) {
        Found::NotAllowed { allow } => assert_eq!(allow, "DELETE, GET, HEAD, OPTIONS"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_no_route_takes_is_answered() {
    let router = router(&[("GET", "/a/")]);
    for (method, path, status, header, body) in [
        (
            "GET",
            "/b",
            404,
            ("content-type", "text/plain; charset=utf-8"),
            "404 page not found\n",
        ),
        (
            "PUT",
            "/a/",
            405,
            ("allow", "GET, HEAD, OPTIONS"),
            "Method Not Allowed\n",
        ),
        ("OPTIONS", "/a/", 204, ("allow", "GET, HEAD, OPTIONS"), ""),
        ("GET", "/a", 307, ("location", "/a/?q"), ""),
    ] {
        let response = router.find(method, path, Some("q")).response().unwrap();
        assert_eq!(response.status, status, "{method} {path}");
        assert_eq!(response.headers.get_str(header.0), Some(header.1));
        assert_eq!(response.body, body.as_bytes());
    }
    assert_eq!(router.find("GET", "/a/x", None).response(), None);
}

#[test]
fn conflicts_name_both_routes() {
    for (one, other, said) in [
        (
            "/a/{x}",
            "/a/{y}",
            r#"route "GET /a/{y}" matches the same requests as "GET /a/{x}""#,
        ),
        (
            "/a/{x}",
            "/{y}/b",
            r#"route "GET /{y}/b" conflicts with "GET /a/{x}": both match some requests, and neither is more specific"#,
        ),
    ] {
        let mut router = router(&[("GET", "/z"), ("GET", one)]);
        let error = router.add(Pattern::new(Some("GET"), "", other).unwrap(), 9);
        assert_eq!(error.unwrap_err().to_string(), said);
        assert_eq!(router.routes().len(), 2);
        router
            .add(Pattern::new(Some("PUT"), "", other).unwrap(), 9)
            .unwrap();
    }
    let mut router = router(&[("GET", "/{x}")]);
    let wider = router.add(Pattern::new(None, "", "/a").unwrap(), 9);
    assert!(!wider.unwrap_err().same);
}

#[test]
fn a_router_prefix_stands_before_the_path() {
    for (prefix, path, full) in [
        ("/api/", "/x", "GET /api/x"),
        ("/api", "/{$}", "GET /api/{$}"),
        ("/", "/x", "GET /x"),
        ("", "/x", "GET /x"),
        ("/{tenant}/", "/", "GET /{tenant}/"),
    ] {
        let pattern = Pattern::new(Some("GET"), prefix, path).unwrap();
        assert_eq!(pattern.to_string(), full);
    }
}

/// Method, path, and what is said of them.
const WRONG: &[(&str, &str, &str)] = &[
    ("G T", "/", r#"invalid route "G T /": invalid method"#),
    (
        "GET",
        "a",
        r#"invalid route "GET a": the path must begin with /"#,
    ),
    (
        "GET",
        "",
        r#"invalid route "GET ": the path must begin with /"#,
    ),
    (
        "GET",
        "/a//b",
        r#"invalid route "GET /a//b": a path with //, . or .. matches nothing"#,
    ),
    (
        "GET",
        "/a{x}",
        r#"invalid route "GET /a{x}": "a{x}" must be a wildcard or have none"#,
    ),
    (
        "GET",
        "/{x}a",
        r#"invalid route "GET /{x}a": "{x}a" must be a wildcard or have none"#,
    ),
    (
        "GET",
        "/{$}/a",
        r#"invalid route "GET /{$}/a": {$} must be the end of the path"#,
    ),
    (
        "GET",
        "/{x...}/",
        r#"invalid route "GET /{x...}/": {x...} must be the end of the path"#,
    ),
    (
        "GET",
        "/{}",
        r#"invalid route "GET /{}": "" is no name of a wildcard"#,
    ),
    (
        "GET",
        "/{1}",
        r#"invalid route "GET /{1}": "1" is no name of a wildcard"#,
    ),
    (
        "GET",
        "/{a-b}",
        r#"invalid route "GET /{a-b}": "a-b" is no name of a wildcard"#,
    ),
    (
        "GET",
        "/{x}/{x}",
        r#"invalid route "GET /{x}/{x}": two wildcards x"#,
    ),
];

#[test]
fn what_is_no_route_says_why() {
    for &(method, path, said) in WRONG {
        let error = Pattern::new(Some(method), "", path).unwrap_err();
        assert_eq!(error.to_string(), said);
    }
}

#[test]
fn a_route_among_thousands_is_found_without_looking_at_the_others() {
    let mut router = Router::new();
    for number in 0..20_000 {
        let path = format!("/api/v1/things{number}/{{id}}/parts");
        let pattern = Pattern::new(Some("GET"), "", &path).unwrap();
        router.add(pattern, number).unwrap();
    }
    // Scanning would be 4 * 10^8 comparisons.
    for number in 0..20_000 {
        let path = format!("/api/v1/things{number}/7/parts");
        let found = router.find("GET", &path, None);
        assert!(matches!(found, Found::Route(found) if found.route.target == number));
    }
}
