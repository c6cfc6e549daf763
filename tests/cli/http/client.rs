//! A client that says exactly what it is told to, and reads what comes back as it comes.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// How long an answer may take. Reached only by a test that fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// A connection.
pub struct Connection(BufReader<TcpStream>);

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// Names in lower case, and values.
    headers: Vec<(String, String)>,
    pub body: String,
    /// The chunks that the body came in, if it came in chunks.
    pub chunks: Vec<String>,
}

impl Connection {
    pub fn to(address: &str) -> Connection {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Connection(BufReader::new(stream))
    }

    /// Sends these bytes.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.get_mut().write_all(bytes.as_ref()).unwrap();
    }

    /// Sends a request with a body of a known length; `head` is the request line without the version, and headers.
    pub fn ask(&mut self, head: &str, body: impl AsRef<[u8]>) -> Answer {
        let body = body.as_ref();
        let (line, headers) = head.split_once('\n').unwrap_or((head, ""));
        let mut request = format!("{line} HTTP/1.1\r\nHost: localhost\r\n");
        for header in headers.lines() {
            request += &format!("{header}\r\n");
        }
        if !body.is_empty() {
            request += &format!("Content-Length: {}\r\n", body.len());
        }
        self.send(request + "\r\n");
        // All of it may be answered before it is sent.
        let _ = self.0.get_mut().write_all(body);
        self.answer()
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        line.trim_end_matches(['\r', '\n']).to_owned()
    }

    /// Reads status and headers.
    pub fn head(&mut self) -> Answer {
        let line = self.line();
        let status = line.split(' ').nth(1).and_then(|code| code.parse().ok());
        let mut headers = Vec::new();
        loop {
            let line = self.line();
            let Some((name, value)) = line.split_once(": ") else {
                break;
            };
            headers.push((name.to_ascii_lowercase(), value.to_owned()));
        }
        Answer {
            status: status.unwrap_or_else(|| panic!("no answer: {line:?}")),
            headers,
            body: String::new(),
            chunks: Vec::new(),
        }
    }

    /// The next chunk; none at the end, and none if the connection is broken off.
    pub fn chunk(&mut self) -> Option<String> {
        let line = self.line();
        let length = usize::from_str_radix(&line, 16).ok()?;
        let chunk = self.bytes(length);
        self.line();
        (length > 0).then_some(chunk)
    }

    fn bytes(&mut self, count: usize) -> String {
        let mut bytes = vec![0; count];
        self.0.read_exact(&mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    /// Reads a whole answer.
    pub fn answer(&mut self) -> Answer {
        let mut answer = self.head();
        if let Some(length) = answer.header("content-length") {
            answer.body = self.bytes(length.parse().unwrap());
        } else if answer.header("transfer-encoding") == Some("chunked") {
            answer.chunks = std::iter::from_fn(|| self.chunk()).collect();
            answer.body = answer.chunks.concat();
        }
        answer
    }

    /// The next byte; none if there is no more.
    pub fn byte(&mut self) -> Option<u8> {
        let mut byte = [0];
        self.0.read_exact(&mut byte).is_ok().then_some(byte[0])
    }

    /// Whether the server closes the connection without another byte.
    pub fn is_closed(&mut self) -> bool {
        matches!(self.0.read(&mut [0]), Ok(0) | Err(_))
    }
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(known, _)| known == name)?;
        Some(&found.1)
    }

    /// Status, type and body in a line.
    pub fn shown(&self) -> String {
        let kind = self.header("content-type").unwrap_or("-");
        format!("{} {kind} {}", self.status, self.body)
    }
}
