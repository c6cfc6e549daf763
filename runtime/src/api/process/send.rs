//! `process.send`. Knows nothing of who receives, nor how.

use std::cell::Cell;

use crate::api::Call;
use crate::api::host::Own;
use crate::error::{Error, kind};
use crate::lua::Outcome;
use crate::process::Message;

use super::{LONGEST_NAME, too_long};

/// `process.send(destination, topic, …)`: a message for each value; one without a value where there is none.
pub(super) fn send(call: &mut Call) -> Outcome {
    let count = call.lua.top();
    if count < 2 {
        return call.invalid("send requires at least destination and topic arguments");
    }
    call.string(1)?;
    let topic = call.string(2)?;
    if let Err(error) = check_topic(topic) {
        return call.fail(error);
    }
    let sent = with_scratch(|scratch| send_each(call, count, scratch));
    if sent.is_err() {
        call.state.forget_destination();
    }
    call.done(sent)
}

/// Whether messages may be sent to a topic.
pub(super) fn check_topic(topic: &[u8]) -> Result<(), Error> {
    let text = match topic {
        [b'@', ..] => "cannot send to @ topics".to_owned(),
        _ if topic.len() > LONGEST_NAME => too_long("topic"),
        _ => return Ok(()),
    };
    Err(Error::new(kind::INVALID, text))
}

/// Sends the values from argument 3 to argument `count`, in order, up to the first that can't be sent.
fn send_each(call: &mut Call, count: i32, scratch: &mut Vec<u8>) -> Result<(), Error> {
    call.state.reach(call.lua.bytes(1).unwrap_or_default())?;
    let own: &Own = call.state;
    let to = own.destination().expect("it was just reached");
    let topic = call.lua.bytes(2).unwrap_or_default();
    let from = Some(own.pid());
    for index in 3..=count.max(3) {
        scratch.clear();
        if index <= count {
            call.lua.encode(index, scratch)?;
        }
        own.system().send(to, Message::new(from, topic, scratch))?;
    }
    Ok(())
}

/// Bytes that a thread keeps from one send to the next, at most.
const MOST_SCRATCH: usize = 64 * 1024;

/// Calls `f` with this thread's buffer for encoding: a message is allocated once, and exactly.
fn with_scratch<R>(f: impl FnOnce(&mut Vec<u8>) -> R) -> R {
    thread_local!(static SCRATCH: Cell<Vec<u8>> = const { Cell::new(Vec::new()) });
    let mut scratch = SCRATCH.take();
    let answer = f(&mut scratch);
    if scratch.capacity() <= MOST_SCRATCH {
        SCRATCH.set(scratch);
    }
    answer
}
