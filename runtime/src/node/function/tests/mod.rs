//! Functions in a running scheduler: their places, their VMs, and calls that end in every stage.

mod calls;

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::time::Duration;

use super::*;
use crate::api::{Identity, Ongoing};
use crate::app::{App, EntryId, Lua, LuaSource};
use crate::lua::{Plain, Signals, Slab};
use crate::node::compiler::Compiler;
use crate::node::entry::Entry;
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
        let made = Compiler::new(&app, Arc::new(Slab::new()), 7).code(&id, None, &lua);
        let made = made.unwrap_or_else(|problems| panic!("{problems:?}"));
        let identity = Arc::new(Identity {
            entry: id.as_str().into(),
            types: made.types,
            system: node.clone(),
        });
        let entry = Entry::new(identity, made.code);
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
