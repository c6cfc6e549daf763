//! A process's VM: made in a block of its own, run step by step, freed whole.
//!
//! The program runs on the main state and in the tasks it spawned; each is resumed by number. Lua is resumed only here,
//! in `coroutine.rs` and, to prepare, in `template/build.rs`. Knows nothing of what a program waits for.

use std::ffi::c_int;
use std::marker::PhantomData;
use std::ptr::{NonNull, null_mut};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use mlua::ffi::{self, lua_State};

use super::arena::Arena;
use super::coroutine::Yield;
use super::environment::{Code, Environment};
use super::head::Doom;
use super::main_task::Phase;
use super::memory::{BLOCK_STEP, Slab};
use super::object::Object;
use super::running::Running;
use super::stack::Kept;
use super::task::{self, TaskNumber};
use super::{boot, collector, failure, layout, object, state, tight, trace};
use crate::clock::Moment;
use crate::error::{Error, kind};
use crate::payload::Payload;

/// How far a task came.
#[derive(Debug)]
pub enum Progress {
    /// It waits, as the function that made it wait has noted in the host state.
    Waits,
    /// It gave the others a turn, and has more to do.
    Yields,
    /// The slice is over. It goes on before the others: they may find what it was about to finish.
    Interrupted,
    /// It returned. What the main task returned is in [`Vm::result`].
    Returned,
    /// An error ended it.
    Failed(Error),
    /// The VM can't go on.
    Doomed {
        /// Why.
        why: Doom,
        /// The error that had ended the task, if its variables were being closed.
        after: Option<Box<Error>>,
    },
}

/// A process's VM. `S` is the host state that functions of the layer above see while it runs.
pub struct Vm<S> {
    pub(super) arena: NonNull<Arena>,
    pub(super) main: NonNull<lua_State>,
    environment: Arc<Environment>,
    pub(super) phase: Phase,
    /// Results on top of the main state, once it has returned.
    pub(super) results: c_int,
    /// Whether the program's function stays below what runs, to be called again.
    pub(super) repeats: bool,
    /// Whether the program has returned, and only tasks that it spawned may run.
    pub(super) has_returned: bool,
    /// Whether it needed memory outside its block.
    outgrown: bool,
    /// When its collections to stay in its block are counted anew.
    recount: Moment,
    /// The spawned task that ran last, if it has not ended, and its thread.
    last_task: (TaskNumber, *mut lua_State),
    host: PhantomData<fn(S)>,
}

// SAFETY: a VM owns its memory and its states; whoever owns the VM alone uses them, on one thread at a time. What it
// shares, its environment, is `Send` and `Sync`.
unsafe impl<S: Send> Send for Vm<S> {}

impl<S> Vm<S> {
    /// A VM of at most `memory_limit` bytes that will run `code` with the encoded arguments (several values, as
    /// `codec::encode_many` writes them).
    ///
    /// # Errors
    /// If there is no memory for it.
    pub fn new(code: &Code<S>, arguments: Payload, memory_limit: usize) -> Result<Vm<S>, Error> {
        let environment = code.environment.clone();
        // SAFETY: the block is the VM's until it is dropped.
        unsafe {
            let (arena, main, phase) = make(&environment, arguments, memory_limit)?;
            Ok(Vm {
                arena,
                main,
                environment,
                phase,
                results: 0,
                repeats: false,
                has_returned: false,
                outgrown: false,
                recount: Moment(0),
                last_task: (0, null_mut()),
                host: PhantomData,
            })
        }
    }

    /// Bytes that the VM holds.
    pub fn memory(&self) -> usize {
        // SAFETY: the arena is ours and doesn't run.
        unsafe { self.arena.as_ref().held() }
    }

    /// Most bytes that the VM may have.
    pub fn memory_limit(&self) -> usize {
        // SAFETY: the arena is ours and doesn't run.
        unsafe { self.arena.as_ref().cap() }
    }

    /// Says that a step begins: what was done to stay inside the block in earlier ones may be long past.
    pub fn begin_step(&mut self, now: Moment) {
        // SAFETY: the arena is ours and doesn't run.
        unsafe { self.arena.as_ref() }.recount_collections(now, &mut self.recount);
    }

