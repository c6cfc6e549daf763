//! `fs.directory`: a folder that programs and static mounts read from.
//!
//! Knows nothing of opening files: that nothing leads out of the folder is up to who does.

use std::path::PathBuf;

use crate::app::entry::EntryId;
use crate::app::fields::Fields;
use crate::app::permissions;

/// A `fs.directory`.
#[derive(Clone, Debug, PartialEq)]
pub struct Directory {
    /// Its id.
    pub id: EntryId,
    /// The folder, relative to that of the app unless it is absolute.
    pub directory: PathBuf,
    /// Whether the folder is made where there is none.
    pub auto_init: bool,
    /// The permissions of the folder when it is made.
    pub mode: u32,
}

/// The permissions of a folder where nothing is said.
const MODE: u32 = 0o755;

/// Reads a `fs.directory`.
pub(in crate::app) fn read(mut fields: Fields) -> Option<Directory> {
    let directory = fields.required_text("directory");
    let auto_init = fields.flag("auto_init").unwrap_or(false);
    let mode = permissions::read(&mut fields, "mode").unwrap_or(MODE);
    // A lifecycle does no harm here: a folder is always there.
    fields.get("lifecycle");
    let id = fields.id.clone();
    fields.finish();
    Some(Directory {
        id,
        directory: PathBuf::from(directory?.0),
        auto_init,
        mode,
    })
}
