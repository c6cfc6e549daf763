//! Functions in a running scheduler: their places, their VMs, and calls that end in every stage.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::time::Duration;

use super::*;
use crate::api::{Identity, Ongoing};
use crate::app::{App, EntryId, Lua, LuaSource};
use crate::lua::{Plain, Signals, Slab};
use crate::node::entry::{Compiler, Entry};
use crate::node::env::Environment;
use crate::node::exit_status::ExitStatus;
use crate::node::orphans::{Name, Orphans};
use crate::node::sources::Sources;
use crate::node::{Node, Room, declared};
use crate::payload::Payload;
use crate::pid::Pid;
use crate::process::{Letter, Message};
use crate::scheduler::{Config, Limits, Scheduler};
use crate::terminal::Terminal;

/// Long enough for anything that is going to happen at all.
const SOON: Duration = Duration::from_secs(20);

/// Answers how many calls its VM has served, after what it is told to do.
const SOURCE: &str = "local calls = 0
    return function(how)
        calls = calls + 1
        if how == 'waits' then process.inbox():receive() end
        if how == 'fails' then error('chipped', 0) end
        if how == 'grows' then kept = string.rep('x', 2 << 20) end
        if how == 'goes on' then
            local inbox = process.inbox()
            coroutine.spawn(function() inbox:receive() end)
        end
        return calls
    end";

/// A function, and what those who called it were told: who, and what.
struct Kitchen {
    node: Arc<Node>,
    pool: Arc<Pool>,
    telling: Sender<(usize, String)>,
    told: Receiver<(usize, String)>,
}

/// Who called.
#[derive(Clone)]
struct Guest {
    number: usize,
    telling: Sender<(usize, String)>,
}

impl Guest {
    fn hears(&self, what: String) {
        // Nobody listens once the test is over.
        let _ = self.telling.send((self.number, what));
    }
}

impl Called for Guest {
    fn returned(&self, exit: &Exit, goes_on: bool) -> Option<Arc<dyn Afterwards>> {
        self.hears(match exit {
            Exit::Normal(result) => {
                let is = |number: &i64| encoded(Plain::Integer(*number)) == result.encoded();
                (0..100).find(is).unwrap().to_string()
            }
            Exit::Failed(error) | Exit::Killed(error) => error.message.clone(),
        });
        goes_on.then(|| Arc::new(self.clone()) as Arc<_>)
    }

    fn is_program(&self) -> bool {
        true
    }
}

impl Afterwards for Guest {
    fn ended(&self) {
        self.hears("ended".to_owned());
    }
}

fn encoded(value: Plain) -> Vec<u8> {
    let mut bytes = Vec::new();
    value.encode(&mut bytes);
    bytes
}

fn size(most: usize) -> Size {
    Size {
        most,
        warm: 0,
        idle: None,
    }
}

impl Kitchen {
    fn new(size: Size) -> Kitchen {
        let scheduler = Scheduler::start(Config::new(Arc::new(Signals::install())));
        let key = scheduler.add_host(
            HOST,
            Limits {
                running: usize::MAX,
                mailbox: 1 << 20,
            },
        );
        scheduler.open(key);
        let app = App::default();
        let node = Arc::new(Node::new(
            scheduler.clone(),
            Environment::new(&app),
            Sources::new(&app),
            ExitStatus::new(Arc::new(Terminal::new(Vec::new()))),
            BTreeMap::new(),
            declared::registry(&app),
        ));
        let id = EntryId::new("app", "kitchen");
        let lua = Lua {
            source: LuaSource {
                entry: id.clone(),
                text: SOURCE.into(),
                file: "".into(),
                first_line: 1,
                indent: 0,
            },
            modules: Vec::new(),
            imports: Vec::new(),
        };
        let code = Compiler::new(&app, Arc::new(Slab::new()), 7).code(&id, None, &lua);
        let identity = Arc::new(Identity {
            entry: id.as_str().into(),
            system: node.clone(),
        });
        let entry = Entry::new(identity, code.unwrap());
        let room = Room {
            key,
            memory_limit: 64 << 20,
            mailbox: 1 << 20,
            terminal: None,
        };
        let name = |_, _: &str| Name {
            pid: String::new(),
            entry: String::new(),
            stack: String::new(),
        };
        let orphans = Arc::new(Orphans::new(name));
        node.functions()
            .add(Pool::new(entry, size, room, scheduler, orphans));
        let pool = node.functions().get("app:kitchen").unwrap();
        let (telling, told) = channel();
        Kitchen {
            node,
            pool,
            telling,
            told,
        }
    }

