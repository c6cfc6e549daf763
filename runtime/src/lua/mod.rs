//! One process's VM: a raw Lua 5.5 state in a block of its own memory. The only folder with unsafe code.
//!
//! What it owes to the layer above, all of it safe: [`Libraries`] (what programs can call), [`Code`] (an entry,
//! compiled once), [`Vm`] (a VM that is run until it waits), [`Call`] and [`Stack`] (a call from Lua as Rust sees it),
//! [`Object`] (what programs hold), [`Signals`] (ending a step from another thread). Knows nothing of processes,
//! mailboxes or scheduling.

mod arena;
mod base;
mod boot;
mod callback;
mod chunk;
mod codec;
mod coroutine;
mod environment;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
mod index;
mod library;
mod memory;
mod number;
mod object;
mod preempt;
mod reserved;
mod stack;
mod template;
mod trace;
mod vm;

pub use callback::{Answer, Call, Function, Outcome, Raise};
pub use chunk::{Chunk, SyntaxError};
pub use codec::Plain;
pub use environment::{Code, Import, Method, Recipe};
pub use library::{Libraries, LibrariesBuilder, Module};
pub use memory::{Allocator, Slab, give_back};
pub use object::{Class, Object, PayloadObject};
pub use preempt::Signals;
pub use stack::{Kept, Number, Stack, Type};
pub use template::{Preparation, refuse_preparation};
pub use vm::{Doom, Progress, Vm};
