//! The scheduler as a whole, with closures as bodies: what the tests need, and the tests by theme.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

mod life;
mod measures;
mod sharing;
mod stuck;

use super::*;
use crate::process::{Event, Interrupt, Interrupter, Interruptible, Message, Step, Turn, Urgency};

/// Long enough for anything that is going to happen at all.
const SOON: Duration = Duration::from_secs(20);

/// Interrupts by a flag that the body has to look at, as a hook would.
#[derive(Default)]
struct Flags;

#[derive(Default)]
struct Flag {
    running: AtomicU64,
    interrupted: AtomicU64,
    die: AtomicBool,
    give_up: AtomicBool,
}

thread_local! {
    static FLAG: OnceLock<Arc<Flag>> = const { OnceLock::new() };
}

struct FlagThread(Arc<Flag>);

impl Interrupter for Flags {
    fn enter(&self) -> Box<dyn Interruptible> {
        let flag = Arc::<Flag>::default();
        FLAG.with(|own| own.set(flag.clone()).ok().expect("a thread enters once"));
        Box::new(FlagThread(flag))
    }
}

impl Interruptible for FlagThread {
    fn handle(&self) -> Arc<dyn Interrupt> {
        self.0.clone()
    }

    fn begin(&self, number: u64) {
        self.0.running.store(number, Ordering::SeqCst);
    }

    fn end(&self) {
        self.0.running.store(0, Ordering::SeqCst);
    }
}

impl Interrupt for Flag {
    fn interrupt(&self, number: u64, how: Urgency) {
        self.interrupted.store(number, Ordering::SeqCst);
        self.die.store(how == Urgency::Die, Ordering::SeqCst);
        self.give_up.store(how == Urgency::GiveUp, Ordering::SeqCst);
    }

    fn spent(&self) -> Option<Duration> {
        None
    }
}

/// Whether the step that runs on this thread was interrupted.
fn interrupted() -> bool {
    FLAG.with(|flag| {
        let flag = flag.get().expect("called inside a step");
        flag.interrupted.load(Ordering::SeqCst) == flag.running.load(Ordering::SeqCst)
    })
}

/// Whether it was interrupted with [`Urgency::Die`].
fn told_to_die() -> bool {
    interrupted() && FLAG.with(|flag| flag.get().unwrap().die.load(Ordering::SeqCst))
}

/// Whether it was interrupted with [`Urgency::GiveUp`].
fn told_to_give_up() -> bool {
    interrupted() && FLAG.with(|flag| flag.get().unwrap().give_up.load(Ordering::SeqCst))
}

struct Closure<F>(F);

impl<F: FnMut(Turn<'_>) -> Step + Send> Body for Closure<F> {
    fn step(&mut self, turn: Turn<'_>) -> Step {
        (self.0)(turn)
    }

    fn memory(&self) -> usize {
        size_of::<F>()
    }
}

struct Rig {
    scheduler: Scheduler,
    host: HostKey,
    failed: Arc<Failed>,
}

/// Keeps what processes failed with of which nobody else is told: an assertion that fails in a body must fail the test.
#[derive(Default)]
struct Failed(std::sync::Mutex<Vec<String>>);

impl OnExit for Failed {
    fn on_exit(&self, pid: Pid, exit: &Exit, _watched: bool, _at: Moment) {
        if let Exit::Failed(error) = exit {
            let mut all = self.0.lock().unwrap();
            all.push(format!("{pid}: {error}"));
        }
    }
}

impl Rig {
    fn new(workers: usize) -> Rig {
        Rig::with(Config {
            workers,
            ..Config::new(Arc::new(Flags))
        })
    }

    fn with(mut config: Config) -> Rig {
        let failed = Arc::<Failed>::default();
        config.orphan.get_or_insert(failed.clone());
        let scheduler = Scheduler::start(config);
        let limits = Limits {
            running: usize::MAX,
            mailbox: 1 << 20,
        };
        let host = scheduler.add_host("app:processes", limits);
        scheduler.open(host);
        Rig {
            scheduler,
            host,
            failed,
        }
    }

    fn spawn(&self, body: impl FnMut(Turn<'_>) -> Step + Send + 'static) -> Pid {
        self.spawn_watched(None, None, body).unwrap()
    }

    fn spawn_watched(
        &self,
        watcher: Option<Pid>,
        on_exit: Option<Arc<dyn OnExit>>,
        body: impl FnMut(Turn<'_>) -> Step + Send + 'static,
    ) -> Result<Pid, SpawnRefused> {
        spawn_in(&self.scheduler, self.host, watcher, on_exit, body)
    }

    fn send(&self, to: Pid, topic: &str) -> Result<(), SendRefused> {
        self.scheduler.send(to, message(None, topic))
    }

    fn empty(&self) {
        assert!(
            self.scheduler.wait_until_empty(self.host, SOON),
            "{:?}",
            self.scheduler.stats()
        );
        let stats = self.scheduler.stats();
        assert_eq!((stats.live, stats.timers), (0, 0));
        assert_eq!(stats.spawned, stats.exited);
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        let stopped = self.scheduler.stop(SOON);
        if std::thread::panicking() {
            return;
        }
        assert!(stopped, "threads were left behind");
        assert_eq!(*self.failed.0.lock().unwrap(), [""; 0]);
    }
}

fn spawn_in(
    scheduler: &Scheduler,
    host: HostKey,
    watcher: Option<Pid>,
    on_exit: Option<Arc<dyn OnExit>>,
    body: impl FnMut(Turn<'_>) -> Step + Send + 'static,
) -> Result<Pid, SpawnRefused> {
    let body = Box::new(Closure(body));
    let admitted = scheduler.admit(NewProcess {
        host,
        origin: 0,
        body,
        monitor: watcher,
        on_exit,
    })?;
    Ok(admitted.start())
}

fn message(from: Option<Pid>, topic: &str) -> Letter {
    Letter::Message(Message::new(from, topic.as_bytes(), b""))
}

fn letters(turn: Turn<'_>) -> Vec<Letter> {
    let letters: Vec<_> = turn.process.mailbox().take().into_iter().collect();
    turn.process
        .mailbox()
        .received(letters.iter().map(Letter::size).sum());
    letters
}

fn done() -> Step {
    Step::Exit(Exit::Normal(Default::default()))
}

const WAIT: Step = Step::Wait(Moment::NEVER);

/// Sends on what it is told.
struct Told(std::sync::Mutex<Sender<Heard>>);

impl OnExit for Told {
    fn on_exit(&self, pid: Pid, exit: &Exit, watched: bool, _at: Moment) {
        let _ = self
            .0
            .lock()
            .unwrap()
            .send((pid, exit.to_string(), watched));
    }
}

type Heard = (Pid, String, bool);

fn told() -> (Arc<dyn OnExit>, Receiver<Heard>) {
    let (sender, receiver) = channel();
    (Arc::new(Told(sender.into())), receiver)
}
