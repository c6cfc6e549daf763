//! The scheduler as a whole, with closures as bodies.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

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
}

impl Rig {
    fn new(workers: usize) -> Rig {
        Rig::with(Config {
            workers,
            ..Config::new(Arc::new(Flags))
        })
    }

    fn with(config: Config) -> Rig {
        let scheduler = Scheduler::start(config);
        let limits = Limits {
            running: usize::MAX,
            mailbox: 1 << 20,
        };
        let host = scheduler.add_host("app:processes", limits);
        scheduler.open(host);
        Rig { scheduler, host }
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
        assert!(
            stopped || std::thread::panicking(),
            "threads were left behind"
        );
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
    scheduler.spawn(NewProcess {
        host,
        origin: 0,
        body,
        watcher,
        on_exit,
    })
}

fn message(from: Option<Pid>, topic: &str) -> Letter {
    Letter::Message(Message::new(from, topic.as_bytes(), b""))
}

fn letters(turn: Turn<'_>) -> VecDeque<Letter> {
    let mut letters = VecDeque::new();
    turn.process.mailbox().drain_into(&mut letters);
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

#[test]
fn ten_thousand_processes_come_and_go() {
    let rig = Rig::new(2);
    let sum = Arc::new(AtomicUsize::new(0));
    let pids: Vec<_> = (0..10_000)
        .map(|_| {
            let sum = sum.clone();
            rig.spawn(move |turn| {
                let count = letters(turn).len();
                sum.fetch_add(count, Ordering::Relaxed);
                if count == 0 { WAIT } else { done() }
            })
        })
        .collect();
    for pid in &pids {
        rig.send(*pid, "end").unwrap();
    }
    rig.empty();
    assert_eq!(sum.load(Ordering::Relaxed), 10_000);
    assert_eq!(rig.send(pids[0], "late"), Err(SendRefused::Unknown));
}

#[test]
fn messages_from_one_sender_arrive_in_order() {
    let rig = Rig::new(2);
    let (sender, receiver) = channel();
    let mut next = 0;
    let pid = rig.spawn(move |turn| {
        for letter in letters(turn) {
            let Letter::Message(message) = letter else {
                panic!("an event")
            };
            assert_eq!(message.topic(), next.to_string().as_bytes());
            next += 1;
        }
        if next < 10_000 {
            return WAIT;
        }
        sender.send(next).unwrap();
        done()
    });
    for n in 0..10_000 {
        rig.send(pid, &n.to_string()).unwrap();
    }
    assert_eq!(receiver.recv_timeout(SOON), Ok(10_000));
    rig.empty();
}

#[test]
fn timers_fire_in_time_and_never_early() {
    let rig = Rig::new(2);
    let (sender, receiver) = channel();
    for n in 0..200 {
        let (sender, mut until) = (sender.clone(), None);
        rig.spawn(move |turn| {
            let until = *until.get_or_insert(turn.now.after(Duration::from_micros(n * 317)));
            if turn.now < until {
                return Step::Wait(until);
            }
            sender.send(turn.now.since(until)).unwrap();
            done()
        });
    }
    rig.empty();
    drop(sender);
    assert_eq!(receiver.iter().count(), 200);
}

#[test]
fn a_timer_that_never_fires_leaves_nothing_behind() {
    let rig = Rig::new(2);
    let pids: Vec<_> = (0..1000)
        .map(|_| {
            rig.spawn(|turn| {
                let far = turn.now.after(Duration::from_secs(3600));
                if letters(turn).is_empty() {
                    Step::Wait(far)
                } else {
                    done()
                }
            })
        })
        .collect();
    for pid in pids {
        rig.send(pid, "end").unwrap();
    }
    rig.empty();
}

#[test]
fn a_panic_ends_one_process_and_its_monitor_hears_why() {
    let rig = Rig::new(1);
    let (sender, receiver) = channel();
    let watcher = rig.spawn(move |turn| {
        for letter in letters(turn) {
            if let Letter::Event(event) = letter
                && let Event::Exit { from, exit, .. } = *event
            {
                sender.send((from, exit.to_string())).unwrap();
                return done();
            }
        }
        WAIT
    });
    let pid = rig
        .spawn_watched(Some(watcher), None, |_| panic!("as it must"))
        .unwrap();
    assert_eq!(
        receiver.recv_timeout(SOON),
        Ok((pid, "failed: panic: as it must".to_owned()))
    );
    rig.empty();
}

#[test]
fn a_failure_that_nobody_watches_is_reported() {
    let (orphan, heard) = told();
    let config = Config {
        workers: 1,
        orphan: Some(orphan),
        ..Config::new(Arc::new(Flags))
    };
    let rig = Rig::with(config);
    let pid = rig.spawn(|_| Step::Exit(Exit::failed("alone")));
    assert_eq!(
        heard.recv_timeout(SOON),
        Ok((pid, "failed: alone".to_owned(), false))
    );
    rig.spawn(|_| done());
    let (on_exit, known) = told();
    let pid = rig.spawn_watched(None, Some(on_exit), |_| Step::Exit(Exit::failed("known")));
    assert_eq!(
        known.recv_timeout(SOON),
        Ok((pid.unwrap(), "failed: known".to_owned(), false))
    );
    rig.empty();
    assert!(heard.try_recv().is_err());
}

#[test]
fn kill_reaches_a_process_parked_queued_or_running() {
    let rig = Rig::new(1);
    let (on_exit, heard) = told();
    let killed = |pid| (pid, "killed: enough".to_owned(), false);
    // Parked: retired without another step.
    let (sender, parked) = channel();
    let pid = rig.spawn_watched(None, Some(on_exit.clone()), move |_| {
        sender.send(()).expect("a killed process is not stepped");
        WAIT
    });
    parked.recv_timeout(SOON).unwrap();
    assert!(rig.scheduler.kill(pid.unwrap(), Exit::killed("enough")));
    assert_eq!(heard.recv_timeout(SOON), Ok(killed(pid.unwrap())));
    assert!(!rig.scheduler.kill(pid.unwrap(), Exit::killed("again")));
    // Running, and leaving only when it must.
    let (sender, running) = channel();
    let pid = rig.spawn_watched(None, Some(on_exit.clone()), move |_| {
        let _ = sender.send(());
        while !told_to_die() {
            std::hint::spin_loop();
        }
        Step::Ready
    });
    running.recv_timeout(SOON).unwrap();
    // Queued behind it.
    let queued = rig.spawn_watched(None, Some(on_exit), |_| panic!("was killed before"));
    assert!(rig.scheduler.kill(queued.unwrap(), Exit::killed("enough")));
    assert!(rig.scheduler.kill(pid.unwrap(), Exit::killed("enough")));
    let mut both = [0, 1].map(|_| heard.recv_timeout(SOON).unwrap());
    both.sort_by_key(|told| told.0.key());
    assert_eq!(both, [killed(pid.unwrap()), killed(queued.unwrap())]);
    rig.empty();
}

#[test]
fn hogs_share_and_let_others_through() {
    let rig = Rig::new(2);
    let stop = Arc::new(AtomicBool::new(false));
    let slices: Vec<_> = (0..8).map(|_| Arc::new(AtomicUsize::new(0))).collect();
    for count in &slices {
        let (stop, count) = (stop.clone(), count.clone());
        rig.spawn(move |_| {
            while !interrupted() && !stop.load(Ordering::Relaxed) {
                std::hint::spin_loop();
            }
            count.fetch_add(1, Ordering::Relaxed);
            if stop.load(Ordering::Relaxed) {
                done()
            } else {
                Step::Ready
            }
        });
    }
    let (sender, receiver) = channel();
    let (mut ticks, mut until) = (0, None);
    rig.spawn(move |turn| {
        if let Some(until) = until {
            if turn.now < until {
                return Step::Wait(until);
            }
            sender.send(turn.now.since(until)).unwrap();
            ticks += 1;
        }
        let next = turn.now.after(Duration::from_millis(10));
        until = Some(next);
        if ticks == 20 {
            done()
        } else {
            Step::Wait(next)
        }
    });
    let mut late: Vec<_> = receiver.iter().collect();
    stop.store(true, Ordering::Relaxed);
    rig.empty();
    late.sort();
    assert_eq!(late.len(), 20);
    // Generous: the machine has other things to do too. `hog_lateness` prints what it is.
    assert!(late[10] < Duration::from_millis(20), "{late:?}");
    let counts: Vec<_> = slices
        .iter()
        .map(|count| count.load(Ordering::Relaxed))
        .collect();
    assert!(counts.iter().all(|&count| count > 0), "{counts:?}");
}

#[test]
fn a_host_runs_as_many_at_once_as_it_may() {
    let rig = Rig::new(2);
    let one = rig.scheduler.add_host(
        "app:one",
        Limits {
            running: 1,
            mailbox: 1 << 20,
        },
    );
    rig.scheduler.open(one);
    let running = Arc::new(AtomicUsize::new(0));
    for _ in 0..200 {
        let (running, mut turns) = (running.clone(), 3);
        spawn_in(&rig.scheduler, one, None, None, move |_| {
            assert_eq!(running.fetch_add(1, Ordering::SeqCst), 0);
            std::thread::yield_now();
            running.fetch_sub(1, Ordering::SeqCst);
            turns -= 1;
            if turns == 0 { done() } else { Step::Ready }
        })
        .unwrap();
    }
    assert!(rig.scheduler.wait_until_empty(one, SOON));
    rig.empty();
}

#[test]
fn spawn_against_close_is_signalled_or_refused() {
    let rig = Rig::new(2);
    let host = rig.scheduler.add_host(
        "app:closing",
        Limits {
            running: 8,
            mailbox: 1 << 20,
        },
    );
    let body = |turn: Turn<'_>| {
        if letters(turn).is_empty() {
            WAIT
        } else {
            done()
        }
    };
    let spawn = move |scheduler: &Scheduler| spawn_in(scheduler, host, None, None, body);
    assert_eq!(spawn(&rig.scheduler), Err(SpawnRefused::NotOpen));
    rig.scheduler.open(host);
    let spawners: Vec<_> = (0..2)
        .map(|_| {
            let scheduler = rig.scheduler.clone();
            std::thread::spawn(
                move || {
                    while spawn(&scheduler) != Err(SpawnRefused::ShuttingDown) {}
                },
            )
        })
        .collect();
    while rig.scheduler.live_in(host) < 100 {
        std::thread::yield_now();
    }
    assert!(
        rig.scheduler.shut(host, "scheduler shutdown", SOON),
        "somebody was not signalled"
    );
    for spawner in spawners {
        spawner.join().unwrap();
    }
    assert_eq!(rig.scheduler.live_in(host), 0);
}

#[test]
fn a_stuck_worker_is_stood_in_for() {
    let config = Config {
        workers: 1,
        slice: Duration::from_micros(200),
        ..Config::new(Arc::new(Flags))
    };
    let rig = Rig::with(config);
    let (timer_sender, timers) = channel();
    let mut armed = false;
    rig.spawn(move |turn| {
        if !std::mem::replace(&mut armed, true) {
            timer_sender.send(()).unwrap();
            return Step::Wait(turn.now.after(Duration::from_millis(30)));
        }
        timer_sender.send(()).unwrap();
        done()
    });
    timers.recv_timeout(SOON).unwrap();
    let (entered_sender, entered) = channel();
    let (go, gone) = channel::<()>();
    rig.spawn(move |_| {
        entered_sender.send(()).unwrap();
        // No interrupt gets it out of here.
        gone.recv_timeout(SOON).unwrap();
        done()
    });
    entered.recv_timeout(SOON).unwrap();
    let (sender, receiver) = channel();
    rig.spawn(move |_| {
        sender.send(()).unwrap();
        done()
    });
    receiver
        .recv_timeout(SOON)
        .expect("the spare runs what is queued");
    timers
        .recv_timeout(SOON)
        .expect("the spare serves the wheel");
    go.send(()).unwrap();
    rig.empty();
}

#[test]
fn names_end_with_their_process() {
    let rig = Rig::new(1);
    let table = rig.scheduler.table();
    let body = |turn: Turn<'_>| {
        if letters(turn).is_empty() {
            WAIT
        } else {
            done()
        }
    };
    let (first, second) = (rig.spawn(body), rig.spawn(body));
    assert!(table.register("printer", first).is_ok());
    assert!(table.register("printer", first).is_ok());
    assert!(
        table
            .register("printer", second)
            .is_err_and(|taken| taken.0 == first)
    );
    assert!(table.register("other", first).is_ok());
    assert!(table.unregister("other") && !table.unregister("other"));
    assert_eq!(table.lookup("printer"), Some(first));
    rig.send(first, "end").unwrap();
    rig.send(second, "end").unwrap();
    rig.empty();
    assert_eq!(table.lookup("printer"), None);
    assert!(table.register("ghost", first).is_ok());
    assert_eq!(table.lookup("ghost"), None);
}

