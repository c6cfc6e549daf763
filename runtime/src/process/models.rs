//! Loom models of a process's protocols: run state, mailbox, table.
//!
//! Each runs the real code. `--cfg broken` takes the key line out, and the model must fail.

use std::collections::VecDeque;
use std::sync::Arc;

use loom::thread;

use super::{Body, HostKey, InsertRefused, Letter, LinkEnded, Mailbox, Message, Process, Refusal};
use super::{Rest, RunState, Start, Step, Table, Turn, Wake};
#[cfg(not(broken))]
use super::{link, unlink};
use crate::pid::Pid;
use crate::sync::{AtomicBool, Mutex, Ordering::Relaxed};

fn letter() -> Letter {
    Letter::Message(Message::new(None, b"", b""))
}

/// A process without its body: what a worker and a sender need of it.
struct Small {
    state: RunState,
    mailbox: Mailbox,
    /// Stands for the VM: loom reports a race if two workers touch it at once.
    vm: loom::cell::Cell<u32>,
}

type Queue = Mutex<VecDeque<Arc<Small>>>;

impl Small {
    fn parked() -> Arc<Small> {
        let state = RunState::queued();
        assert_eq!(state.start(), Start::Step);
        assert_eq!(state.park(), Rest::Parked);
        Arc::new(Small {
            state,
            mailbox: Mailbox::new(usize::MAX),
            vm: loom::cell::Cell::new(0),
        })
    }
}

fn send(process: &Arc<Small>, queue: &Queue) {
    #[cfg(not(broken))]
    process.mailbox.push(letter()).unwrap();
    if process.state.wake() == Wake::Enqueue {
        queue.lock().push_back(process.clone());
    }
    // The bug: wake, then push.
    #[cfg(broken)]
    process.mailbox.push(letter()).unwrap();
}

/// Runs what is queued, as one worker would. Returns the number of letters handled.
fn run_queued(queue: &Queue) -> usize {
    let mut handled = 0;
    loop {
        let process = queue.lock().pop_front();
        let Some(process) = process else {
            return handled;
        };
        assert_eq!(process.state.start(), Start::Step);
        process.vm.set(process.vm.get() + 1);
        handled += process.mailbox.take().len();
        if process.state.park() == Rest::Enqueue {
            queue.lock().push_back(process);
        }
    }
}

#[test]
fn two_senders_two_workers() {
    loom::model(|| {
        let (process, queue) = (Small::parked(), Arc::new(Queue::new(VecDeque::new())));
        let other = {
            let (process, queue) = (process.clone(), queue.clone());
            thread::spawn(move || {
                send(&process, &queue);
                run_queued(&queue)
            })
        };
        send(&process, &queue);
        let mut handled = run_queued(&queue);
        handled += other.join().unwrap();
        handled += run_queued(&queue);
        assert_eq!(handled, 2, "message lost");
    });
}

#[test]
fn wake_against_end_of_step() {
    loom::model(|| {
        let state = Arc::new(RunState::queued());
        assert_eq!(state.start(), Start::Step);
        let waker = {
            let state = state.clone();
            thread::spawn(move || state.wake())
        };
        let rest = end_of_step(&state);
        let woken = waker.join().unwrap();
        // Exactly one of the two queues it.
        assert_ne!(
            woken == Wake::Enqueue,
            rest == Rest::Enqueue,
            "{woken:?} {rest:?}"
        );
    });
}

#[cfg(not(broken))]
fn end_of_step(state: &RunState) -> Rest {
    state.park()
}

/// The bug: parks whether it was notified or not.
#[cfg(broken)]
fn end_of_step(state: &RunState) -> Rest {
    match state.park() {
        Rest::Enqueue => Rest::Parked,
        rest => rest,
    }
}

#[test]
fn push_against_close() {
    loom::model(|| {
        let mailbox = Arc::new(Mailbox::new(usize::MAX));
        let sender = {
            let mailbox = mailbox.clone();
            thread::spawn(move || match mailbox.push(letter()) {
                Ok(()) => 1,
                Err(Refusal::Closed(_) | Refusal::Full(_)) => 0,
            })
        };
        // The bug: what is there is counted, then the mailbox closes.
        #[cfg(broken)]
        let (left, _) = (mailbox.len(), mailbox.close());
        #[cfg(not(broken))]
        let left = mailbox.close().len();
        assert_eq!(sender.join().unwrap(), left, "neither refused nor found");
    });
}

struct Nobody;

impl Body for Nobody {
    fn step(&mut self, _turn: Turn<'_>) -> Step {
        Step::Ready
    }

    fn memory(&self) -> usize {
        0
    }
}

