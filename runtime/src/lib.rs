//! The runtime behind moondust: Lua programs as processes, on a handful of OS threads.
//!
//! # The picture
//!
//! ```text
//!   ../src/                    the command line: arguments, exit codes, printing errors, the log
//!        │
//!   runtime.rs                 boot order, shutdown order
//!        │
//!      http/ ───────────────┐    sockets, routes, answers
//!        │                  │
//!      node/ ────────────► app/      what the folder says, checked and resolved: plain data
//!        │
//!   ┌────┴─────┐
//!  api/     scheduler/         what programs can call │ who runs, who waits
//!   │  └────┐  │
//!  lua/   process/             a VM │ a mailbox, a run state, an end
//!   │       │
//!   └───────┴──► clock · duration · error · fields · numeral · payload · pid · request · size · sync · wake      leaves
//! ```
//!
//! Beside these, `api/` and `node/` use `terminal/`: stdin, stdout, stderr, and a thread for each direction; and
//! `dialect/`: typed Lua read, plain Lua made of it, and what its types mean.
//!
//! An arrow means *may use*: a layer uses what is below it, and everyone uses the leaves. Nothing points up;
//! `tests/layers.rs` reads every file to see to it. What must travel up goes through a trait that is declared low and
//! implemented high:
//!
//! | declared in | is | implemented in |
//! | --- | --- | --- |
//! | `process/body.rs` | `Body`: what a worker steps | `api/program.rs`, with a VM; closures in tests |
//! | `process/body.rs` | `Interrupter`: how a step on another thread is ended | `lua/preempt.rs`, with a signal; a flag in tests |
//! | `process/exit.rs` | `OnExit`: told when a process ends | `node/supervisor/`, `node/orphans.rs`, `node/exit_status.rs`, `node/syscalls.rs` |
//! | `api/mod.rs` | `Syscalls`: spawn, call, send, look up, environment, now | `node/syscalls.rs` |
//! | `api/function.rs` | `OnReturn`: told when a function returns; `Ongoing`: a call that can be canceled | `node/function/call.rs`; `node/calling.rs` |
//! | `request/exchange.rs` | `Reply`: takes the answer to a request | `http/exchange.rs` |
//! | `node/function/mod.rs` | `Called`: told what a call came to; `Afterwards`: that its coroutines are over | `node/calling.rs`, `http/exchange.rs` |
//! | `node/services.rs` | `Front`: a service that a layer above runs | `http/front.rs` |
//! | `node/supervisor/mod.rs` | `Services`: how a service is started | `node/services.rs` |
//!
//! So the scheduler has never heard of Lua, nor Lua of the scheduler. `lua/preempt.rs` is the one file of `lua/` that
//! looks at `process/`, and only at the traits that it implements: what interrupts a step must know where in a VM it
//! may.
//!
//! # One process, top to bottom and back
//!
//! 1. The command line (`../src/run.rs`) reads its arguments and asks [`app::load`] for the folder: YAML with places,
//!    one struct a kind, every reference resolved, or a list of all problems.
//! 2. [`runtime::Runtime::boot`] starts the [`scheduler`], compiles every `process.lua` once (`node/entry.rs`), and
//!    hands the services to the supervisor, which starts them in the order of what they require.
//! 3. A service starts: [`node::Node::admit`] makes an [`api::Program`] of the entry's code and the encoded arguments
//!    and hands it to [`scheduler::Scheduler::admit`] as a [`process::Body`]. There is no VM yet. What the process is to
//!    have before it runs (links, a name, messages) it gets now; then it is started, and the pid is back at once.
//! 4. `scheduler/run_queue` takes the process, `scheduler/idle` wakes one worker if one is parked,
//!    `scheduler/worker` pops it and steps it. `api/program` has its VM made now, a copy of the entry's template
//!    (`lua/template`, `lua/arena`), and `lua/vm` resumes it.
//! 5. Lua calls `process.spawn`: `lua/callback` → `api/process` → `Syscalls::spawn` → `node` → 3. The child goes to
//!    this worker's own deque, from where idle workers steal.
//! 6. Lua calls `channel.select`. Nothing is ready, so the call yields; `api/tasks` notes who waits for what, the step
//!    ends in `Step::Wait(until)`, the worker arms its timer wheel and parks the process.
//! 7. Another process sends: the value is encoded (`lua/codec`) into one [`payload::Payload`], `process/mailbox` takes
//!    it, `run_state.wake()` answers *enqueue* → 4. Or the wheel turns, or a supervisor cancels.
//! 8. A program that doesn't wait outlives its slice: `scheduler/watchdog` sees it and interrupts the worker's thread,
//!    the VM yields (`lua/preempt`), and the process queues behind all others.
//! 9. `main` returns or fails: `Step::Exit` → `scheduler/retire` takes it out of the table, its names are released,
//!    the VM's memory is dropped as one block. The supervisor hears of it, the monitors get EXIT, and those that are
//!    linked with it get LINK_DOWN or end too.
//! 10. Ctrl-C: the command line asks for a shutdown, the supervisor stops services in reverse order within their
//!     time-outs, hosts last; `runtime` ends the scheduler; the command line turns the verdict into an exit status.
//!
//! # One request, top to bottom and back
//!
//! 1. A socket is readable: `http/event_loop` hands it to its `http/session`, which reads, and `http/connection` turns
//!    the bytes into a [`request::Request`]. All of this, and 2, 3 and 8, is one thread.
//! 2. `http/reception` asks the service's `http/router` whose it is. The route's middleware (`http/steps`) may answer
//!    itself; what it will do to an answer it keeps. A body of up to a megabyte is gathered first, a larger one comes
//!    through a [`request::Incoming`] while the function runs.
//! 3. Request, body and the way back, a [`request::Reply`], become a [`request::Exchange`], and
//!    [`node::function::Pool::call`] takes it: the call gets a place and a warm VM, or waits for a place.
//! 4. The call is a process: an [`api::Program`] in the VM that was warm, handed to the scheduler and stepped as any
//!    other, from 4 above.
//! 5. Lua asks `http.request()`: `api/http` reads the exchange. A body that has not come yet is waited for like a
//!    message, and whoever puts its next bytes in wakes the process.
//! 6. Lua writes: `api/http/outgoing` keeps what is said until it is worth sending, and hands it to the `Reply`.
//!    `http/exchange` runs it through the middleware and leaves a note in `http/outbox`, which wakes the loop only if
//!    that sleeps. Who writes faster than the client takes waits.
//! 7. The function returns: its answer is sent, if it was not, `node/function/call` tells whoever called, the VM goes
//!    back, the place goes to the next. Coroutines that go on keep the VM: it has left the pool.
//! 8. The loop takes all notes at once, `http/answering` has the connection write the bytes, and the session waits for
//!    the next request. A client that leaves ends the call: `Ongoing::cancel` kills its process.
//!
//! Every stage takes data and returns data. Calls from Lua come in two kinds: **instant** ones (send, spawn, now) go
//! through `Syscalls` and return; **waiting** ones (receive, sleep, select) yield, and touch nothing.
//!
//! # The rules
//!
//! - `unsafe` is allowed in `lua/` only (and, for one line, in `build.rs`), and each block says why it is sound.
//! - Push the message, *then* wake. Become running, *then* look at the mailbox. A wake is a hint: whoever is woken
//!   looks again.
//! - No lock is held while waking, sending or calling out.
//! - An error, a panic, a loop without end or too much memory ends one process, with a reason that its monitors see.
#![deny(unsafe_code)]

pub mod api;
pub mod app;
pub mod clock;
pub mod dialect;
pub mod duration;
pub mod error;
pub mod fields;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
pub mod http;
#[allow(unsafe_code)]
mod lua;
pub mod node;
mod numeral;
pub mod payload;
pub mod pid;
pub mod process;
pub mod request;
pub mod runtime;
pub mod scheduler;
pub mod size;
pub mod sync;
pub mod terminal;
pub mod wake;

pub use lua::Allocator;