    fn guest(&self, number: usize) -> Arc<Guest> {
        Arc::new(Guest {
            number,
            telling: self.telling.clone(),
        })
    }

    /// Calls the function. If it has a place, its process lives from here on.
    fn call(&self, number: usize, how: &str) -> Arc<Call> {
        let work = Work {
            arguments: Payload::from_encoded(encoded(Plain::Text(how.to_owned()))),
            ..Work::default()
        };
        self.pool.call(work, self.guest(number)).unwrap()
    }

    /// Sends a message to a process; not if it is gone.
    fn wake(&self, pid: Pid) {
        let message = Letter::Message(Message::new(None, b"go", &[]));
        let _ = self.node.scheduler().send(pid, message);
    }

    /// Sends a message to every process.
    fn let_go(&self) {
        let scheduler = self.node.scheduler();
        scheduler.processes().for_each(|it| self.wake(it.pid()));
    }

    /// What the next one was told.
    fn hears(&self) -> (usize, String) {
        self.told.recv_timeout(SOON).unwrap()
    }

    /// Calls the function while nobody else does; answers what it came to, once its process is gone.
    fn serves(&self, how: &str) -> String {
        self.call(0, how);
        let (number, what) = self.hears();
        assert_eq!(number, 0, "{what}");
        self.clears_up();
        what
    }

    /// Waits until no process lives; nobody is told anything more.
    fn clears_up(&self) {
        let is_empty = self
            .node
            .scheduler()
            .wait_until_empty(self.pool.host(), SOON);
        assert!(is_empty);
        assert_eq!(self.told.try_recv(), Err(TryRecvError::Empty));
    }
}

impl Drop for Kitchen {
    fn drop(&mut self) {
        self.node.scheduler().stop(SOON);
        self.node.clear();
    }
}

fn heard(number: usize, what: &str) -> (usize, String) {
    (number, what.to_owned())
}

#[test]
fn calls_get_places_in_their_order_and_no_more_run_than_may() {
    let kitchen = Kitchen::new(size(2));
    kitchen.call(0, "waits");
    let first = kitchen.node.scheduler().processes().next().unwrap();
    kitchen.call(1, "waits");
    for number in 2..6 {
        kitchen.call(number, "");
    }
    assert_eq!(kitchen.node.scheduler().processes().count(), 2);
    assert_eq!(kitchen.pool.counts(), (2, 0, 4));
    kitchen.wake(first.pid());
    for number in [0, 2, 3, 4, 5] {
        assert_eq!(kitchen.hears().0, number);
    }
    kitchen.let_go();
    assert_eq!(kitchen.hears().0, 1);
    kitchen.clears_up();
    assert_eq!(kitchen.pool.counts().0, 0);
}

#[test]
fn one_vm_serves_all_calls_of_a_function_with_one_place() {
    let kitchen = Kitchen::new(size(1));
    kitchen.call(1, "waits");
    for number in 2..9 {
        kitchen.call(number, "");
    }
    kitchen.let_go();
    for number in 1..9 {
        assert_eq!(kitchen.hears(), heard(number, &number.to_string()));
    }
    kitchen.clears_up();
    assert_eq!(kitchen.pool.counts(), (0, 1, 0));
}

#[test]
fn a_vm_that_failed_or_has_grown_serves_nobody_again() {
    let kitchen = Kitchen::new(size(1));
    for (how, what) in [
        ("", "1"),
        ("", "2"),
        ("fails", "chipped"),
        ("", "1"),
        ("grows", "2"),
        ("", "1"),
    ] {
        assert_eq!(kitchen.serves(how), what);
    }
}

#[test]
fn a_vm_whose_coroutines_go_on_has_left_the_pool_and_its_place_is_free() {
    let kitchen = Kitchen::new(size(1));
    assert_eq!(kitchen.serves(""), "1");
    kitchen.call(1, "goes on");
    kitchen.call(2, "");
    assert_eq!(kitchen.hears(), heard(1, "2"));
    assert_eq!(kitchen.hears(), heard(2, "1"));
    assert_eq!(kitchen.told.try_recv(), Err(TryRecvError::Empty));
    kitchen.let_go();
    assert_eq!(kitchen.hears(), heard(1, "ended"));
    kitchen.clears_up();
    assert_eq!(kitchen.pool.counts(), (0, 1, 0));
}

#[test]
fn vms_are_made_once_for_the_first_calls() {
    let warm = Size { warm: 2, ..size(3) };
    let kitchen = Kitchen::new(warm);
    kitchen.node.functions().warm_up();
    kitchen.pool.prepare();
    assert_eq!(kitchen.pool.counts(), (0, 2, 0));
    kitchen.call(1, "waits");
    assert_eq!(kitchen.pool.counts(), (1, 1, 0));
    kitchen.let_go();
    assert_eq!(kitchen.hears(), heard(1, "1"));
}

