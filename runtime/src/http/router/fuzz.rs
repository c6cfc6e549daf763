//! A body for a fuzzer: routes and requests that no test thought of.

use super::*;

/// Each line is a route to add, or, with a `?` before it, a request. Whatever is found is what comparing the request with
/// every route by itself would have found, and no conflict is missed.
pub fn routes(text: &[u8]) {
    let Ok(text) = std::str::from_utf8(text) else {
        return;
    };
    let mut router: Router<()> = Router::new();
    for line in text.lines().take(40) {
        if let Some(request) = line.strip_prefix('?') {
            let (method, path) = request.split_once(' ').unwrap_or(("GET", request));
            check(&router, method, path);
            continue;
        }
        let (method, path) = match line.split_once(' ') {
            Some((method, path)) => (Some(method), path),
            None => (None, line),
        };
        match Pattern::new(method, "", path) {
            Ok(pattern) => add(&mut router, pattern),
            Err(error) => assert!(error.to_string().contains("invalid route")),
        }
    }
}

/// Adds a route; a conflict is found in the tree just if one is found by comparing with each.
fn add(router: &mut Router<()>, pattern: Pattern) {
    let written = Pattern::new(pattern.method(), "", pattern.path());
    assert_eq!(written.as_ref(), Ok(&pattern));
    let conflicts = |route: &Route<()>| {
        let there = pattern.overlap(&route.pattern);
        let back = route.pattern.overlap(&pattern);
        assert_eq!(there.is_some(), back.is_some());
        there.is_some_and(|overlap| overlap.is_conflict())
    };
    let expected = router.routes().iter().any(conflicts);
    let result = router.add(pattern, ());
    assert_eq!(result.is_err(), expected, "{result:?}");
}

fn check(router: &Router<()>, method: &str, path: &str) {
    if !path.starts_with('/') || !crate::request::percent::is_valid(path.as_bytes()) {
        return;
    }
    match router.find(method, path, None) {
        Found::Route(found) => {
            assert_eq!(found.params().count(), found.route.pattern.names().count());
            for other in router
                .routes()
                .iter()
                .filter(|other| alone(&other.pattern, method, path))
            {
                let overlap = found.route.pattern.overlap(&other.pattern);
                let overlap = overlap.expect("both match this request");
                let is_itself = std::ptr::eq(other, found.route);
                assert!(is_itself || overlap.second_has_more, "{other:?} for {path}");
            }
        }
        Found::Redirect(location) => {
            assert!(location.starts_with('/') && !location.starts_with("//"));
            assert!(location.is_ascii() && !location.contains(['\\', ' ']));
        }
        Found::Options { allow, .. } | Found::NotAllowed { allow } => {
            assert!(allow.contains("OPTIONS"));
            assert!(
                !router
                    .routes()
                    .iter()
                    .any(|route| alone(&route.pattern, method, path))
            );
        }
        Found::NotFound => {
            assert!(
                !router
                    .routes()
                    .iter()
                    .any(|route| alone(&route.pattern, method, path))
            );
        }
    }
}

/// Whether the pattern by itself takes the request, found the slow way.
fn alone(pattern: &Pattern, method: &str, path: &str) -> bool {
    let takes = match pattern.method() {
        None => true,
        Some("GET") => method == "GET" || method == "HEAD",
        Some(own) => own == method,
    };
    let mut texts = path[1..].split('/');
    let mut is_match = takes;
    for segment in pattern.segments() {
        let Some(text) = texts.next() else {
            return false;
        };
        let text = crate::request::percent::decode(text.as_bytes());
        is_match &= match segment {
            Segment::Rest(_) => return is_match,
            Segment::Literal(own) => **own == *text,
            Segment::One(_) => !text.is_empty(),
            Segment::End => text.is_empty(),
        };
    }
    is_match && texts.next().is_none()
}
