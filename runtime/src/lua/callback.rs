//! Rust functions that Lua calls: no panic gets out, no value with `Drop` is alive when Lua jumps away, and "wait"
//! becomes a yield.
//!
//! A function gets a [`Call`] and answers with values, a wait, or an error to raise; only the frames here, which own
//! nothing, raise or yield. Functions never call back into Lua, so that the host state is borrowed once at a time.

use std::any::Any;
use std::ffi::c_int;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};

use mlua::ffi::{self, lua_CFunction, lua_KContext, lua_KFunction, lua_State};

use super::arena::Arena;
use super::coroutine::{self, Yield};
use super::head::Doom;
use super::items;
use super::preempt;
use super::stack::Stack;
use super::template::{self, Refused, Unfit};
use super::trace;
use crate::error::Error;

/// A call from Lua: the stack with its arguments, and the host state that the VM was resumed with.
pub struct Call<'a, S> {
    /// The arguments, from index 1, and what the function pushes.
    pub lua: Stack<'a>,
    /// What the layer above keeps for this VM.
    pub state: &'a mut S,
}

/// What a function answers.
pub enum Answer {
    /// That many values, on top of the stack.
    Values(c_int),
    /// Nothing yet: see [`Answer::wait`].
    Wait(Continuation),
    /// Nothing yet: see [`Answer::call_prelude`].
    Call(Callee, Continuation),
    /// Nothing yet: see [`Answer::pause`].
    Pause(Continuation),
}

/// What is called before a call goes on.
pub struct Callee {
    prelude: &'static str,
    arguments: c_int,
}

impl Answer {
    /// Ends this part of the call: the VM's task waits. When it is resumed, `look` is called with `context`, on the
    /// same stack; it looks for itself whether there is something now, and may wait again.
    pub fn wait<S, F>(look: F, context: isize) -> Answer
    where
        F: Fn(&mut Call<S>, isize) -> Outcome + Copy + 'static,
    {
        let _ = look;
        Answer::Wait(Continuation {
            look: resumed::<S, F>,
            context,
        })
    }

    /// Ends this part of the call, which takes long: others run now. When the task is resumed, `look` is called with
    /// `context`, on the same stack. To be answered when [`Stack::must_pause`] says so.
    pub fn pause<S, F>(look: F, context: isize) -> Answer
    where
        F: Fn(&mut Call<S>, isize) -> Outcome + Copy + 'static,
    {
        let _ = look;
        Answer::Pause(Continuation {
            look: resumed::<S, F>,
            context,
        })
    }

    /// Ends this part of the call: the prelude that [`super::LibrariesBuilder::prelude`] was given under this name is
    /// called with the top `arguments` values. Then `look` is called with `context`, on the same stack, where the results
    /// are instead of the arguments. What is called may wait and be preempted.
    ///
    /// `look` must not answer with another call: each would stand on the thread's stack until the last has returned.
    pub fn call_prelude<S, F>(
        name: &'static str,
        arguments: c_int,
        look: F,
        context: isize,
    ) -> Answer
    where
        F: Fn(&mut Call<S>, isize) -> Outcome + Copy + 'static,
    {
        let _ = look;
        let callee = Callee {
            prelude: name,
            arguments,
        };
        let look = resumed::<S, F>;
        Answer::Call(callee, Continuation { look, context })
    }
}

/// How a waiting call goes on.
pub struct Continuation {
    look: lua_KFunction,
    context: lua_KContext,
}

/// An error to raise.
#[derive(Debug)]
pub enum Raise {
    /// A string, with `source:line:` of the caller before it.
    Text(String),
    /// An error object.
    Object(Box<Error>),
    /// The value on top of the stack.
    Top,
}

impl From<String> for Raise {
    fn from(text: String) -> Raise {
        Raise::Text(text)
    }
}

impl From<&str> for Raise {
    fn from(text: &str) -> Raise {
        Raise::Text(text.to_owned())
    }
}

/// What a call comes to.
pub type Outcome = Result<Answer, Raise>;

/// A function for VMs whose host state is `S`.
pub struct Function<S> {
    entry: lua_CFunction,
    host: PhantomData<fn(S)>,
}

