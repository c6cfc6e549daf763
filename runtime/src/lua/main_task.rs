//! The program's own task: libraries and top level run, then `main` gets its arguments; and again, where it is kept.
//!
//! Knows nothing of the tasks that it spawns, nor of what it waits for.

use std::ffi::{c_int, c_void};

use mlua::ffi;

use super::vm::{Progress, Vm};
use super::{boot, collector};
use crate::payload::Payload;

/// How far the program's own task is.
#[derive(Debug)]
pub(super) enum Phase {
    /// Libraries and top level run; then `main` gets these arguments.
    Boot(Payload),
    /// They have run, in the template; `main` gets these arguments.
    Booted(Payload),
    /// `main` runs.
    Main,
}

impl<S> Vm<S> {
    /// Whether libraries and top level have run, and `main` is next or runs.
    pub fn has_booted(&self) -> bool {
        !matches!(self.phase, Phase::Boot(_))
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
                    collector::settle(main);
                    self.enter_main(&arguments, host)
                }
                _ => progress,
            }
        }
    }

    /// Keeps the program's function, so that [`Vm::begin_again`] can be called when it has returned. To be said before it
    /// runs.
    pub fn repeat(&mut self) {
        self.repeats = true;
    }

    /// Makes the program, which has not begun, or has returned and whose other tasks have ended, run with these arguments.
    ///
    /// # Panics
    /// Unless it was to [repeat](Vm::repeat).
    pub fn begin_again(&mut self, arguments: Payload) {
        assert!(self.repeats, "the program's function was kept");
        if let Phase::Boot(none) = &mut self.phase {
            *none = arguments;
            return;
        }
        self.drop_results();
        self.has_returned = false;
        self.phase = Phase::Booted(arguments);
    }

    /// Puts the arguments behind the program's function and begins it.
    ///
    /// # Safety
    /// Booting has left the program's function alone on the main state.
    unsafe fn enter_main(&mut self, arguments: &Payload, host: &mut S) -> Progress {
        let main = self.main.as_ptr();
        let encoded: &[u8] = arguments.encoded();
        // SAFETY: the caller's promise; light values need no memory, and the slice outlives the resume. A state has room for
        // a few values more than what booting left.
        unsafe {
            if self.repeats {
                ffi::lua_pushvalue(main, 1);
            }
            if encoded.is_empty() {
                return self.resume(main, 0, host);
            }
            ffi::lua_pushcfunction(main, boot::arguments);
            ffi::lua_pushlightuserdata(main, (&raw const encoded).cast_mut().cast::<c_void>());
            match self.resume(main, 1, host) {
                Progress::Returned => {}
                other => return other,
            }
            // All that is above the function are arguments.
            let count = ffi::lua_gettop(main) - 1 - c_int::from(self.repeats);
            self.resume(main, count, host)
        }
    }
}
