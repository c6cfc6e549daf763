//! The program of a service, which says when its start is over: when its top level has run.
//!
//! Knows nothing of who wants to know, nor of what follows from it.

use crate::api::Program;
use crate::process::{Body, Step, Turn};

/// A program whose start somebody waits for. Other programs are stepped without this.
pub(super) struct Starting {
    program: Program,
    started: Option<Box<dyn FnOnce() + Send>>,
}

impl Starting {
    /// `program`, with what is called once its top level has run. Called by a worker, so it must not block.
    pub(super) fn new(program: Program, started: Box<dyn FnOnce() + Send>) -> Starting {
        Starting {
            program,
            started: Some(started),
        }
    }
}

impl Body for Starting {
    fn step(&mut self, turn: Turn<'_>) -> Step {
        let step = self.program.step(turn);
        if self.program.has_started()
            && let Some(started) = self.started.take()
        {
            started();
        }
        step
    }

    fn memory(&self) -> usize {
        self.program.memory()
    }

    fn stack(&mut self) -> String {
        self.program.stack()
    }
}
