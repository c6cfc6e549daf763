//! Processes beside each other: hogs, places, shutdown, wakes.

use super::*;
use crate::process::NameRefused;

/// Hogs that use up one slice after the other until they are told to stop.
struct Hogs {
    stop: Arc<AtomicBool>,
    /// Slices that each has used up.
    slices: Vec<Arc<AtomicUsize>>,
}

impl Hogs {
    /// `at_end` is called by each at the end of a slice.
    fn spawn(rig: &Rig, count: usize, at_end: impl Fn() + Clone + Send + 'static) -> Hogs {
        let stop = Arc::new(AtomicBool::new(false));
        let slices: Vec<_> = (0..count).map(|_| Arc::new(AtomicUsize::new(0))).collect();
        for count in &slices {
            let (stop, count, at_end) = (stop.clone(), count.clone(), at_end.clone());
            rig.spawn(move |_| {
                while !interrupted() && !stop.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
                count.fetch_add(1, Ordering::Relaxed);
                at_end();
                if stop.load(Ordering::Relaxed) {
                    done()
                } else {
                    Step::Ready
                }
            });
        }
        Hogs { stop, slices }
    }

    /// Ends them; every one of them must have had its turns.
    fn end(self, rig: &Rig) {
        self.stop.store(true, Ordering::Relaxed);
        rig.empty();
        let counts: Vec<_> = self
            .slices
            .iter()
            .map(|count| count.load(Ordering::Relaxed))
            .collect();
        assert!(counts.iter().all(|&count| count > 1), "{counts:?}");
    }
}

/// How late it is by the clock depends on what else the machine does: `measures::hog_lateness` prints that.
#[test]
fn a_timer_among_hogs_waits_for_few_slices() {
    const TICKS: usize = 20;
    let rig = Rig::new(1);
    let clock = *rig.scheduler.clock();
    let due = Arc::new(AtomicU64::new(Moment::NEVER.0));
    // Slices that ended when the tick was due and had not come.
    let passed = Arc::new(AtomicUsize::new(0));
    let hogs = {
        let (due, passed) = (due.clone(), passed.clone());
        Hogs::spawn(&rig, 8, move || {
            let late = clock.now().0 >= due.load(Ordering::SeqCst);
            passed.fetch_add(usize::from(late), Ordering::SeqCst);
        })
    };
    let (sender, receiver) = channel();
    let mut ticks = 0;
    rig.spawn(move |turn| {
        let until = due.load(Ordering::SeqCst);
        if until != Moment::NEVER.0 {
            if turn.now.0 < until {
                return Step::Wait(Moment(until));
            }
            ticks += 1;
        }
        if ticks == TICKS {
            due.store(Moment::NEVER.0, Ordering::SeqCst);
            sender.send(()).unwrap();
            return done();
        }
        let next = turn.now.after(Duration::from_millis(10));
        due.store(next.0, Ordering::SeqCst);
        Step::Wait(next)
    });
    receiver.recv_timeout(SOON).unwrap();
    hogs.end(&rig);
    // The one that is interrupted, the one whose eighth turn it is, and one because the wheel rounds up. In a queue with
    // the hogs it would be all eight.
    let passed = passed.load(Ordering::SeqCst);
    assert!(passed <= 3 * TICKS, "{passed} slices");
}

#[test]
fn who_uses_up_no_slice_goes_before_those_who_do() {
    const TURNS: usize = 200;
    const HOGS: usize = 8;
    let rig = Rig::new(1);
    let used = Arc::new(AtomicUsize::new(0));
    let hogs = {
        let used = used.clone();
        Hogs::spawn(&rig, HOGS, move || {
            used.fetch_add(1, Ordering::Relaxed);
        })
    };
    let (sender, receiver) = channel();
    let (mut turns, mut before) = (0, 0);
    rig.spawn(move |_| {
        let used = used.load(Ordering::Relaxed);
        if turns == 0 {
            before = used;
        }
        turns += 1;
        if turns < TURNS {
            return Step::Ready;
        }
        sender.send(used - before).unwrap();
        done()
    });
    let between = receiver.recv_timeout(SOON).unwrap();
    hogs.end(&rig);
    // One in eight turns is a hog's. A step during which the machine did something else counts as a slice, too, so that a
    // few may cost a round; taking turns with the hogs would be eight times as many as its own.
    assert!(between < TURNS * HOGS / 4, "{between} slices");
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
    let most = Arc::new(AtomicUsize::new(0));
    for _ in 0..200 {
        let (running, most, mut turns) = (running.clone(), most.clone(), 3);
        spawn_in(&rig.scheduler, one, None, None, move |_| {
            let others = running.fetch_add(1, Ordering::SeqCst);
            most.fetch_max(others + 1, Ordering::SeqCst);
            std::thread::yield_now();
            running.fetch_sub(1, Ordering::SeqCst);
            turns -= 1;
            if turns == 0 { done() } else { Step::Ready }
        })
        .unwrap();
    }
    assert!(rig.scheduler.wait_until_empty(one, SOON));
    rig.empty();
    assert_eq!(most.load(Ordering::SeqCst), 1);
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
    let refused = table.register("printer", second);
    assert_eq!(refused, Err(NameRefused::Taken(first)));
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
    const ROUNDS: usize = 100;
    let rig = Rig::new(3);
    for _ in 0..ROUNDS {
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

#[test]
fn what_waits_in_a_mailbox_is_memory_of_its_process() {
    let rig = Rig::new(1);
    let held = [7_u8; 5000];
    let pid = rig.spawn(move |turn| {
        if turn.process.mailbox().len() < 2 {
            return WAIT;
        }
        assert_eq!(held[4999], 7);
        done()
    });
    let process = rig.scheduler.table().get(pid).unwrap();
    let before = process.memory();
    assert!((5000..5100).contains(&before), "{before}");
    rig.send(pid, &"x".repeat(1000)).unwrap();
    assert!(process.memory() >= before + 1000);
    rig.send(pid, "end").unwrap();
    rig.empty();
}
