//! The HTTP jobs in nginx with its Lua module: fills in `stress/http/nginx.conf` and starts it.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::error::StressError;
use crate::installed::installed;
use crate::moondust::Moondust;
use crate::server::{Server, free_port};

/// Where the jobs are, from the top of the repository.
const FOLDER: &str = "stress/http";

/// A folder for what nginx writes.
pub struct Nginx {
    scratch: PathBuf,
}

impl Nginx {
    /// Makes its folder; nothing if nginx, its Lua module or its JSON is not installed.
    pub fn find(moondust: &Moondust) -> Result<Option<Self>, StressError> {
        if !installed("nginx") {
            return Ok(None);
        }
        let own = env::current_exe().map_err(StressError::io("find this program's own file"))?;
        let scratch = own.with_file_name("moondust-stress-nginx");
        fs::create_dir_all(&scratch)
            .map_err(StressError::io(format!("make {}", scratch.display())))?;
        let nginx = Self { scratch };
        let usable = nginx
            .command(moondust, free_port()?)?
            .arg("-t")
            .stderr(Stdio::null())
            .status()
            .map_err(StressError::io("run nginx"))?;
        Ok(usable.success().then_some(nginx))
    }

    /// Starts it, and waits until it answers this path.
    pub fn start(&self, moondust: &Moondust, path: &str) -> Result<Server, StressError> {
        let port = free_port()?;
        let member = moondust
            .groups()
            .start(&mut self.command(moondust, port)?)?;
        Server::theirs(member, port, path)
    }

    /// nginx with its configuration, which is written anew.
    fn command(&self, moondust: &Moondust, port: u16) -> Result<Command, StressError> {
        let folder = moondust.folder(FOLDER);
        let template = folder.join("nginx.conf");
        let text = fs::read_to_string(&template)
            .map_err(StressError::io(format!("read {}", template.display())))?;
        let text = text
            .replace("@PORT@", &port.to_string())
            .replace("@FOLDER@", &folder.to_string_lossy())
            .replace("@SCRATCH@", &self.scratch.to_string_lossy());
        let configuration = self.scratch.join("nginx.conf");
        fs::write(&configuration, text).map_err(StressError::io(format!(
            "write {}",
            configuration.display()
        )))?;
        let mut command = Command::new("nginx");
        command
            .arg("-c")
            .arg(configuration)
            .args(["-e", "stderr"])
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        Ok(command)
    }
}
