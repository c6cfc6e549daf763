//! One call of a function: from its start, or its waiting for a place, to the end of all that it started.
//!
//! Knows nothing of places: that is the pool.

use std::sync::Arc;

use parking_lot::Mutex;

use super::{Called, Pool};
use crate::api::{OnReturn, Ongoing, SpareVm};
use crate::clock::Moment;
use crate::error::Error;
use crate::node::calling::canceled;
use crate::pid::Pid;
use crate::process::{Exit, OnExit};

/// A call.
pub struct Call {
    pool: Arc<Pool>,
    to: Arc<dyn Called>,
    stage: Mutex<Stage>,
}

/// How far a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// It waits for a place, or is being started.
    Waiting,
    /// It runs in this process.
    Running(Pid),
    /// It has returned, and whoever called was told. Coroutines of it may still run.
    Returned,
    /// Whoever called was told what it came to, and that it is over.
    Over,
}

impl Call {
    /// A call that has not started.
    pub(super) fn new(pool: Arc<Pool>, to: Arc<dyn Called>) -> Call {
        Call {
            pool,
            to,
            stage: Mutex::new(Stage::Waiting),
        }
    }

    /// Whether whoever called was told that it is over.
    pub(super) fn is_over(&self) -> bool {
        *self.stage.lock() == Stage::Over
    }

    /// It runs in this process, or did.
    pub(super) fn started(&self, pid: Pid) {
        let mut stage = self.stage.lock();
        match *stage {
            Stage::Waiting => *stage = Stage::Running(pid),
            Stage::Running(_) | Stage::Returned => {}
            Stage::Over => {
                drop(stage);
                self.pool.scheduler().kill(pid, canceled());
            }
        }
    }

    /// It could not be started, though it had a place.
    pub(super) fn fail(&self, error: Error) {
        if self.end() != Stage::Over {
            self.to.returned(&Exit::Failed(Arc::new(error)), false);
            self.to.ended();
        }
        self.pool.leave();
    }

    /// Answers how far it was.
    fn end(&self) -> Stage {
        std::mem::replace(&mut *self.stage.lock(), Stage::Over)
    }
}

impl OnReturn for Call {
    fn on_return(&self, exit: &Exit, goes_on: bool) {
        let mut stage = self.stage.lock();
        if *stage == Stage::Over {
            // Canceled while it was started: it keeps its place until it is dead.
            return;
        }
        *stage = Stage::Returned;
        drop(stage);
        self.to.returned(exit, goes_on);
        self.pool.leave();
    }

    fn take_back(&self, vm: SpareVm) {
        self.pool.keep(vm);
    }
}

impl OnExit for Call {
    fn on_exit(&self, pid: Pid, exit: &Exit, watched: bool, at: Moment) {
        let is_unheard = !exit.is_normal() && !watched;
        match self.end() {
            Stage::Over => return self.pool.leave(),
            Stage::Returned => {
                if is_unheard {
                    self.pool.orphans().on_exit(pid, exit, watched, at);
                }
            }
            Stage::Waiting | Stage::Running(_) => {
                self.to.returned(exit, false);
                self.pool.leave();
                if is_unheard && !self.to.is_program() {
                    self.pool.orphans().on_exit(pid, exit, watched, at);
                }
            }
        }
        self.to.ended();
    }
}

impl Ongoing for Call {
    fn cancel(&self) {
        let mut stage = self.stage.lock();
        match *stage {
            Stage::Waiting => {
                *stage = Stage::Over;
                drop(stage);
                self.pool.forget();
                self.to.returned(&canceled(), false);
                self.to.ended();
            }
            Stage::Running(pid) => {
                drop(stage);
                self.pool.scheduler().kill(pid, canceled());
            }
            Stage::Returned | Stage::Over => {}
        }
    }
}
