//! The module `http`: the request that a function answers, and its answer. See `docs/http.md`.
//!
//! Knows nothing of sockets: an answer goes to a [`Reply`](crate::request::Reply).

use crate::lua::Vm;
use crate::process::Exit;
use crate::request::{Exchange, Response};

use super::Host;

/// A request that a program answers, and what it has said so far.
pub(super) struct Answering {
    exchange: Exchange,
    response: Response,
}

impl Answering {
    /// Nothing was said yet.
    pub fn new(exchange: Exchange) -> Answering {
        Answering {
            exchange,
            response: Response::new(200),
        }
    }

    /// The function has returned, or has failed: sends what it said and did not send. Of one that has said nothing and
    /// failed, whoever called it tells.
    pub fn finish(self, vm: &mut Vm<Host>, exit: &Exit) {
        let _ = (vm, exit);
        self.exchange.reply.respond(self.response);
    }
}
