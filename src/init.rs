//! `moondust init`: makes a small app in an empty folder.
//!
//! Knows nothing of what is in the app. Writes nothing where there is anything.

use std::fs;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use moondust_runtime::app;

use crate::output;

/// The files of the small app.
const STARTER: [(&str, &str); 3] = [
    ("src/_index.yaml", include_str!("starter/_index.yaml")),
    ("src/keeper.lua", include_str!("starter/keeper.lua")),
    ("src/worker.lua", include_str!("starter/worker.lua")),
];

/// Makes the app in this folder.
pub fn init() -> Result<ExitCode, String> {
    let folder = Path::new(".");
    let failed = |error: io::Error| format!("cannot make an app here: {error}");
    if app::declares_entries(folder) {
        output::print("This is an app already, and all is there. Run it: moondust run\n")?;
        return Ok(ExitCode::SUCCESS);
    }
    if fs::read_dir(folder).map_err(failed)?.next().is_some() {
        let why = "the folder is not empty, and an app is made in an empty one only";
        return Err(format!("nothing was written: {why}"));
    }
    for (path, text) in STARTER {
        write(&folder.join(path), text).map_err(failed)?;
    }
    let wrote = STARTER.map(|(path, _)| format!("wrote {path}\n")).concat();
    output::print(&format!("{wrote}Run the app: moondust run\n"))?;
    Ok(ExitCode::SUCCESS)
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text)
}
