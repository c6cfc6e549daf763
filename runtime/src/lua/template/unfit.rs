//! Why an entry has no template: its processes are then built one by one, and nothing else changes for them.

use std::fmt;

/// Why an entry's VMs can't be copies of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Unfit {
    /// Templates are switched off.
    Off = 2,
    /// The top level asked something of the system, or of its process.
    Impure,
    /// The top level waited, or gave others a turn.
    Waits,
    /// The top level made a coroutine.
    Coroutine,
    /// The top level runs for long.
    TooLong,
    /// The VM doesn't fit into a block, or needed more memory than it may have.
    TooLarge,
    /// It holds an object that stands for something outside it.
    Object,
    /// A table has an object as a key.
    ObjectKeys,
    /// Two VMs differ by more than where they are: something holds an address as text, or as a number.
    Differs,
    /// One of our functions panicked.
    Panicked,
    /// The system has no memory.
    NoMemory,
}

impl Unfit {
    const ALL: [Unfit; 11] = [
        Unfit::Off,
        Unfit::Impure,
        Unfit::Waits,
        Unfit::Coroutine,
        Unfit::TooLong,
        Unfit::TooLarge,
        Unfit::Object,
        Unfit::ObjectKeys,
        Unfit::Differs,
        Unfit::Panicked,
        Unfit::NoMemory,
    ];

    /// The reason with this number.
    pub(super) fn from_number(number: u8) -> Option<Unfit> {
        Unfit::ALL.into_iter().find(|unfit| *unfit as u8 == number)
    }
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unfit::Off => "templates are switched off",
            Unfit::Impure => "its top level asks something of the system or its process",
            Unfit::Waits => "its top level waits",
            Unfit::Coroutine => "its top level makes a coroutine",
            Unfit::TooLong => "its top level runs for long",
            Unfit::TooLarge => "what its top level makes takes more than 256 KiB",
            Unfit::Object => "its top level makes an object that belongs to one process",
            Unfit::ObjectKeys => "a table that its top level makes has tables or functions as keys",
            Unfit::Differs => "what its top level makes depends on addresses",
            Unfit::Panicked => "a function of the runtime panicked in its top level",
            Unfit::NoMemory => "there was no memory",
        })
    }
}
