//! What typed sources become, and what is said of wrong ones.

mod errors;
mod forms;
mod generated;
mod learned;
mod lua;

use super::*;

/// The plain text of a source.
fn plain(source: &str) -> String {
    match translate(source.as_bytes()) {
        Ok(plain) => String::from_utf8(plain.text.into_owned()).unwrap(),
        Err(errors) => panic!("{source}\n{errors:#?}"),
    }
}