    /// Whether what the VM has when `state` waits is what it has for long. Where a function that is yet to return has just
    /// spawned a task, much of it is not.
    fn is_settled(&self, state: *mut lua_State) -> bool {
        !self.repeats || self.has_returned || state == self.main.as_ptr()
    }

    /// Runs a spawned task until it waits, ends or is interrupted.
    ///
    /// # Panics
    /// If there is no such task.
    pub fn run_task(&mut self, task: TaskNumber, host: &mut S) -> Progress {
        if task == 0 {
            return self.run(host);
        }
        // SAFETY: tasks are anchored in the registry until they end.
        unsafe {
            let main = self.main.as_ptr();
            let thread = self.thread(task);
            let begins = ffi::lua_status(thread) == ffi::LUA_OK;
            let arguments = if begins {
                ffi::lua_gettop(thread) - 1
            } else {
                0
            };
            let progress = self.resume(thread, arguments, host);
            if let Progress::Returned = progress {
                task::forget(main, task);
                self.last_task = (0, null_mut());
            }
            progress
        }
    }

    /// The thread of a spawned task. To look for it is to touch memory that has long left the cache where there are many
    /// processes with a coroutine each, so the last one is remembered.
    ///
    /// # Safety
    /// Nothing of the VM runs.
    unsafe fn thread(&mut self, task: TaskNumber) -> *mut lua_State {
        if self.last_task.0 != task {
            // SAFETY: the caller's promise.
            let found = unsafe { task::thread(self.main.as_ptr(), task) };
            self.last_task = (task, found.expect("a task that is resumed exists"));
        }
        self.last_task.1
    }

    /// Resumes a root state.
    ///
    /// # Safety
    /// `state` is the main state or a task's, suspended, with `count` arguments on top where it hasn't begun yet.
    pub(super) unsafe fn resume(
        &mut self,
        state: *mut lua_State,
        count: c_int,
        host: &mut S,
    ) -> Progress {
        // SAFETY: the caller's promise. `host` is borrowed for the whole call, and nobody else has the pointer.
        unsafe {
            let arena = self.arena.as_ptr();
            let running = Running::begin(arena, state, &raw mut *host);
            let mut results = 0;
            let status = ffi::lua_resume(state, null_mut(), count, &mut results);
            let has_failed = !matches!(status, ffi::LUA_OK | ffi::LUA_YIELD);
            let mut error = None;
            if has_failed && (*arena).why() == Doom::None {
                error = Some(failure::close(state, failure::raised(state)));
            }
            drop(running);
            collector::tend(self.arena, self.main.as_ptr());
            if !self.outgrown && (*arena).is_outgrown() {
                self.outgrown = true;
                self.environment.note_outgrown((*arena).block_bytes());
            }
            let why = (*arena).why();
            if why != Doom::None {
                let after = error.map(Box::new);
                return Progress::Doomed { why, after };
            }
            if let Some(error) = error {
                return Progress::Failed(error);
            }
            match status {
                ffi::LUA_OK => {
                    if state == self.main.as_ptr() {
                        // The function that is kept below them is counted in.
                        self.results = results - c_int::from(self.repeats);
                    }
                    Progress::Returned
                }
                ffi::LUA_YIELD if (*arena).kind.get() == Yield::Wait as u8 => {
                    if self.is_settled(state) && self.environment.is_to_be_measured() {
                        tight::measure(&self.environment, self.main.as_ptr());
                    }
                    Progress::Waits
                }
                ffi::LUA_YIELD if (*arena).kind.get() == Yield::Turn as u8 => Progress::Yields,
                _ => Progress::Interrupted,
            }
        }
    }

    /// The `T` at `number` of the table that the VM keeps under `key`, to look at or change while nothing runs.
    pub fn kept_in<T: Object>(&mut self, key: Kept, number: u32) -> Option<&mut T> {
        let main = self.main.as_ptr();
        let look = || {
            // SAFETY: reads raw, in places that are free, and leaves the stack as it was; the object is anchored where it
            // was found, and nothing of the VM runs while the answer is borrowed. What a weak table holds may go when the
            // VM runs again, and then the borrow is over.
            unsafe {
                let found = (ffi::lua_rawgeti(main, ffi::LUA_REGISTRYINDEX, key.index())
                    == ffi::LUA_TTABLE)
                    .then(|| {
                        ffi::lua_rawgeti(main, -1, number.into());
                        let found = object_on_top(main);
                        ffi::lua_pop(main, 1);
                        found
                    });
                ffi::lua_pop(main, 1);
                found.flatten().map(|found| &mut *found)
            }
        };
        // SAFETY: nothing of the VM runs.
        unsafe { layout::with_room(main, 2, look) }.flatten()
    }

