//! Starts services in the order of what they require, restarts those that fail, stops all in reverse.
//!
//! Knows nothing of what a service is: [`Services`] starts them. All decisions are [`core`]'s; the loop here only does
//! what it says, and passes on what happens.

mod core;
mod event;
mod lifecycle;
mod plan;
mod report;
mod restart;
mod shutdown;
mod supervised;

#[cfg(test)]
mod core_tests;
#[cfg(test)]
mod shutdown_tests;
#[cfg(test)]
mod sim;

pub use self::core::Supervisor;
pub use event::{Action, Ending, Event, Run, StartError, Verdict};
pub use lifecycle::State;
pub use plan::{Plan, PlanError, Role, Service, ServiceId};
pub use report::{Cause, Report};
pub use restart::{Decision, History, Outcome, Policy, Why, decide};

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use crate::clock::{Clock, Moment};
use crate::error::Error;
use crate::pid::Pid;
use crate::process::{Exit, OnExit};

/// What starts services. Implemented by the node.
pub trait Services: Send + Sync + 'static {
    /// Begins a run of the service and says how to end it; `news` is to be told when its start is over, be it before this
    /// returns, and when it has ended. Called on a thread of its own, so it may block; what is not started when the
    /// service's start time-out is over is killed.
    ///
    /// # Errors
    /// If the run can't begin; then `news` is not used.
    fn start(&self, id: ServiceId, news: OnRun) -> Result<Box<dyn Running>, StartError>;

    /// How many processes live. Asked only when all services have failed for good.
    fn living(&self) -> usize;

    /// Whether a program made this error itself (with `errors.new`), rather than got it from a function of the
    /// runtime. Only such an error may say that its service is not to be restarted.
    fn is_programs_own(&self, error: &Error) -> bool;

    /// A stack whose places are for people: files instead of entries.
    fn locate(&self, stack: &str) -> String;
}

/// One run of a service. Neither method may block, and both may be called when it has ended.
pub trait Running: Send {
    /// Asks it to end: a process gets CANCEL "service stopping"; a host refuses spawns, and its processes get CANCEL
    /// "scheduler shutdown".
    fn stop(&self);

    /// Ends it: a process is killed, a host's remaining processes are.
    fn kill(&self);
}

/// Tells the supervisor how a run gets on.
pub struct OnRun {
    run: Run,
    services: Arc<dyn Services>,
    news: Sender<News>,
}

impl OnRun {
    /// The start is over: it runs. Never blocks.
    pub fn started(&self) {
        self.tell(Event::Started(self.run));
    }

    /// The run has ended. Never blocks.
    pub fn ended(&self, ending: Ending) {
        self.tell(Event::Ended(self.run, ending));
    }

    fn tell(&self, event: Event) {
        // The supervisor is gone when all is over; then nobody needs to know.
        let _ = self.news.send(News::Event(event));
    }
}

/// For a service that is one process.
impl OnExit for OnRun {
    fn on_exit(&self, _pid: Pid, exit: &Exit, _watched: bool, _at: Moment) {
        self.ended(match exit {
            Exit::Normal(_) => Ending::Normal,
            Exit::Failed(error) | Exit::Killed(error) => Ending::Failed {
                cause: Cause {
                    reason: error.to_string(),
                    stack: self.services.locate(&error.stack),
                },
                permanent: error.retryable == Some(false) && self.services.is_programs_own(error),
            },
        });
    }
}

/// What reaches the loop.
enum News {
    Event(Event),
    /// A run has begun, and this is how to end it.
    Began(Run, Box<dyn Running>),
}

/// What the loop knows of a run.
enum Known {
    /// It is being started. What it told us meanwhile waits until we know how to end it.
    Awaited(Vec<Event>),
    /// It has begun, and this is how to end it.
    Begun(Box<dyn Running>),
}

/// Asks a supervisor, from wherever, to stop everything.
#[derive(Clone)]
pub struct Shutdown(Sender<News>);

impl Shutdown {
    /// Asks. Never blocks; asking again changes nothing.
    pub fn request(&self) {
        // A supervisor that is gone has stopped everything.
        let _ = self.0.send(News::Event(Event::Shutdown));
    }
}

/// The loop around the state machine.
pub struct Supervision {
    supervisor: Supervisor,
    services: Arc<dyn Services>,
    clock: Clock,
    /// All runs that may not have ended.
    runs: HashMap<Run, Known>,
    /// What runs have told us before they were known to have begun, now that they are.
    due: VecDeque<Event>,
    sender: Sender<News>,
    news: Receiver<News>,
}

