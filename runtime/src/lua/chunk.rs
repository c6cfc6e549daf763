//! A source file, compiled once a program: bytecode that all VMs share.
//!
//! VMs load it in place (Lua's mode "B"), so that instructions, line numbers and long strings are not copied. The
//! names of local variables are left out: they would cost every process a string and 16 bytes each. Knows nothing of
//! entries or files.

use std::ffi::{CStr, CString, c_int, c_void};
use std::fmt;
use std::sync::Arc;

use mlua::ffi::{self, lua_State};

use super::layout::{Proto, function_on_top};
use super::trace::PRELUDE_MARK;
use super::type_value::TypeValue;

/// Compiled Lua. Cheap to clone; the bytecode lives as long as the last clone.
#[derive(Clone, Debug)]
pub struct Chunk {
    /// Words, because Lua reads instruction arrays in place and they must be aligned.
    code: Arc<[u64]>,
    /// Bytes of `code` that count.
    length: usize,
    name: Arc<CStr>,
    /// Where its type values stand, in the order of the functions.
    types: Arc<[TypePlace]>,
    /// How many type values there are.
    type_count: u32,
}

/// A constant that becomes a type value when the chunk is loaded.
#[derive(Clone, Copy, Debug)]
struct TypePlace {
    /// The function's number: each is counted before those inside it.
    function: u32,
    constant: u32,
    /// Which type value of the chunk.
    number: u32,
}

/// The literal that stands for a chunk's type value number 0 in its source; those of the others follow it. A program that
/// has such an integer itself, in a file with that many types, gets a type.
pub const FIRST_TYPE: u64 = 0x6d6f_6f6e_0000_0000;

/// Why a source doesn't compile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The line, from 1; 0 if it isn't known.
    pub line: u32,
    /// What is wrong, without the position.
    pub message: String,
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for SyntaxError {}

impl Chunk {
    /// Compiles `source`; `name` is what positions in errors begin with. Bytecode is refused. The integers
    /// `0x6d6f6f6e00000000 + n` for each `n` below `types` stand for type values, which VMs have in their place.
    ///
    /// # Errors
    /// A syntax error, with its line.
    pub fn compile(source: &[u8], name: &str, types: u32) -> Result<Chunk, SyntaxError> {
        let source = source.strip_prefix("\u{feff}".as_bytes()).unwrap_or(source);
        let name = CString::new(format!("@{}", name.replace('\0', " "))).expect("no NUL is left");
        Chunk::compile_as(source, &name, types)
    }

    /// Compiles a part of this program that is written in Lua.
    ///
    /// # Panics
    /// If it doesn't compile.
    pub fn prelude(source: &str, name: &str) -> Chunk {
        let name = CString::new(format!("{PRELUDE_MARK}{name})")).expect("a name without NUL");
        Chunk::compile_as(source.as_bytes(), &name, 0).expect("a prelude compiles")
    }

    fn compile_as(source: &[u8], name: &CStr, types: u32) -> Result<Chunk, SyntaxError> {
        // SAFETY: a scratch state of our own, with the general allocator. `luaL_loadbufferx` reports errors by its
        // status; after it, one function is on the stack, which `dump` takes.
        unsafe {
            let state = ffi::luaL_newstate();
            assert!(!state.is_null(), "memory for a compiler state");
            let status = ffi::luaL_loadbufferx(
                state,
                source.as_ptr().cast(),
                source.len(),
                name.as_ptr(),
                c"t".as_ptr(),
            );
            let result = if status == ffi::LUA_OK {
                Ok(Chunk::dump(state, name, types))
            } else {
                let text = CStr::from_ptr(ffi::lua_tostring(state, -1)).to_string_lossy();
                Err(syntax_error(&text))
            };
            ffi::lua_close(state);
            result
        }
    }

    /// # Safety
    /// The function on top of `state` has just been compiled.
    unsafe fn dump(state: *mut lua_State, name: &CStr, type_count: u32) -> Chunk {
        let mut bytes: Vec<u8> = Vec::new();
        // SAFETY: the caller's promise; the writer gets what it is given here.
        let types = unsafe {
            let function = function_on_top(state);
            Proto::each(function, &mut |inner| Proto::drop_local_names(inner));
            ffi::lua_dump(state, write, (&raw mut bytes).cast(), 0);
            type_places(function, type_count)
        };
        let mut code = vec![0u64; bytes.len().div_ceil(8)];
        for (word, piece) in code.iter_mut().zip(bytes.chunks(8)) {
            let mut whole = [0; 8];
            whole[..piece.len()].copy_from_slice(piece);
            *word = u64::from_ne_bytes(whole);
        }
        Chunk {
            code: code.into(),
            length: bytes.len(),
            name: name.into(),
            types: types.into(),
            type_count,
        }
    }

    /// How many type values it is to be loaded with.
    pub(super) fn types(&self) -> usize {
        self.type_count as usize
    }

