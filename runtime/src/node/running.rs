//! Services that run, as the supervisor stops them: a process, hosts.
//!
//! Knows nothing of how they were started.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::Node;
use super::supervisor::{Ending, OnRun, Running};
use crate::api::Syscalls;
use crate::pid::Pid;
use crate::process::{Exit, HostKey};

/// A process.
pub(super) struct RunningProcess {
    pub node: Arc<Node>,
    pub pid: Pid,
}

impl Running for RunningProcess {
    fn stop(&self) {
        // Refused: it has just ended by itself.
        let _ = self.node.cancel(None, self.pid, "service stopping", None);
    }

    fn kill(&self) {
        self.node
            .scheduler()
            .kill(self.pid, Exit::killed("process terminated"));
    }
}

/// Hosts that take processes.
pub(super) struct RunningHost {
    pub node: Arc<Node>,
    pub keys: Vec<HostKey>,
    /// Told when all their processes have ended, once they take no more.
    pub news: Arc<OnRun>,
}

impl RunningHost {
    /// Tells the supervisor once no process of the host lives.
    fn tell_when_empty(&self) {
        let (node, keys, news) = (self.node.clone(), self.keys.clone(), self.news.clone());
        // A thread, because neither the supervisor nor a worker may wait for it.
        let wait = move || {
            let is_empty = |key: &HostKey| node.scheduler().wait_until_empty(*key, NEVER);
            if keys.iter().all(is_empty) {
                news.ended(Ending::Normal);
            }
        };
        let started = thread::Builder::new()
            .name("host-stop".to_owned())
            .spawn(wait);
        if let Err(error) = started {
            log::error!("no thread to wait for a host's processes: {error}");
        }
    }
}

/// Longer than any program runs.
pub(super) const NEVER: Duration = Duration::from_secs(u32::MAX as u64);

impl Running for RunningHost {
    fn stop(&self) {
        let scheduler = self.node.scheduler();
        for key in &self.keys {
            scheduler.close(*key);
            scheduler.cancel_all(*key, "scheduler shutdown");
        }
        self.tell_when_empty();
    }

    fn kill(&self) {
        let scheduler = self.node.scheduler();
        for key in &self.keys {
            scheduler.kill_all(*key, &Exit::killed("canceled"));
        }
    }
}
