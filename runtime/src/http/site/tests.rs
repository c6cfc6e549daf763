//! Sites of whole apps: who takes which request, and what is said of bad routes.

use std::fs;

use super::*;
use crate::app::{self, EntryId, Options};
use crate::http::files::{Look, Step};

const BASE: &str = "namespace: app
entries:
  - {name: gateway, kind: http.service, addr: \":0\"}
  - {name: f, kind: function.lua, method: f, source: return f}
  - {name: g, kind: function.lua, method: f, source: return f}
  - {name: files, kind: fs.directory, directory: public}
  - name: api
    kind: http.router
    meta: {server: gateway}
    prefix: /api/
    middleware: [cors]
    post_middleware: [compress, ratelimit]
";

fn id(name: &str) -> EntryId {
    EntryId::new("app", name)
}

/// The app with the entries `more` behind those of [`BASE`], which is 12 lines.
fn app_of(more: &str) -> App {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("src")).unwrap();
    fs::write(folder.path().join("src/a.yaml"), format!("{BASE}{more}")).unwrap();
    let loaded = app::load(folder.path(), &Options::default());
    assert_eq!(loaded.problems, []);
    loaded.app.unwrap()
}

fn site_of(more: &str) -> Site {
    let app = app_of(more);
    assert_eq!(Site::check(&app), []);
    Site::new(&app, &id("gateway")).unwrap()
}

/// What is wrong with an app, line by line; its site must be refused with the errors among it.
fn problems_of(more: &str) -> Vec<String> {
    let app = app_of(more);
    let problems = Site::check(&app);
    let errors: Vec<_> = problems.iter().filter(|it| it.is_error()).collect();
    match Site::new(&app, &id("gateway")) {
        Ok(_) => assert!(errors.is_empty(), "{errors:?}"),
        Err(found) => assert_eq!(found.iter().collect::<Vec<_>>(), errors),
    }
    problems.iter().map(ToString::to_string).collect()
}

fn endpoint(name: &str, method: &str, path: &str) -> String {
    format!(
        "  - {{name: {name}, kind: http.endpoint, meta: {{router: api}}, func: f, method: {method}, path: {path:?}}}\n"
    )
}

fn mount(name: &str, path: &str, more: &str) -> String {
    format!(
        "  - {{name: {name}, kind: http.static, meta: {{server: gateway}}, fs: files, path: {path:?}{more}}}\n"
    )
}

/// The entry that takes a request.
fn taker(site: &Site, method: &str, path: &str) -> Option<String> {
    match site.find(method, path, None) {
        Found::Route(found) => Some(found.route.target.entry.to_string()),
        _ => None,
    }
}

fn names(chain: &[Middleware]) -> Vec<&'static str> {
    let name = |step: &Middleware| match step {
        Middleware::Cors(_) => "cors",
        Middleware::RateLimit(_) => "ratelimit",
        Middleware::Compress(_) => "compress",
        Middleware::RealIp(_) => "real_ip",
    };
    chain.iter().map(name).collect()
}

#[test]
fn an_endpoint_is_found_by_its_method_and_the_path_behind_the_prefix() {
    let site = site_of(&format!(
        "{}{}",
        endpoint("list", "GET", "/things"),
        endpoint("one", "get", "/things/{id}"),
    ));
    let takers = ["/api/things", "/api/things/7", "/things", "/api", "/"]
        .map(|path| taker(&site, "GET", path));
    let entry = |name| Some(id(name).to_string());
    assert_eq!(takers, [entry("list"), entry("one"), None, None, None]);
    assert_eq!(taker(&site, "POST", "/api/things"), None);
    let Found::Route(found) = site.find("HEAD", "/api/things/7", None) else {
        panic!("HEAD is taken by what takes GET");
    };
    assert_eq!(found.route.target.serves, Serves::Function(id("f")));
    assert_eq!(found.params().collect::<Vec<_>>(), [("id", &b"7"[..])]);
    let chain = site.chain(&found.route.target);
    assert_eq!(chain.entry, id("api"));
    assert_eq!(names(&chain.before), ["cors"]);
    assert_eq!(names(&chain.after), ["compress", "ratelimit"]);
}

