//! The HTTP jobs in Go: compiles `stress/http/main.go` and starts it.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::error::StressError;
use crate::installed::installed;
use crate::moondust::Moondust;
use crate::server::{Server, free_port};

/// The compiled server.
pub struct Go {
    binary: PathBuf,
}

impl Go {
    /// Compiles the server; nothing if `go` is not installed.
    pub fn find(moondust: &Moondust) -> Result<Option<Self>, StressError> {
        if !installed("go") {
            return Ok(None);
        }
        let own = env::current_exe().map_err(StressError::io("find this program's own file"))?;
        let binary = own.with_file_name("moondust-stress-go");
        let status = Command::new("go")
            .args(["build", "-o"])
            .arg(&binary)
            .arg("main.go")
            .current_dir(moondust.folder("stress/http"))
            .status()
            .map_err(StressError::io("run go"))?;
        if !status.success() {
            return Err(StressError::Build {
                command: "go build".to_owned(),
            });
        }
        Ok(Some(Self { binary }))
    }

    /// Starts it, and waits until it answers this path.
    pub fn start(&self, moondust: &Moondust, path: &str) -> Result<Server, StressError> {
        let port = free_port()?;
        let member = moondust.groups().start(
            Command::new(&self.binary)
                .arg(format!("127.0.0.1:{port}"))
                .stdin(Stdio::null())
                .stdout(Stdio::null()),
        )?;
        Server::theirs(member, port, path)
    }
}
