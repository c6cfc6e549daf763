//! The future object: a call that the program doesn't wait for, or not now.
//!
//! What the call came to is kept by [`Promises`](super::Promises) until the program looks; then it moves into the VM, into
//! a place of the future. Knows nothing of how a channel is received from.

use std::ffi::c_int;

use crate::api::channel::{Channel, Source};
use crate::api::handed::Handed;
use crate::api::host::Own;
use crate::api::message::no_room;
use crate::api::tasks::ChannelNumber;
use crate::api::{Call, Host};
use crate::error::{Error, kind};
use crate::lua::{
    Answer, Class, Function, Kept, LibrariesBuilder, Object, Outcome, PayloadObject, Raise, Type,
    Vm,
};
use crate::process::Exit;

use super::promises::{Due, Progress, Promises, Reply};

/// A future, as the VM holds it.
#[derive(Clone, Copy)]
pub struct Future {
    /// The number of its channel.
    number: ChannelNumber,
    stage: Stage,
    /// Whether its channel has handed out what came.
    is_taken: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// As far as the program knows.
    Pending,
    /// The result is in its place, as a payload.
    Done,
    /// The error is in its place.
    Failed,
    /// The same: that it was canceled.
    Canceled,
}

impl Object for Future {
    const CLASS: Class = Class::Future;
}

/// The places of a future: its channel, once somebody has asked for that, and what came.
const CHANNEL: c_int = 1;
const VALUE: c_int = 2;

/// The place of the channel's future in the channel.
const FUTURE: c_int = 1;

pub(super) fn register(libraries: &mut LibrariesBuilder<Host>) {
    libraries.class(
        Class::Future,
        [
            ("response", Function::new(channel)),
            ("channel", Function::new(channel)),
            ("is_complete", Function::new(is_complete)),
            ("is_canceled", Function::new(is_canceled)),
            ("result", Function::new(result)),
            ("error", Function::new(error)),
            ("cancel", Function::new(cancel)),
        ],
    );
}

/// Pushes a new future, and keeps it where the runtime sees for how long the program does.
pub(super) fn push(call: &mut Call, number: ChannelNumber) {
    let future = Future {
        number,
        stage: Stage::Pending,
        is_taken: false,
    };
    call.lua.push_object_with(future, &[], 2);
    if call.lua.get_kept(Kept::Futures) == Type::Nil {
        call.lua.pop(1);
        call.lua.push_weak_table();
        call.lua.push_copy(-1);
        call.lua.keep(Kept::Futures);
    }
    call.lua.push_copy(-2);
    call.lua.set_item(-2, number.into());
    call.lua.pop(1);
}

/// Looks how far the future at `index` is.
fn look(call: &mut Call, index: c_int) -> Result<Future, Raise> {
    let Some(future) = call.lua.object::<Future>(index).copied() else {
        return Err(call.wrong_type(index, "funcs.Future"));
    };
    if future.stage != Stage::Pending {
        return Ok(future);
    }
    match call.state.promises_mut().take(future.number) {
        Progress::Pending => Ok(future),
        Progress::Unknown => Ok(set_canceled(call, index)),
        Progress::Fulfilled(reply) => {
            call.state.note_received(reply.bytes);
            let stage = push_value(call, &reply.exit);
            Ok(settle(call, index, stage, reply.is_taken))
        }
    }
}

/// Pushes what a call came to, as the future keeps it.
fn push_value(call: &mut Call, exit: &Exit) -> Stage {
    if !call.lua.has_room_for_mail(exit.size()) {
        call.lua.push_error(&no_room(exit.size()));
        return Stage::Failed;
    }
    match exit {
        Exit::Normal(result) => {
            let payload = PayloadObject::default();
            call.lua.push_object_with(payload, result.encoded(), 0);
            Stage::Done
        }
        Exit::Failed(error) | Exit::Killed(error) => {
            call.lua.push_error(error);
            Stage::Failed
        }
    }
}

/// The future at `index` has come to what is on top, which goes into its place.
fn settle(call: &mut Call, index: c_int, stage: Stage, is_taken: bool) -> Future {
    call.lua.set_slot(index, VALUE);
    let future = call.lua.object_mut::<Future>(index);
    let future = future.expect("it was one when it was looked at");
    (future.stage, future.is_taken) = (stage, is_taken);
    *future
}

fn set_canceled(call: &mut Call, index: c_int) -> Future {
    let error = Error::new(kind::CANCELED, "canceled");
    call.lua.push_error(&error);
    settle(call, index, Stage::Canceled, false)
}

/// `future:response()`, `future:channel()`: the same one every time.
fn channel(call: &mut Call) -> Outcome {
    let number = look(call, 1)?.number;
    if call.lua.get_slot(1, CHANNEL) == Type::Nil {
        let channel = Channel {
            number,
            source: Source::Future,
            closed: false,
        };
        call.lua.push_object_with(channel, &[], 1);
        call.lua.push_copy(1);
        call.lua.set_slot(-2, FUTURE);
        call.lua.push_copy(-1);
        call.lua.set_slot(1, CHANNEL);
    }
    Ok(Answer::Values(1))
}