#[test]
fn options_are_answered_within_the_chain_of_a_route_of_the_path() {
    let more =
        "  - {name: other, kind: http.router, meta: {server: gateway}, prefix: /api/other}\n";
    let more = more.to_string() + &endpoint("a", "POST", "/a") + &mount("s", "/s", "");
    let site = site_of(&more);
    match site.find("OPTIONS", "/api/a", None) {
        Found::Options {
            route: Some(route),
            allow,
        } => {
            assert_eq!(allow, "OPTIONS, POST");
            assert_eq!(names(&site.chain(&route.target).before), ["cors"]);
        }
        other => panic!("{other:?}"),
    }
    match site.find("OPTIONS", "/s/x.js", None) {
        Found::Options { allow, .. } => assert_eq!(allow, "GET, HEAD, OPTIONS"),
        other => panic!("{other:?}"),
    }
    let own = site_of(&endpoint("own", "OPTIONS", "/a"));
    assert_eq!(taker(&own, "OPTIONS", "/api/a"), Some("app:own".into()));
}

#[test]
fn a_server_has_its_own_routes_only() {
    let more = "  - {name: second, kind: http.service, addr: \":0\"}
  - {name: api2, kind: http.router, meta: {server: second}, prefix: /api}
  - {name: b, kind: http.endpoint, meta: {router: api2}, func: g, method: GET, path: /a}
";
    let app = app_of(&(endpoint("a", "GET", "/a") + more));
    assert_eq!(Site::check(&app), []);
    for (server, entry) in [("gateway", "app:a"), ("second", "app:b")] {
        let site = Site::new(&app, &id(server)).unwrap();
        assert_eq!(taker(&site, "GET", "/api/a"), Some(entry.into()));
        assert_eq!((site.routes().len(), site.chains().len()), (1, 1));
    }
    let nothing = Site::new(&app, &id("none")).unwrap();
    assert_eq!(taker(&nothing, "GET", "/api/a"), None);
}

#[test]
fn a_mount_takes_what_is_below_its_path_and_no_endpoint_does() {
    let options = ", directory: /web/, middleware: [compress], static_options: {spa: true, index: app.html, cache: no-store}";
    let more = mount("web", "/", options) + &endpoint("a", "GET", "/a");
    let site = site_of(&(more + &mount("docs", "/docs", "")));
    let taken = |path| taker(&site, "GET", path).unwrap_or_default();
    assert_eq!(taken("/"), "app:web");
    assert_eq!(taken("/x/y.js"), "app:web");
    assert_eq!(taken("/api/a"), "app:a");
    assert_eq!(taken("/docs/"), "app:docs");
    assert_eq!(taken("/docs/x/y"), "app:docs");
    assert!(matches!(site.find("GET", "/docs", None), Found::Redirect(to) if to == "/docs/"));
    assert_eq!(taker(&site, "POST", "/docs/x"), None);
    let Found::Route(found) = site.find("HEAD", "/x", None) else {
        panic!("HEAD is taken too");
    };
    let target = &found.route.target;
    assert_eq!(names(&site.chain(target).before), ["compress"]);
    let Serves::Folder(folder) = &target.serves else {
        panic!("{target:?}");
    };
    assert_eq!(folder.files, id("files"));
    assert_eq!(folder.directory.as_deref(), Some("web"));
    let Mount { index, spa, cache } = &folder.mount;
    let cache = cache.as_deref();
    assert_eq!(
        (index.as_str(), *spa, cache),
        ("app.html", true, Some("no-store"))
    );
}

#[test]
fn what_is_behind_the_path_of_a_mount_names_the_file() {
    let site = site_of(&(mount("web", "/", "") + &mount("docs", "/my docs/v1", "")));
    let named = |path: &str| {
        let Found::Route(found) = site.find("GET", path, None) else {
            panic!("{path} is not taken");
        };
        let Serves::Folder(folder) = &found.route.target.serves else {
            panic!("{path} is taken by a function");
        };
        match folder.mount.begin(folder.rest(path)) {
            Step::Look(Look { path, .. }) => path.display().to_string(),
            other => panic!("{path}: {other:?}"),
        }
    };
    assert_eq!(named("/"), "index.html");
    assert_eq!(named("/a/b.css"), "a/b.css");
    assert_eq!(named("/my%20docs/v1/"), "index.html");
    assert_eq!(named("/my%20docs/%761/a/b.css"), "a/b.css");
}