#[test]
fn a_vm_that_serves_nobody_is_freed_after_its_time_where_it_has_one() {
    let idle = Duration::from_secs(10);
    for (size, left) in [
        (
            Size {
                idle: Some(idle),
                ..size(1)
            },
            0,
        ),
        (size(1), 1),
    ] {
        let kitchen = Kitchen::new(size);
        let before = kitchen.node.scheduler().now();
        kitchen.serves("");
        let after = kitchen.node.scheduler().now();
        let almost = idle - Duration::from_nanos(1);
        kitchen.node.functions().shrink(before.after(almost));
        assert_eq!(kitchen.pool.counts().1, 1);
        kitchen.node.functions().shrink(after.after(idle));
        assert_eq!(kitchen.pool.counts().1, left);
    }
}

#[test]
fn a_call_that_waits_is_canceled_at_once_and_the_next_gets_its_turn() {
    let kitchen = Kitchen::new(size(1));
    kitchen.call(1, "waits");
    let second = kitchen.call(2, "");
    kitchen.call(3, "");
    for _ in 0..2 {
        second.cancel();
    }
    assert_eq!(kitchen.told.try_recv(), Ok(heard(2, "canceled")));
    kitchen.let_go();
    assert_eq!(kitchen.hears(), heard(1, "1"));
    assert_eq!(kitchen.hears(), heard(3, "2"));
    kitchen.clears_up();
    assert_eq!(kitchen.pool.counts(), (0, 1, 0));
}

#[test]
fn canceled_calls_that_wait_are_let_go_of_once_they_are_most() {
    let kitchen = Kitchen::new(size(1));
    kitchen.call(0, "waits");
    let calls: Vec<_> = (1..9).map(|number| kitchen.call(number, "")).collect();
    calls[..4].iter().for_each(|call| call.cancel());
    assert_eq!(kitchen.pool.counts().2, 8);
    calls[4].cancel();
    assert_eq!(kitchen.pool.counts().2, 3);
}

#[test]
fn a_call_that_runs_is_ended_and_told_once() {
    let kitchen = Kitchen::new(size(1));
    let first = kitchen.call(1, "waits");
    kitchen.call(2, "");
    first.cancel();
    assert_eq!(kitchen.hears(), heard(1, "canceled"));
    // Not in the VM of the first.
    assert_eq!(kitchen.hears(), heard(2, "1"));
    first.cancel();
    kitchen.clears_up();
    assert_eq!(kitchen.pool.counts(), (0, 1, 0));
}

#[test]
fn a_call_that_is_canceled_while_it_is_started_is_ended_once_its_process_is_known() {
    let kitchen = Kitchen::new(size(1));
    kitchen.call(1, "waits");
    let process = kitchen.node.scheduler().processes().next().unwrap();
    let early = Call::new(kitchen.pool.clone(), kitchen.guest(2));
    early.cancel();
    assert_eq!(kitchen.told.try_recv(), Ok(heard(2, "canceled")));
    early.started(process.pid());
    assert_eq!(kitchen.hears(), heard(1, "canceled"));
}

#[test]
fn coroutines_of_a_call_that_has_returned_are_not_canceled() {
    let kitchen = Kitchen::new(size(1));
    let call = kitchen.call(1, "goes on");
    assert_eq!(kitchen.hears(), heard(1, "1"));
    call.cancel();
    assert_eq!(kitchen.told.try_recv(), Err(TryRecvError::Empty));
    kitchen.let_go();
    assert_eq!(kitchen.hears(), heard(1, "ended"));
    kitchen.clears_up();
}

#[test]
fn at_shutdown_all_that_wait_are_refused_however_many() {
    let kitchen = Kitchen::new(size(1));
    kitchen.call(0, "waits");
    for number in 1..30_000 {
        kitchen.call(number, "");
    }
    kitchen.node.scheduler().close(kitchen.pool.host());
    kitchen.let_go();
    assert_eq!(kitchen.hears(), heard(0, "1"));
    for number in 1..30_000 {
        assert_eq!(kitchen.hears(), heard(number, "host is shutting down"));
    }
    kitchen.call(30_000, "");
    assert_eq!(kitchen.hears(), heard(30_000, "host is shutting down"));
    kitchen.clears_up();
    let (places, _, waiting) = kitchen.pool.counts();
    assert_eq!((places, waiting), (0, 0));
}