/// Pairs of processes that wake each other, from inside and outside, while others tick: nothing may stand still.
#[test]
fn no_wake_is_lost_under_brute_force() {
    let rig = Rig::new(3);
    let end = Instant::now() + Duration::from_secs(2);
    while Instant::now() < end {
        let (sender, receiver) = channel();
        for _ in 0..8 {
            let (sender, scheduler, mut left) = (sender.clone(), rig.scheduler.clone(), 200);
            let echo_scheduler = rig.scheduler.clone();
            let echo = rig.spawn(move |turn| {
                for letter in letters(turn) {
                    let Letter::Message(note) = letter else {
                        return done();
                    };
                    if note.topic() == b"end" {
                        return done();
                    }
                    if let Some(from) = note.from() {
                        let _ = echo_scheduler.send(from, message(None, "pong"));
                    }
                }
                WAIT
            });
            let far = Duration::from_secs(60);
            let ping = rig.spawn(move |turn| {
                for _ in letters(turn) {
                    left -= 1;
                    if left == 0 {
                        sender.send(()).unwrap();
                        scheduler.send(echo, message(None, "end")).unwrap();
                        return done();
                    }
                    scheduler
                        .send(echo, message(Some(turn.process.pid()), "ping"))
                        .unwrap();
                }
                if left % 3 == 0 {
                    WAIT
                } else {
                    Step::Wait(turn.now.after(far))
                }
            });
            rig.send(ping, "start").unwrap();
        }
        for _ in 0..8 {
            receiver.recv_timeout(SOON).expect("a wake was lost");
        }
        rig.empty();
    }
}

