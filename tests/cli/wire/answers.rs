//! What answers look like.

use super::{HELLO, Plan, Site};

#[test]
fn an_answer_has_a_date_and_a_length_and_no_more_than_was_said() {
    let site = Site::of("GET /", HELLO);
    let mut client = site.client();
    client.ask("GET /");
    let answer = client.head();
    let date = answer.header("Date").expect("a date");
    assert!(date.ends_with(" GMT") && date.len() == 29, "{date}");
    assert_eq!(answer.header("Content-Length"), Some("5"));
    assert_eq!(
        answer.header("Content-Type"),
        Some("text/plain; charset=utf-8")
    );
    assert_eq!(answer.header("Connection"), None);
}

#[test]
fn head_is_answered_as_get_is_without_a_body() {
    let site = Plan::new("")
        .route(
            "GET /",
            "res:set_header('X-Method', req:method()) res:write(('x'):rep(1000))",
        )
        .route(
            "GET /stream",
            "res:set_transfer('chunked') res:write('a') res:write('b')",
        )
        .start();
    let mut client = site.client();
    client.ask("HEAD /");
    let head = client.head();
    assert_eq!((head.status, head.header("X-Method")), (200, Some("HEAD")));
    assert_eq!(head.header("Content-Length"), Some("1000"));
    client.ask("HEAD /stream");
    let head = client.head();
    assert_eq!(head.header("Transfer-Encoding"), Some("chunked"));
    // The connection stands where the next answer begins.
    assert_eq!(client.get("/").body.len(), 1000);
}

#[test]
fn an_answer_without_a_body_has_no_length() {
    let site = Plan::new("")
        .route("GET /204", "res:set_status(204)")
        .route("GET /304", "res:set_status(304)")
        .start();
    let mut client = site.client();
    for status in [204, 304] {
        let answer = client.get(&format!("/{status}"));
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("Content-Length"), None);
    }
    assert_eq!(client.get("/none").status, 404);
}

#[test]
fn a_header_can_not_be_made_two() {
    let body = r#"
        local bad = { {'X-A', 'b\r\nX-B: c'}, {'X-A', 'b\nX-B: c'}, {'X-A\r\nX-B', 'c'}, {'X-A', '\0'}, {'', 'b'},
            {'X-A:', 'b'} }
        local refused = 0
        for _, pair in ipairs(bad) do
            local err = res:set_header(pair[1], pair[2])
            if err and err:kind() == errors.INVALID then refused = refused + 1 end
        end
        assert(res:set_content_type('a\r\nX-B: c'))
        res:write(tostring(refused))"#;
    let site = Site::of("GET /", body);
    let answer = site.client().get("/");
    assert_eq!(answer.said(), (200, "6"));
    assert_eq!((answer.header("X-A"), answer.header("X-B")), (None, None));
}

#[test]
fn what_frames_an_answer_is_not_for_the_program_to_say() {
    let site = Site::of(
        "GET /",
        "res:set_header('Transfer-Encoding', 'gzip') res:set_header('Content-Length', '2') res:write('hello')",
    );
    let mut client = site.client();
    let answer = client.get("/");
    assert_eq!(answer.header("Transfer-Encoding"), None);
    assert_eq!(client.get("/").text(), "hello");
}

#[test]
fn a_handler_that_raises_is_answered_for_and_the_next_call_is_served() {
    let site = Site::of("GET /", "error('broken')");
    let mut client = site.client();
    for _ in 0..2 {
        let answer = client.get("/");
        assert_eq!(answer.status, 500);
        assert!(answer.text().contains("broken"), "{}", answer.text());
    }
}

#[test]
fn of_a_handler_that_raises_amid_its_answer_the_client_gets_what_was_said() {
    let site = Site::of(
        "GET /",
        "res:set_transfer('chunked') res:write('begun') error('broken')",
    );
    let mut client = site.client();
    for _ in 0..2 {
        assert_eq!(client.get("/").said(), (200, "begun"));
    }
}

#[test]
fn what_is_written_after_the_end_is_nobodys() {
    let body = "
        coroutine.spawn(function()
            process.inbox():receive()
            local ok, err = pcall(res.write, res, 'late')
            print('wrote late')
        end)
        process.registry.register('writer')
        res:write('in time')";
    let free = "process.send('writer', 'go') res:write('sent')";
    let mut site = Plan::new("")
        .route("GET /", body)
        .route("GET /free", free)
        .start();
    let mut client = site.client();
    assert_eq!(client.get("/").text(), "in time");
    assert_eq!(client.get("/free").text(), "sent");
    site.running.wait_for("wrote late");
    assert_eq!(client.get("/free").text(), "sent");
}
