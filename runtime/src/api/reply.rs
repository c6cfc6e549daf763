//! Waiting for a call that others answer, and what it came to as the program gets it.
//!
//! Knows nothing of who is called.

use crate::error::kind;
use crate::lua::{Answer, Outcome, Raise};
use crate::process::Exit;

use super::Call;
use super::message::no_room;
use super::tasks::{Grant, Granted};

impl Call<'_> {
    /// The running task waits for the call that it has begun. It goes on with the result, or with `nil, err`.
    pub(super) fn wait_for_reply(&mut self) -> Answer {
        self.state.tasks.wait_for_none();
        Answer::wait(replied, 0)
    }
}

fn replied(call: &mut Call, _: isize) -> Outcome {
    let Some(Grant { what, .. }) = call.state.tasks.take_grant() else {
        return Ok(Answer::wait(replied, 0));
    };
    let Granted::Reply(exit) = what else {
        unreachable!("it waits for a reply alone")
    };
    match *exit {
        Exit::Normal(result) => match call.lua.push_payload(result.encoded()) {
            Ok(()) => Ok(Answer::Values(1)),
            Err(error) if error.kind == kind::LIMIT_EXCEEDED => {
                call.fail(no_room(result.encoded().len()))
            }
            Err(error) => Err(Raise::Object(Box::new(error))),
        },
        Exit::Failed(error) | Exit::Killed(error) => {
            let error = match call.lua.has_room_for_mail(error.size()) {
                true => (*error).clone(),
                false => no_room(error.size()),
            };
            call.fail(error)
        }
    }
}
