//! The thread that serves HTTP, and the `http.service`s that it serves, as the supervisor sees them.
//!
//! Knows nothing of requests.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, ToSocketAddrs};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{self, JoinHandle};

use mio::{Poll, Waker};
use parking_lot::Mutex;

use super::event_loop::{EventLoop, ListenerKey, Listening, Note, Notes, Order, WAKER};
use super::exchange::Load;
use super::file_threads::FileThreads;
use super::router::Router;
use super::service::{Service, Target};
use crate::app::{Address, HttpLimits, Timeouts};
use crate::clock::Clock;

/// Connections that may wait to be let in. The system may allow fewer.
const BACKLOG: i32 = 4096;

/// The thread that serves HTTP.
pub struct Server {
    notes: Arc<Notes>,
    files: FileThreads,
    numbers: Arc<AtomicU64>,
    keys: AtomicU64,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// What is served at one address.
pub(super) struct Offer {
    pub id: String,
    pub routes: Router<Arc<Target>>,
    pub limits: HttpLimits,
    pub timeouts: Timeouts,
}

impl Server {
    /// Starts the thread. It serves nobody yet.
    ///
    /// # Errors
    /// If the system gives no thread, or nothing to wait with.
    pub fn start(clock: Clock) -> io::Result<Server> {
        raise_descriptor_limit();
        let poll = Poll::new()?;
        let waker = Waker::new(poll.registry(), WAKER)?;
        let wake = move || {
            if let Err(error) = waker.wake() {
                log::error!("the thread that serves HTTP can't be woken: {error}");
            }
        };
        let notes = Arc::new(Notes::new(Box::new(wake)));
        let event_loop = EventLoop::new(poll, notes.clone(), clock);
        let thread = thread::Builder::new()
            .name("http".to_owned())
            .spawn(move || event_loop.run())?;
        Ok(Server {
            notes,
            files: FileThreads::new(),
            numbers: Arc::default(),
            keys: AtomicU64::new(0),
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Serves at `address`, and says at which it really is. `ended` is called when that was closed and all clients are gone.
    ///
    /// # Errors
    /// If nobody can listen there.
    pub(super) fn listen(
        &self,
        offer: Offer,
        address: &Address,
        ended: Box<dyn FnOnce() + Send>,
    ) -> io::Result<(ListenerKey, SocketAddr)> {
        let socket = bind(address)?;
        let bound = socket.local_addr()?;
        let Offer {
            id,
            routes,
            limits,
            timeouts,
        } = offer;
        let service = Service {
            id,
            routes,
            limits,
            timeouts,
            load: Arc::new(Load::default()),
            notes: self.notes.clone(),
            files: self.files.clone(),
            numbers: self.numbers.clone(),
        };
        let key = ListenerKey(self.keys.fetch_add(1, Ordering::Relaxed));
        self.order(Order::Listen(Listening {
            key,
            socket: Some(mio::net::TcpListener::from_std(socket)),
            service: Arc::new(service),
            sessions: 0,
            ended: Some(ended),
        }));
        Ok((key, bound))
    }

    /// Lets nobody in there any more, and finishes what is in progress.
    pub(super) fn close(&self, key: ListenerKey) {
        self.order(Order::Close(key));
    }

    /// Drops whoever is still served there.
    pub(super) fn kill(&self, key: ListenerKey) {
        self.order(Order::Kill(key));
    }

    fn order(&self, order: Order) {
        self.notes.push(Note::Order(order));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.files.close();
        self.order(Order::Finish);
        let Some(thread) = self.thread.lock().take() else {
            return;
        };
        // The last to know the server may be what the loop itself calls when a service has ended.
        if thread.thread().id() != thread::current().id() && thread.join().is_err() {
            log::error!("the thread that served HTTP has panicked");
        }
    }
}

/// A socket at an address, whose connections wait without blocking anybody.
fn bind(address: &Address) -> io::Result<TcpListener> {
    let socket = match &*address.host {
        // One socket for both families, where the machine has both.
        "" => TcpListener::bind((Ipv6Addr::UNSPECIFIED, address.port))
            .or_else(|_| TcpListener::bind((Ipv4Addr::UNSPECIFIED, address.port)))?,
        host => {
            let mut found: Vec<SocketAddr> = (host, address.port).to_socket_addrs()?.collect();
            // A name that has addresses of both families mostly means the older.
            found.sort_by_key(SocketAddr::is_ipv6);
            TcpListener::bind(&found[..])?
        }
    };
    rustix::net::listen(&socket, BACKLOG)?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

/// Each connection is a descriptor, and many systems begin with room for a thousand.
fn raise_descriptor_limit() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        log::debug!("the limit of open files can't be raised: {error}");
    }
}
