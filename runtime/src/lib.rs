//! The runtime behind moondust: Lua programs as processes, on a handful of OS threads.
//!
//! # The picture
//!
//! ```text
//!   ../src/                    the command line: arguments, exit codes, printing errors, the log
//!        │
//!   runtime.rs                 boot order, shutdown order
//!        │
//!      node/ ────────────► app/      what the folder says, checked and resolved: plain data
//!        │
//!   ┌────┴─────┐
//!  api/     scheduler/         what programs can call │ who runs, who waits
//!   │  └────┐  │
//!  lua/   process/             a VM │ a mailbox, a run state, an end
//!   │       │
//!   └───────┴──► clock · duration · error · fields · payload · pid · request · size · sync · wake      leaves
//! ```
//!
//! Beside these, `api/` and `node/` use `terminal/`: stdin, stdout, stderr, and a thread for each direction. `http/` uses
//! `app/` and `node/`.
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
//! | `api/mod.rs` | `Syscalls`: spawn, send, look up, environment, now | `node/syscalls.rs` |
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
pub mod duration;
pub mod error;
pub mod fields;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
pub mod http;
#[allow(unsafe_code)]
mod lua;
pub mod node;
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
