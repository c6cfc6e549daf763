//! The template of an entry: a VM stopped after its top level, of which the VMs of its processes are copies.
//!
//! A VM lies in one block, so that a copy is a copy of the bytes with its pointers moved. Which words are pointers is
//! found by building the VM twice, a known distance apart; what else differs, or couldn't be right at another address,
//! makes the entry unfit: then its VMs are booted one by one. Knows nothing of processes.

mod build;
mod check;
mod image;
#[cfg(any(test, fuzzing))]
pub(super) mod tests;
mod unfit;

use std::ptr::NonNull;
use std::sync::Arc;

use mlua::ffi::lua_State;

use super::arena::Arena;
use super::environment::{Code, Environment};
use super::memory::{LARGEST_BLOCK, Mapping};
use crate::error::Error;

pub(super) use build::end;
use build::{Build, Stop};
use image::Image;
pub use unfit::Unfit;

/// How far apart the two builds are. A power of two, since tables hash addresses modulo 2^k − 1: other distances would
/// agree by accident where an address was hashed.
const DISTANCE: usize = 1 << 20;

/// What a VM of an entry starts from.
pub(super) enum Prepared {
    /// A copy of this.
    Template(Template),
    /// Its own boot.
    Unfit(Unfit),
    /// Nothing: the entry's top level fails.
    Failed(Error),
}

/// What came of preparing an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preparation {
    /// VMs are copies of a template of `bytes`, of which `pointers` words are pointers.
    Template {
        /// Bytes of the template.
        bytes: usize,
        /// Pointers in it.
        pointers: usize,
    },
    /// VMs are booted one by one.
    Unfit(Unfit),
}

/// A VM stopped after boot, at no address.
pub(super) struct Template {
    image: Image,
    /// Offset of the main state.
    main: usize,
}

impl Template {
    /// Builds the template of an entry.
    fn build<S>(environment: &Arc<Environment>, host: &mut S) -> Result<Template, Stop> {
        let mapping = Mapping::new(2 * DISTANCE, 2 * DISTANCE).ok_or(Unfit::NoMemory)?;
        // SAFETY: the mapping is zero, ours, and outlives the builds; each has its half, at a multiple of 2^20.
        unsafe {
            let (one, two) = (mapping.start(), mapping.start().add(DISTANCE));
            let first = Build::new(one, environment, host)?;
            check::check(first.main.as_ptr())?;
            let second = Build::new(two, environment, host)?;
            if first.used != second.used {
                return Err(Unfit::Differs.into());
            }
            let (image, moved) = Image::compare(one, two, &first.used)?;
            if image.bytes() > LARGEST_BLOCK {
                return Err(Unfit::TooLarge.into());
            }
            let main = moved(first.main.addr().get() - one.addr().get());
            Ok(Template { image, main })
        }
    }

    /// Bytes of the smallest block for a copy.
    pub(super) fn bytes(&self) -> usize {
        self.image.bytes()
    }

    /// Makes a copy in a block of `bytes`, of a VM that may have `cap` bytes.
    ///
    /// # Safety
    /// The `bytes` at `block`, at least [`Template::bytes`], are the copy's, aligned to 128; it is a VM of the entry that
    /// this template was made for.
    pub(super) unsafe fn write(
        &self,
        block: NonNull<u8>,
        bytes: usize,
        cap: usize,
    ) -> (NonNull<Arena>, NonNull<lua_State>) {
        assert!(self.bytes() <= bytes, "a block too small for the template");
        // SAFETY: the caller's promise; the arena stands at the start of the block.
        unsafe {
            self.image.write(block);
            let arena = block.cast::<Arena>();
            (*arena.as_ptr()).set_block_bytes(bytes);
            (*arena.as_ptr()).set_cap(cap);
            (arena, block.add(self.main).cast())
        }
    }
}

impl<S> Code<S> {
    /// Whether that was tried: [`Code::prepare`] answers at once.
    pub fn is_prepared(&self) -> bool {
        self.environment.prepared.get().is_some()
    }

    /// Makes the template of the entry, unless that was tried before: runs imports and top level, on this thread, with a
    /// host state that belongs to no process. Functions that need one call [`refuse_preparation`].
    ///
    /// # Errors
    /// What the top level fails with, or that it has no method: then no VM of the entry can run.
    pub fn prepare(&self, host: impl FnOnce() -> S) -> Result<Preparation, Error> {
        let environment = &self.environment;
        if environment.prepared.get().is_none() {
            let prepared = prepare(environment, &mut host());
            if let Prepared::Unfit(Unfit::NoMemory) = prepared {
                // There may be some the next time.
                return Ok(Preparation::Unfit(Unfit::NoMemory));
            }
            // Another thread may have been faster: all take its template.
            let _ = environment.prepared.set(prepared);
        }
        match environment.prepared.get() {
            Some(Prepared::Template(template)) => Ok(Preparation::Template {
                bytes: template.bytes(),
                pointers: template.image.pointers(),
            }),
            Some(Prepared::Unfit(unfit)) => Ok(Preparation::Unfit(*unfit)),
            Some(Prepared::Failed(error)) => Err(error.clone()),
            None => unreachable!("set above"),
        }
    }
}

fn prepare<S>(environment: &Arc<Environment>, host: &mut S) -> Prepared {
    if !environment.recipe.templates {
        return Prepared::Unfit(Unfit::Off);
    }
    match Template::build(environment, host) {
        Ok(template) => {
            environment.expect_block(template.bytes());
            Prepared::Template(template)
        }
        Err(Stop::Unfit(unfit)) => Prepared::Unfit(unfit),
        Err(Stop::Failed(error)) => Prepared::Failed(error),
    }
}

/// What [`refuse_preparation`] unwinds with.
pub(super) struct Refused;

/// Ends the preparation under way: what was just called asks something of the system or of a process. Nothing of the
/// call happens; it will when the entry's VMs boot in their processes.
///
/// For functions that Lua has called with a host state that belongs to no process.
pub fn refuse_preparation() -> ! {
    // Not a panic, so that nothing is printed.
    std::panic::resume_unwind(Box::new(Refused))
}
