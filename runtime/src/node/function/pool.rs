//! A function: its warm VMs, how many calls run at once, and which wait for a place.
//!
//! A call has a place until it has returned; what its coroutines do then is outside the pool. Knows nothing of who calls.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use super::{Call, Called};
use crate::api::{Context, Program, SpareVm};
use crate::clock::Moment;
use crate::error::Error;
use crate::node::entry::Entry;
use crate::node::{Room, refused, too_large};
use crate::payload::Payload;
use crate::process::{HostKey, OnExit};
use crate::request::Exchange;
use crate::scheduler::{NewProcess, Scheduler};

/// Bytes of a VM from which on one that would be let go of some day is not kept for the next call: what made it so large
/// may never come again.
const LARGE: usize = 1 << 20;

/// A function.
pub struct Pool {
    entry: Entry,
    size: Size,
    room: Room,
    /// Where its calls come from, in the process table.
    origin: u32,
    scheduler: Scheduler,
    /// Told of a call that fails with nobody left to tell.
    orphans: Arc<dyn OnExit>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Calls that have a place.
    busy: usize,
    /// Who served last is last.
    spare: Vec<Spare>,
    waiting: VecDeque<(Work, Arc<Call>)>,
    /// Calls that were canceled while they waited, and may still be among those that do.
    canceled: usize,
    /// Whether the VMs that are to wait for the first calls were made.
    prepared: bool,
}

/// A call that has a place, and the VM that it gets, if one is warm.
struct Placed {
    work: Work,
    call: Arc<Call>,
    spare: Option<Spare>,
}

struct Spare {
    vm: SpareVm,
    since: Moment,
}

/// How many calls a function serves.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// The most that run at once.
    pub most: usize,
    /// VMs that are made before the first call.
    pub warm: usize,
    /// How long a VM that serves none is kept; for ever, if it isn't said.
    pub idle: Option<Duration>,
}

/// What a call is to do.
#[derive(Default)]
pub struct Work {
    /// The arguments, encoded one after the other.
    pub arguments: Payload,
    /// What it finds in the module `ctx`.
    pub context: Option<Arc<Context>>,
    /// The request that it answers.
    pub exchange: Option<Exchange>,
}

impl Pool {
    /// A function that serves as many calls at once as `size` says, each in a VM as `room` says.
    pub fn new(
        entry: Entry,
        size: Size,
        room: Room,
        scheduler: Scheduler,
        orphans: Arc<dyn OnExit>,
    ) -> Pool {
        let origin = scheduler.table().origin(super::HOST, entry.id());
        Pool {
            entry,
            size,
            room,
            origin,
            scheduler,
            orphans,
            state: Mutex::default(),
        }
    }

    /// The id of its entry.
    pub fn id(&self) -> &str {
        self.entry.id()
    }

    /// The host that it runs in.
    pub fn host(&self) -> HostKey {
        self.room.key
    }

    /// Told of a call that fails with nobody left to tell.
    pub(super) fn orphans(&self) -> &dyn OnExit {
        &*self.orphans
    }

    pub(super) fn scheduler(&self) -> &Scheduler {
        &self.scheduler
    }

    /// Runs the function's top level, unless that was done, and makes the VMs that are to wait for its first calls: once.
    /// What that fails with is logged; whoever calls the function is told, too.
    pub fn prepare(&self) {
        if std::mem::replace(&mut self.state.lock().prepared, true) {
            return;
        }
        if let Err(error) = self.make_warm() {
            log::error!(function = self.id(); "function can't be called: {error}");
        }
    }

    fn make_warm(&self) -> Result<(), Error> {
        let code = self.entry.ready()?;
        let since = self.scheduler.now();
        for _ in 0..self.size.warm {
            let vm = SpareVm::new(&code, self.room.memory_limit)?;
            self.state.lock().spare.push(Spare { vm, since });
        }
        Ok(())
    }

    /// Whether VMs are to wait for its first calls.
    pub(super) fn is_to_be_warm(&self) -> bool {
        self.size.warm > 0
    }

    /// Calls the function, or has the call wait for a place. What it comes to goes to `to`.
    ///
    /// # Errors
    /// Arguments that don't fit (LimitExceeded), or what the top level failed with.
    pub fn call(self: &Arc<Self>, work: Work, to: Arc<dyn Called>) -> Result<Arc<Call>, Error> {
        let context = work.context.as_ref().map_or(0, |context| context.size());
        let bytes = work.arguments.encoded().len() + context;
        if bytes > self.room.mailbox {
            return Err(too_large("arguments and context", bytes, self.room.mailbox));
        }
        self.entry.prepare()?;
        let call = Arc::new(Call::new(self.clone(), to));
        let mut state = self.state.lock();
        if state.busy >= self.size.most {
            state.waiting.push_back((work, call.clone()));
            return Ok(call);
        }
        state.busy += 1;
        let spare = state.spare.pop();
        drop(state);
        self.start(Placed {
            work,
            call: call.clone(),
            spare,
        });
        Ok(call)
    }

