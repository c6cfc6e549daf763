//! Files for browsers: which file a path names, and how much of it is answered.
//!
//! Knows no file system: paths and metadata come in, decisions go out. That no symbolic link leads out of the folder is
//! whoever's business that opens the file.

mod conditional;
mod content_type;
mod mount;
mod range;
#[cfg(test)]
mod tests;

pub use conditional::{Metadata, Served, answer, entity_tag};
pub use content_type::content_type;
pub use mount::{Look, Mount, Present, Step, resolve};
pub use range::{Ranged, range};
