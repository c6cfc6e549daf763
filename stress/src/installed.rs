//! Whether a program that we compare with is there.

use std::env;

/// Whether a program of this name is in one of PATH's folders.
pub fn installed(program: &str) -> bool {
    env::var_os("PATH")
        .is_some_and(|path| env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}
