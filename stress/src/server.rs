//! An HTTP server under load: started on a free port of this machine, ended when it is dropped.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use crate::client::Client;
use crate::error::StressError;
use crate::groups::Member;
use crate::moondust::{Moondust, Program};
use crate::resident::{children, cpu_seconds};

/// What a server may take until it answers.
const START: Duration = Duration::from_secs(30);

/// The program of a server.
enum Process {
    Ours(Program),
    Theirs(Member),
}

/// A server that answers.
pub struct Server {
    port: u16,
    process: Process,
}

impl Server {
    /// Starts moondust on an app, which logs no more than a report every five seconds, and waits until it answers this path.
    pub fn ours(moondust: &Moondust, app: &str, path: &str) -> Result<Self, StressError> {
        let port = free_port()?;
        let address = format!("app:gateway:addr=127.0.0.1:{port}");
        let program = moondust.start(app, &["-v", "-o", &address], &[])?;
        Self::answering(port, path, Process::Ours(program))
    }

    /// Takes another program that was started on this port, and waits until it answers this path.
    pub fn theirs(member: Member, port: u16, path: &str) -> Result<Self, StressError> {
        Self::answering(port, path, Process::Theirs(member))
    }

    fn answering(port: u16, path: &str, process: Process) -> Result<Self, StressError> {
        let server = Self { port, process };
        Client::wait_for(port, path, START)?;
        Ok(server)
    }

    /// The port that it answers on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Seconds that all its threads have run, those of the programs that it has started itself among them.
    pub fn cpu_seconds(&self) -> Result<f64, StressError> {
        let pid = match &self.process {
            Process::Ours(program) => program.pid(),
            Process::Theirs(member) => member.child.id(),
        };
        let mut seconds = cpu_seconds(pid)?;
        for child in children(pid)? {
            seconds += cpu_seconds(child)?;
        }
        Ok(seconds)
    }

    /// Waits until a report of moondust's says that no process lives, which is up to five seconds late; answers how many have
    /// ended. The end of one that failed is an error.
    pub fn all_ended(&mut self, within: Duration) -> Result<u64, StressError> {
        let Process::Ours(program) = &mut self.process else {
            let why = "only moondust reports its processes".to_owned();
            return Err(StressError::Invalid { why });
        };
        let deadline = Instant::now() + within;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let report = program.wait_for("processes", left)?;
            if let Some(failure) = program.failure() {
                let why = format!("a process failed: {failure}");
                return Err(StressError::Invalid { why });
            }
            if report.figure("processes")? == 0.0 {
                return Ok(report.figure("exited")? as u64);
            }
        }
    }

    /// The program, if it is moondust.
    pub fn program(&self) -> Option<&Program> {
        match &self.process {
            Process::Ours(program) => Some(program),
            Process::Theirs(_) => None,
        }
    }
}

/// A port that nobody listens on. Another program may take it before ours does; then that fails, and says so.
pub fn free_port() -> Result<u16, StressError> {
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(StressError::io("find a free port"))
}
