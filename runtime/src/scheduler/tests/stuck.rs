//! Steps that no interrupt ends: who stands in for their workers, who is told, and when they are given up.

use super::*;

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
fn a_timer_that_a_spare_armed_last_is_served_by_the_worker_that_slept_already() {
    let config = Config {
        workers: 1,
        slice: Duration::from_micros(200),
        ..Config::new(Arc::new(Flags))
    };
    let rig = Rig::with(config);
    let (entered_sender, entered) = channel();
    let (go, gone) = channel::<()>();
    rig.spawn(move |_| {
        entered_sender.send(()).unwrap();
        gone.recv_timeout(SOON).unwrap();
        done()
    });
    entered.recv_timeout(SOON).unwrap();
    let (sender, receiver) = channel();
    let scheduler = rig.scheduler.clone();
    let mut armed = false;
    rig.spawn(move |turn| {
        if std::mem::replace(&mut armed, true) {
            sender.send(()).unwrap();
            return done();
        }
        go.send(()).unwrap();
        while !scheduler.shared.idle.are_asleep(1) {
            std::thread::yield_now();
        }
        // It has announced that it sleeps; a little later it does. Were it awake still, it would see the timer itself.
        std::thread::sleep(Duration::from_millis(5));
        Step::Wait(turn.now.after(Duration::from_millis(30)))
    });
    receiver.recv_timeout(SOON).expect("the timer is served");
    rig.empty();
}

#[test]
fn of_a_step_that_lasts_long_is_told_once_with_the_whole_pid() {
    let (told, heard) = channel();
    let config = Config {
        workers: 1,
        slice: Duration::from_micros(200),
        stuck: Some(Arc::new(move |pid: Pid, lasted: Duration| {
            told.send((pid.key(), pid.origin(), lasted)).unwrap();
        })),
        stuck_after: Duration::from_millis(50),
        ..Config::new(Arc::new(Flags))
    };
    let rig = Rig::with(config);
    let (go, gone) = channel::<()>();
    let body = move |_: Turn<'_>| {
        gone.recv_timeout(SOON).unwrap();
        done()
    };
    let origin = rig.scheduler.table().origin("app:processes", "app:stuck");
    let stuck = rig.scheduler.admit(NewProcess {
        host: rig.host,
        origin,
        body: Box::new(Closure(body)),
        monitor: None,
        on_exit: None,
    });
    let stuck = stuck.map(Admitted::start);
    let (key, from, lasted) = heard.recv_timeout(SOON).unwrap();
    assert_eq!((key, from), (stuck.unwrap().key(), origin));
    assert!(lasted >= Duration::from_millis(50), "{lasted:?}");
    // The watchdog goes on looking at the stuck worker all the while: others run on a spare.
    for _ in 0..100 {
        let (sender, receiver) = channel();
        rig.spawn(move |_| {
            sender.send(()).unwrap();
            done()
        });
        receiver.recv_timeout(SOON).unwrap();
    }
    go.send(()).unwrap();
    rig.empty();
    assert_eq!(heard.try_recv().ok(), None, "told twice");
}

#[test]
fn nobody_is_told_of_a_step_that_a_spare_was_enough_for() {
    let (told, heard) = channel();
    let config = Config {
        workers: 1,
        slice: Duration::from_micros(200),
        stuck: Some(Arc::new(move |pid: Pid, _| told.send(pid).unwrap())),
        stuck_after: Duration::from_secs(3600),
        ..Config::new(Arc::new(Flags))
    };
    let rig = Rig::with(config);
    let (go, gone) = channel::<()>();
    rig.spawn(move |_| {
        gone.recv_timeout(SOON).unwrap();
        done()
    });
    // Run by the spare, since the only worker is stuck.
    rig.spawn(move |_| {
        go.send(()).unwrap();
        done()
    });
    rig.empty();
    assert_eq!(heard.try_recv().ok(), None);
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
    rig.spawn(move |turn| {
        while !told_to_give_up() {
            std::hint::spin_loop();
        }
        sender.send(turn.now).unwrap();
        done()
    });
    let began = receiver.recv_timeout(SOON).expect("told so");
    let took = rig.scheduler.now().since(began);
    assert!(took >= Duration::from_millis(4), "{took:?}");
    rig.empty();
}