#[test]
fn spawn_against_close() {
    loom::model(|| {
        let (table, open) = (Arc::new(Table::new()), Arc::new(AtomicBool::new(true)));
        let spawner = {
            let (table, open) = (table.clone(), open.clone());
            thread::spawn(move || {
                // The bug: looks at the gate before the lock.
                #[cfg(broken)]
                let is_open = {
                    let seen = open.load(Relaxed);
                    move || seen
                };
                #[cfg(not(broken))]
                let is_open = move || open.load(Relaxed);
                let host = HostKey::new(0, false);
                let make = |pid: Pid| Process::new(pid, host, 0, Box::new(Nobody), None, None);
                table.insert(Some(0), 0, is_open, make)
            })
        };
        open.store(false, Relaxed);
        let signalled = table.iter().count();
        match spawner.join().unwrap() {
            Ok(_) => assert_eq!(signalled, 1, "spawned and not signalled"),
            Err(refused) => assert_eq!((refused, signalled), (InsertRefused::Closed, 0)),
        }
    });
}

fn process(slot: u32) -> Arc<Process> {
    let (pid, host) = (Pid::new(slot, 1, 0), HostKey::new(0, false));
    Arc::new(Process::new(pid, host, 0, Box::new(Nobody), None, None))
}

/// The abnormal end of `ending`, as far as links go. Answers how often `peer` is told.
fn end(ending: &Process, peer: &Process) -> usize {
    let _named = ending.run_state().exit();
    let relations = ending.take_relations();
    let told = |pid: Pid| pid == peer.pid() && peer.remove_link(ending.pid()) == LinkEnded::Dies;
    relations.links().filter(|&pid| told(pid)).count()
}

/// The bugs: looks whether the other has ended before the locks, and takes them in no order.
#[cfg(broken)]
fn link(one: &Process, other: &Process) -> bool {
    if other.run_state().is_exited() {
        return false;
    }
    let mut mine = one.relations.lock();
    other.relations.lock().add_link(one.pid());
    mine.add_link(other.pid());
    true
}

/// The bug: the other side alone is taken out, so that an exit which took its own before tells nevertheless.
#[cfg(broken)]
fn unlink(one: &Process, other: &Process) -> bool {
    other.relations.lock().remove_link(one.pid());
    true
}

#[test]
fn link_against_exit() {
    loom::model(|| {
        let (linking, ending) = (process(1), process(2));
        let exit = {
            let (linking, ending) = (linking.clone(), ending.clone());
            thread::spawn(move || end(&ending, &linking))
        };
        let linked = link(&linking, &ending);
        let told = exit.join().unwrap();
        assert_eq!(told, usize::from(linked), "linked: {linked}");
        assert_eq!(linking.remove_link(ending.pid()), LinkEnded::Unlinked);
    });
}

/// The one that ends has linked the other before: whatever comes of the other's call, the other is told.
#[test]
fn two_link_each_other_and_one_ends() {
    loom::model(|| {
        let (staying, ending) = (process(1), process(2));
        let exit = {
            let (staying, ending) = (staying.clone(), ending.clone());
            thread::spawn(move || {
                assert!(link(&ending, &staying));
                end(&ending, &staying)
            })
        };
        let linked = link(&staying, &ending);
        assert_eq!(exit.join().unwrap(), 1, "linked: {linked}");
        assert_eq!(staying.remove_link(ending.pid()), LinkEnded::Unlinked);
    });
}

#[test]
fn link_against_link() {
    loom::model(|| {
        let (one, other) = (process(1), process(2));
        let first = {
            let (one, other) = (one.clone(), other.clone());
            thread::spawn(move || link(&one, &other))
        };
        assert!(link(&other, &one) && first.join().unwrap());
        let sides = [(&one, &other), (&other, &one)];
        assert!(sides.map(|(side, peer)| side.remove_link(peer.pid())) == [LinkEnded::Dies; 2]);
    });
}

#[test]
fn unlink_against_exit() {
    loom::model(|| {
        let (unlinking, ending) = (process(1), process(2));
        unlinking.relations.lock().add_link(ending.pid());
        ending.relations.lock().add_link(unlinking.pid());
        let exit = {
            let (unlinking, ending) = (unlinking.clone(), ending.clone());
            thread::spawn(move || end(&ending, &unlinking))
        };
        let unlinked = unlink(&unlinking, &ending);
        assert_eq!(
            exit.join().unwrap(),
            usize::from(!unlinked),
            "unlinked: {unlinked}"
        );
        assert_eq!(unlinking.remove_link(ending.pid()), LinkEnded::Unlinked);
    });
}

/// Whatever they agree on, both sides have it.
#[test]
fn link_against_unlink() {
    loom::model(|| {
        let (one, other) = (process(1), process(2));
        let unlinker = {
            let (one, other) = (one.clone(), other.clone());
            thread::spawn(move || {
                unlink(&other, &one);
            })
        };
        assert!(link(&one, &other));
        unlinker.join().unwrap();
        let sides = [(&one, &other), (&other, &one)];
        let [here, there] = sides.map(|(side, peer)| side.remove_link(peer.pid()));
        assert_eq!(here, there);
    });
}
