//! Processes come, get letters, wait, end; and somebody hears why.

use super::*;

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

/// How late they are by the clock depends on what else the machine does: `measures::hog_lateness` prints that.
#[test]
fn timers_fire_once_and_never_early() {
    let rig = Rig::new(2);
    let (sender, receiver) = channel();
    for n in 1..=200 {
        let (sender, mut until) = (sender.clone(), None);
        rig.spawn(move |turn| {
            let Some(until) = until else {
                let far = turn.now.after(Duration::from_micros(n * 317));
                until = Some(far);
                return Step::Wait(far);
            };
            // Nobody sends it anything, so that only its timer can have woken it.
            sender.send(turn.now < until).unwrap();
            if turn.now < until {
                return Step::Wait(until);
            }
            done()
        });
    }
    rig.empty();
    drop(sender);
    let early: Vec<bool> = receiver.iter().collect();
    assert_eq!(early, [false; 200]);
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
