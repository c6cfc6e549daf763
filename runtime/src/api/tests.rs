//! Runs Lua sources to their end, against a system that answers nothing. The libraries' tests are the Lua files.

mod exchange;
mod http;
mod prepared;

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};

use super::{
    Code, FunctionCall, Host, Identity, Ongoing, Program, Registry, Schemas, Spawn, Syscalls,
    libraries,
};
use crate::clock::Moment;
use crate::dialect::translate;
use crate::dialect::types::{File, Types};
use crate::error::{Error, kind};
use crate::lua::{Chunk, Method, Preparation, Progress, Recipe, Slab, TypeValue, Vm};
use crate::payload::Payload;
use crate::pid::Pid;
use crate::process::{Caller, Event, Exit, HostKey, Letter, Message, Process, Reply};
use crate::terminal::Terminal;
use crate::wake::Wake;

/// A system with one process at most, which is every pid's, and a clock that is set.
#[derive(Default)]
struct Alone {
    now: AtomicU64,
    /// The wall clock at moment 0.
    epoch: i64,
    process: OnceLock<Arc<Process>>,
    registry: Registry,
    schemas: Schemas,
}

/// Saturday, 2024-02-10 12:34:56.5 UTC.
const WALL: i64 = 1_707_568_496_500_000_000;

/// Nanoseconds since the start, where the clock stands still: an hour and a half.
const UPTIME: u64 = 5_400_000_000_000;

/// A system without processes.
fn nowhere() -> Alone {
    Alone {
        now: UPTIME.into(),
        epoch: WALL - UPTIME as i64,
        process: OnceLock::new(),
        registry: Registry::default(),
        schemas: Schemas::default(),
    }
}

fn refused<T>() -> Result<T, Error> {
    Err(Error::new(kind::UNAVAILABLE, "there is no system"))
}

impl Syscalls for Alone {
    fn spawn(&self, _: Spawn<'_>) -> Result<Pid, Error> {
        refused()
    }

    fn process(&self, _: Pid) -> Result<Arc<Process>, Error> {
        self.process.get().map_or_else(refused, |it| Ok(it.clone()))
    }

    fn send(&self, to: &Arc<Process>, message: Message) -> Result<(), Error> {
        let pushed = to.mailbox().push(Letter::Message(message));
        pushed.expect("there is room");
        Ok(())
    }

    fn resolve(&self, _: &str) -> Result<Pid, Error> {
        self.process.get().map_or_else(refused, |it| Ok(it.pid()))
    }

    fn write_pid(&self, _: Pid, out: &mut String) {
        out.push_str("me");
    }

    fn monitor(&self, _: Pid, _: Pid) -> Result<(), Error> {
        refused()
    }

    fn unmonitor(&self, _: Pid, _: Pid) {}

    fn link(&self, _: &Process, _: Pid) -> Result<(), Error> {
        refused()
    }

    fn unlink(&self, _: &Process, _: Pid) {}

    fn cancel(&self, _: Option<Pid>, _: Pid, _: &str, _: Option<f64>) -> Result<(), Error> {
        refused()
    }

    fn terminate(&self, _: Pid) -> Result<(), Error> {
        refused()
    }

    fn program(&self, _: &str) -> Result<(Code, Arc<Identity>), Error> {
        refused()
    }

    fn call(&self, _: FunctionCall<'_>) -> Result<Arc<dyn Ongoing>, Error> {
        refused()
    }

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

    fn registry(&self) -> &Registry {
        &self.registry
    }

    fn schemas(&self) -> &Schemas {
        &self.schemas
    }

    fn terminal(&self, _: HostKey) -> Option<&Arc<Terminal>> {
        None
    }

    fn waker(&self, Caller { call, .. }: Caller) -> Wake {
        let process = self.process.get().expect("somebody waits").clone();
        let exit = Exit::Normal(Payload::default());
        let reply = Event::Reply(Reply { call, exit });
        Box::new(move || {
            let pushed = process.mailbox().push(Letter::Event(Box::new(reply)));
            pushed.expect("there is room");
        })
    }

    fn now(&self) -> Moment {
        Moment(self.now.load(Relaxed))
    }

    fn wall(&self, at: Moment) -> i64 {
        self.epoch + at.0 as i64
    }
}

/// Most bytes a test's VM may have.
const MEMORY: usize = 64 << 20;

/// Runs `source` as `test:source`, its top level being the program, with its tasks: in a VM made afresh, and in a copy
/// of the entry's template.
fn run(source: &str) -> Result<(), String> {
    run_in(source, false).and_then(|()| run_in(source, true))
}

fn run_in(source: &str, templates: bool) -> Result<(), String> {
    run_with(source, &[], templates)
}

