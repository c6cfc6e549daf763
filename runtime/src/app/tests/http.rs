//! Servers, routers and endpoints.

use super::*;

const GATEWAY: &str = "  - {name: gateway, kind: http.service, addr: \":8080\"}\n";
const ROUTER: &str = "  - {name: api, kind: http.router, meta: {server: gateway}}\n";
const FUNCTION: &str = "  - {name: f, kind: function.lua, method: f, source: return f}\n";

/// The server whose fields are `fields`.
fn server(fields: &str) -> String {
    format!("  - {{name: e, kind: http.service, {fields}}}\n")
}

/// The seed of an app that serves, with the fields that it has.
const HTTP_SPAWN: &str = r#"version: "1.0"
namespace: app
entries:
  - name: processes
    kind: process.host
    host: {workers: 8}
    lifecycle: {auto_start: true}
  - name: gateway
    kind: http.service
    addr: :8080
    timeouts: {read: 5s, write: 10s, idle: 1m}
    host: {buffer_size: 1024, worker_count: 4}
    lifecycle: {auto_start: true, requires: [processes]}
  - name: router
    kind: http.router
    meta: {server: gateway}
    prefix: /api/
  - name: task_worker
    kind: process.lua
    source: file://worker.lua
  - name: submit_task
    kind: function.lua
    source: file://handler.lua
    method: handler
  - name: submit_task.endpoint
    kind: http.endpoint
    meta: {router: router}
    method: POST
    path: /tasks
    func: submit_task
"#;

#[test]
fn an_app_that_serves_loads() {
    let app = Folder::new()
        .file("src/_index.yaml", HTTP_SPAWN)
        .file("src/worker.lua", "return { main = main }")
        .file("src/handler.lua", "return { handler = handler }")
        .app();
    let server = &app.http_services[&id("app:gateway")];
    assert_eq!(server.address.to_string(), ":8080");
    assert_eq!(
        (server.address.host.as_str(), server.address.port),
        ("", 8080)
    );
    assert_eq!(server.timeouts.read, Duration::from_secs(5));
    assert_eq!(server.timeouts.write, Duration::from_secs(10));
    assert_eq!(server.timeouts.idle, Duration::from_secs(60));
    let router = &app.http_routers[&id("app:router")];
    assert_eq!(
        (&router.server, &*router.prefix),
        (&id("app:gateway"), "/api")
    );
    let endpoint = &app.http_endpoints[&id("app:submit_task.endpoint")];
    assert_eq!(endpoint.router, id("app:router"));
    assert_eq!((&*endpoint.method, &*endpoint.path), ("POST", "/tasks"));
    assert_eq!(endpoint.function, id("app:submit_task"));
    assert_eq!(endpoint.place.to_string(), "src/_index.yaml:29:11");
    let order: Vec<_> = app.boot.start().collect();
    assert_eq!(order, [[id("app:processes")], [id("app:gateway")]]);
    assert_eq!(app.needs(&id("app:gateway")), [&id("app:processes")]);
    assert!(app.lifecycle(&id("app:gateway")).unwrap().auto_start);
    assert_eq!(app.lifecycle(&id("app:router")), None);
}

#[test]
fn what_a_server_does_not_say_has_defaults() {
    let app = Folder::of(GATEWAY).app();
    let server = &app.http_services[&id("app:gateway")];
    let seconds = |timeout: Duration| timeout.as_secs();
    let Timeouts { read, write, idle } = server.timeouts;
    assert_eq!([read, write, idle].map(seconds), [30, 60, 120]);
    assert_eq!(
        server.limits,
        HttpLimits {
            headers: 64 << 10,
            body: 120 << 20,
            connections: 20_000,
            requests: 4096,
            tasks: 1_000_000,
        }
    );
    assert_eq!(server.lifecycle, Lifecycle::default());
    let limits = "limits: {headers: 8 KiB, body: 0, connections: 1, requests: 2, tasks: 3}";
    let app = Folder::of(&server_of(limits)).app();
    assert_eq!(
        app.http_services[&id("app:e")].limits,
        HttpLimits {
            headers: 8 << 10,
            body: 0,
            connections: 1,
            requests: 2,
            tasks: 3,
        }
    );
}

/// A good server with the fields `more`.
fn server_of(more: &str) -> String {
    server(&format!("addr: \":0\", {more}"))
}

