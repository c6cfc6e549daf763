//! A process's VM: made in a block of its own, run step by step, freed whole.
//!
//! The program runs on the main state and in the tasks it spawned; each is resumed by number. Only here and in
//! `coroutine.rs` is Lua resumed. Knows nothing of what a program waits for.

use std::ffi::{c_int, c_void};
use std::marker::PhantomData;
use std::ptr::{NonNull, null_mut};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use mlua::ffi::{self, lua_State};

use super::arena::{self, Arena};
use super::coroutine::{self, Yield};
use super::environment::{Code, Environment};
use super::memory::{BLOCK_STEP, Slab};
use super::object::{ErrorObject, Object};
use super::stack::{Kept, Stack};
use super::{boot, codec, metamethods, object, preempt, reserved, tight, trace};
use crate::clock::Moment;
use crate::error::{Error, kind};
use crate::payload::Payload;

/// Why a VM can't be used any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Doom {
    /// It can.
    None = arena::doom::NONE,
    /// It asked for more memory than it may have.
    OverCap = arena::doom::OVER_CAP,
    /// Its process is to die.
    Killed = 2,
    /// One of our functions panicked in it.
    Panicked = 3,
}

impl Arena {
    /// The arena that `state` lives in.
    ///
    /// # Safety
    /// `state` is a state of a [`Vm`]. Made to be called in a signal handler too.
    pub(super) unsafe fn of(state: *mut lua_State) -> *mut Arena {
        let mut arena = null_mut();
        // SAFETY: reads a pointer.
        unsafe { ffi::lua_getallocf(state, &mut arena) };
        arena.cast()
    }

    /// What the VM shares with others of its entry.
    pub(super) fn environment<'a>(&self) -> &'a Environment {
        // SAFETY: set when the VM was made; the VM keeps it alive, and outlives all who look at its arena.
        unsafe { &*self.environment.cast::<Environment>() }
    }