    /// Starts a call that has a place. The place of one that is refused goes on to the next: in a loop, since at shutdown
    /// all that wait are refused.
    fn start(&self, placed: Placed) {
        let mut next = Some(placed);
        while let Some(Placed { work, call, spare }) = next {
            match self.admit(work, &call, spare) {
                Ok(()) => return,
                Err(error) => call.refused(error),
            }
            next = self.pass_on();
        }
    }

    fn admit(&self, work: Work, call: &Arc<Call>, spare: Option<Spare>) -> Result<(), Error> {
        let identity = self.entry.identity().clone();
        let mut program = match spare {
            Some(spare) => Program::in_spare(spare.vm, work.arguments, identity),
            None => {
                let code = self.entry.ready()?;
                Program::new(code, work.arguments, identity, self.room.memory_limit)
            }
        };
        program.set_context(work.context);
        program.set_function(call.clone());
        if let Some(exchange) = work.exchange {
            program.set_exchange(exchange);
        }
        let new = NewProcess {
            host: self.room.key,
            origin: self.origin,
            body: Box::new(program),
            monitor: None,
            on_exit: Some(call.clone()),
        };
        let admitted = self.scheduler.admit(new).map_err(refused)?;
        call.started(admitted.start());
        Ok(())
    }

    /// A call has returned, and gives its place to who waited longest.
    pub(super) fn leave(&self) {
        if let Some(placed) = self.pass_on() {
            self.start(placed);
        }
    }

    /// Takes a place away: whoever waited longest has it now.
    fn pass_on(&self) -> Option<Placed> {
        let mut over = Vec::new();
        let mut state = self.state.lock();
        while let Some((work, call)) = state.waiting.pop_front() {
            // Whoever canceled it was told. It goes when the lock is free.
            if call.is_over() {
                over.push((work, call));
                continue;
            }
            let spare = state.spare.pop();
            return Some(Placed { work, call, spare });
        }
        state.busy -= 1;
        None
    }

    /// A call that waited for a place was canceled. What it was to work on goes once half of those that wait are such: a
    /// place may not become free for long.
    pub(super) fn forget(&self) {
        let mut state = self.state.lock();
        state.canceled += 1;
        if state.canceled * 2 <= state.waiting.len() {
            return;
        }
        state.canceled = 0;
        let waiting = std::mem::take(&mut state.waiting);
        let over: VecDeque<_>;
        (over, state.waiting) = waiting.into_iter().partition(|(_, call)| call.is_over());
        drop(state);
        drop(over);
    }

    /// Keeps a VM for the next call.
    pub(super) fn keep(&self, mut vm: SpareVm) {
        if vm.memory() > LARGE {
            if self.size.idle.is_some() {
                return;
            }
            vm.collect();
        }
        let since = self.scheduler.now();
        let mut state = self.state.lock();
        if state.spare.len() < self.size.most {
            state.spare.push(Spare { vm, since });
        }
    }

    /// Frees the VMs that have served nobody for long.
    pub fn shrink(&self, now: Moment) {
        let Some(idle) = self.size.idle else { return };
        let mut state = self.state.lock();
        let is_idle = |spare: &Spare| now.since(spare.since) >= idle;
        let idle = state
            .spare
            .iter()
            .take_while(|spare| is_idle(spare))
            .count();
        let freed: Vec<Spare> = state.spare.drain(..idle).collect();
        drop(state);
        drop(freed);
    }

    /// Frees all VMs, and forgets the calls that wait: nothing runs any more, and each of them holds the pool.
    pub(super) fn clear(&self) {
        let mut state = self.state.lock();
        let freed = std::mem::take(&mut state.spare);
        let waiting = std::mem::take(&mut state.waiting);
        drop(state);
        drop((freed, waiting));
    }

    /// Calls that have a place, VMs that serve nobody, and calls that wait.
    #[cfg(test)]
    pub(super) fn counts(&self) -> (usize, usize, usize) {
        let state = self.state.lock();
        (state.busy, state.spare.len(), state.waiting.len())
    }
}
