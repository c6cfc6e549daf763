//! `moondust stubs`: tells editors what programs can call, in the form that Lua's language servers read.
//!
//! Knows nothing of what is in the stubs; `tests/cli/stubs` holds them against the VM.

use std::io;
use std::path::Path;
use std::process::ExitCode;

use moondust_runtime::app;

use crate::{files, output};

/// A file for each module.
const STUBS: [(&str, &str); 20] = [
    ("base.lua", include_str!("stubs/base.lua")),
    ("channel.lua", include_str!("stubs/channel.lua")),
    ("coroutine.lua", include_str!("stubs/coroutine.lua")),
    ("ctx.lua", include_str!("stubs/ctx.lua")),
    ("env.lua", include_str!("stubs/env.lua")),
    ("errors.lua", include_str!("stubs/errors.lua")),
    ("funcs.lua", include_str!("stubs/funcs.lua")),
    ("http.lua", include_str!("stubs/http.lua")),
    ("io.lua", include_str!("stubs/io.lua")),
    ("json.lua", include_str!("stubs/json.lua")),
    ("logger.lua", include_str!("stubs/logger.lua")),
    ("math.lua", include_str!("stubs/math.lua")),
    ("os.lua", include_str!("stubs/os.lua")),
    ("package.lua", include_str!("stubs/package.lua")),
    ("payload.lua", include_str!("stubs/payload.lua")),
    ("process.lua", include_str!("stubs/process.lua")),
    ("registry.lua", include_str!("stubs/registry.lua")),
    ("string.lua", include_str!("stubs/string.lua")),
    ("table.lua", include_str!("stubs/table.lua")),
    ("time.lua", include_str!("stubs/time.lua")),
];

/// Where they are put, below an app's folder. The loader looks into `src` only.
const FOLDER: &str = ".moondust/stubs";

/// The file in which a language server finds its settings.
const SETTINGS: &str = ".luarc.json";

/// What is written, as names in the app's folder.
pub const WRITTEN: [&str; 2] = [".moondust", SETTINGS];

/// Writes the stubs into the app in this folder.
///
/// # Errors
/// There is no app, or they could not be written.
pub fn stubs() -> Result<ExitCode, String> {
    let folder = Path::new(".");
    if !app::declares_entries(folder) {
        return Err("nothing was written: there is no app in this folder".to_owned());
    }
    let wrote = write(folder).map_err(|error| format!("cannot write the stubs: {error}"))?;
    output::print(&wrote)?;
    Ok(ExitCode::SUCCESS)
}

/// Writes the stubs, over those that are there, and the settings, if there are none; answers what was written. Settings
/// that are there may be somebody's own.
///
/// # Errors
/// They can't be written.
pub fn write(folder: &Path) -> io::Result<String> {
    for (name, text) in STUBS {
        files::write(&folder.join(FOLDER).join(name), text)?;
    }
    let settings = folder.join(SETTINGS);
    let told = match settings.try_exists()? {
        true => format!("kept {SETTINGS}: its workspace.library should name {FOLDER}\n"),
        false => {
            files::write(&settings, include_str!("stubs/luarc.json"))?;
            format!("wrote {SETTINGS}\n")
        }
    };
    Ok(format!("wrote {FOLDER}\n{told}"))
}