    /// Says that the VM is to end; the first reason stays. Made to be called in a signal handler too.
    ///
    /// # Safety
    /// `arena` is a VM's that lives.
    pub(super) unsafe fn doom(arena: *mut Arena, why: Doom) {
        // SAFETY: the caller's promise; the mark is an atomic.
        let mark = unsafe { Arena::doom_mark(NonNull::new_unchecked(arena)) };
        // Relaxed: the mark is looked at again and again, nothing else is published by it.
        let none = Doom::None as u8;
        let _ = mark.compare_exchange(none, why as u8, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// Whether the program has been given, or has set, the global with this bit.
    pub(super) fn was_given(&self, bit: usize) -> bool {
        self.given[bit / 64].get() >> (bit % 64) & 1 != 0
    }

    /// Notes that it has.
    pub(super) fn give(&self, bit: usize) {
        let word = &self.given[bit / 64];
        word.set(word.get() | 1 << (bit % 64));
    }

    /// Why the VM is to end.
    pub(super) fn why(&self) -> Doom {
        match self.doomed() {
            arena::doom::NONE => Doom::None,
            arena::doom::OVER_CAP => Doom::OverCap,
            2 => Doom::Killed,
            _ => Doom::Panicked,
        }
    }
}

/// How far a task came.
#[derive(Debug)]
pub enum Progress {
    /// It waits, as the function that made it wait has noted in the host state.
    Waits,
    /// Its slice is over, or it gave the others a turn: it has more to do.
    Yields,
    /// It returned. What the main task returned is in [`Vm::result`].
    Returned,
    /// An error ended it.
    Failed(Error),
    /// The VM can't go on.
    Doomed(Doom),
}

/// Which task of a VM: 0 is the program's own, others were spawned.
pub type TaskNumber = u32;

/// How far the program's own task is.
#[derive(Debug)]
enum Phase {
    /// Libraries and top level run; then `main` gets these arguments.
    Boot(Payload),
    /// They have run, in the template; `main` gets these arguments.
    Booted(Payload),
    /// `main` runs.
    Main,
}

/// A process's VM. `S` is the host state that functions of the layer above see while it runs.
pub struct Vm<S> {
    arena: NonNull<Arena>,
    main: NonNull<lua_State>,
    environment: Arc<Environment>,
    phase: Phase,
    /// Results on top of the main state, once it has returned.
    results: c_int,
    /// Whether it needed memory outside its block.
    outgrown: bool,
    /// When its collections to stay in its block are counted anew.
    recount: Moment,
    host: PhantomData<fn(S)>,
}

// SAFETY: a VM owns its memory and its states; whoever owns the VM alone uses them, on one thread at a time. What it
// shares, its environment, is `Send` and `Sync` (below).
unsafe impl<S: Send> Send for Vm<S> {}

// SAFETY: an environment is not changed once it was made, but for an atomic; the function pointers and bytecode in it
// are read only.
unsafe impl Send for Environment {}
// SAFETY: as above.
unsafe impl Sync for Environment {}

impl<S> Vm<S> {
    /// A VM that will run `code` with the encoded arguments (several values, as `codec::encode_many` writes them).
    ///
    /// # Errors
    /// If there is no memory for it.
    pub fn new(code: &Code<S>, arguments: Payload) -> Result<Vm<S>, Error> {
        let environment = code.environment.clone();
        // SAFETY: the block is the VM's until it is dropped.
        unsafe {
            let (arena, main, phase) = make(&environment, arguments)?;
            Ok(Vm {
                arena,
                main,
                environment,
                phase,
                results: 0,
                outgrown: false,
                recount: Moment(0),
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
        self.environment.recipe.memory_limit
    }

    /// Says that a step begins: what was done to stay inside the block in earlier ones may be long past.
    pub fn begin_step(&mut self, now: Moment) {
        // SAFETY: the arena is ours and doesn't run.
        unsafe { self.arena.as_ref() }.recount_collections(now, &mut self.recount);
    }

    /// Runs the program's own task until it waits, ends or is interrupted.
    pub fn run(&mut self, host: &mut S) -> Progress {
        let main = self.main.as_ptr();
        // SAFETY: the main state is ours, and waits for this; after boot the program's function is all that is on its
        // stack.
        unsafe {
            if let Phase::Booted(arguments) = &mut self.phase {
                let arguments = std::mem::take(arguments);
                self.phase = Phase::Main;
                return self.enter_main(&arguments, host);
            }
            let progress = self.resume(main, 0, host);
            match &mut self.phase {
                Phase::Boot(arguments) if matches!(progress, Progress::Returned) => {
                    let arguments = std::mem::take(arguments);
                    self.phase = Phase::Main;
                    settle_collector(main);
                    self.enter_main(&arguments, host)
                }
                _ => progress,
            }
        }
    }

    /// Puts the arguments behind the program's function and begins it.
    ///
    /// # Safety
    /// Booting has left the program's function alone on the main state.
    unsafe fn enter_main(&mut self, arguments: &Payload, host: &mut S) -> Progress {
        let main = self.main.as_ptr();
        let encoded: &[u8] = arguments.encoded();
        // SAFETY: the caller's promise; light values need no memory, and the slice outlives the resume.
        unsafe {
            ffi::lua_pushcfunction(main, boot::arguments);
            ffi::lua_pushlightuserdata(main, (&raw const encoded).cast_mut().cast::<c_void>());
            match self.resume(main, 1, host) {
                Progress::Returned => {}
                other => return other,
            }
            // All that is above the function are arguments.
            let count = ffi::lua_gettop(main) - 1;
            self.resume(main, count, host)
        }
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
            let thread = self
                .task_thread(task)
                .expect("a task that is resumed exists");
            let begins = ffi::lua_status(thread) == ffi::LUA_OK;
            let arguments = if begins {
                ffi::lua_gettop(thread) - 1
            } else {
                0
            };
            let progress = self.resume(thread, arguments, host);
            if !matches!(progress, Progress::Waits | Progress::Yields) {
                self.forget_task(task);
            }
            progress
        }
    }

    /// # Safety
    /// Nothing of the VM runs.
    unsafe fn task_thread(&self, task: TaskNumber) -> Option<*mut lua_State> {
        let main = self.main.as_ptr();
        // SAFETY: reads raw, above what is on the main state, and leaves its stack as it was.
        unsafe {
            if ffi::lua_checkstack(main, 2) == 0 {
                return None;
            }
            ffi::lua_rawgeti(main, ffi::LUA_REGISTRYINDEX, Kept::Tasks.index());
            ffi::lua_rawgeti(main, -1, task.into());
            let thread = ffi::lua_tothread(main, -1);
            ffi::lua_pop(main, 2);
            (!thread.is_null()).then_some(thread)
        }
    }

    /// Lets go of a task that has ended. Setting a field to nil needs no memory.
    ///
    /// # Safety
    /// As [`Vm::task_thread`].
    unsafe fn forget_task(&self, task: TaskNumber) {
        let main = self.main.as_ptr();
        // SAFETY: as in `task_thread`.
        unsafe {
            if ffi::lua_checkstack(main, 2) == 0 {
                return;
            }
            ffi::lua_rawgeti(main, ffi::LUA_REGISTRYINDEX, Kept::Tasks.index());
            ffi::lua_pushnil(main);
            ffi::lua_rawseti(main, -2, task.into());
            ffi::lua_pop(main, 1);
        }
    }

    /// Resumes a root state.
    ///
    /// # Safety
    /// `state` is the main state or a task's, suspended, with `count` arguments on top where it hasn't begun yet.
    unsafe fn resume(&mut self, state: *mut lua_State, count: c_int, host: &mut S) -> Progress {
        // SAFETY: the caller's promise. `host` is borrowed for the whole call, and nobody else has the pointer.
        unsafe {
            let arena = self.arena.as_ptr();
            (*arena).owner = (&raw mut *host).cast();
            (*arena).kind.set(Yield::User as u8);
            let outer = preempt::run(state);
            let mut results = 0;
            let status = ffi::lua_resume(state, null_mut(), count, &mut results);
            preempt::run(outer);
            (*arena).owner = null_mut();
            self.tend_collector();
            if !self.outgrown && (*arena).is_outgrown() {
                self.outgrown = true;
                self.environment.note_outgrown((*arena).block_bytes());
            }
            let doom = (*arena).why();
            if doom != Doom::None {
                return Progress::Doomed(doom);
            }
            match status {
                ffi::LUA_OK => {
                    self.results = results;
                    Progress::Returned
                }
                ffi::LUA_YIELD if (*arena).kind.get() == Yield::Wait as u8 => {
                    if self.environment.is_to_be_measured() {
                        tight::measure(&self.environment, self.main.as_ptr());
                    }
                    Progress::Waits
                }
                ffi::LUA_YIELD => Progress::Yields,
                _ => Progress::Failed(failure(state)),
            }
        }
    }

    /// Above [`INCREMENTAL_ABOVE`] collections are done in parts: a generational one can't be interrupted.
    fn tend_collector(&mut self) {
        // SAFETY: nothing of the VM runs; without finalizers a collection neither calls nor raises, and a change of
        // mode only frees.
        unsafe {
            let arena = self.arena.as_mut();
            let used = arena.used();
            if !arena.incremental.get() && used > INCREMENTAL_ABOVE {
                arena.incremental.set(true);
                ffi::lua_gc(self.main.as_ptr(), ffi::LUA_GCINC);
            } else if arena.incremental.get() && used < GENERATIONAL_BELOW {
                arena.incremental.set(false);
                // What was large and is small again gives back what it holds.
                arena.trim();
                ffi::lua_gc(self.main.as_ptr(), ffi::LUA_GCGEN);
            }
        }
    }

    /// What the program came to, once [`Vm::run`] said that it returned: its first result, encoded; or the error that
    /// it returned as its second.
    ///
    /// # Errors
    /// That error (a string, or an error object), or that the result can't be encoded.
    pub fn result(&mut self) -> Result<Payload, Error> {
        let state = self.main.as_ptr();
        let count = self.results;
        if count == 0 {
            return Ok(Payload::default());
        }
        // SAFETY: the main state has its results on top, and encoding only reads.
        unsafe {
            let first = ffi::lua_gettop(state) - count + 1;
            if count >= 2
                && let Some(error) = returned_error(state, first + 1)
            {
                return Err(error);
            }
            let mut bytes = Vec::new();
            object::CODEC
                .encode(state, first, &mut bytes)
                .map_err(|error| Error::new(kind::INVALID, format!("the result: {error}")))?;
            Ok(Payload::from_encoded(bytes))
        }
    }

    /// The `T` at `number` of the table that the VM keeps under `key`, to look at or change while nothing runs.
    pub fn kept_in<T: Object>(&mut self, key: Kept, number: u32) -> Option<&mut T> {
        // SAFETY: reads raw, above what is on the main state, and leaves its stack as it was; the object is anchored
        // where it was found, and nothing of the VM runs while the answer is borrowed. What a weak table holds may go when the VM runs again, and then the borrow is over.
        unsafe {
            let main = self.main.as_ptr();
            (ffi::lua_checkstack(main, 2) != 0).then_some(())?;
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

/// Bytes above which a VM's collections are done in parts, and below which they are whole again.
const INCREMENTAL_ABOVE: usize = 256 * 1024;
const GENERATIONAL_BELOW: usize = 128 * 1024;

/// How far a heap may grow, in percent of what was live, before a young collection. In a block that is full sooner it
/// means nothing (`tight.rs`); it is for VMs that are larger. A program with 200 KB live is a few percent slower than at
/// 100 %, in half the memory.
const MINOR_GROWTH: c_int = 20;

/// Makes a block with a VM in it: a copy of the entry's template, or one that is yet to boot.
///
/// # Safety
/// The caller frees the block.
unsafe fn make(
    environment: &Arc<Environment>,
    arguments: Payload,
) -> Result<(NonNull<Arena>, NonNull<lua_State>, Phase), Error> {
    let wanted = environment.block.load(Ordering::Relaxed);
    let bytes = Slab::block_bytes(wanted).ok_or_else(no_memory)?;
    let block = environment.slab.allocate(bytes).ok_or_else(no_memory)?;
    // SAFETY: the block is ours and large enough for a template or an empty state; the arena in it is valid until it is
    // destroyed. Blocks of the slab are aligned to 128.
    unsafe {
        if let Some(template) = environment.template() {
            let (arena, main) = template.write(block, bytes);
            return Ok((arena, main, Phase::Booted(arguments)));
        }
        let arena = Arena::begin(block, bytes, environment.recipe.memory_limit);
        let Some(main) = new_state(arena, environment) else {
            environment.slab.free(block);
            return Err(no_memory());
        };
        ffi::lua_pushcfunction(main.as_ptr(), boot::boot);
        Ok((arena, main, Phase::Boot(arguments)))
    }
}

/// Makes an empty state in an arena that was just begun; destroys the arena if there is no memory. The collector is off
/// until booting is over.
///
/// # Safety
/// The environment outlives the arena.
pub(super) unsafe fn new_state(
    arena: NonNull<Arena>,
    environment: &Arc<Environment>,
) -> Option<NonNull<lua_State>> {
    let head = arena.as_ptr();
    // SAFETY: the caller's promise.
    unsafe {
        (*head).environment = Arc::as_ptr(environment).cast();
        (*head).on_doom = Some(|_| preempt::arm_running());
        let state = ffi::lua_newstate(Arena::allocate, head.cast(), environment.seed);
        let Some(state) = NonNull::new(state) else {
            Arena::destroy(arena);
            return None;
        };
        *coroutine::resumer(state.as_ptr()) = coroutine::ROOT;
        ffi::lua_gc(state.as_ptr(), ffi::LUA_GCSTOP);
        reserved::forget(state.as_ptr());
        metamethods::leave_out(state.as_ptr());
        Some(state)
    }
}

/// # Safety
/// There is a value on top of `state`, a state of ours.
unsafe fn object_on_top<T: Object>(state: *mut lua_State) -> Option<*mut T> {
    // SAFETY: every full userdata of ours begins with its header.
    unsafe {
        (ffi::lua_type(state, -1) == ffi::LUA_TUSERDATA)
            .then(|| object::read::<T>(state, -1))
            .flatten()
    }
}

fn no_memory() -> Error {
    Error::new(kind::LIMIT_EXCEEDED, "no memory for another VM").retryable()
}

/// Collects what booting left and sets the collector for a small heap.
///
/// # Safety
/// Nothing of the VM runs.
pub(super) unsafe fn settle_collector(state: *mut lua_State) {
    // SAFETY: the caller's promise; without finalizers this neither calls nor raises. Restarting comes before the
    // mode, or it would start a cycle at once.
    unsafe {
        ffi::lua_gc(state, ffi::LUA_GCRESTART);
        ffi::lua_gc(state, ffi::LUA_GCPARAM, ffi::LUA_GCPMINORMUL, MINOR_GROWTH);
        ffi::lua_gc(state, ffi::LUA_GCCOLLECT);
        ffi::lua_gc(state, ffi::LUA_GCGEN);
        (*Arena::of(state)).begin_collecting();
    }
}

/// The error at the top of `state`, as Rust sees it. Reads raw: nothing may be called any more.
///
/// # Safety
/// `state` has just ended with an error, and its frames are still there.
pub(super) unsafe fn failure(state: *mut lua_State) -> Error {
    // SAFETY: the caller's promise.
    unsafe {
        let mut error = error_at(state, -1).unwrap_or_else(|| {
            let what = std::ffi::CStr::from_ptr(ffi::luaL_typename(state, -1)).to_string_lossy();
            plain(format!("(error object is a {what} value)"))
        });
        if error.stack.is_empty() {
            error.stack = trace::trace(state);
        }
        error
    }
}

/// An error as `error("text")` makes it.
fn plain(message: String) -> Error {
    Error {
        retryable: None,
        ..Error::new(kind::INTERNAL, message)
    }
}

/// What a second result says, if it is an error.
///
/// # Safety
/// There is a value at `index`.
unsafe fn returned_error(state: *mut lua_State, index: c_int) -> Option<Error> {
    // SAFETY: the caller's promise.
    unsafe {
        let mut error = error_at(state, index)?;
        if ffi::lua_type(state, index) == ffi::LUA_TSTRING {
            error.retryable = Some(false);
        }
        Some(error)
    }
}

/// The error that a string or an error object is; `None` for anything else.
///
/// # Safety
/// There is a value at `index` of a state of ours.
unsafe fn error_at(state: *mut lua_State, index: c_int) -> Option<Error> {
    // SAFETY: the caller's promise. A string is read in place; objects of ours begin with their class.
    unsafe {
        match ffi::lua_type(state, index) {
            ffi::LUA_TSTRING => {
                let mut length = 0;
                let start = ffi::lua_tolstring(state, index, &mut length);
                let bytes = std::slice::from_raw_parts(start.cast::<u8>(), length);
                Some(plain(String::from_utf8_lossy(bytes).into_owned()))
            }
            ffi::LUA_TUSERDATA => {
                object::read::<ErrorObject>(state, index)?;
                codec::decode_error(object::bytes::<ErrorObject>(state, index)).ok()
            }
            _ => None,
        }
    }
}

impl Stack<'_> {
    /// Makes the function at the absolute `index`, with the values above it as arguments, a task of its own, under a
    /// number that no other task has; pushes its thread and drops function and arguments.
    pub fn push_task(&mut self, index: c_int, number: TaskNumber) {
        let arguments = self.top() - index;
        assert!(arguments >= 0, "there is a function at {index}");
        assert!(
            self.reserve(arguments as usize + 4),
            "room for a task's arguments"
        );
        if self.get_kept(Kept::Tasks) == super::stack::Type::Nil {
            self.pop(1);
            self.push_table(1, 0);
            self.push_copy(-1);
            self.keep(Kept::Tasks);
        }
        let state = self.raw();
        // SAFETY: the arena is lenient; the new thread gets the function and its arguments, and is anchored.
        unsafe {
            let thread = coroutine::push_thread(state, index);
            *coroutine::resumer(thread) = coroutine::ROOT;
            assert!(
                ffi::lua_checkstack(thread, arguments + 1) != 0,
                "room for a task's arguments"
            );
            for argument in 1..=arguments {
                ffi::lua_pushvalue(state, index + argument);
            }
            ffi::lua_xmove(state, thread, arguments);
            ffi::lua_pushvalue(state, -1);
            ffi::lua_rawseti(state, -3, number.into());
            ffi::lua_replace(state, index);
            ffi::lua_settop(state, index);
        }
    }
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
    pub(super) fn collect(&mut self, mode: c_int) {
        // SAFETY: nothing of the VM runs.
        unsafe {
            let main = self.main.as_ptr();
            for mode in [ffi::LUA_GCCOLLECT, ffi::LUA_GCINC, ffi::LUA_GCCOLLECT, mode] {
                ffi::lua_gc(main, mode);
            }
        }
    }
}
