//! How integral floats print: `10 / 2` gives `5`, not `5.0`; from 1e15 on, as Lua prints them.
//!
//! Lua's core decides by one call of `strspn` whether what it printed "looks like an int" and then adds `.0`; the build
//! names our function in its place. Knows nothing of states.

use std::ffi::{CStr, c_char};

/// The accept set of the one call in Lua's core that we answer differently.
const LOOKS_LIKE_AN_INT: &[u8] = b"-0123456789";

/// Digits of the integral floats below 1e15.
const MOST_DIGITS: usize = 15;

/// `strspn` as Lua's C code is built to call it: says 0 for the set that tests for an integer, so that no float below
/// 1e15 looks like one; counts as usual for every other set (patterns of the libraries use it too).
///
/// # Safety
/// As C's: both are NUL-terminated strings.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn moondust_strspn(text: *const c_char, accept: *const c_char) -> usize {
    // SAFETY: the caller passes two C strings.
    let (text, accept) = unsafe { (CStr::from_ptr(text), CStr::from_ptr(accept)) };
    let accept = accept.to_bytes();
    let text = text.to_bytes();
    if accept == LOOKS_LIKE_AN_INT && text.strip_prefix(b"-").unwrap_or(text).len() <= MOST_DIGITS {
        return 0;
    }
    let unaccepted = |byte: &u8| !accept.contains(byte);
    text.iter().position(unaccepted).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(text: &CStr, accept: &CStr) -> usize {
        // SAFETY: both are C strings.
        unsafe { moondust_strspn(text.as_ptr(), accept.as_ptr()) }
    }

    #[test]
    fn counts_like_strspn_but_for_one_set() {
        assert_eq!(span(c"5", c"-0123456789"), 0);
        assert_eq!(span(c"-999999999999999", c"-0123456789"), 0);
        assert_eq!(span(c"6235293561401345", c"-0123456789"), 16);
        assert_eq!(span(c"550x", c"0123456789"), 3);
        assert_eq!(span(c"  x", c" \t"), 2);
        assert_eq!(span(c"", c"a"), 0);
        assert_eq!(span(c"aaa", c"a"), 3);
    }
}
