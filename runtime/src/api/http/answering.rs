//! One request being answered: what was asked, and what was said so far.
//!
//! Knows nothing of Lua's objects for it, which only say which request they are of.

use std::net::SocketAddr;

use crate::api::{Host, json};
use crate::error::Error;
use crate::lua::{Type, Vm};
use crate::process::Exit;
use crate::request::{Exchange, Request};

use super::body::ReadOnce;
use super::form::Form;
use super::multipart::{self, MultipartError};
use super::outgoing::Outgoing;

/// A request that a program answers, and what it has said so far.
pub(in crate::api) struct Answering {
    /// What is asked.
    pub(super) request: Box<Request>,
    /// What the route's wildcards stand for.
    pub(super) parameters: Vec<(Box<str>, Box<[u8]>)>,
    /// Who asks.
    pub(super) client: SocketAddr,
    /// What came with the request.
    pub(super) body: ReadOnce,
    /// The body as a form, once it was read as one.
    pub(super) form: Option<Form>,
    /// What is said.
    pub(super) outgoing: Outgoing,
}

impl Answering {
    /// Nothing was said yet.
    pub fn new(exchange: Exchange) -> Answering {
        let is_head = exchange.request.method() == "HEAD";
        Answering {
            request: exchange.request,
            parameters: exchange.parameters,
            client: exchange.client,
            body: ReadOnce::new(exchange.body),
            form: None,
            outgoing: Outgoing::new(exchange.reply, is_head),
        }
    }

    /// Bytes of the request, and of what was said and not sent.
    pub fn bytes(&self) -> usize {
        size_of::<Answering>()
            + self.request.headers.size()
            + self.body.bytes()
            + self.form.as_ref().map_or(0, Form::bytes)
            + self.outgoing.bytes()
    }

    /// What is between the parts of the body, if it is a form.
    pub(super) fn boundary(&self) -> Result<Vec<u8>, MultipartError> {
        let kind = self.request.headers.get("Content-Type");
        multipart::boundary(kind.unwrap_or_default())
    }

    /// Bytes of the body, as far as they are known.
    pub(super) fn length(&self) -> Option<u64> {
        self.body.length().or_else(|| {
            let said = self.request.headers.get_str("Content-Length")?;
            said.parse().ok()
        })
    }

    /// The function has returned, or has failed: sends what it said and did not send. Of one that has written nothing and
    /// failed, whoever called it tells.
    pub fn finish(mut self, vm: &mut Vm<Host>, exit: &Exit) {
        match exit {
            Exit::Normal(_) if self.outgoing.is_said() => self.outgoing.end(),
            Exit::Normal(_) => self.outgoing.answer(returned(vm)),
            Exit::Failed(_) if self.outgoing.is_written() => self.outgoing.end(),
            // What was begun is broken off when this is dropped.
            Exit::Failed(_) | Exit::Killed(_) => {}
        }
    }
}

/// The value that a function returned, as JSON; nothing if it returned none.
fn returned(vm: &mut Vm<Host>) -> Option<Result<Vec<u8>, Error>> {
    let value = vm.look_at_result(|lua, index| match lua.kind(index) {
        Type::Nil => None,
        _ => Some(json::encode(lua, index)),
    });
    value.flatten()
}
