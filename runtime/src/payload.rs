//! An encoded Lua value that may cross VMs and threads.
//!
//! Knows nothing of Lua's stack: `lua/codec.rs` writes and reads the bytes.

/// An encoded Lua value. The encoding is versioned by its tags and independent of the machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Payload(Box<[u8]>);

impl Payload {
    /// Takes bytes that `lua/codec.rs` wrote. No bytes at all mean nil.
    pub fn from_encoded(bytes: Vec<u8>) -> Payload {
        Payload(bytes.into_boxed_slice())
    }

    /// The encoded bytes.
    pub fn encoded(&self) -> &[u8] {
        &self.0
    }
}