/// The same for a program with these modules.
pub(super) fn run_with(source: &str, modules: &[&str], templates: bool) -> Result<(), String> {
    let source = format!("return function() {source}\nend");
    let plain = translate(source.as_bytes()).map_err(|errors| format!("{errors:?}"))?;
    let types = Types::build(&[File {
        source: source.as_bytes(),
        syntax: &plain.syntax,
        aliases: &[],
    }]);
    let values: Arc<[TypeValue]> = types
        .values(0)
        .into_iter()
        .map(super::types::value)
        .collect();
    let chunk = Chunk::compile(&plain.text, "test:source", values.len() as u32);
    let recipe = Recipe {
        chunk: chunk.map_err(|e| e.to_string())?,
        types: values,
        method: Method::Usual,
        modules: modules.iter().map(|name| (*name).to_owned()).collect(),
        imports: Vec::new(),
        templates,
    };
    let code = Code::new(&libraries(), recipe, Arc::new(Slab::new()), 7);
    let identity = Identity {
        entry: "test:source".into(),
        types: types.into(),
        system: Arc::new(nowhere()),
    };
    let identity = Arc::new(identity);
    let preparation = Program::prepare(&code, &identity).map_err(|e| e.to_string())?;
    // A file may be too large for a template; then its second run is like the first.
    assert!(templates || !matches!(preparation, Preparation::Template { .. }));
    let mut host = Host::new(identity);
    let mut vm = Vm::new(&code, Payload::default(), MEMORY).map_err(|e| e.to_string())?;
    while let Some(task) = host.tasks.next() {
        match vm.run_task(task, &mut host) {
            Progress::Returned if task == 0 => return Ok(()),
            Progress::Returned => host.tasks.end(task),
            Progress::Yields => host.tasks.ready(task),
            Progress::Interrupted => host.tasks.ready_first(task),
            Progress::Waits => {}
            Progress::Failed(error) => return Err(format!("{error}\n{}", error.stack)),
            Progress::Doomed { why, .. } => return Err(format!("doomed: {why:?}")),
        }
    }
    Err("all tasks wait".to_owned())
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
fn declared() {
    pass(include_str!("tests/declared.lua"));
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
fn reflection() {
    pass(include_str!("tests/reflection.lua"));
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

#[test]
fn what_needs_more_memory_than_there_is_ends_the_program() {
    let hoard =
        "local t = {} while true do pcall(function() t[#t + 1] = ('x'):rep(1 << 20) end) end";
    assert_eq!(run(hoard), Err("doomed: OverCap".to_owned()));
    let split = "for part in ('x'):rep(1 << 26):gmatch('.+') do print(part .. part) end";
    assert_eq!(run(split), Err("doomed: OverCap".to_owned()));
}

/// What [`figures`] measures: a name, what is done, how often.
const ROUNDS: [(&str, &str, u32); 15] = [
    ("empty loop", "", 1_000_000),
    ("format '%d %s'", "f('%d %s', i, 'name')", 1_000_000),
    ("find", "find('the quick brown fox', 'b%a+')", 1_000_000),
    (
        "find plain",
        "find('the quick brown fox', 'brown', 1, true)",
        1_000_000,
    ),
    (
        "match 2 captures",
        "match('key = value', '(%w+)%s*=%s*(%w+)')",
        1_000_000,
    ),
    ("sub", "sub('the quick brown fox', 5, 9)", 1_000_000),
    (
        "gsub string",
        "gsub('the quick brown fox', 'q', 'x')",
        1_000_000,
    ),
    (
        "gsub function, 4 matches",
        "gsub('the quick brown fox', '%a+', id)",
        300_000,
    ),
    (
        "gsub table, 4 matches",
        "gsub('the quick brown fox', '%a+', map)",
        300_000,
    ),
    (
        "gmatch, 4 matches",
        "for w in gmatch('the quick brown fox', '%a+') do end",
        300_000,
    ),
    ("insert", "insert(list, i)", 1_000_000),
    ("random(100)", "random(100)", 1_000_000),
    (
        "sort 100,000 numbers",
        "sort(move(numbers, 1, #numbers, 1, {}))",
        5,
    ),
    (
        "sort 100,000, a < b",
        "sort(move(numbers, 1, #numbers, 1, {}), less)",
        5,
    ),
    ("move 100,000", "move(numbers, 1, #numbers, 1, {})", 5),
];

/// Nanoseconds a call; run it with `--ignored --nocapture` in a release build.
#[test]
#[ignore = "prints figures"]
fn figures() {
    for (name, round, count) in ROUNDS {
        let source = format!(
            "local f, find, match, sub, gsub, gmatch = string.format, string.find, string.match, string.sub,
               string.gsub, string.gmatch
             local insert, random, sort, move = table.insert, math.random, table.sort, table.move
             local list, map, numbers = {{}}, {{ the = 'a' }}, {{}}
             local function id(w) return w end
             local function less(a, b) return a < b end
             for i = 1, 100000 do numbers[i] = random(1 << 40) end
             for i = 1, {count} do {round} end"
        );
        let begin = std::time::Instant::now();
        run(&source).unwrap();
        let nanos = begin.elapsed().as_nanos() as f64 / f64::from(count);
        println!("{name:28}{nanos:12.0} ns");
    }
}
