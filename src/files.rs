//! Files that commands write.
//!
//! Knows nothing of what is in them.

use std::fs;
use std::io;
use std::path::Path;

/// Writes `text` to `path`, whose folders are made where they are missing.
///
/// # Errors
/// It can't be written.
pub fn write(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text)
}
