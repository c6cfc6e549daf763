//! The same jobs on the BEAM: compiles `stress/beam` and runs one job of it at a time.

use std::env;
use std::fs;
use std::io::Read;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::error::StressError;
use crate::installed::installed;
use crate::moondust::Moondust;

/// The most processes a BEAM is started for; its default is too low for the tree of 1,111,111.
const MOST_PROCESSES: &str = "4000000";

/// A job that fails says why on stderr; a dump of it would only be left lying in the current folder.
const NO_CRASH_DUMP: &str = "0";

/// The compiled jobs.
pub struct Beam<'a> {
    moondust: &'a Moondust,
    folder: PathBuf,
}

impl<'a> Beam<'a> {
    /// Compiles the jobs; nothing if `erl` or `erlc` is not installed.
    pub fn find(moondust: &'a Moondust) -> Result<Option<Self>, StressError> {
        if !installed("erl") || !installed("erlc") {
            return Ok(None);
        }
        let own = env::current_exe().map_err(StressError::io("find this program's own file"))?;
        let folder = own.with_file_name("moondust-stress-beam");
        fs::create_dir_all(&folder)
            .map_err(StressError::io(format!("make {}", folder.display())))?;
        let beam = Self { moondust, folder };
        let sources = moondust.folder("stress/beam");
        let mut files = Vec::new();
        for entry in fs::read_dir(&sources)
            .map_err(StressError::io(format!("read {}", sources.display())))?
        {
            let path = entry.map_err(StressError::io("read a folder"))?.path();
            if path.extension().is_some_and(|extension| extension == "erl") {
                files.push(path);
            }
        }
        let status = Command::new("erlc")
            .arg("-o")
            .arg(&beam.folder)
            .args(files)
            .status()
            .map_err(StressError::io("run erlc"))?;
        if !status.success() {
            return Err(StressError::Build {
                command: "erlc".to_owned(),
            });
        }
        Ok(Some(beam))
    }

    /// Runs a job with its sizes; gives the figure of that name.
    pub fn figure(&self, job: &str, sizes: &[u64], name: &str) -> Result<f64, StressError> {
        let mut member = self.moondust.groups().start(
            Command::new("erl")
                .args(["+P", MOST_PROCESSES, "-noshell", "-pa"])
                .arg(&self.folder)
                .args(["-run", "bench", "main", job])
                .args(sizes.iter().map(u64::to_string))
                .env("ERL_CRASH_DUMP_SECONDS", NO_CRASH_DUMP)
                .stdin(Stdio::null())
                .stdout(Stdio::piped()),
        )?;
        let mut text = String::new();
        let stdout = member
            .child
            .stdout
            .as_mut()
            .expect("stdout was asked to be piped");
        stdout
            .read_to_string(&mut text)
            .map_err(StressError::io("read what erl says"))?;
        serde_json::from_str::<Value>(&text)
            .ok()
            .and_then(|fields| fields.get(name)?.as_f64())
            .ok_or_else(|| StressError::NoFigure {
                name: name.to_owned(),
                text,
            })
    }
}