/// `future:is_complete()`
fn is_complete(call: &mut Call) -> Outcome {
    let future = look(call, 1)?;
    call.lua.push_boolean(future.stage != Stage::Pending);
    Ok(Answer::Values(1))
}

/// `future:is_canceled()`
fn is_canceled(call: &mut Call) -> Outcome {
    let future = look(call, 1)?;
    call.lua.push_boolean(future.stage == Stage::Canceled);
    Ok(Answer::Values(1))
}

/// `future:result()`: the payload; `nil, err`; nil while there is neither.
fn result(call: &mut Call) -> Outcome {
    let future = look(call, 1)?;
    call.lua.push_nil();
    if future.stage != Stage::Pending {
        call.lua.get_slot(1, VALUE);
    }
    Ok(Answer::Values(match future.stage {
        Stage::Failed | Stage::Canceled => 2,
        Stage::Pending | Stage::Done => 1,
    }))
}

/// `future:error()`: the error, and whether there is one.
fn error(call: &mut Call) -> Outcome {
    let future = look(call, 1)?;
    call.lua.get_slot(1, VALUE);
    let error = match future.stage {
        Stage::Failed => call.lua.error(-1),
        Stage::Pending | Stage::Done | Stage::Canceled => None,
    };
    match &error {
        // The dialect has it so.
        Some(error) => call.lua.push_error(&Error {
            kind: kind::INTERNAL.into(),
            ..error.clone()
        }),
        None => call.lua.push_nil(),
    }
    call.lua.push_boolean(error.is_some());
    Ok(Answer::Values(2))
}

/// `future:cancel()`: ends the call, if it is not over. Whoever waits gets an error.
fn cancel(call: &mut Call) -> Outcome {
    let future = look(call, 1)?;
    if let Some((number, ongoing)) = call.state.promises_mut().end(future.number) {
        call.state.rare().calls.end(number);
        ongoing.cancel();
        set_canceled(call, 1);
        if call.state.hand_reply(future.number)
            && let Some(future) = call.lua.object_mut::<Future>(1)
        {
            future.is_taken = true;
        }
    }
    call.lua.push_boolean(true);
    Ok(Answer::Values(1))
}

/// Takes what came from a future's channel, which is at the absolute `index`, and pushes it: the value and whether it is
/// one. False if nothing came yet.
pub(in crate::api) fn take(call: &mut Call, index: c_int) -> Result<bool, Raise> {
    call.lua.get_slot(index, FUTURE);
    let at = call.lua.top();
    let future = look(call, at)?;
    if future.stage == Stage::Pending {
        call.lua.pop(1);
        return Ok(false);
    }
    if future.is_taken {
        call.lua.push_nil();
    } else {
        call.lua.get_slot(at, VALUE);
    }
    if let Some(future) = call.lua.object_mut::<Future>(at) {
        future.is_taken = true;
    }
    call.lua.replace(at);
    call.lua.push_boolean(!future.is_taken);
    Ok(true)
}

/// Pushes what the running task was handed from a future's channel, which is at the absolute `index`.
pub(in crate::api) fn push_taken(call: &mut Call, index: c_int) -> Result<(), Raise> {
    call.lua.get_slot(index, FUTURE);
    let at = call.lua.top();
    look(call, at)?;
    call.lua.get_slot(at, VALUE);
    call.lua.replace(at);
    Ok(())
}

impl Host {
    /// Lets go of what futures wait for, or got, that the program has let go of.
    pub(in crate::api) fn forget_promises(&mut self, vm: &mut Vm<Host>) {
        match self.promises().and_then(Promises::due) {
            None => return,
            Some(Due::Bytes) => vm.collect(),
            Some(Due::Count) => {}
        }
        let is_left = |number| vm.kept_in::<Future>(Kept::Futures, number).is_some();
        let bytes = self.promises_mut().retain(is_left);
        self.note_received(bytes);
    }
}

impl Own {
    /// The call of a future has come to `exit`; `bytes` of it count in the mailbox.
    pub(in crate::api) fn fulfil(&mut self, future: ChannelNumber, exit: Exit, bytes: usize) {
        let is_taken = self.hand_reply(future);
        let reply = Reply {
            exit,
            bytes,
            is_taken,
        };
        if !self.promises_mut().fulfil(future, reply) {
            self.note_received(bytes);
        }
    }

    /// Hands what a future got, or is to get at once, to the task that has waited longest for it; the others find its
    /// channel closed. False if nobody waits.
    fn hand_reply(&mut self, future: ChannelNumber) -> bool {
        let Some(receiver) = self.tasks.receiver(future) else {
            return false;
        };
        self.tasks.hand(receiver, Handed::Reply);
        self.tasks.close(future);
        true
    }

    /// Whether a look into the mailbox may find what a future waits for.
    pub(in crate::api) fn is_promised(&self, future: ChannelNumber) -> bool {
        self.promises()
            .is_some_and(|promises| promises.is_pending(future))
    }
}
