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
use crate::request::{Body, Exchange, Incoming, Request, Response};

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
    let ticket = ticket(session);
    handle(session, ticket, None, at);
}

/// The request is handled while its body comes.
pub(super) fn handle_coming(session: &mut Session, at: At) {
    let State::Gathering(gathering) = &session.request else {
        return;
    };
    let ticket = ticket(session);
    let notes = session.service.notes.clone();
    let body = Arc::new(Incoming::new(Box::new(move || {
        notes.push(Note::Request(ticket, News::Room))
    })));
    let is_full = !body.put(&gathering.body);
    handle(session, ticket, Some(Coming { body, is_full }), at);
}

/// A body that comes while its request is handled.
struct Coming {
    body: Arc<Incoming>,
    /// Whether it has no room for more.
    is_full: bool,
}

/// Names the request that is about to be handled.
fn ticket(session: &Session) -> Ticket {
    Ticket {
        session: session.place(),
        request: session.service.next_request(),
    }
}

/// More is in progress than may be.
fn refuse(session: &mut Session, at: At) {
    let mut response = Response::text(503, "too many requests in progress\n");
    response.headers.push("Retry-After", RETRY_AFTER);
    session.respond(&response, at);
}

fn handle(session: &mut Session, ticket: Ticket, coming: Option<Coming>, at: At) {
    let State::Gathering(gathering) = std::mem::replace(&mut session.request, State::None) else {
        return;
    };
    // Others may have come since the head did.
    if session.service.is_full() {
        return refuse(session, at);
    }
    let is_full = coming.as_ref().is_some_and(|coming| coming.is_full);
    let body = coming.map(|coming| coming.body);
    let (on_its_way, call) = hand_over(&session.service, *gathering, ticket, body.clone());
    session.request = State::Handled(Handled {
        number: ticket.request,
        on_its_way,
        call,
        body,
        is_full,
    });
}

/// Gives a request to who takes it; answers how to end that, where it can be.
fn hand_over(
    service: &Service,
    gathering: Gathering,
    ticket: Ticket,
    coming: Option<Arc<Incoming>>,
) -> (Arc<OnItsWay>, Option<Arc<dyn Ongoing>>) {
    let Gathering {
        request,
        parameters,
        client,
        target,
        after,
        body,
    } = gathering;
    let notes = service.notes.clone();
    let on_its_way = Arc::new(OnItsWay::new(notes, ticket, service.load.clone(), after));
    let request = Box::new(request);
    let call = match &target.takes {
        Takes::Function(function) => {
            let exchange = Exchange {
                request,
                parameters,
                client,
                body: coming.map_or(Body::Whole(body), Body::Coming),
                reply: on_its_way.clone(),
            };
            call(function, exchange, &on_its_way)
        }
        Takes::Folder(folder) => {
            // No file has a use for a body.
            file_answers::begin(folder.clone(), request, on_its_way.clone(), &service.files);
            None
        }
    };
    (on_its_way, call)
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
