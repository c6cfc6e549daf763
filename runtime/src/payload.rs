//! An encoded Lua value that may cross VMs and threads.
//!
//! Knows nothing of Lua's stack: `lua/codec` writes and reads the bytes.

use std::sync::Arc;

/// An encoded Lua value, or several one after the other (the arguments of a spawn), shared by all who are told of it. The encoding is versioned by its tags and independent of the
/// machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Payload(Arc<[u8]>);

impl Payload {
    /// Takes bytes that `lua/codec` wrote. No bytes at all mean nil.
    pub fn from_encoded(bytes: Vec<u8>) -> Payload {
        Payload(bytes.into())
    }

    /// The encoded bytes.
    pub fn encoded(&self) -> &[u8] {
        &self.0
    }
}
