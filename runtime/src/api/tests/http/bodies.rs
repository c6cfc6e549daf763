//! Bodies: whole ones, and those that come.

use super::*;
use crate::request::{BODY_FULL, BodyError};

/// What a function answers that reads this body.
fn reads(body: &[u8], source: &str) -> Vec<String> {
    let source = format!("{source} if not ok then res:write(body) end");
    let mut served = Served::new(&handler(&source), "POST /", Body::Whole(body.to_vec()));
    served.said()
}

const PLAIN: &str = "200 Content-Type: text/plain; charset=utf-8; | ";

#[test]
fn a_body_can_be_read_once() {
    let said = reads(
        b"hello",
        "local body = req:body() assert(req:body() == '' and req:has_body())
        fails('Invalid', 'request body is empty', req:body_json()) assert(req:stream():read() == nil)",
    );
    assert_eq!(said, [format!("{PLAIN}hello")]);
}

#[test]
fn json_is_read() {
    let said = reads(
        br#"{"name": "sweep", "n": [1, null, 2.5]}"#,
        "local task = req:body_json()
        assert(task.n[1] == 1 and task.n[2] == nil and task.n[3] == 2.5) local body = task.name",
    );
    assert_eq!(said, [format!("{PLAIN}sweep")]);
    assert_eq!(
        reads(
            b"null",
            "local value, err = req:body_json() assert(value == nil and err == nil) local body = 'x'"
        ),
        [format!("{PLAIN}x")]
    );
}

#[test]
fn what_is_no_json_is_invalid() {
    for (body, part) in [
        ("", "request body is empty"),
        (
            "{",
            "invalid JSON: EOF while parsing an object at line 1 column 1",
        ),
        ("{} {}", "invalid JSON: trailing characters"),
    ] {
        let look = format!("fails('Invalid', {part:?}, req:body_json()) local body = 'x'");
        assert_eq!(reads(body.as_bytes(), &look), [format!("{PLAIN}x")]);
    }
}

#[test]
fn more_than_the_program_takes_is_invalid() {
    for read in ["body()", "body_json()", "stream():read()"] {
        let look = format!(
            "local small = http.request({{ max_body = 4 }})
            fails('Invalid', 'request body too large', small:{read}) local body = 'x'"
        );
        assert_eq!(reads(b"12345", &look), [format!("{PLAIN}x")], "{read}");
    }
    let look = "local body = http.request({ max_body = 5 }):body()";
    assert_eq!(reads(b"12345", look), [format!("{PLAIN}12345")]);
}

#[test]
fn a_stream_gives_pieces_until_the_end() {
    let said = reads(
        b"abcdef",
        "local stream = req:stream()
        local body = stream:read(2) .. '|' .. stream:read(3.9) .. '|' .. stream:read() .. tostring(stream:read())
        assert(stream:read(5) == nil and stream:close() == true and stream:close() == true)
        fails('InvalidState', 'stream is closed', stream:read())
        fails('Invalid', 'must not be negative', req:stream():read(-1))
        local fine, err = pcall(stream.read, stream, 'x')
        assert(not fine and tostring(err):find('number expected, got string', 1, true))",
    );
    assert_eq!(said, [format!("{PLAIN}ab|cde|fnil")]);
}

/// A function that reads what comes, and has begun to.
fn waiting(source: &str) -> (Served, Arc<Incoming>) {
    let incoming = incoming();
    let body = Body::Coming(incoming.clone());
    let mut served = Served::new(&handler(source), "POST /", body);
    assert!(served.run().is_none(), "it waits");
    (served, incoming)
}

#[test]
fn a_body_that_comes_is_waited_for() {
    for read in ["body()", "body_json()"] {
        let source = format!(
            "assert(req:has_body() and req:content_length() == nil)
            local body = req:{read} res:write(tostring(body)) assert(req:body() == '')"
        );
        let (mut served, incoming) = waiting(&source);
        incoming.put(b"\"ab");
        assert!(served.run().is_none());
        served.pass(Duration::from_secs(299));
        incoming.put(b"cd\"");
        incoming.end(Ok(()));
        let expected = if read == "body()" { "\"abcd\"" } else { "abcd" };
        assert_eq!(served.said(), [format!("{PLAIN}{expected}")]);
    }
}

