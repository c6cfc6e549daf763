//! One call of a function: from its start, or its waiting for a place, to the end of all that it started.
//!
//! Knows nothing of places: that is the pool.

use std::sync::Arc;

use parking_lot::Mutex;

use super::{Afterwards, Called, Pool};
use crate::api::{OnReturn, Ongoing, SpareVm};
use crate::clock::Moment;
use crate::error::Error;
use crate::node::calling::canceled;
use crate::pid::Pid;
use crate::process::{Exit, OnExit};

/// A call.
pub struct Call {
    pool: Arc<Pool>,
    stage: Mutex<Stage>,
}

/// How far a call is.
enum Stage {
    /// It waits for a place, or is being started.
    Waiting(Arc<dyn Called>),
    /// It runs in this process.
    Running(Pid, Arc<dyn Called>),
    /// It has returned, and whoever called was told. Coroutines of it may still run; then somebody may want to know of their
    /// end.
    Returned(Option<Arc<dyn Afterwards>>),
    /// Whoever called was told what it came to, and that it is over.
    Over,
}

impl Call {
    /// A call that has not started.
    pub(super) fn new(pool: Arc<Pool>, to: Arc<dyn Called>) -> Call {
        Call {
            pool,
            stage: Mutex::new(Stage::Waiting(to)),
        }
    }

    /// Whether whoever called was told that it is over.
    pub(super) fn is_over(&self) -> bool {
        matches!(*self.stage.lock(), Stage::Over)
    }

    /// It runs in this process, or did.
    pub(super) fn started(&self, pid: Pid) {
        let mut stage = self.stage.lock();
        match &*stage {
            Stage::Waiting(to) => *stage = Stage::Running(pid, to.clone()),
            Stage::Running(..) | Stage::Returned(_) => {}
            Stage::Over => {
                drop(stage);
                self.pool.scheduler().kill(pid, canceled());
            }
        }
    }

    /// It could not be started. Its place is the pool's to give on.
    pub(super) fn refused(&self, error: Error) {
        if let Stage::Waiting(to) = self.end() {
            to.returned(&Exit::Failed(Arc::new(error)), false);
        }
    }

    /// Answers how far it was.
    fn end(&self) -> Stage {
        self.pass_to(Stage::Over)
    }

    fn pass_to(&self, stage: Stage) -> Stage {
        std::mem::replace(&mut *self.stage.lock(), stage)
    }
}

impl OnReturn for Call {
    fn on_return(&self, exit: &Exit, spare: Option<SpareVm>) {
        let mut stage = self.stage.lock();
        let to = match std::mem::replace(&mut *stage, Stage::Returned(None)) {
            Stage::Waiting(to) | Stage::Running(_, to) => to,
            other => {
                // Canceled while it was started: it keeps its place until it is dead.
                *stage = other;
                return;
            }
        };
        drop(stage);
        if let Some(afterwards) = to.returned(exit, spare.is_none()) {
            self.pass_to(Stage::Returned(Some(afterwards)));
        }
        // Before the place goes: who gets that is to find the VM.
        if let Some(vm) = spare {
            self.pool.keep(vm);
        }
        self.pool.leave();
    }
}

impl OnExit for Call {
    fn on_exit(&self, pid: Pid, exit: &Exit, watched: bool, at: Moment) {
        let is_unheard = !exit.is_normal() && !watched;
        let tells_people = match self.end() {
            Stage::Over => return self.pool.leave(),
            Stage::Returned(afterwards) => {
                if let Some(afterwards) = afterwards {
                    afterwards.ended();
                }
                true
            }
            Stage::Waiting(to) | Stage::Running(_, to) => {
                to.returned(exit, false);
                self.pool.leave();
                !to.is_program()
            }
        };
        if is_unheard && tells_people {
            self.pool.orphans().on_exit(pid, exit, watched, at);
        }
    }
}

impl Ongoing for Call {
    fn cancel(&self) {
        let mut stage = self.stage.lock();
        match std::mem::replace(&mut *stage, Stage::Over) {
            Stage::Waiting(to) => {
                drop(stage);
                self.pool.forget();
                to.returned(&canceled(), false);
            }
            other => {
                let running = match &other {
                    Stage::Running(pid, _) => Some(*pid),
                    _ => None,
                };
                *stage = other;
                drop(stage);
                if let Some(pid) = running {
                    self.pool.scheduler().kill(pid, canceled());
                }
            }
        }
    }
}
