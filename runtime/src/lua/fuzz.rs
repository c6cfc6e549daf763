//! What `crate::fuzz` runs of this folder, and stock Lua, to compare with what we do otherwise.

use std::ffi::CString;
use std::slice;

use mlua::ffi::*;

pub use super::codec::tests::fuzz::{decode, round_trip};
pub use super::template::tests::fuzz::same as template;
use super::{Chunk, SyntaxError};

/// Compiles the bytes as a program. Bytecode is refused whatever is behind its mark, and an error names a line that there
/// is.
pub fn compile(source: &[u8]) {
    /// What a binary chunk begins with.
    const MARK: u8 = 0x1B;
    let lines = source.iter().filter(|byte| b"\r\n".contains(byte)).count();
    match Chunk::compile(source, "app:fuzz", 2) {
        Ok(_) => assert_ne!(source.first(), Some(&MARK)),
        Err(SyntaxError { line, message }) => {
            assert!(line as usize <= lines + 1, "{line}: {message}");
        }
    }
}

/// A state with stock Lua's libraries.
struct Stock(*mut lua_State);

impl Drop for Stock {
    fn drop(&mut self) {
        // SAFETY: made by `stock`, for this thread, which ends.
        unsafe { lua_close(self.0) };
    }
}

thread_local! {
    /// Made once: that takes longer than most of what it is asked.
    static STOCK: Stock = {
        // SAFETY: a state of its own; nothing is refused.
        unsafe {
            let state = luaL_newstate();
            luaL_openlibs(state);
            Stock(state)
        }
    };
}

/// The string that `code` returns, which stock Lua calls with `arguments`; or its error. The code leaves no trace.
pub fn stock(code: &str, arguments: &[&[u8]]) -> Result<Vec<u8>, String> {
    let code = CString::new(code).expect("code without NUL");
    let state = STOCK.with(|stock| stock.0);
    // SAFETY: the state is this thread's, with room for a few arguments; errors are caught, and one value is left.
    unsafe {
        assert_eq!(luaL_loadstring(state, code.as_ptr()), LUA_OK, "{code:?}");
        for argument in arguments {
            lua_pushlstring(state, argument.as_ptr().cast(), argument.len());
        }
        let status = lua_pcall(state, arguments.len() as i32, 1, 0);
        let mut length = 0;
        let text = lua_tolstring(state, -1, &mut length);
        assert!(!text.is_null(), "{code:?} returns a string");
        let text = slice::from_raw_parts(text.cast::<u8>(), length).to_vec();
        lua_settop(state, 0);
        match status {
            LUA_OK => Ok(text),
            _ => Err(String::from_utf8_lossy(&text).into_owned()),
        }
    }
}