    /// Lets go of all that the program can't reach any more.
    pub fn collect(&mut self) {
        // SAFETY: nothing of the VM runs.
        unsafe { collector::collect(self.main.as_ptr()) }
    }

    /// Where the program's own task is, innermost first, one line each.
    pub fn trace(&self) -> String {
        // SAFETY: nothing of the VM runs.
        unsafe { trace::trace(self.main.as_ptr()) }
    }
}

impl<S> Drop for Vm<S> {
    fn drop(&mut self) {
        // SAFETY: nothing of the VM runs, on this or another thread: `preempt` forgot it when it stopped running.
        unsafe {
            let arena = self.arena.as_ref();
            if !self.outgrown && arena.image_bytes() + SPARE < arena.block_bytes() {
                self.environment.note_spare();
            }
            Arena::destroy(self.arena);
            self.environment.slab.free(self.arena.cast());
        }
    }
}

/// Bytes at the end of a block that a VM never used, from which on the block was larger than it need be: a few steps, so
/// that some less would do.
const SPARE: usize = 4 * BLOCK_STEP;

/// Makes a block with a VM in it: a copy of the entry's template, or one that is yet to boot.
///
/// # Safety
/// The caller frees the block.
unsafe fn make(
    environment: &Arc<Environment>,
    arguments: Payload,
    memory_limit: usize,
) -> Result<(NonNull<Arena>, NonNull<lua_State>, Phase), Error> {
    // Asked for once: another thread may be making it.
    let template = environment.template();
    let least = template.map_or(0, |template| template.bytes());
    let wanted = environment.block.load(Ordering::Relaxed).max(least);
    let bytes = Slab::block_bytes(wanted).ok_or_else(no_memory)?;
    let block = environment.slab.allocate(bytes).ok_or_else(no_memory)?;
    // SAFETY: the block is ours, and has room for the template if there is one; `begin` makes do with any block. The arena
    // in it is valid until it is destroyed. Blocks of the slab are aligned to 128.
    unsafe {
        if let Some(template) = template {
            let (arena, main) = template.write(block, bytes, memory_limit);
            return Ok((arena, main, Phase::Booted(arguments)));
        }
        let arena = Arena::begin(block, bytes, memory_limit);
        let Some(main) = state::begin(arena, environment) else {
            environment.slab.free(block);
            return Err(no_memory());
        };
        ffi::lua_pushcfunction(main.as_ptr(), boot::boot);
        Ok((arena, main, Phase::Boot(arguments)))
    }
}

/// # Safety
/// There is a value on top of `state`, a state of ours.
unsafe fn object_on_top<T: Object>(state: *mut lua_State) -> Option<*mut T> {
    // SAFETY: every full userdata of ours begins with its header.
    unsafe { object::read::<T>(state, layout::height(state)) }
}

fn no_memory() -> Error {
    Error::new(kind::LIMIT_EXCEEDED, "no memory for another VM").retryable()
}

#[cfg(test)]
impl<S> Vm<S> {
    /// Bytes that Lua has asked for.
    pub(super) fn used(&self) -> usize {
        // SAFETY: the arena is ours and doesn't run.
        unsafe { self.arena.as_ref().used() }
    }

    pub(super) fn is_outgrown(&self) -> bool {
        self.outgrown
    }

    pub(super) fn main_state(&mut self) -> *mut lua_State {
        self.main.as_ptr()
    }

    /// Collects all garbage in both modes, and ends in `mode`.
    pub(super) fn collect_in(&mut self, mode: c_int) {
        // SAFETY: nothing of the VM runs.
        unsafe {
            let main = self.main.as_ptr();
            for mode in [ffi::LUA_GCCOLLECT, ffi::LUA_GCINC, ffi::LUA_GCCOLLECT, mode] {
                ffi::lua_gc(main, mode);
            }
        }
    }
}
