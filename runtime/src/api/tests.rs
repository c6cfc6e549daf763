//! Runs Lua sources to their end, against a system that answers nothing. The libraries' tests are the Lua files.

use std::sync::Arc;

use super::{Code, Host, Identity, Spawn, Syscalls, libraries};
use crate::clock::Moment;
use crate::error::{Error, kind};
use crate::lua::{Chunk, Method, Progress, Recipe, Slab, Vm};
use crate::payload::Payload;
use crate::pid::Pid;
use crate::process::Message;

/// A system without processes, an hour and a half after its start; its clock stands still.
struct Nowhere;

/// Saturday, 2024-02-10 12:34:56.5 UTC.
const WALL: i64 = 1_707_568_496_500_000_000;

fn refused<T>() -> Result<T, Error> {
    Err(Error::new(kind::UNAVAILABLE, "there is no system"))
}

impl Syscalls for Nowhere {
    fn spawn(&self, _: Spawn<'_>) -> Result<Pid, Error> {
        refused()
    }

    fn send(&self, _: Pid, _: Message) -> Result<(), Error> {
        refused()
    }

    fn resolve(&self, _: &str) -> Result<Pid, Error> {
        refused()
    }

    fn write_pid(&self, _: Pid, _: &mut String) {}

    fn register(&self, _: &str, _: Pid) -> Result<(), Error> {
        refused()
    }

    fn lookup(&self, _: &str) -> Option<Pid> {
        None
    }

    fn unregister(&self, _: &str) -> bool {
        false
    }

    fn env_get(&self, _: &str, _: &str) -> Result<String, Error> {
        refused()
    }

    fn env_set(&self, _: &str, _: &str, _: &str) -> Result<(), Error> {
        refused()
    }

    fn env_all(&self) -> Result<Vec<(String, String)>, Error> {
        refused()
    }

    fn now(&self) -> Moment {
        Moment(5_400_000_000_000)
    }

    fn wall(&self, _: Moment) -> i64 {
        WALL
    }
}

/// Most bytes a test's VM may have.
const MEMORY: usize = 64 << 20;

/// Runs `source` as `test:source`, its top level being the program: yields are answered at once.
fn run(source: &str) -> Result<(), String> {
    let source = format!("return function() {source}\nend");
    let chunk = Chunk::compile(source.as_bytes(), "test:source").map_err(|e| e.to_string())?;
    let recipe = Recipe {
        chunk,
        method: Method::Usual,
        modules: Vec::new(),
        imports: Vec::new(),
        memory_limit: MEMORY,
    };
    let code = Code::new(&libraries(), recipe, Arc::new(Slab::new()), 7);
    let identity = Identity {
        entry: "test:source".into(),
        system: Arc::new(Nowhere),
    };
    let mut host = Host::new(Arc::new(identity));
    let mut vm = Vm::new(&code, Payload::default()).map_err(|e| e.to_string())?;
    loop {
        match vm.run(&mut host) {
            Progress::Returned => return Ok(()),
            Progress::Yields => {}
            Progress::Waits => return Err("it waits".to_owned()),
            Progress::Failed(error) => return Err(format!("{error}\n{}", error.stack)),
            Progress::Doomed(doom) => return Err(format!("doomed: {doom:?}")),
        }
    }
}

/// Runs a file of tests behind what all of them use.
fn pass(source: &str) {
    let both = format!(
        "{} {source}",
        include_str!("tests/expect.lua").replace('\n', " ")
    );
    if let Err(text) = run(&both) {
        panic!("{text}");
    }
}

#[test]
fn basic() {
    pass(include_str!("tests/basic.lua"));
}

#[test]
fn format() {
    pass(include_str!("tests/format.lua"));
}

#[test]
fn globals() {
    pass(include_str!("tests/globals.lua"));
}

#[test]
fn gsub() {
    pass(include_str!("tests/gsub.lua"));
}

#[test]
fn math() {
    pass(include_str!("tests/math.lua"));
}

#[test]
fn os() {
    pass(include_str!("tests/os.lua"));
}

#[test]
fn search() {
    pass(include_str!("tests/search.lua"));
}

#[test]
fn string() {
    pass(include_str!("tests/string.lua"));
}

#[test]
fn table() {
    pass(include_str!("tests/table.lua"));
}

#[test]
fn types() {
    pass(include_str!("tests/types.lua"));
}
