//! `moondust init`: makes a small app in an empty folder.
//!
//! Knows nothing of what is in the app. Writes nothing where there is anything but what editors read.

use std::fs;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use moondust_runtime::app;

use crate::{files, output, stubs};

/// The files of a small app.
type Starter = [(&'static str, &'static str); 3];

const INDEX: (&str, &str) = ("src/_index.yaml", include_str!("starter/_index.yaml"));
const KEEPER: &str = "src/keeper.lua";
const WORKER: &str = "src/worker.lua";

const PLAIN: Starter = [
    INDEX,
    (KEEPER, include_str!("starter/keeper.lua")),
    (WORKER, include_str!("starter/worker.lua")),
];

/// The same with types.
const TYPED: Starter = [
    INDEX,
    (KEEPER, include_str!("starter/typed/keeper.lua")),
    (WORKER, include_str!("starter/typed/worker.lua")),
];

/// Makes the app in this folder; if it is to be `typed`, with types.
pub fn init(typed: bool) -> Result<ExitCode, String> {
    let folder = Path::new(".");
    let failed = |error: io::Error| format!("cannot make an app here: {error}");
    if app::declares_entries(folder) {
        output::print("This is an app already, and all is there. Run it: moondust run\n")?;
        return Ok(ExitCode::SUCCESS);
    }
    if !is_empty(folder).map_err(failed)? {
        let why = "the folder is not empty, and an app is made in an empty one only";
        return Err(format!("nothing was written: {why}"));
    }
    let starter = if typed { TYPED } else { PLAIN };
    for (path, text) in starter {
        files::write(&folder.join(path), text).map_err(failed)?;
    }
    let stubs = stubs::write(folder).map_err(failed)?;
    let wrote = starter.map(|(path, _)| format!("wrote {path}\n")).concat();
    output::print(&format!("{wrote}{stubs}Run the app: moondust run\n"))?;
    Ok(ExitCode::SUCCESS)
}

/// Whether the folder has nothing in it, or only what editors read.
fn is_empty(folder: &Path) -> io::Result<bool> {
    for item in fs::read_dir(folder)? {
        let name = item?.file_name();
        if !stubs::WRITTEN.iter().any(|written| name == *written) {
            return Ok(false);
        }
    }
    Ok(true)
}
