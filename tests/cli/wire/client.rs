//! A client that says what it is told to, byte by byte, and reads answers as they are framed.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use rustix::net::sockopt;

/// How long an answer may take. Reached only by a test that fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// A connection.
pub struct Client {
    socket: TcpStream,
    /// What was read and not used.
    read: Vec<u8>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Client {
    pub fn new(address: &str) -> Client {
        let socket = TcpStream::connect(address).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        socket.set_write_timeout(Some(PATIENCE)).unwrap();
        socket.set_nodelay(true).unwrap();
        let read = Vec::new();
        Client { socket, read }
    }

    /// One whose system takes few bytes for it before it reads.
    pub fn narrow(address: &str) -> Client {
        let client = Client::new(address);
        sockopt::set_socket_recv_buffer_size(&client.socket, 64 << 10).unwrap();
        client
    }

    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.socket.write_all(bytes.as_ref()).unwrap();
    }

    /// The same, to a server that may have closed already. Answers whether it had not.
    pub fn try_send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.socket.write_all(bytes.as_ref()).is_ok()
    }

    /// Asks, with headers of which each ends in CR LF.
    pub fn ask_with(&mut self, method_and_path: &str, headers: &str) {
        self.send(format!(
            "{method_and_path} HTTP/1.1\r\nHost: test\r\n{headers}\r\n"
        ));
    }

    pub fn ask(&mut self, method_and_path: &str) {
        self.ask_with(method_and_path, "");
    }

    /// Asks and reads the answer.
    pub fn get(&mut self, path: &str) -> Answer {
        self.ask(&format!("GET {path}"));
        self.answer()
    }

    /// Posts a body and reads the answer.
    pub fn post(&mut self, path: &str, body: &str) -> Answer {
        let length = format!("Content-Length: {}\r\n", body.len());
        self.ask_with(&format!("POST {path}"), &length);
        self.send(body);
        self.answer()
    }

    /// Says that nothing more is sent.
    pub fn half_close(&self) {
        self.socket.shutdown(Shutdown::Write).unwrap();
    }

    /// Leaves without a word.
    pub fn reset(self) {
        sockopt::set_socket_linger(&self.socket, Some(Duration::ZERO)).unwrap();
    }

    /// Reads an answer to anything but HEAD.
    #[track_caller]
    pub fn answer(&mut self) -> Answer {
        let mut answer = self.head();
        answer.body = match (answer.status, answer.header("Content-Length")) {
            (100..200 | 204 | 304, _) => Vec::new(),
            (_, Some(length)) => self.take(length.parse().unwrap()),
            (_, None) if answer.header("Transfer-Encoding") == Some("chunked") => self.chunks(),
            (_, None) => self.rest(),
        };
        answer
    }

    /// Reads the head of an answer.
    #[track_caller]
    pub fn head(&mut self) -> Answer {
        let text = self.through(b"\r\n\r\n");
        let text = String::from_utf8(text).unwrap();
        let mut lines = text.trim_end().split("\r\n");
        let status = lines
            .next()
            .unwrap()
            .strip_prefix("HTTP/1.1 ")
            .expect(&text);
        let header = |line: &str| {
            let (name, value) = line.split_once(": ").expect(line);
            (name.to_owned(), value.to_owned())
        };
        Answer {
            status: status[..3].parse().unwrap(),
            headers: lines.map(header).collect(),
            body: Vec::new(),
        }
    }

    /// The next chunk; empty at the end.
    #[track_caller]
    pub fn chunk(&mut self) -> Vec<u8> {
        let size = String::from_utf8(self.through(b"\r\n")).unwrap();
        let size = usize::from_str_radix(size.trim_end(), 16).unwrap();
        let chunk = self.take(size);
        assert_eq!(self.take(2), b"\r\n");
        chunk
    }

    #[track_caller]
    fn chunks(&mut self) -> Vec<u8> {
        let mut body = Vec::new();
        loop {
            let chunk = self.chunk();
            if chunk.is_empty() {
                return body;
            }
            body.extend(chunk);
        }
    }

    /// All bytes up to the end of the connection, which must be an orderly one.
    #[track_caller]
    pub fn rest(&mut self) -> Vec<u8> {
        while self.more() > 0 {}
        std::mem::take(&mut self.read)
    }

    /// Expects nothing but the end of the connection.
    #[track_caller]
    pub fn closed(&mut self) {
        let rest = self.rest();
        assert_eq!(String::from_utf8_lossy(&rest), "");
    }

    /// Reads what comes until the connection ends in any way, and answers how many bytes that were.
    pub fn drain(&mut self) -> usize {
        let mut count = self.read.len();
        let mut buffer = [0; 16 << 10];
        loop {
            match self.socket.read(&mut buffer) {
                Ok(0) => return count,
                Ok(more) => count += more,
                Err(error) if error.kind() == ErrorKind::ConnectionReset => return count,
                Err(error) => panic!("{error}"),
            }
        }
    }

    /// So many bytes.
    #[track_caller]
    pub fn take(&mut self, count: usize) -> Vec<u8> {
        while self.read.len() < count {
            assert_ne!(self.more(), 0, "ends early: {:?}", self.seen());
        }
        self.read.drain(..count).collect()
    }

    #[track_caller]
    fn through(&mut self, end: &[u8]) -> Vec<u8> {
        loop {
            let found = self.read.windows(end.len()).position(|part| part == end);
            if let Some(at) = found {
                return self.read.drain(..at + end.len()).collect();
            }
            assert_ne!(self.more(), 0, "ends early: {:?}", self.seen());
        }
    }

    /// Reads more, and answers how much.
    #[track_caller]
    fn more(&mut self) -> usize {
        let mut buffer = [0; 16 << 10];
        loop {
            match self.socket.read(&mut buffer) {
                Ok(count) => {
                    self.read.extend(&buffer[..count]);
                    return count;
                }
                // The tests were stopped for a while, and go on.
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => panic!("{error} after {:?}", self.seen()),
            }
        }
    }

    fn seen(&self) -> String {
        let end = self.read.len().min(1000);
        String::from_utf8_lossy(&self.read[..end]).into_owned()
    }
}

impl Answer {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let named = |(known, _): &&(String, String)| known.eq_ignore_ascii_case(name);
        self.headers.iter().find(named).map(|(_, value)| &**value)
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// Status and body.
    pub fn said(&self) -> (u16, &str) {
        (self.status, self.text())
    }

    /// Whether it says that the connection closes.
    pub fn closes(&self) -> bool {
        self.header("Connection") == Some("close")
    }
}