/// How late a ticker is beside hogs; prints, and fails on nothing. Run with `--release --ignored --nocapture`.
#[test]
#[ignore = "measures"]
fn hog_lateness() {
    for hogs in [0, 4, 32] {
        let rig = Rig::new(2);
        let stop = Arc::new(AtomicBool::new(false));
        for _ in 0..hogs {
            let stop = stop.clone();
            rig.spawn(move |_| {
                while !interrupted() && !stop.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
                if stop.load(Ordering::Relaxed) {
                    done()
                } else {
                    Step::Ready
                }
            });
        }
        let (sender, receiver) = channel();
        for n in 0..10 {
            let (sender, mut ticks, mut until) = (sender.clone(), 0, Moment(0));
            rig.spawn(move |turn| {
                if turn.now < until {
                    return Step::Wait(until);
                }
                if until > Moment(0) {
                    sender.send(turn.now.since(until)).unwrap();
                    ticks += 1;
                }
                until = turn.now.after(Duration::from_micros(10_000 + n * 377));
                if ticks == 100 {
                    done()
                } else {
                    Step::Wait(until)
                }
            });
        }
        drop(sender);
        let mut late: Vec<_> = receiver.iter().collect();
        stop.store(true, Ordering::Relaxed);
        rig.empty();
        late.sort();
        println!(
            "{hogs} hogs: p50 {:?} p99 {:?} max {:?}",
            late[500], late[990], late[999]
        );
    }
}