#[test]
fn two_routes_that_conflict_are_named_with_their_places() {
    assert_eq!(
        problems_of(&(endpoint("b", "GET", "/x/{id}") + &endpoint("a", "GET", "/{name}/x"))),
        [
            "src/a.yaml:14:85: app:a: path: route \"GET /api/{name}/x\" conflicts with \
             \"GET /api/x/{id}\" of `app:b` at src/a.yaml:13:85: both match some requests, \
             and neither is more specific, change one of the two"
        ]
    );
    let problems = problems_of(&(mount("m", "/api", "") + &endpoint("a", "GET", "/")));
    assert_eq!(
        problems,
        [
            "src/a.yaml:14:85: app:a: path: route \"GET /api/\" matches the same requests as \
             \"GET /api/\" of `app:m` at src/a.yaml:13:76, change one of the two"
        ]
    );
}

#[test]
fn bad_patterns_are_errors_where_the_path_is() {
    for (path, said) in [
        ("/a{b}", "\"a{b}\" must be a wildcard or have none"),
        ("/{a...}/b", "{a...} must be the end of the path"),
        ("/{a}/{a}", "two wildcards a"),
        ("/{:id}", "\":id\" is no name of a wildcard"),
        ("/a//b", "a path with //, . or .. matches nothing"),
    ] {
        let route = format!("GET /api{path}");
        assert_eq!(
            problems_of(&endpoint("a", "GET", path)),
            [format!(
                "src/a.yaml:13:85: app:a: path: invalid route {route:?}: {said}"
            )]
        );
    }
    assert_eq!(
        problems_of(&mount("m", "/u/{user}", "")),
        ["src/a.yaml:13:76: app:m: path: \"/u/{user}/\" has a wildcard, which no folder has"]
    );
}

#[test]
fn a_bad_prefix_is_one_error_however_many_endpoints_there_are() {
    let more = "  - {name: r, kind: http.router, meta: {server: gateway}, prefix: \"/{x...}\"}
  - {name: e1, kind: http.endpoint, meta: {router: r}, func: g, method: GET, path: /a}
  - {name: e2, kind: http.endpoint, meta: {router: r}, func: g, method: GET, path: /b}
";
    assert_eq!(
        problems_of(more),
        [
            "src/a.yaml:13:67: app:r: prefix: invalid route \"/{x...}/\": \
             {x...} must be the end of the path"
        ]
    );
}

#[test]
fn middleware_and_options_that_do_not_exist_or_are_wrong() {
    let more = r#"  - name: r
    kind: http.router
    meta: {server: gateway}
    middleware: [real_ip, crs]
    options:
      cors.max.age: soon
      cors.allow.orgins: "*"
    post_middleware: [token_auth]
    post_options: {ratelimit.requests: 0}
"#;
    let problems = problems_of(more);
    let at = |place: &str| format!("src/a.yaml:{place}: app:r: ");
    let known = "there are compress, cors, ratelimit, real_ip";
    assert_eq!(
        problems,
        [
            at("18:21")
                + "options: option \"cors.max.age\" has no effect: \
                           `middleware` has no `cors`",
            at("19:26")
                + "options: unknown option \"cors.allow.orgins\" has no effect, \
                           did you mean `cors.allow.origins`?",
            at("18:21") + "options: option \"cors.max.age\" must be a number, not \"soon\"",
            at("16:27")
                + "middleware: unknown middleware \"crs\": "
                + known
                + ", did you mean `cors`?",
            at("21:40")
                + "post_options: option \"ratelimit.requests\" has no effect: \
                           `post_middleware` has no `ratelimit`",
            at("21:40")
                + "post_options: option \"ratelimit.requests\" must be \
                           a number above 0, not \"0\"",
            at("20:23") + "post_middleware: unknown middleware \"token_auth\": " + known,
        ]
    );
    assert_eq!(
        problems_of(&mount("m", "/m", ", middleware: [sendfile]")),
        [format!(
            "src/a.yaml:13:95: app:m: middleware: unknown middleware \"sendfile\": {known}"
        )]
    );
}

#[test]
fn thousands_of_routes_are_checked_at_once() {
    let mut more = String::new();
    for number in 0..20_000 {
        more += &endpoint(
            &format!("e{number}"),
            "GET",
            &format!("/things{number}/{{id}}"),
        );
    }
    // Comparing each with each would be 2 * 10^8 comparisons.
    let site = site_of(&more);
    assert_eq!(site.routes().len(), 20_000);
    assert_eq!(taker(&site, "GET", "/api/things7/1"), Some("app:e7".into()));
}
