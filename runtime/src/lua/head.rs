//! What a VM keeps in the head of its arena, and any state of it leads to: what it shares with others, which globals it
//! was given, whether it is to end.
//!
//! Some of it is read and written in a signal handler. Knows nothing of running a VM.

use std::ptr::NonNull;
use std::sync::atomic::Ordering;

use mlua::ffi::lua_State;

use super::arena::{self, Arena};
use super::environment::Environment;
use super::layout;
use super::shelf::Shelf;

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
    /// It was asked for long to let others run, and could not: a function in C waited for Lua code of the program's.
    Stuck = 4,
}

impl Arena {
    /// The arena that `state` lives in.
    ///
    /// # Safety
    /// `state` is a state of a VM. Made to be called in a signal handler too.
    #[inline]
    pub(super) unsafe fn of(state: *mut lua_State) -> *mut Arena {
        // SAFETY: the caller's promise.
        unsafe { layout::allocator_data(state).cast() }
    }

    /// What the VM shares with others of its entry.
    pub(super) fn environment(&self) -> &Environment {
        // SAFETY: set when the VM was made; the VM keeps it alive for as long as its arena.
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
            4 => Doom::Stuck,
            _ => Doom::Panicked,
        }
    }
}

impl Shelf {
    /// What the VM that `state` is of can offer.
    ///
    /// # Safety
    /// `state` is a state of a VM; the answer lives as long as the VM.
    #[inline]
    pub(super) unsafe fn of<'a>(state: *mut lua_State) -> &'a Shelf {
        // SAFETY: a VM keeps its environment, and with it the shelf, alive.
        unsafe { &(*Arena::of(state)).environment().shelf }
    }
}
