//! What things cost. These print, and fail on nothing.

use std::time::Instant;

use super::*;

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
        let echo = rig.spawn(move |turn| {
            for letter in turn.process.mailbox().take() {
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
        let ping = rig.spawn(move |turn| {
            for letter in turn.process.mailbox().take() {
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

/// How often threads wake while nothing runs; prints. Run alone, with `--ignored --nocapture`.
#[test]
#[ignore = "measures"]
fn idle_costs() {
    let rig = Rig::new(2);
    rig.spawn(|_| done());
    rig.empty();
    let switches = || -> u64 {
        let tasks = std::fs::read_dir("/proc/self/task").unwrap();
        let count = |status: String| {
            let line = status
                .lines()
                .find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
            line.map_or(0, |count| count.trim().parse::<u64>().unwrap())
        };
        let named = |task: &std::path::Path| {
            let name = std::fs::read_to_string(task.join("comm")).unwrap_or_default();
            name.starts_with("worker") || name.starts_with("watchdog")
        };
        let paths = tasks
            .map(|task| task.unwrap().path())
            .filter(|task| named(task));
        paths
            .map(|task| count(std::fs::read_to_string(task.join("status")).unwrap()))
            .sum()
    };
    std::thread::sleep(Duration::from_millis(100));
    let before = switches();
    std::thread::sleep(Duration::from_secs(1));
    println!("{} wake-ups a second while idle", switches() - before);
}

/// As in the binary: what things cost depends on it.
#[global_allocator]
static ALLOCATOR: crate::Allocator = crate::Allocator {};
