//! What a session does with an answer: it is written, and its request is over.
//!
//! Knows nothing of sockets.

use super::connection::{After, AnswerError, Rejection};
use super::exchange::News;
use super::session::{At, Ending, Fate, Session, State};
use super::waiting::For;
use crate::request::{BodyError, Response};

impl Session {
    /// A worker has something to say of a request.
    pub fn on_news(&mut self, number: u64, news: News, at: At, buffer: &mut [u8]) -> Fate {
        let State::Handled(handled) = &mut self.request else {
            return Fate::Stays;
        };
        if handled.number != number {
            return Fate::Stays;
        }
        let written = match news {
            News::Answer(response) => {
                self.respond(&response, at);
                Ok(())
            }
            News::Begin(response, length) => self.begin(response, length, at),
            News::Part(bytes) => self.connection.part(&bytes, &mut self.out.bytes),
            News::End => {
                let after = self.connection.end(&mut self.out.bytes);
                self.answered(after, at);
                Ok(())
            }
            News::Broken => {
                // What was written is to get there; that more should have come, the client sees.
                let _ = self.out.write(&mut self.socket);
                return Fate::Ends;
            }
            News::Room => {
                handled.is_full = false;
                Ok(())
            }
        };
        match written {
            Ok(()) => self.go_on(at, buffer),
            Err(_) => Fate::Ends,
        }
    }

    fn begin(&mut self, head: Response, length: Option<u64>, at: At) -> Result<(), AnswerError> {
        let out = &mut self.out.bytes;
        let (status, headers) = (head.status, &head.headers);
        self.connection
            .begin(status, headers, length, at.date, out)?;
        self.connection.part(&head.body, out)
    }

    /// Answers the request that is in progress.
    pub fn respond(&mut self, response: &Response, at: At) {
        let out = &mut self.out.bytes;
        let after = self.connection.respond(response, at.date, out);
        let after = after.or_else(|_| {
            let response = Response::text(500, "the answer can't be sent\n");
            self.connection.respond(&response, at.date, out)
        });
        self.answered(after.unwrap_or(After::Close), at);
    }

    /// Refuses what was read, and all that may come.
    pub fn reject(&mut self, rejection: Rejection, at: At) {
        let error = match rejection {
            Rejection::Timeout => BodyError::TimedOut,
            Rejection::BodyTooLarge => BodyError::TooLarge,
            _ => BodyError::Broken,
        };
        self.connection
            .reject(rejection, at.date, &mut self.out.bytes);
        self.drop_request(error);
        self.ending = Ending::Soon;
    }

    fn answered(&mut self, after: After, at: At) {
        if let State::Handled(handled) = std::mem::replace(&mut self.request, State::None)
            && let Some(body) = handled.body
        {
            body.end(Err(BodyError::Broken));
        }
        // It may have come before all of the request had.
        self.waiting.is_for(For::Answer, at.now);
        if after == After::Close {
            self.ending = Ending::Soon;
        }
    }

    /// Ends the call of the request in progress.
    pub fn cancel(&mut self, error: BodyError) {
        if let State::Handled(handled) = &self.request {
            handled.on_its_way.leave();
            if let Some(body) = &handled.body {
                body.end(Err(error));
            }
            if let Some(call) = &handled.call {
                call.cancel();
            }
        }
    }

    /// The same, and what it still says is not heard.
    pub fn drop_request(&mut self, error: BodyError) {
        self.cancel(error);
        self.request = State::None;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::SystemTime;

    use super::*;
    use crate::app::{HttpLimits, Timeouts};
    use crate::clock::Moment;
    use crate::http::date::HttpDate;
    use crate::http::exchange::{Load, OnItsWay, Ticket};
    use crate::http::file_threads::FileThreads;
    use crate::http::outbox::Outbox;
    use crate::http::router::Router;
    use crate::http::service::Service;
    use crate::http::session::Handled;

    /// A session whose request `number` is handled, and the other end of its socket.
    fn session(number: u64) -> (Session, std::net::TcpStream) {
        let service = Arc::new(Service {
            id: String::new(),
            routes: Router::new(),
            limits: HttpLimits::default(),
            timeouts: Timeouts::default(),
            load: Arc::new(Load::default()),
            notes: Arc::new(Outbox::new(Box::new(|| ()))),
            files: FileThreads::new(),
            numbers: Arc::default(),
        });
        let door = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let client = std::net::TcpStream::connect(door.local_addr().unwrap()).unwrap();
        let (socket, peer) = door.accept().unwrap();
        socket.set_nonblocking(true).unwrap();
        let socket = mio::net::TcpStream::from_std(socket);
        let mut session = Session::new(socket, peer, service.clone(), 3, Moment(0));
        let mut input = &b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"[..];
        while session.connection.poll(&mut input).is_some() {}
        let ticket = Ticket {
            session: 3,
            request: number,
        };
        let notes = service.notes.clone();
        let on_its_way = Arc::new(OnItsWay::new(notes, ticket, service.load.clone(), None));
        session.request = State::Handled(Handled {
            number,
            on_its_way,
            call: None,
            body: None,
            is_full: false,
        });
        (session, client)
    }

    #[test]
    fn what_is_said_of_a_request_that_had_the_place_before_is_not_heard() {
        let date = HttpDate::at(SystemTime::UNIX_EPOCH);
        let at = At {
            now: Moment(1),
            date: &date,
        };
        let (mut session, client) = session(8);
        let mut buffer = [0; 64];
        let answer = |text: &str| News::Answer(Response::text(200, text.to_owned()));
        for news in [answer("old"), News::End, News::Broken, News::Room] {
            assert_eq!(session.on_news(7, news, at, &mut buffer), Fate::Stays);
        }
        let fate = session.on_news(8, answer("new"), at, &mut buffer);
        assert_eq!(fate, Fate::Stays);
        assert!(matches!(session.request, State::None));
        let fate = session.on_news(8, News::Broken, at, &mut buffer);
        assert_eq!(fate, Fate::Stays);
        drop(session);
        let read = std::io::read_to_string(client).unwrap();
        assert!(read.ends_with("\r\n\r\nnew"), "{read}");
        assert!(!read.contains("old"), "{read}");
    }
}
