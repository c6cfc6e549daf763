//! The module `http`: the request that a function answers, and its answer. See `docs/http.md`.
//!
//! Knows nothing of sockets: an answer goes to a [`Reply`](crate::request::Reply).

mod answering;
mod body;
mod constants;
mod form;
mod media_type;
mod multipart;
mod outgoing;
mod patience;
mod reading;
mod request;
mod response;
mod stream;

use crate::error::{Error, kind};
use crate::lua::{Answer, Function, LibrariesBuilder, Module, Outcome};
use crate::pid::Pid;

use super::{Call, Host};

pub(super) use answering::Answering;
#[cfg(any(test, fuzzing))]
pub use multipart::fuzz;

pub(super) fn register(libraries: &mut LibrariesBuilder<Host>) {
    let functions = [
        ("request", Function::new(request::new)),
        ("response", Function::new(response::new)),
    ];
    libraries.module(constants::add(Module::new("http").functions(functions)));
    request::register(libraries);
    response::register(libraries);
    stream::register(libraries);
}

/// Which request an object is of: that which this process answers. A process answers one at most, and its pid is never
/// another's, so an object that outlives its request finds none, also in a VM that serves again.
#[derive(Clone, Copy)]
struct Of(Pid);

impl Of {
    /// The request of the process that calls, if it has one that is not answered yet.
    fn calling(call: &mut Call) -> Option<Of> {
        call.state.answering()?;
        Some(Of(call.state.pid()))
    }

    /// What is known of the request, unless it is answered.
    fn answering(self, state: &mut Host) -> Option<&mut Answering> {
        let process = state.process.as_ref()?;
        match process.pid() == self.0 {
            true => state.answering(),
            false => None,
        }
    }
}

/// There is no request, or it is answered.
fn no_context() -> Error {
    Error::new(kind::INTERNAL, "no HTTP request context found")
}

impl Call<'_> {
    /// Answers nil, or an error: what methods of a response do.
    fn nil_or_error(&mut self, result: Result<(), Error>) -> Outcome {
        match result {
            Ok(()) => self.lua.push_nil(),
            Err(error) => self.lua.push_error(&error),
        }
        Ok(Answer::Values(1))
    }

    /// Answers `nil, err`: there is no request.
    fn no_context(&mut self) -> Outcome {
        self.fail(no_context())
    }
}
