//! A request and a response as HTTP sees them: plain structs.
//!
//! Knows nothing of sockets, of how they are read and written, or of Lua.

mod body;
mod exchange;
mod headers;
pub mod percent;
mod span;
mod token;

pub use body::{Body, BodyError, FULL as BODY_FULL, Incoming, Taken};
pub use exchange::{Exchange, Reply};
pub use headers::{HeaderError, Headers};
pub use span::Span;
pub use token::{is_token, is_token_byte};

/// Which HTTP/1 a client speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// HTTP/1.0: a connection for each request, unless the client asks for more.
    Http10,
    /// HTTP/1.1.
    Http11,
}

/// What is asked: the request line and the headers. The body comes apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Which HTTP/1 the client speaks.
    pub version: Version,
    /// The headers, as they came.
    pub headers: Headers,
    /// Where the parts of the request line are in the headers' text.
    pub line: Line,
}

/// Where the parts of a request line are in the text that the headers hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// The method.
    pub method: Span,
    /// The path, `*` for the whole server; empty where an absolute target has none.
    pub path: Span,
    /// What stands behind the question mark, if there is one.
    pub query: Option<Span>,
    /// Whom the client thinks it talks to; `None` if it doesn't say.
    pub host: Option<Span>,
}

impl Request {
    /// The method, in the letters of the client.
    pub fn method(&self) -> &str {
        self.text(self.line.method)
    }

    /// The path, still percent-encoded. Begins with a slash, or is `*`.
    pub fn path(&self) -> &str {
        match self.text(self.line.path) {
            "" => "/",
            path => path,
        }
    }

    /// What stands behind the question mark, still encoded.
    pub fn query(&self) -> Option<&str> {
        self.line.query.map(|query| self.text(query))
    }

    /// Host and, if given, port, as the client names them.
    pub fn host(&self) -> Option<&str> {
        self.line.host.map(|host| self.text(host))
    }

    /// A part of the request line. All of them were read as text, so none is lost here.
    fn text(&self, span: Span) -> &str {
        std::str::from_utf8(self.headers.bytes(span)).unwrap_or_default()
    }
}

/// What is answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// The status code, 200 to 999.
    pub status: u16,
    /// The headers. Those that frame the body and the date are added when it is written.
    pub headers: Headers,
    /// The body.
    pub body: Vec<u8>,
}

impl Response {
    /// A response without headers or body.
    pub fn new(status: u16) -> Response {
        Response {
            status,
            ..Response::default()
        }
    }

    /// A response in plain text.
    pub fn text(status: u16, body: impl Into<Vec<u8>>) -> Response {
        let mut headers = Headers::new();
        headers.push("Content-Type", b"text/plain; charset=utf-8");
        Response {
            status,
            headers,
            body: body.into(),
        }
    }
}
