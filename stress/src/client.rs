//! A connection to an HTTP server on this machine, for what wrk can't do: an exact number of requests.
//! Knows only answers that say their length.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::error::StressError;

/// What an answer may take. Much longer than any does: it only ends what hangs.
const PATIENCE: Duration = Duration::from_secs(30);

/// Between two looks at whether a server answers already.
const START_POLL: Duration = Duration::from_millis(20);

/// One connection, which is kept for all requests.
pub struct Client {
    stream: BufReader<TcpStream>,
}

/// An answer.
pub struct Answer {
    /// Its status, as 202.
    pub status: u16,
    /// Its body.
    pub body: Vec<u8>,
}

impl Client {
    /// Connects to a port of this machine.
    pub fn connect(port: u16) -> Result<Self, StressError> {
        let connect = || {
            let stream = TcpStream::connect(("127.0.0.1", port))?;
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            Ok(stream)
        };
        let stream = connect().map_err(StressError::io(format!("connect to port {port}")))?;
        Ok(Self {
            stream: BufReader::new(stream),
        })
    }

    /// Waits until a GET of the path is answered, be it that there is no such thing.
    pub fn wait_for(port: u16, path: &str, within: Duration) -> Result<(), StressError> {
        let deadline = Instant::now() + within;
        loop {
            let answer = Self::connect(port).and_then(|mut client| client.get(path));
            match answer {
                Ok(_) => return Ok(()),
                Err(error) if Instant::now() > deadline => return Err(error),
                Err(_) => std::thread::sleep(START_POLL),
            }
        }
    }

    /// Gets a path.
    pub fn get(&mut self, path: &str) -> Result<Answer, StressError> {
        self.ask(&format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"))
    }

    /// Posts JSON to a path.
    pub fn post(&mut self, path: &str, body: &str) -> Result<Answer, StressError> {
        self.ask(&format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        ))
    }

    /// A number in the JSON object that a path is answered with.
    pub fn number(&mut self, path: &str, name: &str) -> Result<u64, StressError> {
        let answer = self.get(path)?;
        let number = |body: &[u8]| {
            let fields: Value = serde_json::from_slice(body).ok()?;
            fields.get(name)?.as_u64()
        };
        number(&answer.body).ok_or_else(|| StressError::NoFigure {
            name: name.to_owned(),
            text: String::from_utf8_lossy(&answer.body).into_owned(),
        })
    }

    fn ask(&mut self, request: &str) -> Result<Answer, StressError> {
        self.stream
            .get_mut()
            .write_all(request.as_bytes())
            .and_then(|()| read_answer(&mut self.stream))
            .map_err(StressError::io("talk to an HTTP server"))
    }
}

fn read_answer(stream: &mut impl BufRead) -> std::io::Result<Answer> {
    let wrong = || std::io::Error::other("what it answers is no answer with a length");
    let mut line = String::new();
    stream.read_line(&mut line)?;
    let status = line.split(' ').nth(1).and_then(|word| word.parse().ok());
    let status = status.ok_or_else(wrong)?;
    let mut length = None;
    loop {
        line.clear();
        stream.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().ok();
        }
    }
    let mut body = vec![0; length.ok_or_else(wrong)?];
    stream.read_exact(&mut body)?;
    Ok(Answer { status, body })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_one_after_the_other() {
        let mut stream: &[u8] =
            b"HTTP/1.1 202 Accepted\r\ncontent-length: 2\r\nA: b\r\n\r\nokHTTP/1.1 \
            404 Not Found\r\nContent-Length:0\r\n\r\n";
        let first = read_answer(&mut stream).expect("an answer");
        assert_eq!((first.status, first.body.as_slice()), (202, &b"ok"[..]));
        let second = read_answer(&mut stream).expect("an answer");
        assert_eq!((second.status, second.body.len()), (404, 0));
        assert!(read_answer(&mut stream).is_err());
    }
}
