//! What lets a call made inside a step reach the queue of the worker that runs it.
//!
//! The one thread-local of the scheduler, and only a short cut: without it the call goes through the injector. Knows
//! nothing of stepping.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::run_queue::LocalQueue;
use super::shared::Shared;

thread_local! {
    static LOCAL: RefCell<Option<Rc<Local>>> = const { RefCell::new(None) };
}

/// A worker thread's own things.
pub(super) struct Local {
    /// Address of the scheduler the thread works for; only compared.
    scheduler: *const Shared,
    /// Index of the worker's seat.
    pub seat: usize,
    pub queue: LocalQueue,
    /// A step runs: whom it wakes goes to the LIFO slot.
    pub stepping: Cell<bool>,
}

impl Local {
    pub fn new(shared: &Shared, seat: usize, queue: LocalQueue) -> Local {
        Local {
            scheduler: shared,
            seat,
            queue,
            stepping: Cell::new(false),
        }
    }

    /// Makes it this thread's.
    pub fn enter(self) -> Rc<Local> {
        let local = Rc::new(self);
        LOCAL.set(Some(local.clone()));
        local
    }

    /// Ends what [`Local::enter`] began; gives the queue back.
    pub fn leave(local: Rc<Local>) -> LocalQueue {
        LOCAL.set(None);
        Rc::into_inner(local)
            .expect("nobody keeps a worker's local")
            .queue
    }

    /// Calls `f` with this thread's local, if the thread works for `shared`.
    pub fn with<R>(shared: &Shared, f: impl FnOnce(Option<&Local>) -> R) -> R {
        let mut f = Some(f);
        let answer = LOCAL.try_with(|local| {
            let local = local.borrow();
            let local = local
                .as_deref()
                .filter(|local| std::ptr::eq(local.scheduler, shared));
            f.take().map(|f| f(local))
        });
        match (answer, f) {
            (Ok(Some(answer)), _) => answer,
            // The thread is ending, and its local is gone.
            (_, Some(f)) => f(None),
            _ => unreachable!("called or still there"),
        }
    }
}
