//! Which origins may read what.

use super::*;

fn cors(options: &[(&str, &str)]) -> Cors {
    match read_options(&["cors"], options).unwrap().remove(0) {
        Middleware::Cors(cors) => cors,
        other => panic!("{other:?}"),
    }
}

#[test]
fn origins_are_allowed_by_their_host() {
    for (allowed, origin, expected) in [
        ("*", "https://a.org", true),
        ("*", "null", true),
        ("localhost", "http://localhost", true),
        ("localhost", "https://LOCALHOST:3000", true),
        ("localhost", "http://localhost.evil.org", false),
        ("localhost", "http://evil.org/localhost", false),
        ("localhost", "null", false),
        ("*.a.org", "https://b.a.org", true),
        ("*.a.org", "http://c.b.a.org:81", true),
        ("*.a.org", "https://a.org", false),
        ("*.a.org", "https://.a.org", false),
        ("*.a.org", "https://evila.org", false),
        ("*.a.org", "https://a.org.evil.org", false),
        ("https://a.org", "https://a.org", true),
        ("https://A.org/", "https://a.ORG", true),
        ("https://a.org", "http://a.org", false),
        ("https://a.org", "https://a.org:444", false),
        ("https://a.org:444", "https://a.org:444", true),
        ("https://*.a.org", "https://b.a.org", true),
        ("https://*.a.org", "http://b.a.org", false),
        ("x.org, https://a.org", "https://a.org", true),
        ("http://[::1]:80", "http://[::1]:80", true),
    ] {
        let cors = cors(&[("cors.allow.origins", allowed)]);
        let mut headers = Headers::new();
        let request = request("GET /", &format!("Origin: {origin}\r\n"));
        cors.decorate(&request, &mut headers);
        let echoed = expected.then_some(origin);
        assert_eq!(
            header(&headers, "access-control-allow-origin"),
            echoed,
            "{allowed} {origin}"
        );
        assert_eq!(header(&headers, "vary"), Some("Origin"));
    }
}

#[test]
fn credentials_and_exposed_headers_are_said_to_who_is_allowed() {
    let cors = cors(&[
        ("cors.allow.credentials", "true"),
        ("cors.allow.origins", "https://a.org"),
        ("cors.expose.headers", "X-A,X-B"),
    ]);
    let mut headers = Headers::new();
    headers.set("Access-Control-Allow-Origin", b"*").unwrap();
    cors.decorate(&request("GET /", "Origin: https://a.org\r\n"), &mut headers);
    assert_eq!(
        header(&headers, "access-control-allow-origin"),
        Some("https://a.org")
    );
    assert_eq!(headers.all("access-control-allow-origin").count(), 1);
    assert_eq!(
        header(&headers, "access-control-allow-credentials"),
        Some("true")
    );
    assert_eq!(
        header(&headers, "access-control-expose-headers"),
        Some("X-A, X-B")
    );
    for origin in [
        "Origin: https://b.org\r\n",
        "",
        "Origin: https://a.org\r\nOrigin: https://a.org\r\n",
    ] {
        let mut headers = Headers::new();
        cors.decorate(&request("GET /", origin), &mut headers);
        let all: Vec<_> = headers.iter().collect();
        assert_eq!(all, [("Vary", &b"Origin"[..])], "{origin}");
    }
}

#[test]
fn preflights_are_answered() {
    let usual = "Origin: https://a.org\r\nAccess-Control-Request-Method: PUT\r\n";
    let response = cors(&[]).preflight(&request("OPTIONS /", usual)).unwrap();
    assert_eq!(response.status, 204);
    let get = |name| header(&response.headers, name);
    assert_eq!(get("access-control-allow-origin"), Some("https://a.org"));
    assert_eq!(
        get("access-control-allow-methods"),
        Some("GET, POST, PUT, DELETE, OPTIONS, PATCH")
    );
    assert_eq!(get("access-control-max-age"), Some("86400"));
    assert_eq!(get("access-control-allow-private-network"), None);
    for word in [
        "Origin",
        "Access-Control-Request-Method",
        "Access-Control-Request-Headers",
    ] {
        assert!(response.headers.has_word("Vary", word), "{word}");
    }
    let wants = format!(
        "{usual}Access-Control-Request-Headers: x-a, x-b\r\nAccess-Control-Request-Private-Network: true\r\n"
    );
    let options = [
        ("cors.allow.headers", "*"),
        ("cors.allow.private.network", "true"),
    ];
    let response = cors(&options)
        .preflight(&request("OPTIONS /", &wants))
        .unwrap();
    let get = |name| header(&response.headers, name);
    assert_eq!(get("access-control-allow-headers"), Some("x-a, x-b"));
    assert_eq!(get("access-control-allow-private-network"), Some("true"));
}

#[test]
fn what_is_no_preflight_goes_its_usual_way() {
    for (origins, line, headers) in [
        (
            "*",
            "GET /",
            "Origin: https://a.org\r\nAccess-Control-Request-Method: PUT\r\n",
        ),
        ("*", "OPTIONS /", "Origin: https://a.org\r\n"),
        ("*", "OPTIONS /", "Access-Control-Request-Method: PUT\r\n"),
        (
            "b.org",
            "OPTIONS /",
            "Origin: https://a.org\r\nAccess-Control-Request-Method: PUT\r\n",
        ),
    ] {
        let cors = cors(&[("cors.allow.origins", origins)]);
        assert_eq!(
            cors.preflight(&request(line, headers)),
            None,
            "{line} {headers}"
        );
    }
}
