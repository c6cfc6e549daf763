//! What is sent, and when.

use super::*;

/// What a function answers that fails.
fn said_failing(body: &str) -> Vec<String> {
    let mut served = Served::new(&handler(body), "GET /", Body::Whole(Vec::new()));
    let exit = served.run();
    assert!(exit.is_some(), "it has not ended");
    let returned = served.caller.0.lock().0.clone();
    let failed = |exit: &Option<Exit>| matches!(exit, Some(Exit::Failed(_)));
    assert!(failed(&exit) || failed(&returned), "{exit:?} {returned:?}");
    drop(served.program);
    served.reply.take()
}

#[test]
fn a_small_answer_is_sent_whole() {
    let said = said(
        "assert(res:set_status(202) == nil and res:set_header('X-A', 1) == nil)
        assert(res:write('one ') == nil and res:write(2) == nil)",
    );
    assert_eq!(
        said,
        ["202 X-A: 1; Content-Type: text/plain; charset=utf-8; | one 2"]
    );
}

#[test]
fn json_says_that_it_is_unless_another_type_was_given() {
    assert_eq!(
        said("res:set_status(http.STATUS.CREATED) res:write_json({ a = { 1, 2 } })"),
        ["201 Content-Type: application/json; | {\"a\":[1,2]}"]
    );
    assert_eq!(
        said("res:set_content_type('application/problem+json') res:write_json(nil)"),
        ["200 Content-Type: application/problem+json; | null"]
    );
    assert_eq!(
        said("res:write('x') res:write_json({ 1 })"),
        ["200 Content-Type: text/plain; charset=utf-8; | x[1]"]
    );
}

#[test]
fn of_many_results_the_first_is_the_answer() {
    assert_eq!(
        said("return 7, table.unpack({}, 1, 200)"),
        ["200 Content-Type: application/json; | 7"]
    );
    assert_eq!(
        said("return table.unpack({}, 1, 200)"),
        ["500 Content-Type: text/plain; charset=utf-8; | no response sent\n"]
    );
}

#[test]
fn what_is_no_json_is_refused_and_nothing_is_written() {
    assert_eq!(
        said("refused('Invalid', 'sparse', res:write_json({ [3] = 1 })) res:write('y')"),
        ["200 Content-Type: text/plain; charset=utf-8; | y"]
    );
}

#[test]
fn a_head_cannot_be_changed_once_something_was_written() {
    let said = said(
        "res:set_status(201) res:set_status(202) res:write('') res:set_status(203) res:write('x')
        refused('Invalid', 'cannot set status after headers are sent', res:set_status(400))
        refused('Invalid', 'cannot set header after headers are sent', res:set_header('a', 'b'))
        refused('Invalid', 'cannot set content type after', res:set_content_type('a/b'))
        refused('Invalid', 'cannot set transfer after', res:set_transfer('chunked'))",
    );
    assert_eq!(said, ["203 Content-Type: text/plain; charset=utf-8; | x"]);
}

#[test]
fn statuses_and_headers_that_cannot_be_sent_are_refused() {
    let said = said(
        "for _, code in ipairs({ 0, 100, 199, 1000, -5, 65736 }) do
            refused('Invalid', 'invalid status', res:set_status(code))
        end
        assert(res:set_status(200.9) == nil and res:set_status(999) == nil)
        for _, name in ipairs({ '', 'a b', 'a:', 'a\\r\\n', 'ä' }) do
            refused('Invalid', 'invalid header name', res:set_header(name, 'x'))
        end
        for _, value in ipairs({ 'a\\r\\nb: c', 'a\\n', '\\0' }) do
            refused('Invalid', 'invalid value of header', res:set_header('a', value))
            refused('Invalid', 'invalid value of header', res:set_content_type(value))
        end
        refused('Invalid', 'Content-Length', res:set_header('content-length', '-1'))
        refused('Invalid', 'unknown transfer', res:set_transfer('gzip'))",
    );
    assert_eq!(said, ["999 | "]);
}

