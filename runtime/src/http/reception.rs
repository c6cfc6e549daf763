//! What becomes of a request: which route takes it, what its middleware says, and the call of its function.
//!
//! Knows nothing of reading and writing: that is the session.

use std::net::SocketAddr;
use std::sync::Arc;

use super::connection::{BodySize, Head};
use super::event_loop::Note;
use super::exchange::{News, OnItsWay, Ticket};
use super::file_answers;
use super::gathering::{Gathering, WHOLE};
use super::router::Found;
use super::service::{Service, Takes, Target};
use super::session::{At, Handled, Session, State};
use super::steps::After;
use super::waiting::For;
use crate::api::Ongoing;
use crate::node::function::{Called, Pool, Work};
use crate::process::Exit;
use crate::request::{Body, Exchange, Incoming, Reply, Request, Response};

/// Seconds after which a client that was refused may try again.
const RETRY_AFTER: &[u8] = b"1";

/// A request's head has come.
pub(super) fn receive(session: &mut Session, head: Box<Head>, at: At) {
    let Head {
        request,
        body,
        expects_continue,
        ..
    } = *head;
    let service = session.service.clone();
    let routed = match route(&service, &request, session.peer, at) {
        Ok(routed) => routed,
        Err(response) => {
            session.waiting.restart(For::Answer, at.now);
            return session.respond(&response, at);
        }
    };
    if service.is_full() {
        return refuse(session, at);
    }
    if expects_continue {
        session.connection.proceed(&mut session.out.bytes);
    }
    let Routed {
        target,
        parameters,
        client,
        after,
    } = routed;
    session.request = State::Gathering(Box::new(Gathering {
        request,
        parameters,
        client,
        target,
        after,
        body: Vec::new(),
    }));
    if matches!(body, BodySize::Known(length) if length > WHOLE as u64) {
        handle_coming(session, at);
    }
}

/// Who takes a request, and what is known of it then.
struct Routed {
    target: Arc<Target>,
    parameters: Vec<(Box<str>, Box<[u8]>)>,
    client: SocketAddr,
    after: Option<Box<After>>,
}

/// Finds who takes a request.
///
/// # Errors
/// The answer, if nobody does.
fn route(
    service: &Service,
    request: &Request,
    peer: SocketAddr,
    at: At,
) -> Result<Routed, Box<Response>> {
    let found = service
        .routes
        .find(request.method(), request.path(), request.query());
    let mut client = peer;
    let found = match found {
        Found::Route(found) => found,
        other => {
            let mut response = other.response().unwrap_or_default();
            // Whether pages of other origins may ask, a route of the path says.
            if let Found::Options {
                route: Some(route), ..
            } = other
                && let Some(after) = route.target.steps.before(request, &mut client, at.now)?
            {
                after.whole(&mut response);
            }
            return Err(Box::new(response));
        }
    };
    let target = &found.route.target;
    let after = target.steps.before(request, &mut client, at.now)?;
    let parameters = found.params();
    let parameters = parameters.map(|(name, value)| (name.into(), value.into()));
    Ok(Routed {
        target: target.clone(),
        parameters: parameters.collect(),
        client,
        after,
    })
}

/// All of the body has come.
pub(super) fn handle_whole(session: &mut Session, at: At) {
    handle(session, None, at);
}

/// The request is handled while its body comes.
pub(super) fn handle_coming(session: &mut Session, at: At) {
    let State::Gathering(gathering) = &session.request else {
        return;
    };
    let number = session.service.next_request();
    let ticket = Ticket {
        session: session.place(),
        request: number,
    };
    let notes = session.service.notes.clone();
    let incoming = Incoming::new(Box::new(move || {
        notes.push(Note::Request(ticket, News::Room))
    }));
    let has_room = incoming.put(&gathering.body);
    handle(session, Some((Arc::new(incoming), ticket, !has_room)), at);
}

/// More is in progress than may be.
fn refuse(session: &mut Session, at: At) {
    let mut response = Response::text(503, "too many requests in progress\n");
    response.headers.push("Retry-After", RETRY_AFTER);
    session.respond(&response, at);
}

fn handle(session: &mut Session, coming: Option<(Arc<Incoming>, Ticket, bool)>, at: At) {
    let State::Gathering(gathering) = std::mem::replace(&mut session.request, State::None) else {
        return;
    };
    let service = session.service.clone();
    if service.is_full() {
        return refuse(session, at);
    }
    let Gathering {
        request,
        parameters,
        client,
        target,
        after,
        body,
    } = *gathering;
    let (incoming, ticket, is_full) = match coming {
        Some((incoming, ticket, is_full)) => (Some(incoming), ticket, is_full),
        None => {
            let ticket = Ticket {
                session: session.place(),
                request: service.next_request(),
            };
            (None, ticket, false)
        }
    };
    let on_its_way = Arc::new(OnItsWay::new(
        service.notes.clone(),
        ticket,
        service.load.clone(),
        after,
    ));
    let body = match &incoming {
        Some(incoming) => Body::Coming(incoming.clone()),
        None => Body::Whole(body),
    };
    let request = Box::new(request);
    let call = match &target.takes {
        Takes::Function(function) => {
            let reply: Arc<dyn Reply> = on_its_way.clone();
            let exchange = Exchange {
                request,
                parameters,
                client,
                body,
                reply,
            };
            call(function, exchange, &on_its_way)
        }
        Takes::Folder(folder) => {
            // No file has a use for a body.
            file_answers::begin(folder.clone(), request, on_its_way.clone(), &service.files);
            None
        }
    };
    session.request = State::Handled(Handled {
        number: ticket.request,
        on_its_way,
        call,
        body: incoming,
        is_full,
    });
}

/// Calls a function. What can't be called has failed.
fn call(
    function: &Arc<Pool>,
    exchange: Exchange,
    on_its_way: &Arc<OnItsWay>,
) -> Option<Arc<dyn Ongoing>> {
    let work = Work {
        exchange: Some(exchange),
        ..Work::default()
    };
    match function.call(work, on_its_way.clone()) {
        Ok(call) => Some(call),
        Err(error) => {
            on_its_way.returned(&Exit::Failed(Arc::new(error)), false);
            None
        }
    }
}
