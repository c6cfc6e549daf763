//! Positions of errors that a prelude raised, or was blamed for: `(table.sort):150: …` says nothing to whoever wrote the
//! program, so it becomes the line of the program that called the prelude.
//!
//! Done where an error is caught, as long as the frames that it came through are there. Knows nothing of who catches.

use std::ffi::{CStr, c_int};

use mlua::ffi::{self, lua_Debug, lua_State};

use super::items::name_at;
use super::trace::{self, PRELUDE_MARK};

/// What is behind the position in a text that begins with a prelude's.
fn behind_position(text: &[u8]) -> Option<&[u8]> {
    // A source's name is shown without the `=` that it begins with.
    let rest = text.strip_prefix(&PRELUDE_MARK.as_bytes()[1..])?;
    let name = rest.iter().position(|byte| *byte == b')')?;
    let rest = rest[name..].strip_prefix(b"):")?;
    let digits = rest.iter().position(|byte| !byte.is_ascii_digit())?;
    rest[digits..].strip_prefix(b": ").filter(|_| digits > 0)
}

/// The level of the program's function that called the innermost prelude of `state`; [`NOBODY`] where there is none, and
/// nothing where no prelude runs.
///
/// # Safety
/// As [`trace::place`].
unsafe fn caller(state: *mut lua_State) -> Option<c_int> {
    // SAFETY: asking for a frame and its source pushes and allocates nothing.
    unsafe {
        let mut frame: lua_Debug = std::mem::zeroed();
        let (mut level, mut in_prelude) = (0, false);
        while ffi::lua_getstack(state, level, &mut frame) != 0 {
            ffi::lua_getinfo(state, c"S".as_ptr(), &mut frame);
            let is_prelude = CStr::from_ptr(frame.source)
                .to_bytes()
                .starts_with(PRELUDE_MARK.as_bytes());
            if in_prelude && !is_prelude && CStr::from_ptr(frame.what) != c"C" {
                return Some(level);
            }
            in_prelude |= is_prelude;
            level += 1;
            if level > FURTHEST {
                break;
            }
        }
        in_prelude.then_some(NOBODY)
    }
}

/// No level.
const NOBODY: c_int = c_int::MAX;

/// So many frames are looked at: to ask for one is to walk to it. An error is mostly raised near the prelude that is blamed
/// for it.
const FURTHEST: c_int = 100;

/// The text of an error that `state` has just ended with, if it is to be another one.
///
/// # Safety
/// `state` is alive and nothing of its VM runs; its frames are still there.
pub(super) unsafe fn mended(state: *mut lua_State, text: &[u8]) -> Option<Vec<u8>> {
    let rest = behind_position(text)?;
    // SAFETY: the caller's promise.
    let place = unsafe { trace::place(state, caller(state)?) };
    let mut text = Vec::new();
    if let Some((source, line)) = place {
        text = format!("{source}:{line}: ").into_bytes();
    }
    text.extend_from_slice(rest);
    Some(text)
}

/// Replaces the error on top of `state`, which came through the frames of `from`, if it is to be another one.
///
/// # Safety
/// `state` runs, with four free slots, and `from` is a state of the same VM whose frames are still there; no frame up to
/// Lua's owns anything, since it may raise for memory.
pub(super) unsafe fn mend(state: *mut lua_State, from: *mut lua_State) {
    // SAFETY: the caller's promise. The rest of the text lives in the string on the stack.
    unsafe {
        let Some(rest) = behind_position(name_at(state, ffi::lua_absindex(state, -1))) else {
            return;
        };
        let Some(level) = caller(from) else { return };
        let mut frame: lua_Debug = std::mem::zeroed();
        if ffi::lua_getstack(from, level, &mut frame) == 0 {
            ffi::lua_pushlstring(state, rest.as_ptr().cast(), rest.len());
        } else {
            ffi::lua_getinfo(from, c"Sl".as_ptr(), &mut frame);
            let source = frame.short_src.as_ptr();
            ffi::lua_pushfstring(state, c"%s:%d: ".as_ptr(), source, frame.currentline);
            ffi::lua_pushlstring(state, rest.as_ptr().cast(), rest.len());
            ffi::lua_concat(state, 2);
        }
        ffi::lua_replace(state, -2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_position_of_a_prelude_is_one() {
        let cases = [
            ("(table.sort):150: attempt", Some("attempt")),
            ("(x):1: (x):2: y", Some("(x):2: y")),
            ("(table.sort):: attempt", None),
            ("(table.sort):15 attempt", None),
            ("(table.sort", None),
            ("app:main:3: attempt", None),
            ("", None),
        ];
        for (text, rest) in cases {
            assert_eq!(
                behind_position(text.as_bytes()),
                rest.map(str::as_bytes),
                "{text}"
            );
        }
    }
}
