//! Functions that answer requests, stepped by hand: what they say is written down instead of sent.

mod answers;
mod bodies;
mod forms;
mod lives;
mod requests;

use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use parking_lot::Mutex;

use super::exchange::Nothing;
use super::*;
use crate::api::{OnReturn, SpareVm};
use crate::process::{Body as _, Step, Turn};
use crate::request::{
    Body, Exchange, Headers, Incoming, Line, Reply as Answers, Request, Response, Span, Version,
};

/// The code of a function whose body this is.
fn code(body: &str) -> Code {
    let recipe = Recipe {
        chunk: Chunk::compile(body.as_bytes(), "test:handler", 0).unwrap(),
        types: Arc::default(),
        method: Method::Usual,
        modules: ["http", "json", "time"].map(str::to_owned).to_vec(),
        imports: Vec::new(),
        templates: true,
    };
    Code::new(&libraries(), recipe, Arc::new(Slab::new()), 7)
}

/// The code of a function that does this with `req` and `res`.
fn handler(body: &str) -> Code {
    let begin = "local http, time = require('http'), require('time') \
        local function fails(kind, part, value, err) \
            assert(value == nil and err, 'no failure') \
            if err:kind() ~= kind or not err:message():find(part, 1, true) then error(err:kind() .. ': ' .. err, 2) end \
        end \
        local function refused(kind, part, err) assert(err, 'not refused') fails(kind, part, nil, err) end ";
    code(&format!(
        "{begin} return function() local req, res = http.request(), http.response() {body}\nend"
    ))
}

/// A request of which this is the head.
fn request(head: &str) -> Box<Request> {
    let lines: Vec<&str> = head.lines().collect();
    let mut headers = Headers::of_text(head.as_bytes().to_vec());
    let span = |part: &str| Span::of(part.as_bytes(), head.as_bytes());
    let mut host = None;
    for line in &lines[1..] {
        let (name, value) = line.split_once(": ").unwrap();
        headers.mark(span(name), span(value));
        if name.eq_ignore_ascii_case("host") {
            host = Some(span(value));
        }
    }
    let (method, target) = lines[0].split_once(' ').unwrap();
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(span(query))),
        None => (target, None),
    };
    Box::new(Request {
        version: Version::Http11,
        headers,
        line: Line {
            method: span(method),
            path: span(path),
            query,
            host,
        },
    })
}

/// Writes down what is answered.
#[derive(Default)]
struct Record(Mutex<Said>);

#[derive(Default)]
struct Said {
    log: Vec<String>,
    is_full: bool,
    has_left: bool,
    waiting: Vec<Wake>,
}

fn shown(response: &Response) -> String {
    let headers = response.headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value);
        format!("{name}: {value}; ")
    });
    let headers: String = headers.collect();
    let body = String::from_utf8_lossy(&response.body);
    format!("{} {headers}| {body}", response.status)
}

impl Record {
    fn add(&self, text: impl Into<String>) {
        self.0.lock().log.push(text.into());
    }

    /// Takes what was answered since the last time.
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().log)
    }

    /// Whether the client takes more; those who wait for that are told.
    fn set_full(&self, is_full: bool) {
        let mut said = self.0.lock();
        said.is_full = is_full;
        let waiting = std::mem::take(&mut said.waiting);
        drop(said);
        waiting.into_iter().for_each(|wake| wake());
    }
}

impl Answers for Record {
    fn respond(&self, response: Response) {
        self.add(shown(&response));
    }

    fn begin(&self, response: Response, length: Option<u64>) {
        let length = length.map_or("?".to_owned(), |length| length.to_string());
        self.add(format!("begin {length} {}", shown(&response)));
    }

    fn part(&self, bytes: Vec<u8>) {
        self.add(format!("+{}", String::from_utf8_lossy(&bytes)));
    }

    fn end(&self) {
        self.add("end");
    }

    fn is_begun(&self) -> bool {
        false
    }

