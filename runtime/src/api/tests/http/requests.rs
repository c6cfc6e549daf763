//! What a function reads of a request's head.

use super::*;

/// Runs a function that looks at a request, and answers nothing.
fn looks(head: &str, body: &[u8], source: &str) {
    let source = format!("{source} res:set_status(204)");
    let mut served = Served::new(&handler(&source), head, Body::Whole(body.to_vec()));
    assert_eq!(served.said(), ["204 | "]);
}

#[test]
fn the_request_line_is_there_in_parts() {
    looks(
        "PATCH /a%20b/%C3%A4+c?q=1\nHost: example.com:8080",
        b"",
        "assert(req:method() == http.METHOD.PATCH and req:path() == '/a b/ä+c')
        assert(req:host() == 'example.com:8080' and req:remote_addr() == '127.0.0.1:4711')",
    );
    looks(
        "GET /",
        b"",
        "assert(req:path() == '/' and req:host() == nil)",
    );
}

#[test]
fn queries_are_decoded() {
    looks(
        "GET /?a=1&b=x+y%2Bz&a=2&c&=d&%61=3&bad=100%",
        b"",
        "assert(req:query('a') == '1' and req:query('b') == 'x y+z' and req:query('c') == '')
        assert(req:query('') == 'd' and req:query('d') == nil and req:query('bad') == '100%')
        local all, count = req:query_params(), 0
        for _ in pairs(all) do count = count + 1 end
        assert(count == 5 and all.a == '1,2,3' and all.b == 'x y+z' and all.c == '' and all[''] == 'd')",
    );
    looks(
        "GET /",
        b"",
        "assert(req:query('a') == nil and next(req:query_params()) == nil)",
    );
}

#[test]
fn headers_are_found_in_any_case() {
    looks(
        "GET /\nX-One: 1\nx-one: 2\nContent-Type: Text/Plain; charset=utf-8\nContent-Length: 5\nAccept: text/*;q=0.5, text/html;q=0",
        b"hello",
        "assert(req:header('x-ONE') == '1' and req:header('x-two') == nil and req:header('\\xff') == nil)
        assert(req:content_type() == 'Text/Plain; charset=utf-8' and req:content_length() == 5)
        assert(req:is_content_type(http.CONTENT.TEXT) and not req:is_content_type(http.CONTENT.JSON))
        assert(req:accepts('text/plain') and not req:accepts('text/html') and not req:accepts('a/b'))
        assert(req:has_body() == true)",
    );
    looks(
        "GET /",
        b"",
        "assert(req:content_type() == nil and req:content_length() == 0 and not req:has_body())
        assert(req:accepts('a/b') and not req:is_content_type('*/*'))",
    );
}

#[test]
fn parameters_are_those_of_the_route() {
    looks(
        "GET /",
        b"",
        "assert(req:param('id') == 'a b' and req:param('rest') == 'x/y' and req:param('x') == nil)
        local all = req:params()
        assert(all.id == 'a b' and all.rest == 'x/y')",
    );
}

#[test]
fn arguments_of_a_wrong_type_raise() {
    looks(
        "GET /",
        b"",
        "local function raises(part, f, ...)
            local fine, err = pcall(f, ...)
            if fine or not tostring(err):find(part, 1, true) then error(tostring(err), 2) end
        end
        raises(\"bad argument #1 to 'query' (string expected, got no value)\", function() req:query() end)
        raises(\"bad argument #1 to 'header' (string expected, got table)\", function() req:header({}) end)
        for _, name in ipairs({ 'param', 'is_content_type', 'accepts' }) do
            raises('string expected, got nil', req[name], req, nil)
            raises('http.Request expected, got http.Response', req[name], res, 'x')
        end
        raises('table expected', http.request, 5)
        raises('the field `timeout` must be a number', http.request, { timeout = '5s' })
        fails('Invalid', 'max_body must not be negative', http.request({ max_body = -1 }))
        assert(http.request({ timeout = 0, max_body = 10.5 }))",
    );
}

#[test]
fn constants_are_what_they_say() {
    looks(
        "GET /",
        b"",
        "assert(http.STATUS.OK == 200 and http.STATUS.INTERNAL_SERVER_ERROR == http.STATUS.INTERNAL_ERROR)
        assert(http.CONTENT.FORM == 'application/x-www-form-urlencoded' and http.TRANSFER.SSE == 'sse')
        assert(http.ERROR.STREAM_ERROR and not pcall(function() http.STATUS.OK = 201 end))",
    );
}
