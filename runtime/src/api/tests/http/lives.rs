//! How long the objects of a request are good for.

use super::*;

const NONE: &str = "no HTTP request context found";

/// A method each that asks, says, reads and reads pieces.
const STALE: &str = "
    for _, name in ipairs({ 'method', 'path', 'host', 'remote_addr', 'query_params', 'content_type', 'content_length', \
        'params', 'has_body', 'body', 'body_json', 'stream', 'parse_multipart' }) do
        fails('Internal', 'no HTTP request context', req[name](req))
    end
    for _, name in ipairs({ 'query', 'header', 'param', 'is_content_type', 'accepts' }) do
        fails('Internal', 'no HTTP request context', req[name](req, 'x'))
    end
    refused('Internal', 'no HTTP request context', res:set_status(200))
    refused('Internal', 'no HTTP request context', res:set_header('a', 'b'))
    refused('Internal', 'no HTTP request context', res:set_content_type('a/b'))
    refused('Internal', 'no HTTP request context', res:set_transfer('sse'))
    refused('Internal', 'no HTTP request context', res:write('x'))
    refused('Internal', 'no HTTP request context', res:write_json({}))
    refused('Internal', 'no HTTP request context', res:write_event({ name = 'a', data = 1 }))
    refused('Internal', 'no HTTP request context', res:flush())
    fails('Internal', 'no HTTP request context', stream:read())
    fails('Internal', 'no HTTP request context', stream:close())
";

#[test]
fn when_the_function_has_returned_they_do_nothing() {
    let source = format!(
        "local stream = req:stream()
        coroutine.spawn(function()
            time.sleep('1s')
            {STALE}
            fails('Internal', '{NONE}', http.request())
            fails('Internal', '{NONE}', http.response())
        end)
        res:write_json({{ 1 }})"
    );
    let mut served = Served::new(&handler(&source), "GET /", Body::Whole(Vec::new()));
    assert!(served.run().is_none(), "the coroutine sleeps");
    assert_eq!(
        served.reply.take(),
        ["200 Content-Type: application/json; | [1]"]
    );
    served.pass(Duration::from_secs(1));
    let exit = served.run();
    assert!(matches!(exit, Some(Exit::Normal(_))), "{exit:?}");
    assert_eq!(served.reply.take(), [""; 0]);
}

#[test]
fn those_of_one_request_do_nothing_in_the_next() {
    let source = format!(
        "if not kept then
            kept = {{ req, res, req:stream() }}
        else
            local stream
            req, res, stream = table.unpack(kept)
            {STALE}
        end
        http.response():write(http.request():path())"
    );
    let mut first = Served::new(&handler(&source), "GET /first", Body::Whole(Vec::new()));
    let plain = "200 Content-Type: text/plain; charset=utf-8; | ";
    assert_eq!(first.said(), [format!("{plain}/first")]);
    let spare = first.caller.0.lock().1.take().expect("a VM to use again");
    let mut second = Served::again(spare, "GET /second", 2);
    assert_eq!(second.said(), [format!("{plain}/second")]);
    assert_eq!(first.reply.take(), [""; 0]);
}

#[test]
fn objects_are_of_one_request_however_often_they_are_made() {
    let said = said("http.response():set_status(202) http.response():write('a') res:write('b')");
    assert_eq!(said, ["202 Content-Type: text/plain; charset=utf-8; | ab"]);
}

#[test]
fn without_a_request_there_are_none() {
    let source = "local http = require('http') return function()
        local req, err = http.request()
        local res, other = http.response({})
        return tostring(req) .. err:kind() .. err .. tostring(res) .. other
    end";
    let system = Arc::new(Alone::default());
    let host = HostKey::new(0, false);
    let pid = Pid::new(1, 1, 0);
    let process = Process::new(pid, host, MEMORY, Box::new(Nothing), None, None);
    let process = Arc::new(process);
    let identity = Arc::new(Identity {
        entry: "test:handler".into(),
        types: Arc::default(),
        system,
    });
    let code = code(source);
    let mut program = Program::new(code, Payload::default(), identity, MEMORY);
    let turn = Turn {
        process: &process,
        now: Moment(0),
    };
    match program.step(turn) {
        Step::Exit(Exit::Normal(text)) => {
            let text = String::from_utf8_lossy(text.encoded()).into_owned();
            assert!(
                text.contains(&format!("nilInternal{NONE}nil{NONE}")),
                "{text}"
            );
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn asking_for_a_request_belongs_to_a_process_and_to_no_template() {
    let top = code("local req = require('http').request() return function() return req end");
    let identity = Arc::new(Identity {
        entry: "test:handler".into(),
        types: Arc::default(),
        system: Arc::new(nowhere()),
    });
    match Program::prepare(&top, &identity) {
        Ok(Preparation::Unfit(_)) => {}
        other => panic!("{:?}", other.map(|_| "prepared")),
    }
}

#[test]
fn an_answer_that_has_begun_is_broken_off_when_its_function_is_gone() {
    let source = "res:write('x') res:flush() channel.new():receive()";
    let source = format!("coroutine.spawn(function() time.sleep('1h') end) {source}");
    let mut served = Served::new(&handler(&source), "GET /", Body::Whole(Vec::new()));
    assert!(served.run().is_none());
    let begun = served.reply.take();
    assert_eq!(begun.len(), 1);
    drop(served.program);
    assert_eq!(served.reply.take(), ["abort"]);
}

#[test]
fn what_is_kept_of_a_request_counts_as_memory() {
    let source = "res:write(('x'):rep(60000)) time.sleep('1h')";
    let mut served = Served::new(&handler(source), "GET /", Body::Whole(vec![b'x'; 1 << 20]));
    assert!(served.run().is_none());
    let memory = served.program.memory();
    assert!(memory > (1 << 20) + 60_000, "{memory}");
}
