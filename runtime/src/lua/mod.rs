//! One process's VM: a raw Lua 5.5 state in a block of its own memory. The only folder with unsafe code.
//!
//! What it owes to the layer above, all of it safe: [`Libraries`] (what programs can call), [`Code`] (an entry,
//! compiled once), [`Vm`] (a VM that is run until it waits), [`Call`] and [`Stack`] (a call from Lua as Rust sees it),
//! [`Object`] (what programs hold), [`Signals`] (ending a step from another thread). Knows nothing of mailboxes or
//! scheduling, and of processes only the traits in `process/body.rs` that `preempt` implements: how a step is
//! interrupted.
//!
//! What is in it:
//!
//! - running: `vm` (a VM, step by step), `running` (one that does), `task` (its tasks' threads), `failure` (its errors),
//!   `template` (copies of it), `boot` (what runs before the program), `collector`, `tight` (staying in its block), `state`
//!   (an empty one);
//! - what programs find: `library` (filling the shelf), `stock` (Lua's own functions), `base` (the basic ones that are
//!   ours), `protect` (`pcall`), `list` (`ipairs`), `arithmetic` (of strings), `coroutine`, `metatable`, `index` (its
//!   functions), `types` (what type values do), `type_value`, `globals`, `items` (values off the shelf), `shelf`;
//! - Rust called by Lua: `callback`, `stack`, `object`, `codec` (values as bytes), `trace` (where a program is),
//!   `mend` (where an error is said to be);
//! - ending a step: `preempt`;
//! - what an entry's VMs share: `environment`, `chunk` (its bytecode); `layout` (Lua's structures), `reserved`,
//!   `metamethods` and `number` mend Lua itself;
//! - memory: `head` (what a VM keeps with its arena), `arena` (one VM's), `memory` (blocks for all).

mod arena;
mod arithmetic;
mod base;
mod boot;
mod callback;
mod chunk;
mod codec;
mod collector;
mod coroutine;
mod environment;
mod failure;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
mod globals;
mod head;
mod headroom;
mod index;
mod items;
mod layout;
mod library;
mod list;
mod main_task;
mod memory;
mod mend;
mod metamethods;
mod metatable;
mod number;
mod object;
mod preempt;
mod protect;
mod reserved;
mod result;
mod running;
mod shelf;
mod stack;
mod state;
mod stock;
mod task;
mod template;
mod tight;
mod trace;
mod type_value;
mod types;
mod vm;

pub use callback::{Answer, Call, Function, Outcome, Raise};
pub use chunk::{Chunk, FIRST_TYPE, SyntaxError};
pub use codec::{Held, Plain};
pub use environment::{Code, Import, Method, Recipe};
pub use head::Doom;
pub use library::{Libraries, LibrariesBuilder, Module};
pub use memory::{Allocator, Slab, give_back};
pub use object::{Class, Object, PayloadFormat, PayloadObject};
pub use preempt::{Signals, may_go_on};
pub use stack::{Kept, Number, Stack, Type};
pub use template::{Preparation, refuse_preparation};
pub use type_value::TypeValue;
pub use types::TypeFunctions;
pub use vm::{Progress, Vm};
