//! Where a service listens.

use super::{HELLO, Plan, Site, address, client::Client};
use crate::app::App;

#[test]
fn an_address_that_is_taken_is_a_clear_error() {
    let site = Site::of("GET /", HELLO);
    let said = Plan::at(&site.address, "").route("GET /", HELLO).app();
    let ended = said.start().ended();
    assert_eq!(ended.code, Some(1), "{ended:#?}");
    let text = format!("moondust: app:gateway cannot listen on {}", site.address);
    assert_eq!(ended.with(&text).len(), 1, "{ended:#?}");
    assert_eq!(site.client().get("/").said(), (200, "hello"));
}

#[test]
fn an_optional_service_listens_once_its_address_is_free() {
    let site = Site::of("GET /", HELLO);
    let app = App::of(&format!(
        "  - {{name: gateway, kind: http.service, addr: '{}', lifecycle: {{auto_start: true, startup: optional, \
           restart: {{initial_delay: 10ms, max_delay: 10ms}}}}}}\n",
        site.address
    ));
    let mut running = app.start();
    running.wait_for("cannot listen on");
    drop(site);
    running.wait_for("http service is listening");
    assert_eq!(running.stop().code, Some(0));
}

#[test]
fn a_service_listens_on_ipv6() {
    let site = Plan::at("[::1]:0", "")
        .route("GET /", "res:write(req:remote_addr())")
        .start();
    assert!(site.address.starts_with("[::1]:"), "{}", site.address);
    let answer = site.client().get("/");
    assert!(answer.text().starts_with("[::1]:"), "{answer:?}");
}

#[test]
fn without_a_host_both_families_are_served_and_addresses_are_what_they_were() {
    let site = Plan::at(":0", "")
        .route("GET /", "res:write(req:remote_addr())")
        .start();
    let port = site.address.rsplit_once(':').unwrap().1;
    for host in ["127.0.0.1", "[::1]"] {
        let answer = Client::new(&format!("{host}:{port}")).get("/");
        let text = answer.text();
        assert!(text.starts_with(&format!("{host}:")), "{host}: {text}");
    }
}

#[test]
fn several_services_listen_each_on_its_port_with_routes_of_its_own() {
    let app = App::of(
        "  - {name: one, kind: http.service, addr: '127.0.0.1:0', lifecycle: {auto_start: true}}
  - {name: two, kind: http.service, addr: '127.0.0.1:0', lifecycle: {auto_start: true, requires: [one]}}
  - {name: r1, kind: http.router, meta: {server: 'app:one'}}
  - {name: r2, kind: http.router, meta: {server: 'app:two'}, prefix: /two}
  - {name: e1, kind: http.endpoint, meta: {router: 'app:r1'}, method: GET, path: /where, func: f1}
  - {name: e2, kind: http.endpoint, meta: {router: 'app:r2'}, method: GET, path: /where, func: f2}
  - {name: f1, kind: function.lua, source: \"return {m = function() require('http').response():write('one') end}\", method: m, modules: [http]}
  - {name: f2, kind: function.lua, source: \"return {m = function() require('http').response():write('two') end}\", method: m, modules: [http]}
",
    );
    let mut running = app.start();
    let (one, two) = (address(&mut running), address(&mut running));
    let (mut one, mut two) = (Client::new(&one), Client::new(&two));
    assert_eq!(one.get("/where").said(), (200, "one"));
    assert_eq!(two.get("/two/where").said(), (200, "two"));
    assert_eq!(one.get("/two/where").status, 404);
    assert_eq!(two.get("/where").status, 404);
    drop((one, two));
    running.stop().cleanly();
}