#[test]
fn wrong_values_in_a_server() {
    let how = "write it as in \":8080\", \"127.0.0.1:8080\" or \"[::1]:8080\"";
    for (fields, said) in [
        ("lifecycle: {}", "addr: address is required".to_string()),
        ("addr: \"\"", "addr: address is required".to_string()),
        (
            "addr: [1]",
            "addr: must be a text, and is a list".to_string(),
        ),
        (
            "addr: 8080",
            format!("addr: must be host:port, and is \"8080\", {how}"),
        ),
        (
            "addr: \"::1:80\"",
            format!("addr: must be host:port, and is \"::1:80\", {how}"),
        ),
    ] {
        assert_eq!(error_of(&server(fields)), said);
    }
    for (fields, said) in [
        (
            "timeouts: {read: 5}",
            "timeouts.read: missing unit in duration \"5\", write it as in 500ms, 10s or 1h30m",
        ),
        (
            "timeouts: {idle: -1s}",
            "timeouts.idle: must not be negative, and is -1s, write it as in 500ms, 10s or 1h30m",
        ),
        (
            "limits: {headers: 1}",
            "limits.headers: must be at least 1 KiB, and is \"1\"",
        ),
        (
            "limits: {requests: 0}",
            "limits.requests: must be greater than 0, and is 0, leave it out for the default",
        ),
        (
            "host: {buffer_size: 0}",
            "host.buffer_size: must be greater than 0, and is 0, leave it out for the default",
        ),
        (
            "host: {worker_count: x}",
            "host.worker_count: must be a whole number, and is \"x\"",
        ),
        (
            "tls: {cert: x}",
            "tls: the server speaks no TLS, put a proxy in front of it that does, and take this out",
        ),
    ] {
        assert_eq!(error_of(&server_of(fields)), said);
    }
    assert_eq!(
        Folder::of(&server_of(
            "network: app:overlay, adr: x, timeouts: {raed: 1s}"
        ))
        .warnings(),
        [
            "src/_index.yaml:3:56: app:e: network: has no effect: \
             the server listens in the network of this machine",
            "src/_index.yaml:3:69: app:e: adr: unknown field, which has no effect, \
             did you mean `addr`?",
            "src/_index.yaml:3:88: app:e: timeouts.raed: unknown field, which has no effect, \
             did you mean `read`?",
        ]
    );
}

#[test]
fn a_server_that_starts_but_needs_what_does_not() {
    let more = "lifecycle: {auto_start: true, requires: [h]}";
    let entries = server_of(more) + "  - {name: h, kind: process.host}\n";
    assert_eq!(
        Folder::of(&entries).warnings(),
        [
            "src/_index.yaml:3:12: app:e: lifecycle.auto_start: starts with the app, but needs `app:h`, \
             which does not, set `lifecycle.auto_start` of `app:h` to true"
        ]
    );
    let circle = server_of("lifecycle: {requires: [e]}");
    assert!(Folder::of(&circle).errors()[0].contains("goes in a circle: app:e → app:e"));
}

#[test]
fn a_server_is_named_in_meta_or_beside_it() {
    let router = |fields: &str| {
        let entry = format!("  - {{name: e, kind: http.router, {fields}}}\n");
        Folder::of(&(GATEWAY.to_string() + &entry))
    };
    for fields in [
        "meta: {server: gateway}",
        "meta: {server: \"app:gateway\"}",
        "server: gateway",
        "server: gateway, meta: {server: gateway}",
    ] {
        let app = router(fields).app();
        assert_eq!(app.http_routers[&id("app:e")].server, id("app:gateway"));
    }
    for (fields, said) in [
        (
            "prefix: /",
            "4:5: app:e: meta.server: server is required, name one in `meta.server`",
        ),
        (
            "meta: {server: gatway}",
            "4:49: app:e: meta.server: names unknown entry `gatway`, did you mean `app:gateway`?",
        ),
        (
            "server: e",
            "4:42: app:e: server: names `app:e`, which is a http.router, name a http.service",
        ),
    ] {
        assert_eq!(router(fields).errors(), [format!("src/_index.yaml:{said}")]);
    }
    assert_eq!(
        router("server: other, meta: {server: gateway}").warnings(),
        ["src/_index.yaml:4:42: app:e: server: has no effect beside `meta.server`"]
    );
}

