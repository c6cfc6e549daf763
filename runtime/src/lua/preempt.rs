//! Ending a step from another thread: the signal, its handler, and the hook that yields.
//!
//! A watchdog calls [`Interrupt::interrupt`]; the thread gets SIGURG; the handler arms a count hook on the state that
//! runs; the hook disarms itself and yields, or, in a VM that is doomed and can't be left, raises. Knows nothing of
//! slices or of why a step is to end.

use std::cell::Cell;
use std::ffi::{CStr, c_int};
use std::ptr::{null, null_mut};
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, AtomicU64, Ordering, compiler_fence};
use std::time::Duration;

use mlua::ffi::{self, lua_Debug, lua_State};
use parking_lot::Mutex;

use super::arena::Arena;
use super::coroutine::{self, Yield};
use super::head::Doom;
use crate::process::{Interrupt, Interrupter, Interruptible, Urgency};

thread_local! {
    /// The state that runs on this thread, or null. The handler reads it, so it has no destructor and needs no
    /// initialisation.
    static RUNNING: AtomicPtr<lua_State> = const { AtomicPtr::new(null_mut()) };
    /// The number of the step that runs on this thread; 0 between steps.
    static STEP: AtomicU64 = const { AtomicU64::new(0) };
    /// What was asked of this thread; null outside a [`Signalled`].
    static ASKED: Cell<*const AtomicU64> = const { Cell::new(null()) };
}

/// Says which state runs on this thread from now on; answers which one did.
pub(super) fn run(state: *mut lua_State) -> *mut lua_State {
    RUNNING.with(|running| {
        let before = running.load(Ordering::Relaxed);
        running.store(state, Ordering::Relaxed);
        // The handler runs on this thread: order as the compiler sees it is all that matters. After this, a state
        // that was left may be freed.
        compiler_fence(Ordering::SeqCst);
        before
    })
}

/// Arms the hook on the running state: the VM has just been doomed by its own allocation.
pub(super) fn arm_running() {
    let state = RUNNING.with(|running| running.load(Ordering::Relaxed));
    if !state.is_null() {
        // SAFETY: the running state is alive, and we are on its thread.
        unsafe { ffi::lua_sethook(state, Some(hook), ffi::LUA_MASKCOUNT, 1) }
    }
}

/// Called at the next instruction of an armed state.
unsafe extern "C-unwind" fn hook(state: *mut lua_State, _frame: *mut lua_Debug) {
    // SAFETY: Lua calls us on a running state of ours; nothing here owns anything, since Lua jumps.
    unsafe {
        ffi::lua_sethook(state, None, 0, 0);
        let arena = Arena::of(state);
        if coroutine::chain_yieldable(state) {
            (*arena).kind.set(Yield::Preempt as u8);
            ffi::lua_yield(state, 0);
            return;
        }
        if is_given_up() {
            Arena::doom(arena, Doom::Stuck);
        }
        if (*arena).why() != Doom::None {
            push_end(state);
            ffi::lua_error(state);
        }
        // Else a C function is waiting for this call to return: the watchdog asks again.
    }
}

/// The error that Lua raises when memory runs out.
const NO_HANDLER: &CStr = c"not enough memory";

/// What is asked beside to yield, in the lowest bits; the step's number is above them. The more urgent, the larger.
const GIVE_UP: u64 = 1;
const DIE: u64 = 2;
const HOW_BITS: u32 = 2;
const HOW: u64 = (1 << HOW_BITS) - 1;

/// Whether the step that runs on this thread has been asked to yield for so long that what can't yield is to end.
pub(super) fn is_given_up() -> bool {
    let asked = ASKED.with(Cell::get);
    if asked.is_null() {
        return false;
    }
    // SAFETY: as in `on_signal`.
    let asked = unsafe { (*asked).load(Ordering::Relaxed) };
    asked & HOW != 0 && STEP.with(|step| step.load(Ordering::Relaxed)) == asked >> HOW_BITS
}

/// Whether a native call that takes long may go on: not once its step was interrupted in vain for long. For loops that
/// can't pause, and are bounded by something large.
pub fn may_go_on() -> bool {
    !is_given_up()
}

/// Whether `state`, the running one, has been asked to yield, and not done so yet.
///
/// # Safety
/// `state` is alive, and runs on this thread.
pub(super) unsafe fn is_asked(state: *mut lua_State) -> bool {
    // SAFETY: the caller's promise.
    unsafe { ffi::lua_gethookmask(state) != 0 }
}

/// Takes back what armed `state`: it is about to yield.
///
/// # Safety
/// As [`is_asked`].
pub(super) unsafe fn disarm(state: *mut lua_State) {
    // SAFETY: the caller's promise.
    unsafe { ffi::lua_sethook(state, None, 0, 0) }
}