impl<S> Clone for Function<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Function<S> {}

impl<S> Function<S> {
    /// Wraps `body`, which must be a plain function or a closure that captures nothing.
    pub const fn new<F>(body: F) -> Function<S>
    where
        F: Fn(&mut Call<S>) -> Outcome + Copy + 'static,
    {
        let _ = body;
        const { assert!(size_of::<F>() == 0, "a Lua function captures nothing") };
        Function {
            entry: called::<S, F>,
            host: PhantomData,
        }
    }

    pub(super) fn entry(self) -> lua_CFunction {
        self.entry
    }
}

/// What the outermost frame does once nothing owned is alive any more.
enum Next {
    Return(c_int),
    Raise,
    Yield(lua_KFunction, lua_KContext),
    Call(Callee, lua_KFunction, lua_KContext),
}

/// A value of a type that has none of its own: a plain function, or a closure that captures nothing.
fn conjure<F: Copy>() -> F {
    const { assert!(size_of::<F>() == 0, "a Lua function captures nothing") };
    // SAFETY: the type has no bytes, and a value of it existed: `Function::new` and `Answer::wait` were given one.
    unsafe { std::ptr::NonNull::<F>::dangling().read() }
}

unsafe extern "C-unwind" fn called<S, F>(state: *mut lua_State) -> c_int
where
    F: Fn(&mut Call<S>) -> Outcome + Copy + 'static,
{
    // SAFETY: Lua calls us on `state`, a state of a VM that was resumed with a host `S`; this frame owns nothing.
    unsafe {
        let next = enter(state, conjure::<F>());
        finish(state, next)
    }
}

unsafe extern "C-unwind" fn resumed<S, F>(
    state: *mut lua_State,
    _status: c_int,
    context: lua_KContext,
) -> c_int
where
    F: Fn(&mut Call<S>, isize) -> Outcome + Copy + 'static,
{
    // SAFETY: as in `called`.
    unsafe {
        let next = enter(state, |call: &mut Call<S>| conjure::<F>()(call, context));
        finish(state, next)
    }
}

/// Leaves the call. Owns nothing, since Lua may jump.
///
/// # Safety
/// `state` is the state of the call, with the error value on top for [`Next::Raise`].
unsafe fn finish(state: *mut lua_State, next: Next) -> c_int {
    match next {
        Next::Return(count) => count,
        // SAFETY: the error value is on top, and no frame up to Lua's owns anything.
        Next::Raise => unsafe { ffi::lua_error(state) },
        // SAFETY: `enter` found that the whole chain can yield.
        Next::Yield(look, context) => unsafe { ffi::lua_yieldk(state, 0, context, Some(look)) },
        // SAFETY: the arguments are on top, `settle` made room, and this frame owns nothing that needs dropping.
        Next::Call(callee, look, context) => unsafe {
            items::push_prelude(state, callee.prelude);
            ffi::lua_insert(state, -callee.arguments - 1);
            ffi::lua_callk(
                state,
                callee.arguments,
                ffi::LUA_MULTRET,
                context,
                Some(look),
            );
            look(state, ffi::LUA_OK, context)
        },
    }
}

