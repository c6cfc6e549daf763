//! Processes beside each other: hogs, places, stuck workers, shutdown, wakes.

use super::*;

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
fn a_step_that_is_not_left_for_long_is_told_to_give_up() {
    let rig = Rig::with(Config {
        workers: 1,
        slice: Duration::from_micros(200),
        give_up: 20,
        ..Config::new(Arc::new(Flags))
    });
    let (sender, receiver) = channel();
    rig.spawn(move |_| {
        let began = Instant::now();
        while !told_to_give_up() {
            std::hint::spin_loop();
        }
        sender.send(began.elapsed()).unwrap();
        done()
    });
    let took = receiver.recv_timeout(SOON).expect("told so");
    assert!(took >= Duration::from_millis(4), "{took:?}");
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