/// What things cost; prints, and fails on nothing. Run with `--release --ignored --nocapture`.
#[test]
#[ignore = "measures"]
fn costs() {
    let rig = Rig::new(2);
    const N: u32 = 300_000;
    println!("size_of Process {}", size_of::<Process>());
    for _ in 0..3 {
        let (sender, receiver) = channel();
        let (scheduler, host) = (rig.scheduler.clone(), rig.host);
        let begin = Instant::now();
        rig.spawn(move |turn| {
            let begin = Instant::now();
            for _ in 0..N {
                spawn_in(&scheduler, host, Some(turn.process.pid()), None, |_| done()).unwrap();
            }
            sender.send(begin.elapsed() / N).unwrap();
            done()
        });
        let call = receiver.recv().unwrap();
        rig.empty();
        println!(
            "spawn call {call:?}, spawn+step+exit {:?}",
            begin.elapsed() / N
        );

        let (sender, receiver) = channel();
        let scheduler = rig.scheduler.clone();
        let echo_scheduler = rig.scheduler.clone();
        let begin = Instant::now();
        let mut inbox = VecDeque::new();
        let echo = rig.spawn(move |turn| {
            turn.process.mailbox().drain_into(&mut inbox);
            for letter in inbox.drain(..) {
                turn.process.mailbox().received(letter.size());
                let Letter::Message(note) = letter else {
                    return done();
                };
                let Some(from) = note.from() else {
                    return done();
                };
                let _ = echo_scheduler.send(from, message(None, "pong"));
            }
            WAIT
        });
        let mut left = N;
        let mut inbox = VecDeque::new();
        let ping = rig.spawn(move |turn| {
            turn.process.mailbox().drain_into(&mut inbox);
            for letter in inbox.drain(..) {
                turn.process.mailbox().received(letter.size());
                left -= 1;
                if left == 0 {
                    sender.send(()).unwrap();
                    let _ = scheduler.send(echo, message(None, "end"));
                    return done();
                }
                let _ = scheduler.send(echo, message(Some(turn.process.pid()), "ping"));
            }
            WAIT
        });
        rig.send(ping, "start").unwrap();
        receiver.recv().unwrap();
        println!("ping-pong: send+wake+step {:?}", begin.elapsed() / (2 * N));
        rig.empty();
    }
}
