//! Which requests find whom.

use super::{HELLO, Plan, Site};

#[test]
fn what_nobody_serves_is_404() {
    let site = Site::of("GET /here", HELLO);
    let mut client = site.client();
    let answer = client.get("/there");
    assert_eq!(answer.said(), (404, "404 page not found\n"));
    assert_eq!(client.get("/here").status, 200);
}

#[test]
fn another_method_is_405_and_told_which_there_are() {
    let site = Plan::new("")
        .route("GET /thing", HELLO)
        .route("DELETE /thing", HELLO)
        .start();
    let mut client = site.client();
    let answer = client.post("/thing", "body");
    assert_eq!(answer.said(), (405, "Method Not Allowed\n"));
    assert_eq!(answer.header("Allow"), Some("DELETE, GET, HEAD, OPTIONS"));
    client.ask("OPTIONS /thing");
    let answer = client.answer();
    assert_eq!(answer.status, 204);
}

#[test]
fn the_more_specific_route_wins_and_wildcards_are_decoded() {
    let site = Plan::new("")
        .route(
            "GET /files/{path...}",
            "res:write('rest ' .. req:param('path'))",
        )
        .route(
            "GET /files/{name}",
            "res:write('name ' .. req:param('name'))",
        )
        .route("GET /files/fixed", "res:write('fixed')")
        .start();
    let mut client = site.client();
    for (path, said) in [
        ("/files/fixed", "fixed"),
        ("/files/a", "name a"),
        ("/files/a%20b%2Fc", "name a b/c"),
        ("/files/a/b", "rest a/b"),
        ("/files/%C3%A4?x=1", "name ä"),
    ] {
        assert_eq!(client.get(path).said(), (200, said), "{path}");
    }
}

#[test]
fn a_path_is_cleaned_by_sending_the_client_there() {
    let site = Site::of("GET /a/b", HELLO);
    let answer = site.client().get("//a/./c/../b?q=1");
    assert_eq!(answer.status, 307);
    assert_eq!(answer.header("Location"), Some("/a/b?q=1"));
}

#[test]
fn a_query_is_decoded() {
    let site = Site::of(
        "GET /",
        "res:write(req:query('a b') .. '|' .. req:query('c'))",
    );
    let answer = site.client().get("/?a+b=1%2B1&c=%26%3D");
    assert_eq!(answer.text(), "1+1|&=");
}
