//! The end of a process, in order.
//!
//! 1. Its body is taken out and its timer cancelled.
//! 2. The mailbox closes, names are released.
//! 3. It leaves the table.
//! 4. The body is dropped.
//! 5. Who asked to be told at its exit is told, then its monitors, then those linked with it; if nobody was, the orphan
//!    hook.
//! 6. Its host counts one less.
//!
//! Knows nothing of why it ends.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::shared::{Place, Shared};
use crate::clock::Moment;
use crate::pid::Pid;
use crate::process::{Body, Event, Exit, Letter, LinkEnded, OnExit, Process, Relations};

impl Shared {
    /// Ends a process, whose program came to `exit`; `None` if it was killed before its step. Called by whoever has it
    /// running: nobody else steps or retires it.
    pub fn retire(&self, process: &Arc<Process>, exit: Option<Exit>) {
        let mut body = self.take_body(process);
        let stack = match (&exit, &mut body) {
            (None | Some(Exit::Killed(_)), Some(body)) => stack_of(&mut **body),
            _ => String::new(),
        };
        self.leave(process);
        drop_body(body);
        let mut relations = process.take_relations();
        let reason = relations.rare.as_mut().and_then(|rare| rare.killed.take());
        // Looked at once it has left, so that whoever was told that he killed it did; a program that noticed does not know
        // why. One that failed did so before.
        let exit = match exit {
            Some(exit @ Exit::Failed(_)) => exit,
            Some(exit) if !process.is_killed() => exit,
            _ => {
                let reason = reason.unwrap_or_else(|| Exit::killed("process terminated"));
                with_stack(reason, stack)
            }
        };
        self.tell(process, &exit, relations);
    }

    /// Takes back a process that was never on a run queue.
    pub fn withdraw(&self, process: &Process) {
        let body = self.take_body(process);
        self.leave(process);
        drop_body(body);
        for peer in process.take_relations().links() {
            if let Some(peer) = self.table.get(peer) {
                peer.remove_link(process.pid());
            }
        }
        self.hosts.get(process.host()).end_process();
    }

    fn take_body(&self, process: &Process) -> Option<Box<dyn Body>> {
        let mut core = process.core();
        let timer = core.timer.take();
        let body = core.body.take();
        drop(core);
        if let Some(place) = timer {
            self.seats[place.wheel as usize].timers.cancel(place);
        }
        body
    }

    /// From here on nobody finds it: not by name, not by pid, not with a letter.
    fn leave(&self, process: &Process) {
        let unreceived = process.mailbox().close();
        if process.run_state().exit() {
            self.table.release_names(process.pid());
        }
        self.table.remove(process.pid());
        drop(unreceived);
    }

    fn tell(&self, process: &Process, exit: &Exit, relations: Relations) {
        let (from, at) = (process.pid(), self.now());
        let monitors = relations.monitors;
        let rare = relations.rare.map(|rare| *rare).unwrap_or_default();
        let mut told = rare.on_exit.is_some();
        if let Some(on_exit) = rare.on_exit {
            call(&*on_exit, process, exit, !monitors.is_empty(), at);
        }
        for monitor in monitors.iter() {
            let exit = exit.clone();
            let event = Event::Exit { from, at, exit };
            told |= self.send(monitor, Letter::Event(Box::new(event))).is_ok();
        }
        for peer in rare.links.iter() {
            told |= self.end_link(peer, from, exit, at);
        }
        if !told
            && !exit.is_normal()
            && let Some(orphan) = &self.config.orphan
        {
            call(&**orphan, process, exit, false, at);
        }
        self.count(|counters| &counters.exited);
        self.hosts.get(process.host()).end_process();
    }

    /// Ends the link of `peer` with a process that has ended, and the peer with it if that is called for. Answers
    /// whether it was told why.
    fn end_link(&self, peer: Pid, from: Pid, exit: &Exit, at: Moment) -> bool {
        let Some(process) = self.table.get(peer) else {
            return false;
        };
        match process.remove_link(from) {
            LinkEnded::Traps if !exit.is_normal() => {
                let exit = exit.clone();
                let event = Event::LinkDown { from, at, exit };
                self.send_to(&process, Letter::Event(Box::new(event)))
                    .is_ok()
            }
            LinkEnded::Dies if !exit.is_normal() => {
                self.kill(process, Exit::failed("linked process failed"));
                false
            }
            LinkEnded::Unlinked => false,
            LinkEnded::Traps | LinkEnded::Dies => {
                self.look_again(&process);
                false
            }
        }
    }

    /// Lets a process find out that nothing can reach it any more, now that a link of its has gone.
    pub fn look_again(&self, process: &Arc<Process>) {
        if !process.is_linked() {
            self.wake(process, Place::Back);
        }
    }

    /// Kills a process, whatever it does.
    pub fn kill(&self, process: Arc<Process>, exit: Exit) -> bool {
        use crate::process::Kill;
        process.set_killed(exit);
        match process.run_state().kill() {
            Kill::Enqueue => self.enqueue(process, Place::Back),
            Kill::Interrupt => self.interrupt_process(process.pid()),
            Kill::Queued | Kill::Already => {}
            Kill::Exited => return false,
        }
        true
    }
}

/// A body's own end must not take the worker with it.
fn drop_body(body: Option<Box<dyn Body>>) {
    if catch_unwind(AssertUnwindSafe(|| drop(body))).is_err() {
        log::error!("a process's body panicked while it was dropped");
    }
}

fn call(on_exit: &dyn OnExit, process: &Process, exit: &Exit, watched: bool, at: Moment) {
    let tell = || on_exit.on_exit(process.pid(), exit, watched, at);
    if catch_unwind(AssertUnwindSafe(tell)).is_err() {
        log::error!("being told of the exit of {} panicked", process.pid());
    }
}

fn stack_of(body: &mut dyn Body) -> String {
    catch_unwind(AssertUnwindSafe(|| body.stack())).unwrap_or_default()
}

fn with_stack(exit: Exit, stack: String) -> Exit {
    match exit {
        Exit::Killed(mut error) if error.stack.is_empty() && !stack.is_empty() => {
            Arc::make_mut(&mut error).stack = stack;
            Exit::Killed(error)
        }
        exit => exit,
    }
}