#[test]
fn while_one_task_waits_for_a_body_others_run() {
    let source = "local c = channel.new()
        coroutine.spawn(function() c:send('other') end)
        coroutine.spawn(function() res:write(req:body()) c:send('read') end)
        res:write(c:receive()) c:receive()";
    let (mut served, incoming) = waiting(source);
    incoming.put(b" body");
    incoming.end(Ok(()));
    assert_eq!(served.said(), [format!("{PLAIN}other body")]);
}

#[test]
fn a_body_that_takes_too_long_is_a_timeout() {
    for read in ["body()", "body_json()", "stream():read()"] {
        // A wait afterwards gets neither the late wake nor the timer.
        let source = format!(
            "fails('Timeout', 'not come in time', http.request({{ timeout = 1000 }}):{read})
            local c = channel.new()
            coroutine.spawn(function() time.sleep('10s') c:send('later') end)
            res:write(c:receive())"
        );
        let (mut served, incoming) = waiting(&source);
        incoming.put(b"");
        served.pass(Duration::from_millis(999));
        assert!(served.run().is_none());
        assert_eq!(served.reply.take(), [""; 0]);
        served.pass(Duration::from_millis(1));
        assert!(served.run().is_none(), "{read}");
        incoming.put(b"late");
        assert!(served.run().is_none());
        served.pass(Duration::from_secs(10));
        assert_eq!(served.said(), [format!("{PLAIN}later")]);
    }
}

#[test]
fn the_timer_of_a_wait_that_ended_wakes_nobody() {
    let source = "local body = http.request({ timeout = 1000 }):body()
        local c = channel.new()
        coroutine.spawn(function() time.sleep('10s') c:send(body) end)
        res:write(c:receive())";
    let (mut served, incoming) = waiting(source);
    incoming.put(b"in time");
    incoming.end(Ok(()));
    assert!(served.run().is_none());
    served.pass(Duration::from_secs(2));
    assert!(served.run().is_none());
    served.pass(Duration::from_secs(10));
    assert_eq!(served.said(), [format!("{PLAIN}in time")]);
}

#[test]
fn a_body_that_does_not_come_says_why() {
    for (error, kind, part) in [
        (BodyError::Broken, "Canceled", "has left"),
        (BodyError::TimedOut, "Timeout", "too slow"),
        (BodyError::TooLarge, "Invalid", "request body too large"),
    ] {
        for read in ["body()", "body_json()", "stream():read()"] {
            let source = format!(
                "local first = {} if first then assert(first == 'ab') end
                fails('{kind}', '{part}', req:{read}) assert(req:body() == '') res:write('x')",
                if read.starts_with("stream") {
                    "req:stream():read()"
                } else {
                    "nil"
                }
            );
            let (mut served, incoming) = waiting(&source);
            incoming.put(b"ab");
            incoming.end(Err(error));
            assert_eq!(served.said(), [format!("{PLAIN}x")]);
        }
    }
}

#[test]
fn a_body_that_comes_is_not_taken_beyond_what_the_program_takes() {
    for read in ["body()", "stream():read()"] {
        let source = format!(
            "fails('Invalid', 'request body too large', http.request({{ max_body = 3 }}):{read}) res:write('x')"
        );
        let (mut served, incoming) = waiting(&source);
        incoming.put(b"1234");
        assert_eq!(served.said(), [format!("{PLAIN}x")]);
    }
}