/// Arms `state`, and pushes what to raise in a VM that is doomed and can't be left: this text, which Lua holds from its
/// start, is raised as a memory error, and no message handler is called. One would run with hooks off, and could not be
/// stopped.
///
/// # Safety
/// As [`is_asked`]; there is a free slot.
pub(super) unsafe fn push_end(state: *mut lua_State) {
    // SAFETY: the caller's promise; the text needs no memory.
    unsafe {
        // Again at the next instruction, so that `pcall` loops and comparators end too.
        ffi::lua_sethook(state, Some(hook), ffi::LUA_MASKCOUNT, 1);
        ffi::lua_pushlstring(state, NO_HANDLER.as_ptr(), NO_HANDLER.count_bytes());
    }
}

extern "C" fn on_signal(_signal: c_int) {
    let asked = ASKED.with(Cell::get);
    let state = RUNNING.with(|running| running.load(Ordering::Relaxed));
    if asked.is_null() || state.is_null() {
        return;
    }
    // SAFETY: `asked` is kept alive by the thread's `Signalled`, which sets it to null before it goes.
    let asked = unsafe { (*asked).load(Ordering::Relaxed) };
    if STEP.with(|step| step.load(Ordering::Relaxed)) != asked >> HOW_BITS {
        return; // the step that was meant is over
    }
    // SAFETY: the running state is alive. `lua_sethook` is made to be called in a handler; so is reading the arena's
    // pointer, and the doom is an atomic.
    unsafe {
        if asked & HOW == DIE {
            Arena::doom(Arena::of(state), Doom::Killed);
        }
        ffi::lua_sethook(state, Some(hook), ffi::LUA_MASKCOUNT, 1);
    }
}

/// Interrupts steps by SIGURG, whose default is to be ignored and which nothing else here uses.
#[derive(Debug)]
pub struct Signals {
    _installed: (),
}

impl Signals {
    /// Installs the handler, for the whole program.
    pub fn install() -> Signals {
        // SAFETY: a zeroed `sigaction` is a valid one; the handler only does what a handler may (see `on_signal`).
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = on_signal as *const () as usize;
            action.sa_flags = libc::SA_RESTART;
            libc::sigemptyset(&mut action.sa_mask);
            let result = libc::sigaction(libc::SIGURG, &action, null_mut());
            assert_eq!(result, 0, "SIGURG can be handled");
        }
        Signals { _installed: () }
    }
}

impl Interrupter for Signals {
    fn enter(&self) -> Box<dyn Interruptible> {
        // SAFETY: asks for the calling thread's own name.
        let thread = Mutex::new(Some(unsafe { libc::pthread_self() }));
        let remote = Arc::new(Remote {
            thread,
            asked: AtomicU64::new(0),
        });
        ASKED.with(|asked| asked.set(&raw const remote.asked));
        Box::new(Signalled { remote })
    }
}

/// A thread's own end.
struct Signalled {
    remote: Arc<Remote>,
}

impl Interruptible for Signalled {
    fn handle(&self) -> Arc<dyn Interrupt> {
        self.remote.clone()
    }

    fn begin(&self, number: u64) {
        STEP.with(|step| step.store(number, Ordering::Relaxed));
    }

    fn end(&self) {
        STEP.with(|step| step.store(0, Ordering::Relaxed));
    }
}

impl Drop for Signalled {
    fn drop(&mut self) {
        // Under the lock, so that nobody is just signalling a thread that is about to end.
        *self.remote.thread.lock() = None;
        ASKED.with(|asked| asked.set(null()));
        compiler_fence(Ordering::SeqCst);
    }
}

/// The other threads' end.
struct Remote {
    /// `None` once the thread has left.
    thread: Mutex<Option<libc::pthread_t>>,
    /// Step number shifted left by [`HOW_BITS`], and how urgent it is.
    asked: AtomicU64,
}

impl Interrupt for Remote {
    fn interrupt(&self, number: u64, how: Urgency) {
        let thread = self.thread.lock();
        let Some(thread) = *thread else { return };
        let how = match how {
            Urgency::Yield => 0,
            Urgency::GiveUp => GIVE_UP,
            Urgency::Die => DIE,
        };
        // Numbers only grow: what was asked of this step before is not taken back.
        self.asked
            .fetch_max(number << HOW_BITS | how, Ordering::Relaxed);
        // SAFETY: the thread is alive: it takes itself out under the lock that we hold.
        unsafe { libc::pthread_kill(thread, libc::SIGURG) };
    }

    fn spent(&self) -> Option<Duration> {
        let thread = self.thread.lock();
        let thread = (*thread)?;
        // SAFETY: the thread is alive, as above; both calls write what they are given to write.
        unsafe {
            let mut clock: libc::clockid_t = 0;
            let mut spent: libc::timespec = std::mem::zeroed();
            let known = libc::pthread_getcpuclockid(thread, &mut clock) == 0
                && libc::clock_gettime(clock, &mut spent) == 0;
            known.then(|| Duration::new(spent.tv_sec as u64, spent.tv_nsec as u32))
        }
    }
}