    /// Pushes the chunk as a function, with its type values. Uses 3 stack slots.
    ///
    /// # Safety
    /// `state` runs, so that an error is caught, and its VM keeps this chunk (or a clone) until it ends.
    pub(super) unsafe fn push(&self, state: *mut lua_State, types: &[TypeValue]) {
        // SAFETY: the bytes are our own bytecode, and outlive the VM.
        let status = unsafe {
            ffi::luaL_loadbufferx(
                state,
                self.code.as_ptr().cast(),
                self.length,
                self.name.as_ptr(),
                c"B".as_ptr(),
            )
        };
        if status != ffi::LUA_OK {
            // SAFETY: the message is on top; nothing is owned here.
            unsafe { ffi::lua_error(state) };
        }
        if !self.types.is_empty() {
            // SAFETY: the function was loaded by the lines before, from the bytes in which the places were found.
            unsafe { self.set_types(function_on_top(state), types) };
        }
    }

    /// Puts type values where they belong.
    ///
    /// # Safety
    /// `function` is this chunk, loaded, and nothing runs it.
    unsafe fn set_types(&self, function: *mut Proto, types: &[TypeValue]) {
        let (mut places, mut function_number) = (self.types.iter().peekable(), 0);
        let mut visit = |inner| {
            while let Some(place) = places.next_if(|place| place.function == function_number) {
                if let Some(value) = types.get(place.number as usize) {
                    // SAFETY: the caller's promise: the constants are those of the function that was compiled.
                    unsafe { Proto::set_address(inner, place.constant as usize, value.bits()) };
                }
            }
            function_number += 1;
        };
        // SAFETY: the caller's promise.
        unsafe { Proto::each(function, &mut visit) };
    }
}

/// "name:12: message" into line and message.
fn syntax_error(text: &str) -> SyntaxError {
    // The name may hold colons (`app:worker`), the message too: the position is the first `:digits: `.
    let mut from = 0;
    while let Some(at) = text[from..].find(':').map(|at| at + from) {
        let digits = text[at + 1..]
            .bytes()
            .take_while(u8::is_ascii_digit)
            .count();
        let end = at + 1 + digits;
        if digits > 0 && text[end..].starts_with(": ") {
            let line = text[at + 1..end].parse().unwrap_or(0);
            return SyntaxError {
                line,
                message: text[end + 2..].to_owned(),
            };
        }
        from = at + 1;
    }
    SyntaxError {
        line: 0,
        message: text.to_owned(),
    }
}

unsafe extern "C-unwind" fn write(
    _state: *mut lua_State,
    piece: *const c_void,
    size: usize,
    out: *mut c_void,
) -> c_int {
    // SAFETY: `out` is the vector that `dump` passed; the piece has `size` bytes.
    unsafe {
        let out = &mut *out.cast::<Vec<u8>>();
        if size > 0 {
            out.extend_from_slice(std::slice::from_raw_parts(piece.cast(), size));
        }
    }
    0
}

/// Where the first `count` type values stand.
///
/// # Safety
/// `function` is a compiled function that lives.
unsafe fn type_places(function: *mut Proto, count: u32) -> Vec<TypePlace> {
    let mut places = Vec::new();
    if count == 0 {
        return places;
    }
    let mut function_number = 0;
    // SAFETY: the caller's promise.
    let mut visit = |inner| unsafe {
        for constant in 0..Proto::constants(inner) {
            let value = Proto::integer(inner, constant).unwrap_or(0);
            let number = value.wrapping_sub(FIRST_TYPE);
            if number < u64::from(count) {
                places.push(TypePlace {
                    function: function_number,
                    constant: constant as u32,
                    number: number as u32,
                });
            }
        }
        function_number += 1;
    };
    // SAFETY: the caller's promise.
    unsafe { Proto::each(function, &mut visit) };
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_syntax_error_has_its_line() {
        let error = Chunk::compile(b"local x = 1\nlocal = 2\n", "app:worker", 0).unwrap_err();
        assert_eq!(error.line, 2);
        assert_eq!(error.message, "<name> expected near '='");
    }

    #[test]
    fn bytecode_is_refused() {
        let error = Chunk::compile(b"\x1bLua", "app:worker", 0).unwrap_err();
        assert!(error.message.contains("binary chunk"), "{error}");
    }

    #[test]
    fn local_names_are_left_out() {
        let chunk = Chunk::compile(
            b"local quite_a_name = 1 return function() local other_name = 2 end",
            "x",
            0,
        );
        let chunk = chunk.unwrap();
        let bytes: Vec<u8> = chunk
            .code
            .iter()
            .flat_map(|word| word.to_ne_bytes())
            .collect();
        for name in [&b"quite_a_name"[..], b"other_name"] {
            assert!(!bytes.windows(name.len()).any(|window| window == name));
        }
    }
}
