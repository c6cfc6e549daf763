//! The process groups of the programs we started, so that none outlives us.
//!
//! Each program leads a group of its own, which a Ctrl-C on the terminal does not reach; so we end
//! them ourselves, when their owner is dropped and when a signal ends us.

use std::collections::HashSet;
use std::process::{Child, Command, exit};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use std::os::unix::process::CommandExt;

use rustix::process::{Pid, Signal, kill_process_group};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::error::StressError;

/// What shells report for a program that a signal ended: 128 and the signal's number.
const SIGNALLED: i32 = 128;

/// All groups that may be alive.
#[derive(Clone, Default)]
pub struct Groups {
    alive: Arc<Mutex<HashSet<Pid>>>,
}

impl Groups {
    /// An empty set, whose groups are killed when a signal ends this program.
    pub fn ended_by_signals() -> Result<Self, StressError> {
        let groups = Self::default();
        let mut signals = Signals::new([SIGHUP, SIGINT, SIGTERM])
            .map_err(StressError::io("listen for signals"))?;
        let on_signal = groups.clone();
        thread::spawn(move || {
            if let Some(signal) = signals.forever().next() {
                let alive: Vec<Pid> = on_signal.lock().drain().collect();
                for group in alive {
                    kill_group(group, Signal::KILL);
                }
                exit(SIGNALLED + signal);
            }
        });
        Ok(groups)
    }

    /// Starts a program as the leader of a new group.
    pub fn start(&self, command: &mut Command) -> Result<Member, StressError> {
        // Held over the start, so that no signal falls between start and entry in the set.
        let mut alive = self.lock();
        let program = command.get_program().to_string_lossy().into_owned();
        let child = command
            .process_group(0)
            .spawn()
            .map_err(StressError::io(format!("start {program}")))?;
        let group = Pid::from_child(&child);
        alive.insert(group);
        drop(alive);
        Ok(Member {
            child,
            group,
            groups: self.clone(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<Pid>> {
        self.alive.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A program in a group of its own; dropping it kills the group.
pub struct Member {
    /// The program itself.
    pub child: Child,
    group: Pid,
    groups: Groups,
}

impl Member {
    /// Asks the program, and only it, to end.
    pub fn ask_to_end(&self) -> Result<(), StressError> {
        rustix::process::kill_process(self.group, Signal::TERM)
            .map_err(|error| StressError::io("send SIGTERM")(error.into()))
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        kill_group(self.group, Signal::KILL);
        self.groups.lock().remove(&self.group);
        // Fails only when there is nothing to wait for.
        let _ = self.child.wait();
    }
}

/// Signals a group; one that has gone already is as good.
fn kill_group(group: Pid, signal: Signal) {
    let _ = kill_process_group(group, signal);
}
