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