#[test]
fn wrong_types_raise() {
    said("local function raises(part, name, ...)
            local fine, err = pcall(res[name], res, ...)
            if fine or not tostring(err):find(part, 1, true) then error(tostring(err), 2) end
        end
        raises(\"number expected, got string\", 'set_status', 'x')
        raises(\"string expected, got nil\", 'set_header', 'x', nil)
        raises(\"string expected, got table\", 'set_header', {}, 'x')
        raises(\"string expected, got nil\", 'set_content_type', nil)
        raises(\"string expected, got table\", 'set_transfer', {})
        raises(\"string expected, got table\", 'write', {})
        raises(\"value expected\", 'write_json')
        raises(\"table expected, got string\", 'write_event', 'x')
        raises(\"the field `name` must be a string\", 'write_event', { data = 1 })
        raises(\"the field `data` is missing\", 'write_event', { name = 'x' })
        local fine, err = pcall(res.write, req, 'x')
        assert(not fine and tostring(err):find('http.Response expected, got http.Request', 1, true), err)
        res:set_status(200)");
}

#[test]
fn headers_are_bounded() {
    let said = said(
        "for i = 1, 1e6 do
            local err = res:set_header('x-' .. i, ('y'):rep(1000))
            if err then
                assert(err:kind() == 'LimitExceeded' and i > 50 and i < 70)
                res:write('x')
                break
            end
        end",
    );
    assert_eq!(said.len(), 1);
    assert!(said[0].len() < 70_000);
}

#[test]
fn a_value_that_is_returned_is_the_answer_where_nothing_was_said() {
    for (value, text) in [
        ("{ a = 1 }", "{\"a\":1}"),
        ("'x'", "\"x\""),
        ("false", "false"),
        ("5, nil", "5"),
    ] {
        let expected = format!("200 Content-Type: application/json; | {text}");
        assert_eq!(said(&format!("return {value}")), [expected]);
    }
    assert_eq!(
        said("res:set_content_type('a/b') return 5"),
        ["200 Content-Type: a/b; | 5"]
    );
    assert_eq!(said("res:set_header('A', 'b') return 5"), ["200 A: b; | "]);
    assert_eq!(said("res:set_status(204) return 5"), ["204 | "]);
    assert_eq!(
        said("res:write('x') return 5"),
        ["200 Content-Type: text/plain; charset=utf-8; | x"]
    );
    let [sparse] = &said("return { [3] = 1 }")[..] else {
        panic!("one answer")
    };
    assert!(sparse.starts_with("500 Content-Type: text/plain; charset=utf-8; | "));
    assert!(sparse.contains("cannot encode"), "{sparse}");
}

#[test]
fn who_says_nothing_is_told_of() {
    let nothing = ["500 Content-Type: text/plain; charset=utf-8; | no response sent\n"];
    assert_eq!(said(""), nothing);
    assert_eq!(said("return nil"), nothing);
    assert_eq!(said("res:set_content_type('a/b')"), nothing);
}

#[test]
fn of_a_failure_the_caller_tells_unless_something_was_written() {
    for failure in ["error('x')", "return nil, 'x'"] {
        for before in ["", "res:set_status(202)", "res:set_header('A', 'b')"] {
            let none: [&str; 0] = [];
            assert_eq!(said_failing(&format!("{before} {failure}")), none);
        }
        assert_eq!(
            said_failing(&format!("res:set_status(202) res:write('x') {failure}")),
            ["202 Content-Type: text/plain; charset=utf-8; | x"]
        );
        assert_eq!(
            said_failing(&format!(
                "res:set_transfer('chunked') res:write('x') {failure}"
            )),
            [
                "begin ? 200 Content-Type: text/plain; charset=utf-8; | x",
                "end"
            ]
        );
    }
    assert_eq!(
        said_failing("res:write('x') channel.new():receive()"),
        ["200 Content-Type: text/plain; charset=utf-8; | x"],
        "a deadlock"
    );
}

#[test]
fn a_flush_sends_the_head_and_what_was_written() {
    assert_eq!(
        said(
            "res:write('a') res:flush() res:write('b') res:write('c') res:flush() res:flush() res:write('d')"
        ),
        [
            "begin ? 200 Content-Type: text/plain; charset=utf-8; | a",
            "+bc",
            "+d",
            "end"
        ]
    );
    assert_eq!(
        said(
            "res:set_status(202) res:flush() refused('Invalid', 'after headers are sent', res:set_status(200))"
        ),
        ["begin ? 202 | ", "end"]
    );
}

#[test]
fn much_is_sent_in_parts() {
    let said = said("for i = 1, 5 do res:write(('x'):rep(30000)) end");
    let lengths: Vec<_> = said.iter().map(|part| part.matches('x').count()).collect();
    // One is in "text".
    assert_eq!(lengths, [90_001, 60_000, 0], "{}", said[0]);
    assert_eq!(said[2], "end");
}

#[test]
fn in_chunks_each_piece_is_sent_at_once() {
    assert_eq!(
        said(
            "res:set_transfer(http.TRANSFER.CHUNKED) res:write('a') res:write('b') res:write_json({ 1 })"
        ),
        [
            "begin ? 200 Content-Type: text/plain; charset=utf-8; | a",
            "+b",
            "+[1]",
            "end"
        ]
    );
}

#[test]
fn events_are_framed_and_their_data_is_json() {
    assert_eq!(
        said(
            "res:set_transfer('sse') res:write_event({ name = 'a', data = 'one\\ntwo' })
            res:write_event({ name = 7, data = { x = false } })
            res:write_event({ name = 'b', data = false })
            refused('Invalid', 'one line', res:write_event({ name = 'a\\ndata: x', data = 1 }))
            refused('Invalid', 'sparse', res:write_event({ name = 'a', data = { [3] = 1 } }))
            res:write(': comment\\n\\n')"
        ),
        [
            "begin ? 200 Content-Type: text/event-stream; Cache-Control: no-cache; | event: a\ndata: \"one\\ntwo\"\n\n",
            "+event: 7\ndata: {\"x\":false}\n\n",
            "+event: b\ndata: false\n\n",
            "+: comment\n\n",
            "end"
        ]
    );
    assert_eq!(
        said("res:write_event({ name = 'a', data = 1 })").len(),
        2,
        "the first event makes it a stream of them"
    );
    said(
        "res:write('x') refused('Invalid', 'transfer', res:write_event({ name = 'a', data = 1 }))",
    );
}

#[test]
fn a_length_that_was_said_is_kept() {
    assert_eq!(
        said(
            "res:set_header('Content-Length', '3') res:write('a') res:flush() res:write('bc')
            refused('Invalid', 'longer than its Content-Length', res:write('d'))"
        ),
        [
            "begin 3 200 Content-Length: 3; Content-Type: text/plain; charset=utf-8; | a",
            "+bc",
            "end"
        ]
    );
    let short = said("res:set_header('Content-Length', '3') res:write('a') res:flush()");
    assert_eq!(short.last().unwrap(), "abort");
    let wrong = said("res:set_header('Content-Length', '0') res:write('ab') res:flush()");
    assert!(wrong[0].starts_with("begin ? 200"), "{wrong:?}");
}

#[test]
fn an_answer_to_head_says_how_long_it_would_be() {
    let source = "res:set_header('Content-Length', '1000') res:flush()";
    let mut served = Served::new(&handler(source), "HEAD /", Body::Whole(Vec::new()));
    let begun = "begin 1000 200 Content-Length: 1000; | ";
    assert_eq!(served.said(), [begun, "end"]);
}
