//! Forms with files.

use super::*;

const HEAD: &str = "POST /\nContent-Type: multipart/form-data; boundary=xyz";

const FORM: &str = "--xyz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n\
    --xyz\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x/one.txt\"\r\nContent-Type: text/x\r\n\r\nfirst\r\n\
    --xyz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n2\r\n\
    --xyz\r\nContent-Disposition: form-data; name=\"f\"; filename=\"two.txt\"\r\n\r\n\r\n\
    --xyz\r\nContent-Disposition: form-data; name=\"none\"; filename=\"\"\r\n\r\n\r\n--xyz--\r\n";

fn reads(head: &str, body: Body, source: &str) -> Served {
    let source = format!("{source} res:write('x')");
    Served::new(&handler(&source), head, body)
}

const LOOK: &str = "
    local form = assert(req:parse_multipart())
    assert(form.values.a == '1,2' and form.values.none == '' and form.values.f == nil and form.files.a == nil)
    local one, two = form.files.f[1], form.files.f[2]
    assert(#form.files.f == 2 and one.name == 'one.txt' and one.size == 5 and two.name == 'two.txt' and two.size == 0)
    assert(one:header('content-type') == 'text/x' and two:header('Content-Type') == nil)
    local stream = one:stream()
    assert(stream:read(2) == 'fi' and stream:read() == 'rst' and stream:read() == nil)
    assert(one:stream():read(100) == 'first' and two:stream():read() == nil)
    assert(stream:close() and req:parse_multipart().values.a == '1,2' and req:body() == '')
    fails('InvalidState', 'stream is closed', stream:read())
";

#[test]
fn a_form_has_values_and_files() {
    let mut served = reads(HEAD, Body::Whole(FORM.into()), LOOK);
    assert_eq!(served.said().len(), 1);
}

#[test]
fn a_form_may_come_bit_by_bit() {
    let incoming = incoming();
    let mut served = reads(HEAD, Body::Coming(incoming.clone()), LOOK);
    for byte in FORM.bytes() {
        assert!(served.run().is_none());
        incoming.put(&[byte]);
    }
    incoming.end(Ok(()));
    assert_eq!(served.said().len(), 1);
}

#[test]
fn what_is_no_form_is_invalid() {
    for (head, body, part) in [
        ("POST /", FORM, "boundary"),
        (
            "POST /\nContent-Type: text/plain; boundary=xyz",
            FORM,
            "boundary",
        ),
        (HEAD, "", "does not end"),
        (HEAD, "--xyz\r\nwhat\r\n\r\n--xyz--", "invalid headers"),
    ] {
        let look = format!("fails('Invalid', '{part}', req:parse_multipart())");
        let mut served = reads(head, Body::Whole(body.into()), &look);
        assert_eq!(served.said().len(), 1);
    }
}

#[test]
fn values_are_bounded_and_files_are_not_values() {
    let look = "fails('Invalid', 'more than 10 bytes', req:parse_multipart(10))
        assert(req:parse_multipart(40)) assert(http.request({ max_body = 10 }):parse_multipart())
        local fine = pcall(req.parse_multipart, req, 'x') assert(not fine)";
    let mut served = reads(HEAD, Body::Whole(FORM.into()), look);
    assert_eq!(served.said().len(), 1);
    let look = "fails('Invalid', 'request body too large', http.request({ max_body = 10 }):parse_multipart())";
    let mut served = reads(HEAD, Body::Whole(FORM.into()), look);
    assert_eq!(served.said().len(), 1);
}

#[test]
fn files_are_gone_with_the_request() {
    let look = "local file = req:parse_multipart().files.f[1]
        local stream = file:stream()
        coroutine.spawn(function()
            time.sleep('1s')
            fails('Internal', 'no HTTP request context', file:stream())
            fails('Internal', 'no HTTP request context', file:header('x'))
            fails('Internal', 'no HTTP request context', stream:read())
        end)";
    let mut served = reads(HEAD, Body::Whole(FORM.into()), look);
    assert!(served.run().is_none());
    served.pass(Duration::from_secs(1));
    assert_eq!(served.said().len(), 1);
}
