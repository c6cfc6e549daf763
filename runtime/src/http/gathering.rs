//! A request whose body comes in before anybody handles it.
//!
//! Knows nothing of sockets, nor of who will handle it.

use std::net::SocketAddr;
use std::sync::Arc;

use super::service::Target;
use super::steps::After;
use crate::request::Request;

/// Bytes of a body that is read before its request is handled; a larger one comes in meanwhile.
pub(super) const WHOLE: usize = 1 << 20;

/// A request, and what has come of its body.
pub(super) struct Gathering {
    pub request: Request,
    /// The wildcards of the route by name, decoded.
    pub parameters: Vec<(Box<str>, Box<[u8]>)>,
    /// Who asks, as far as we know.
    pub client: SocketAddr,
    /// Who takes it.
    pub target: Arc<Target>,
    /// What is to be done with the answer.
    pub after: Option<Box<After>>,
    pub body: Vec<u8>,
}

impl Gathering {
    /// Takes in a part of the body. True: it has become so large that it is not to be waited for.
    pub fn put(&mut self, bytes: &[u8]) -> bool {
        self.body.extend_from_slice(bytes);
        self.body.len() > WHOLE
    }
}