#[test]
fn a_router_has_a_prefix_and_two_lists_of_middleware() {
    let router = |fields: &str| {
        let entry = format!("  - {{name: e, kind: http.router, server: gateway, {fields}}}\n");
        GATEWAY.to_string() + &entry
    };
    for (prefix, kept) in [("/", ""), ("\"\"", ""), ("/api", "/api"), ("/a/b/", "/a/b")] {
        let app = Folder::of(&router(&format!("prefix: {prefix}"))).app();
        assert_eq!(app.http_routers[&id("app:e")].prefix, kept);
    }
    let app = Folder::of(&router(
        "middleware: [cors, real_ip], options: {cors.max.age: 60, cors: {allow.credentials: true}}, \
         post_middleware: [ratelimit], post_options: {ratelimit.window: 1m}",
    ))
    .app();
    let router_read = &app.http_routers[&id("app:e")];
    assert_eq!(router_read.middleware, ["cors", "real_ip"]);
    let pairs = |options: &BTreeMap<String, String>| -> Vec<(String, String)> {
        options.clone().into_iter().collect()
    };
    let pair = |key: &str, value: &str| (key.to_string(), value.to_string());
    assert_eq!(
        pairs(&router_read.options),
        [
            pair("cors.allow.credentials", "true"),
            pair("cors.max.age", "60")
        ]
    );
    assert_eq!(router_read.post_middleware, ["ratelimit"]);
    assert_eq!(
        pairs(&router_read.post_options),
        [pair("ratelimit.window", "1m")]
    );
    assert_eq!(
        router_read.places.names[1].to_string(),
        "src/_index.yaml:4:70"
    );
    for (fields, said) in [
        (
            "prefix: api",
            "prefix: prefix must start with /, write it as in \"/api\"",
        ),
        ("prefix: 1", "prefix: must be a text, and is 1"),
        (
            "middleware: cors",
            "middleware: must be a list, and is \"cors\"",
        ),
        (
            "options: {cors.allow.origins: [a, b]}",
            "options: option \"cors.allow.origins\" must be a text, and is a list, \
             separate its parts by commas",
        ),
    ] {
        assert_eq!(error_of(&router(fields)), said);
    }
    let long = "x".repeat(101);
    let said = error_of(&router(&format!("options: {{{long}: {{b: 1}}}}")));
    assert!(said.contains("must be a text, and is a map"), "{said}");
}

#[test]
fn wrong_values_in_an_endpoint() {
    let base = format!("{GATEWAY}{ROUTER}{FUNCTION}{WORKER}");
    let endpoint = |fields: &str| {
        let entry = format!("  - {{name: e, kind: http.endpoint, {fields}}}\n");
        base.clone() + &entry
    };
    let good = "router: api, func: f, method: put, path: /x";
    let app = Folder::of(&endpoint(good)).app();
    assert_eq!(app.http_endpoints[&id("app:e")].method, "PUT");
    for (fields, said) in [
        (
            "func: f, method: GET, path: /x",
            "meta.router: router is required, name one in `meta.router`",
        ),
        (
            "router: gateway, func: f, method: GET, path: /x",
            "router: names `app:gateway`, which is a http.service, name a http.router",
        ),
        (
            "router: api, func: f, path: /x",
            "method: method is required",
        ),
        (
            "router: api, func: f, method: PSOT, path: /x",
            "method: invalid HTTP method: PSOT, did you mean `POST`?",
        ),
        (
            "router: api, func: f, method: CONNECT, path: /x",
            "method: invalid HTTP method: CONNECT, \
             write one of DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT",
        ),
        (
            "router: api, func: f, method: GET",
            "path: path is required",
        ),
        (
            "router: api, func: f, method: GET, path: x/y",
            "path: path must start with /, write it as in \"/x/y\"",
        ),
        (
            "router: api, method: GET, path: /x",
            "func: function name is required",
        ),
        (
            "router: api, method: GET, path: /x, func: ff",
            "func: names unknown entry `ff`, did you mean `app:f`?",
        ),
        (
            "router: api, method: GET, path: /x, func: worker",
            "func: names `app:worker`, which is a process.lua, name a function.lua",
        ),
    ] {
        assert_eq!(error_of(&endpoint(fields)), said);
    }
}
