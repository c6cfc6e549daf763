//! A function that is called, as its program and its caller see it.
//!
//! Knows nothing of who runs functions, nor of how many at once.

use std::sync::Arc;

use crate::error::Error;
use crate::lua::Vm;
use crate::payload::Payload;
use crate::process::{Caller, Exit};

use super::mail::FIRST_CHANNEL;
use super::tasks::ChannelNumber;
use super::{Code, Context, Host};

/// Told how far a function is. Implemented by the node.
pub trait OnReturn: Send + Sync {
    /// It has returned: what, or the error that it returned. `spare` is its VM, which can serve another call; `None` if
    /// coroutines of it still run, or it was upgraded. Must not block.
    fn on_return(&self, exit: &Exit, spare: Option<SpareVm>);
}

/// A VM that has served a call, or none yet, and can serve one.
pub struct SpareVm {
    pub(super) vm: Vm<Host>,
    /// Channels that it has made have lower numbers: the program may have kept some.
    pub(super) next_channel: ChannelNumber,
}

impl SpareVm {
    /// One that has served no call, of at most `memory_limit` bytes.
    ///
    /// # Errors
    /// If there is no memory for it.
    pub fn new(code: &Code, memory_limit: usize) -> Result<SpareVm, Error> {
        let mut vm = Vm::new(code, Payload::default(), memory_limit)?;
        vm.repeat();
        let next_channel = FIRST_CHANNEL;
        Ok(SpareVm { vm, next_channel })
    }

    /// Bytes that it holds.
    pub fn memory(&self) -> usize {
        self.vm.memory()
    }
}

/// A call that a program makes.
#[derive(Debug)]
pub struct FunctionCall<'a> {
    /// The id of the function's entry.
    pub function: &'a str,
    /// The arguments, encoded one after the other.
    pub arguments: Payload,
    /// What it finds in the module `ctx`.
    pub context: Option<Arc<Context>>,
    /// Who gets what it comes to.
    pub caller: Caller,
}

/// A call that is not over, or was a moment ago.
pub trait Ongoing: Send + Sync {
    /// Ends it, unless it is over. Whoever called is told that it was canceled.
    fn cancel(&self);
}