    fn has_room(&self) -> bool {
        !self.0.lock().is_full
    }

    fn wait_for_room(&self, wake: Wake) {
        self.0.lock().waiting.push(wake);
    }

    fn has_left(&self) -> bool {
        self.0.lock().has_left
    }

    fn abort(&self) {
        self.add("abort");
    }
}

/// Who called: what it was told, and the VM that can serve again.
#[derive(Default)]
struct Client(Mutex<(Option<Exit>, Option<SpareVm>)>);

impl OnReturn for Client {
    fn on_return(&self, exit: &Exit, spare: Option<SpareVm>) {
        *self.0.lock() = (Some(exit.clone()), spare);
    }
}

/// A function that answers a request.
struct Served {
    system: Arc<Alone>,
    process: Arc<Process>,
    program: Program,
    reply: Arc<Record>,
    caller: Arc<Client>,
}

impl Served {
    /// It is about to run, in a VM of its own.
    fn new(code: &Code, head: &str, body: Body) -> Served {
        Served::start(head, body, 1, |identity| {
            Program::prepare(code, &identity).unwrap();
            Program::new(code.clone(), Payload::default(), identity, MEMORY)
        })
    }

    /// The same, in a VM that has served.
    fn again(spare: SpareVm, head: &str, generation: u64) -> Served {
        Served::start(head, Body::Whole(Vec::new()), generation, |identity| {
            Program::in_spare(spare, Payload::default(), identity)
        })
    }

    fn start(
        head: &str,
        body: Body,
        generation: u64,
        program: impl FnOnce(Arc<Identity>) -> Program,
    ) -> Served {
        let system = Arc::new(Alone::default());
        let host = HostKey::new(0, false);
        let pid = Pid::new(1, generation, 0);
        let process = Process::new(pid, host, MEMORY, Box::new(Nothing), None, None);
        let process = system.process.get_or_init(|| Arc::new(process)).clone();
        let identity = Arc::new(Identity {
            entry: "test:handler".into(),
            types: Arc::default(),
            system: system.clone(),
        });
        let reply = Arc::new(Record::default());
        let caller = Arc::new(Client::default());
        let mut program = program(identity);
        program.set_function(caller.clone());
        program.set_exchange(Exchange {
            request: request(head),
            parameters: vec![
                ("id".into(), (*b"a b").into()),
                ("rest".into(), (*b"x/y").into()),
            ],
            client: "127.0.0.1:4711".parse().unwrap(),
            body,
            reply: reply.clone(),
        });
        Served {
            system,
            process,
            program,
            reply,
            caller,
        }
    }

    /// Runs until nothing is ready; answers the exit, if it has come to one.
    fn run(&mut self) -> Option<Exit> {
        loop {
            let turn = Turn {
                process: &self.process,
                now: self.system.now(),
            };
            match self.program.step(turn) {
                Step::Wait(_) if self.process.mailbox().is_empty() => return None,
                Step::Ready | Step::Wait(_) => {}
                Step::Exit(exit) => return Some(exit),
            }
        }
    }

    /// Time passes.
    fn pass(&self, time: Duration) {
        self.system.now.fetch_add(time.as_nanos() as u64, Relaxed);
    }

    /// Runs to the end, which is to be a normal one; answers what it has said.
    fn said(&mut self) -> Vec<String> {
        match self.run() {
            Some(Exit::Normal(_)) => {}
            other => panic!("{other:?}"),
        }
        let exit = self.caller.0.lock().0.clone();
        assert!(matches!(exit, Some(Exit::Normal(_))), "{exit:?}");
        self.reply.take()
    }
}

/// What a function answers to a plain request that does this with `req` and `res`.
fn said(body: &str) -> Vec<String> {
    Served::new(&handler(body), "GET /", Body::Whole(Vec::new())).said()
}

/// A body that comes, and asks nobody for more.
fn incoming() -> Arc<Incoming> {
    Arc::new(Incoming::new(Box::new(|| ())))
}