impl Supervision {
    /// A loop for all in the plan. Shutdown as a whole takes no longer than `shutdown_timeout` (and two seconds, if
    /// something must be killed then).
    pub fn new(
        plan: Plan,
        services: Arc<dyn Services>,
        clock: Clock,
        shutdown_timeout: Duration,
    ) -> Supervision {
        let (sender, news) = channel();
        let mut random = fastrand::Rng::new();
        Supervision {
            supervisor: Supervisor::new(plan, shutdown_timeout, move || random.f64()),
            services,
            clock,
            runs: HashMap::new(),
            due: VecDeque::new(),
            sender,
            news,
        }
    }

    /// What ends [`Supervision::run`].
    pub fn shutdown(&self) -> Shutdown {
        Shutdown(self.sender.clone())
    }

    /// Starts the services and keeps them alive until all is over. Blocks the calling thread until then.
    pub fn run(mut self) -> Verdict {
        let mut event = Event::Boot;
        loop {
            for action in self.supervisor.on(event, self.clock.now()) {
                if let Some(verdict) = self.act(action) {
                    return verdict;
                }
            }
            event = self.next();
        }
    }

    /// Waits for something to happen, or for the next deadline.
    fn next(&mut self) -> Event {
        if let Some(event) = self.due.pop_front() {
            return self.pass_on(event);
        }
        let patience = self.supervisor.next_deadline().since(self.clock.now());
        match self.news.recv_timeout(patience) {
            Ok(News::Event(event)) => self.in_order(event),
            Ok(News::Began(run, handle)) => {
                if let Some(Known::Awaited(early)) = self.runs.insert(run, Known::Begun(handle)) {
                    self.due.extend(early);
                }
                Event::Begun(run)
            }
            Err(RecvTimeoutError::Timeout) => Event::Wake,
            Err(RecvTimeoutError::Disconnected) => unreachable!("we hold a sender"),
        }
    }

    /// The event, unless it is of a run that is not known to have begun: a process may run, and even end, before the
    /// thread that started it has said so.
    fn in_order(&mut self, event: Event) -> Event {
        if let Event::Started(run) | Event::Ended(run, _) = &event
            && let Some(Known::Awaited(early)) = self.runs.get_mut(run)
        {
            early.push(event);
            return Event::Wake;
        }
        self.pass_on(event)
    }

    /// The event, with what is over forgotten.
    fn pass_on(&mut self, event: Event) -> Event {
        if let Event::Ended(run, _) | Event::StartFailed(run, _) = &event {
            self.runs.remove(run);
        }
        event
    }

    fn act(&mut self, action: Action) -> Option<Verdict> {
        match action {
            Action::Start(run) => self.start(run),
            Action::Stop(run) => {
                if let Some(Known::Begun(running)) = self.runs.get(&run) {
                    running.stop();
                }
            }
            Action::Kill(run) => {
                if let Some(Known::Begun(running)) = self.runs.get(&run) {
                    running.kill();
                }
            }
            Action::Discard(run) => {
                if let Some(Known::Begun(running)) = self.runs.remove(&run) {
                    running.kill();
                }
            }
            Action::CountLiving => {
                let count = Event::Living(self.services.living());
                self.sender
                    .send(News::Event(count))
                    .expect("we hold the receiver");
            }
            Action::Report(id, report) => report.log(self.supervisor.name(id)),
            Action::Finish(verdict) => {
                verdict.log();
                return Some(verdict);
            }
        }
        None
    }

    /// Starts a run on a thread of its own: a start may take long, and several happen at once.
    fn start(&mut self, run: Run) {
        self.runs.insert(run, Known::Awaited(Vec::new()));
        let (services, news) = (Arc::clone(&self.services), self.sender.clone());
        let on_run = OnRun {
            run,
            services: Arc::clone(&self.services),
            news: self.sender.clone(),
        };
        let starter = thread::Builder::new()
            .name("service start".into())
            .spawn(move || {
                let _ = news.send(match services.start(run.service, on_run) {
                    Ok(running) => News::Began(run, running),
                    Err(error) => News::Event(Event::StartFailed(run, error)),
                });
            });
        if let Err(error) = starter {
            let error =
                StartError::Transient(Cause::new(format!("no thread to start it: {error}")));
            let failed = News::Event(Event::StartFailed(run, error));
            self.sender.send(failed).expect("we hold the receiver");
        }
    }
}

#[cfg(test)]
mod tests;
