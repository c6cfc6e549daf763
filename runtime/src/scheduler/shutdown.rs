//! Closing hosts and stopping the scheduler.
//!
//! 1. A host's gate closes: spawn is refused from now on.
//! 2. All its processes get a CANCEL event and a wake.
//! 3. Workers run until none of them lives or the deadline passes.
//! 4. What is left is killed.
//! 5. The workers are told to stop, and waited for, those stuck in C with a deadline.
//! 6. Queues are drained, bodies that are left are dropped on the thread that stops.
//!
//! Knows nothing of services or of their order.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::host::{Gate, deadline_in};
use super::run_queue::drain;
use super::{Scheduler, SendRefused};
use crate::process::{Event, Exit, HostKey, Letter};

/// How long threads that aren't stuck may take to leave, when processes took up all the time. A guess.
const LEAVING: Duration = Duration::from_millis(100);

impl Scheduler {
    /// From now on `host` refuses new processes. Whoever was spawned before is in the table.
    pub fn close(&self, host: HostKey) {
        self.shared.hosts.get(host).set_gate(Gate::Closed);
    }

    /// Asks all processes of `host` to end. Close it first, or new ones are missed.
    pub fn cancel_all(&self, host: HostKey, reason: &str) {
        let at = self.now();
        for process in self.processes().filter(|process| process.host() == host) {
            let event = Event::Cancel {
                from: None,
                at,
                reason: reason.into(),
                deadline: None,
            };
            match self.send(process.pid(), Letter::Event(Box::new(event))) {
                // Refused: it is ending by itself.
                Ok(())
                | Err(
                    SendRefused::Unknown
                    | SendRefused::Closed
                    | SendRefused::Full
                    | SendRefused::TooLarge { .. },
                ) => {}
            }
        }
    }

    /// Kills all processes of `host`. Close it first, or new ones are missed.
    pub fn kill_all(&self, host: HostKey, exit: &Exit) {
        for process in self.processes().filter(|process| process.host() == host) {
            self.shared.kill(process, exit.clone());
        }
    }

    /// Waits until no process of `host` lives; false if `timeout` passed before.
    pub fn wait_until_empty(&self, host: HostKey, timeout: Duration) -> bool {
        self.shared
            .hosts
            .get(host)
            .wait_until_empty(deadline_in(timeout))
    }

    /// Steps 1 to 4 for one host: true if all its processes ended by themselves. Waits `timeout` for that, and as long
    /// again, a second at most, for those it then kills.
    pub fn shut(&self, host: HostKey, reason: &str, timeout: Duration) -> bool {
        self.close(host);
        self.cancel_all(host, reason);
        if self.wait_until_empty(host, timeout) {
            return true;
        }
        self.kill_all(host, &Exit::killed("canceled"));
        self.wait_until_empty(host, timeout.min(Duration::from_secs(1)));
        false
    }

    /// Ends everything: closes all hosts, kills all processes, stops the threads and waits for all that `timeout` at
    /// most (a tenth of a second more for the threads); false if a worker had to be left behind, stuck. Not to be called by a
    /// process.
    pub fn stop(&self, timeout: Duration) -> bool {
        let shared = &self.shared;
        let deadline = deadline_in(timeout);
        for host in shared.hosts.iter() {
            host.set_gate(Gate::Closed);
        }
        for process in self.processes() {
            shared.kill(process, Exit::killed("canceled"));
        }
        for host in shared.hosts.iter() {
            host.wait_until_empty(deadline);
        }
        shared.stop.store(true, Ordering::Release);
        for seat in &shared.seats {
            seat.parker.unpark();
        }
        shared.bell.unpark();
        let all_ended = shared
            .threads
            .wait_ended(deadline.max(deadline_in(LEAVING)));
        self.drop_what_is_left();
        all_ended
    }

    fn drop_what_is_left(&self) {
        let shared = &self.shared;
        for seat in &shared.seats {
            drop(seat.queue.drain());
        }
        drop(drain(&shared.injector));
        for host in shared.hosts.iter() {
            drop(host.drain_waiting());
        }
        for process in self.processes() {
            // Locked: a worker is stuck in it, and whoever is stuck keeps it.
            if let Some(mut core) = process.try_core() {
                let body = core.body.take();
                drop(core);
                drop(body);
            }
        }
    }
}