/// Runs the Rust part of a call; everything that it owns is dropped when this returns.
///
/// # Safety
/// Lua calls us on `state`, and the VM was resumed with a host state of type `S` that nobody else uses meanwhile.
unsafe fn enter<S>(state: *mut lua_State, body: impl FnOnce(&mut Call<S>) -> Outcome) -> Next {
    // SAFETY: every state of ours lives in an arena, whose owner is the host state while the VM runs.
    let (arena, host) = unsafe {
        let arena = Arena::of(state);
        (arena, (*arena).owner.cast::<S>())
    };
    assert!(!host.is_null(), "the VM was not resumed with a host state");
    // SAFETY: the arena outlives the call. A message handler of ours is called without an instruction of Lua's in between.
    if unsafe { (*arena).why() } == Doom::Panicked {
        // SAFETY: pushes a light value; the error of what panicked has been raised already.
        unsafe { ffi::lua_pushnil(state) };
        return Next::Raise;
    }
    // SAFETY: the arena outlives the call.
    let was_lenient = unsafe { (*arena).lenient.replace(true) };
    let result = catch_unwind(AssertUnwindSafe(|| {
        // SAFETY: the arena is lenient until this closure is over; the host state is ours until then.
        let mut call = unsafe {
            Call {
                lua: Stack::new(state),
                state: &mut *host,
            }
        };
        let outcome = body(&mut call);
        // SAFETY: as above; `settle` only pushes.
        unsafe { settle(state, outcome) }
    }));
    let next = result.unwrap_or_else(|panic| {
        // SAFETY: the VM is alive and ours; a panicked host state must not be used again, so the VM is doomed.
        unsafe {
            if panic.is::<Refused>() && (*arena).is_prepared() {
                template::end(state, Unfit::Impure);
                ffi::lua_settop(state, 0);
                ffi::lua_pushnil(state);
                return Next::Raise;
            }
            Arena::doom(arena, Doom::Panicked);
            preempt::arm_running();
            push_where(state, &panic_text(panic.as_ref()));
        }
        Next::Raise
    });
    // SAFETY: the arena outlives the call.
    unsafe { (*arena).lenient.set(was_lenient) };
    next
}

/// Slots that pushing a prelude takes.
const PRELUDE_SLOTS: c_int = 16;

/// Turns an outcome into what the outermost frame does, with the error value pushed.
///
/// # Safety
/// `state` is the state of the call and its arena lenient.
unsafe fn settle(state: *mut lua_State, outcome: Outcome) -> Next {
    match outcome {
        Ok(Answer::Values(count)) => Next::Return(count),
        Ok(Answer::Wait(continuation)) => {
            // SAFETY: `state` is the running state of its VM.
            if unsafe { coroutine::chain_yieldable(state) } {
                // SAFETY: the state lives in an arena.
                unsafe { (*Arena::of(state)).kind.set(Yield::Wait as u8) };
                return Next::Yield(continuation.look, continuation.context);
            }
            // SAFETY: pushes with a lenient arena.
            unsafe {
                push_where(
                    state,
                    "cannot wait here: a C function is waiting for this call to return",
                )
            };
            Next::Raise
        }
        Ok(Answer::Pause(continuation)) => {
            // SAFETY: `state` is the running state of its VM, with a free slot.
            unsafe {
                if coroutine::chain_yieldable(state) {
                    preempt::disarm(state);
                    (*Arena::of(state)).kind.set(Yield::Preempt as u8);
                    return Next::Yield(continuation.look, continuation.context);
                }
                // `must_pause` has found that the VM is to end.
                Arena::doom(Arena::of(state), Doom::Stuck);
                ffi::lua_checkstack(state, 1);
                preempt::push_end(state);
            }
            Next::Raise
        }
        Ok(Answer::Call(callee, continuation)) => {
            // SAFETY: asks for room; on failure pushes with a lenient arena.
            unsafe {
                if ffi::lua_checkstack(state, PRELUDE_SLOTS) == 0 {
                    push_where(state, "stack overflow");
                    return Next::Raise;
                }
            }
            Next::Call(callee, continuation.look, continuation.context)
        }
        Err(raise) => {
            // SAFETY: pushes with a lenient arena.
            unsafe {
                match raise {
                    Raise::Text(text) => push_where(state, &text),
                    Raise::Object(error) => Stack::new(state).push_error(&error),
                    Raise::Top => {}
                }
            }
            Next::Raise
        }
    }
}

/// Pushes `text` behind `source:line: ` of the calling Lua function. A prelude is no place in the program: then it is
/// the program's function further up.
///
/// # Safety
/// `state` is the state of the call and its arena lenient.
unsafe fn push_where(state: *mut lua_State, text: &str) {
    // SAFETY: pushes two strings and joins them; `luaL_where` reads the frames.
    unsafe {
        ffi::lua_checkstack(state, 4);
        ffi::luaL_where(state, trace::program_level(state));
        ffi::lua_pushlstring(state, text.as_ptr().cast(), text.len());
        ffi::lua_concat(state, 2);
    }
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let said = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no text");
    format!("panic: {said}")
}
