//! Where a program is: positions and stack traces, read from Lua's frames without pushing anything.

use std::ffi::{CStr, c_int};
use std::fmt::Write;

use super::shelf::Shelf;
use super::types;
use mlua::ffi::{self, lua_Debug, lua_State};

/// The most frames a trace shows at each end; what is between is counted.
const SHOWN: c_int = 10;

/// Source and line of the function `level` levels above the running one, if it is Lua's.
///
/// # Safety
/// `state` is alive and doesn't run elsewhere.
pub(super) unsafe fn place(state: *mut lua_State, level: c_int) -> Option<(String, u32)> {
    // SAFETY: asking for a frame and for source and line pushes and allocates nothing.
    unsafe {
        let mut frame: lua_Debug = std::mem::zeroed();
        if ffi::lua_getstack(state, level, &mut frame) == 0 {
            return None;
        }
        ffi::lua_getinfo(state, c"Sl".as_ptr(), &mut frame);
        let line = u32::try_from(frame.currentline).ok()?;
        Some((source(&frame), line))
    }
}

/// What the source names of preludes begin with, as Lua keeps them.
pub(super) const PRELUDE_MARK: &str = "=(";

/// The level of the function that called the running one; where that is a prelude, of the program's first function
/// further up.
///
/// # Safety
/// As [`place`].
pub(super) unsafe fn program_level(state: *mut lua_State) -> c_int {
    // SAFETY: as in `place`.
    unsafe {
        if !is_prelude(state, 1) {
            return 1;
        }
        let mut frame: lua_Debug = std::mem::zeroed();
        let mut level = 2;
        while ffi::lua_getstack(state, level, &mut frame) != 0 {
            ffi::lua_getinfo(state, c"S".as_ptr(), &mut frame);
            if CStr::from_ptr(frame.what) != c"C" && !is_prelude(state, level) {
                return level;
            }
            level += 1;
        }
        1
    }
}

/// Whether the function `level` levels above the running one is a part of this program that is written in Lua.
///
/// # Safety
/// As [`place`].
unsafe fn is_prelude(state: *mut lua_State, level: c_int) -> bool {
    // SAFETY: as in `place`; `source` is a terminated string that lives as long as the frame.
    unsafe {
        let mut frame: lua_Debug = std::mem::zeroed();
        if ffi::lua_getstack(state, level, &mut frame) == 0 {
            return false;
        }
        ffi::lua_getinfo(state, c"S".as_ptr(), &mut frame);
        let source = CStr::from_ptr(frame.source).to_bytes();
        source.starts_with(PRELUDE_MARK.as_bytes())
    }
}

/// The name that the running function was called by, and whether as a method. Where a prelude called it, the prelude's;
/// where it was called by no name, as by `pcall`, the one that it has on the shelf.
///
/// # Safety
/// As [`place`].
pub(super) unsafe fn called_as(state: *mut lua_State) -> Option<(String, bool)> {
    // SAFETY: as in `place`; the name is null or a terminated string that lives as long as the frame.
    unsafe {
        let level = c_int::from(is_prelude(state, 1));
        let mut frame: lua_Debug = std::mem::zeroed();
        if ffi::lua_getstack(state, level, &mut frame) == 0 {
            return None;
        }
        ffi::lua_getinfo(state, c"n".as_ptr(), &mut frame);
        if frame.name.is_null() {
            return name_on_shelf(state, &mut frame).map(|name| (name, false));
        }
        let name = CStr::from_ptr(frame.name).to_string_lossy().into_owned();
        Some((name, CStr::from_ptr(frame.namewhat) == c"method"))
    }
}

/// The name of a frame's function in its library or class, if it is one of ours.
///
/// # Safety
/// As [`place`]; `frame` is one of `state`.
unsafe fn name_on_shelf(state: *mut lua_State, frame: &mut lua_Debug) -> Option<String> {
    // SAFETY: the function is pushed where there is room, and popped.
    unsafe {
        if ffi::lua_checkstack(state, 2) == 0 {
            return None;
        }
        ffi::lua_getinfo(state, c"f".as_ptr(), frame);
        let body = types::method_on_top(state)?;
        ffi::lua_pop(state, 1);
        Shelf::of(state).name_of(body)
    }
}

fn source(frame: &lua_Debug) -> String {
    // SAFETY: `lua_getinfo` filled in a terminated string.
    unsafe { CStr::from_ptr(frame.short_src.as_ptr()) }
        .to_string_lossy()
        .into_owned()
}

/// One line a frame, innermost first: `source:line: name`. The middle of a deep stack is counted, not shown.
///
/// # Safety
/// As [`place`].
pub(super) unsafe fn trace(state: *mut lua_State) -> String {
    // SAFETY: as in `place`.
    unsafe {
        let depth = depth(state);
        let mut text = String::new();
        for level in 0..depth {
            if depth > 2 * SHOWN + 1 && level >= SHOWN && level < depth - SHOWN {
                if level == SHOWN {
                    let _ = write!(text, "\n… {} more …", depth - 2 * SHOWN);
                }
                continue;
            }
            let mut frame: lua_Debug = std::mem::zeroed();
            if ffi::lua_getstack(state, level, &mut frame) == 0 {
                break;
            }
            ffi::lua_getinfo(state, c"Slnt".as_ptr(), &mut frame);
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(&line(&frame));
        }
        text
    }
}

/// How many frames there are. Asking for a frame walks to it, so it is searched for in halves.
///
/// # Safety
/// As [`place`].
unsafe fn depth(state: *mut lua_State) -> c_int {
    // SAFETY: as in `place`.
    let is_frame = |level| unsafe {
        let mut frame: lua_Debug = std::mem::zeroed();
        ffi::lua_getstack(state, level, &mut frame) != 0
    };
    let mut beyond = 1;
    while is_frame(beyond) {
        beyond *= 2;
    }
    let mut within = beyond / 2;
    if within == 0 && !is_frame(0) {
        return 0;
    }
    while within + 1 < beyond {
        let middle = (within + beyond) / 2;
        if is_frame(middle) {
            within = middle
        } else {
            beyond = middle
        }
    }
    beyond
}

fn line(frame: &lua_Debug) -> String {
    let mut text = String::new();
    // SAFETY: `lua_getinfo` filled in terminated strings, or null for a name that it doesn't know.
    let (what, name) = unsafe {
        let name = (!frame.name.is_null()).then(|| CStr::from_ptr(frame.name).to_string_lossy());
        (CStr::from_ptr(frame.what).to_bytes(), name)
    };
    match what {
        b"C" => text.push_str("[native]"),
        _ => text.push_str(&source(frame)),
    }
    if frame.currentline > 0 {
        let _ = write!(text, ":{}", frame.currentline);
    }
    match name {
        Some(name) => {
            let _ = write!(text, ": {name}");
        }
        None if what == b"main" => text.push_str(": top level"),
        None if what == b"C" => text.push_str(": ?"),
        None => {
            let _ = write!(text, ": function at line {}", frame.linedefined);
        }
    }
    if frame.istailcall != 0 {
        text.push_str(" (tail call)");
    }
    text
}