#[test]
fn a_stream_gives_what_has_come() {
    let source = "local stream, pieces = req:stream(), {}
        for piece in function() return stream:read(3) end do pieces[#pieces + 1] = piece end
        res:write(table.concat(pieces, '|'))";
    let (mut served, incoming) = waiting(source);
    incoming.put(b"ab");
    assert!(served.run().is_none());
    incoming.put(b"cdefg");
    assert!(served.run().is_none());
    incoming.end(Ok(()));
    assert_eq!(served.said(), [format!("{PLAIN}ab|cde|fg")]);
}

#[test]
fn a_large_body_that_comes_is_gathered_within_the_processs_memory() {
    let source = "local body, err = http.request({ max_body = 1e9 }):body()
        if body then res:write(tostring(#body)) else res:write(err:kind()) end";
    let piece = vec![b'x'; BODY_FULL];
    for (count, answer) in [
        (20, (20 * BODY_FULL).to_string()),
        (200, "LimitExceeded".to_owned()),
    ] {
        let (mut served, incoming) = waiting(source);
        let mut given_up = false;
        for _ in 0..count {
            incoming.put(&piece);
            given_up |= served.run().is_some();
            if given_up {
                break;
            }
        }
        assert_eq!(given_up, count == 200);
        incoming.end(Ok(()));
        if !given_up {
            assert!(served.run().is_some());
        }
        assert_eq!(served.reply.take(), [format!("{PLAIN}{answer}")]);
    }
}

#[test]
fn who_writes_waits_for_a_client_that_is_slow() {
    for write in [
        "write('b')",
        "write_json('b')",
        "flush()",
        "write_event({ name = 'b', data = 1 })",
    ] {
        let source = format!(
            "res:set_transfer('sse') res:write('a') local err = res:{write} if err then error(err) end res:write('c')"
        );
        let mut served = Served::new(&handler(&source), "GET /", Body::Whole(Vec::new()));
        served.reply.set_full(true);
        assert!(served.run().is_none(), "{write}");
        assert_eq!(served.reply.take().len(), 1);
        served.reply.set_full(true);
        assert!(served.run().is_none());
        assert_eq!(served.reply.take(), [""; 0]);
        served.reply.set_full(false);
        let said = served.said();
        assert_eq!(
            said.len(),
            if write == "flush()" { 2 } else { 3 },
            "{said:?}"
        );
    }
}

#[test]
fn where_it_cannot_be_waited_a_slow_client_is_told_of() {
    let source = "res:write('a') res:flush()
        local _, told = xpcall(error, function()
            local err = res:write('b')
            return err:kind() .. tostring(err:retryable())
        end)
        assert(told == 'LimitExceededtrue', told)";
    let mut served = Served::new(&handler(source), "GET /", Body::Whole(Vec::new()));
    served.reply.set_full(true);
    assert_eq!(served.said().len(), 2);
}

#[test]
fn what_is_written_for_a_client_that_has_left_is_canceled() {
    let source = "res:write('a') res:flush() time.sleep('1s')
        refused('Canceled', 'the client has left', res:write('b'))
        refused('Canceled', 'the client has left', res:write_json(1))
        refused('Canceled', 'the client has left', res:flush())";
    let mut served = Served::new(&handler(source), "GET /", Body::Whole(Vec::new()));
    assert!(served.run().is_none());
    served.reply.0.lock().has_left = true;
    served.pass(Duration::from_secs(1));
    assert_eq!(served.said().len(), 2);
}

#[test]
fn a_task_that_waits_for_a_client_when_the_function_returns_hears_that_it_is_over() {
    let source = "res:write('a') res:flush()
        coroutine.spawn(function() refused('Internal', 'no HTTP request context', res:write('b')) end)
        time.sleep('1ms')";
    let mut served = Served::new(&handler(source), "GET /", Body::Whole(Vec::new()));
    served.reply.set_full(true);
    assert!(served.run().is_none());
    served.pass(Duration::from_millis(1));
    assert!(served.run().is_none(), "the coroutine waits");
    assert_eq!(served.reply.take().last().unwrap(), "end");
    served.reply.set_full(false);
    assert_eq!(served.said(), [""; 0]);
}
