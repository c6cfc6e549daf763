//! An `http.service` that runs: its routes, limits, time-outs, and how much of it is in progress.
//!
//! Knows nothing of sockets.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::connection::{Limits, MOST_HEADERS};
use super::event_loop::Notes;
use super::exchange::Load;
use super::file_threads::FileThreads;
use super::folder::Folder;
use super::router::Router;
use super::steps::Steps;
use crate::app::{HttpLimits, Timeouts};
use crate::node::function::Pool;

/// A service.
pub(super) struct Service {
    /// The id of its entry.
    pub id: String,
    /// Who takes which requests.
    pub routes: Router<Arc<Target>>,
    pub limits: HttpLimits,
    pub timeouts: Timeouts,
    pub load: Arc<Load>,
    /// Where workers leave what they have for the loop.
    pub notes: Arc<Notes>,
    /// Who reads files.
    pub files: FileThreads,
    /// Numbers the requests of all services.
    pub numbers: Arc<AtomicU64>,
}

/// Who takes a request.
pub(super) struct Target {
    /// What happens before and after.
    pub steps: Arc<Steps>,
    pub takes: Takes,
}

/// What answers.
pub(super) enum Takes {
    /// A function.
    Function(Arc<Pool>),
    /// The files of a folder.
    Folder(Arc<Folder>),
}

impl Service {
    /// What one connection may send.
    pub fn connection_limits(&self) -> Limits {
        Limits {
            head: usize::try_from(self.limits.headers).unwrap_or(usize::MAX),
            headers: MOST_HEADERS,
            body: self.limits.body,
            ..Limits::default()
        }
    }

    /// The number of a new request.
    pub fn next_request(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    /// Whether as much is in progress as may be.
    pub fn is_full(&self) -> bool {
        let requests = self.load.requests.load(Ordering::Relaxed);
        let tasks = self.load.tasks.load(Ordering::Relaxed);
        requests >= self.limits.requests as usize || tasks >= self.limits.tasks as usize
    }
}
