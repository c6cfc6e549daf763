//! What `http` has beside functions: the names of methods, statuses and types.
//!
//! Knows nothing of requests.

use crate::api::Host;
use crate::lua::Module;

/// Adds them to the module.
pub(super) fn add(module: Module<Host>) -> Module<Host> {
    module
        .library(Module::new("METHOD").texts(METHODS))
        .library(Module::new("STATUS").integers(STATUSES))
        .library(Module::new("CONTENT").texts(CONTENTS))
        .library(Module::new("TRANSFER").texts(TRANSFERS))
        .library(Module::new("ERROR").texts(ERRORS))
}

const METHODS: [(&str, &str); 7] = [
    ("GET", "GET"),
    ("POST", "POST"),
    ("PUT", "PUT"),
    ("DELETE", "DELETE"),
    ("PATCH", "PATCH"),
    ("HEAD", "HEAD"),
    ("OPTIONS", "OPTIONS"),
];

const STATUSES: [(&str, i64); 29] = [
    ("OK", 200),
    ("CREATED", 201),
    ("ACCEPTED", 202),
    ("NO_CONTENT", 204),
    ("PARTIAL_CONTENT", 206),
    ("MOVED_PERMANENTLY", 301),
    ("FOUND", 302),
    ("SEE_OTHER", 303),
    ("NOT_MODIFIED", 304),
    ("TEMPORARY_REDIRECT", 307),
    ("PERMANENT_REDIRECT", 308),
    ("BAD_REQUEST", 400),
    ("UNAUTHORIZED", 401),
    ("PAYMENT_REQUIRED", 402),
    ("FORBIDDEN", 403),
    ("NOT_FOUND", 404),
    ("METHOD_NOT_ALLOWED", 405),
    ("NOT_ACCEPTABLE", 406),
    ("CONFLICT", 409),
    ("GONE", 410),
    ("UNPROCESSABLE", 422),
    ("TOO_MANY_REQUESTS", 429),
    ("INTERNAL_ERROR", 500),
    ("INTERNAL_SERVER_ERROR", 500),
    ("NOT_IMPLEMENTED", 501),
    ("BAD_GATEWAY", 502),
    ("SERVICE_UNAVAILABLE", 503),
    ("GATEWAY_TIMEOUT", 504),
    ("VERSION_NOT_SUPPORTED", 505),
];

const CONTENTS: [(&str, &str); 5] = [
    ("JSON", "application/json"),
    ("FORM", "application/x-www-form-urlencoded"),
    ("MULTIPART", "multipart/form-data"),
    ("TEXT", "text/plain"),
    ("STREAM", "application/octet-stream"),
];

const TRANSFERS: [(&str, &str); 2] = [("CHUNKED", "chunked"), ("SSE", "sse")];

const ERRORS: [(&str, &str); 4] = [
    ("PARSE_FAILED", "PARSE_FAILED"),
    ("INVALID_STATE", "INVALID_STATE"),
    ("WRITE_FAILED", "WRITE_FAILED"),
    ("STREAM_ERROR", "STREAM_ERROR"),
];
