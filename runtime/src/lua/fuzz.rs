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
    match Chunk::compile(source, "app:fuzz") {
        Ok(chunk) => assert!(chunk.size() > 0 && source.first() != Some(&MARK)),
        Err(SyntaxError { line, message }) => {
            assert!(line as usize <= lines + 1, "{line}: {message}");
        }
    }
}

/// The string that `code` returns, which stock Lua calls with `arguments`; or its error.
pub fn stock(code: &str, arguments: &[&[u8]]) -> Result<Vec<u8>, String> {
    let code = CString::new(code).expect("code without NUL");
    // SAFETY: a state of its own, with room for a few arguments; errors are caught, and one value is left.
    unsafe {
        let state = luaL_newstate();
        luaL_openlibs(state);
        assert_eq!(luaL_loadstring(state, code.as_ptr()), LUA_OK, "{code:?}");
        for argument in arguments {
            lua_pushlstring(state, argument.as_ptr().cast(), argument.len());
        }
        let status = lua_pcall(state, arguments.len() as i32, 1, 0);
        let mut length = 0;
        let text = lua_tolstring(state, -1, &mut length);
        assert!(!text.is_null(), "{code:?} returns a string");
        let text = slice::from_raw_parts(text.cast::<u8>(), length).to_vec();
        lua_close(state);
        match status {
            LUA_OK => Ok(text),
            _ => Err(String::from_utf8_lossy(&text).into_owned()),
        }
    }
}
