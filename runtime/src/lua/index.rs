//! How a VM finds what a program names: the metamethods of its base metatable.
//!
//! One metatable serves the global table, all library tables, strings and most objects, because a metatable each would
//! be most of a small VM. A library's table holds nothing but its number, under a key that no program can name; what
//! is in it comes from the shelf. All functions here are C functions that own nothing, so they may raise.

use std::ffi::{c_int, c_void};

use mlua::ffi::{self, lua_State};

use super::arena::Arena;
use super::library::{Item, Library, Methods, Shelf};
use super::metamethods;
use super::stack::Kept;

/// The key of a library's number in its table: an address, which programs can't name.
pub(super) static NUMBER: u8 = 0;

/// Registry index of the base metatable.
pub(super) const BASE: i64 = Kept::Base.index();

/// What the VM of `state` shares with all others.
///
/// # Safety
/// `state` is a state of ours; the answer lives as long as its VM.
unsafe fn shelf<'a>(state: *mut lua_State) -> &'a Shelf {
    // SAFETY: a VM keeps its environment, and with it the shelf, alive.
    unsafe { &(*Arena::of(state)).environment().shelf }
}

/// The bytes of the string at `index`; empty for anything else.
///
/// # Safety
/// `state` is alive, and the value stays on the stack for as long as the answer is used.
unsafe fn bytes<'a>(state: *mut lua_State, index: c_int) -> &'a [u8] {
    // SAFETY: only strings are read, so nothing is converted.
    unsafe {
        if ffi::lua_type(state, index) != ffi::LUA_TSTRING {
            return &[];
        }
        let mut length = 0;
        let start = ffi::lua_tolstring(state, index, &mut length);
        std::slice::from_raw_parts(start.cast(), length)
    }
}

/// The library whose table is at `index`. Uses 1 stack slot.
///
/// # Safety
/// There is a table at `index` of a state of ours.
pub(super) unsafe fn library_at(state: *mut lua_State, index: c_int) -> Option<u8> {
    // SAFETY: a table is read raw.
    unsafe {
        let found = ffi::lua_rawgetp(state, index, (&raw const NUMBER).cast());
        let number = ffi::lua_tointegerx(state, -1, std::ptr::null_mut());
        ffi::lua_pop(state, 1);
        (found == ffi::LUA_TNUMBER).then_some(number as u8)
    }
}

/// Whether the value at `index` is the global table. Uses 1 stack slot.
///
/// # Safety
/// `state` is alive and `index` valid.
pub(super) unsafe fn is_globals(state: *mut lua_State, index: c_int) -> bool {
    // SAFETY: reads raw.
    unsafe {
        ffi::lua_rawgeti(state, ffi::LUA_REGISTRYINDEX, ffi::LUA_RIDX_GLOBALS);
        let same = ffi::lua_rawequal(state, index, -1) != 0;
        ffi::lua_pop(state, 1);
        same
    }
}

/// Pushes a new table for library `number`. Uses 3 stack slots.
///
/// # Safety
/// `state` is a running state of ours; may raise for memory.
unsafe fn push_library(state: *mut lua_State, number: u8) {
    // SAFETY: the caller's promise.
    unsafe {
        ffi::lua_createtable(state, 0, 1);
        ffi::lua_pushinteger(state, number.into());
        ffi::lua_rawsetp(state, -2, (&raw const NUMBER).cast());
        ffi::lua_rawgeti(state, ffi::LUA_REGISTRYINDEX, BASE);
        ffi::lua_setmetatable(state, -2);
    }
}

/// Pushes the table of a library that no global name keeps, the same one every time. Uses 3 stack slots.
///
/// # Safety
/// As [`push_library`].
unsafe fn push_kept_library(state: *mut lua_State, number: u8) {
    // SAFETY: the caller's promise.
    unsafe {
        let key = (&raw const shelf(state).libraries[number as usize]).cast::<c_void>();
        if ffi::lua_rawgetp(state, ffi::LUA_REGISTRYINDEX, key) != ffi::LUA_TNIL {
            return;
        }
        ffi::lua_pop(state, 1);
        push_library(state, number);
        ffi::lua_pushvalue(state, -1);
        ffi::lua_rawsetp(state, ffi::LUA_REGISTRYINDEX, key);
    }
}

/// Pushes what `item` stands for; the same value every time. Uses 4 stack slots and those of what it calls.
///
/// # Safety
/// As [`push_library`]; the item is on the VM's shelf.
unsafe fn push_item(state: *mut lua_State, item: &Item) {
    // SAFETY: the caller's promise.
    unsafe {
        match item {
            Item::Function(body) => ffi::lua_pushcfunction(state, *body),
            Item::Integer(value) => ffi::lua_pushinteger(state, *value),
            Item::Float(value) => ffi::lua_pushnumber(state, *value),
            Item::Text(text) => {
                ffi::lua_pushlstring(state, text.as_ptr().cast(), text.len());
            }
            Item::Library(number) => push_kept_library(state, *number),
            Item::Globals => {
                ffi::lua_rawgeti(state, ffi::LUA_REGISTRYINDEX, ffi::LUA_RIDX_GLOBALS);
            }
            Item::Made(_) | Item::Lua(..) => push_once(state, item),
        }
    }
}

/// Pushes a value that is made once a VM and then kept in the registry, under the item's address.
///
/// # Safety
/// As [`push_item`].
unsafe fn push_once(state: *mut lua_State, item: &Item) {
    let key = std::ptr::from_ref(item).cast::<c_void>();
    // SAFETY: the caller's promise. What is called are parts of this program that neither wait nor call the
    // program's functions.
    unsafe {
        if ffi::lua_rawgetp(state, ffi::LUA_REGISTRYINDEX, key) != ffi::LUA_TNIL {
            return;
        }
        ffi::lua_pop(state, 1);
        match item {
            Item::Made(make) => {
                ffi::lua_pushcfunction(state, *make);
                ffi::lua_call(state, 0, 1);
            }
            Item::Lua(chunk, natives) => {
                chunk.push(state);
                for native in natives {
                    ffi::lua_pushcfunction(state, *native);
                }
                ffi::lua_call(state, natives.len() as c_int, 1);
            }
            _ => unreachable!("only what is made is kept"),
        }
        ffi::lua_pushvalue(state, -1);
        ffi::lua_rawsetp(state, ffi::LUA_REGISTRYINDEX, key);
    }
}

/// Pushes `library[key]` for the string at `key`, or nil.
///
/// # Safety
/// As [`push_library`].
pub(super) unsafe fn push_member(state: *mut lua_State, library: &Library, key: &[u8]) {
    // SAFETY: the caller's promise.
    unsafe {
        match library.items.get(key) {
            Some(item) => push_item(state, item),
            None => ffi::lua_pushnil(state),
        }
    }
}

/// Pushes the global `key` if it is one that the program may see and that it was not given yet, puts it into the
/// global table, and remembers that it was given: set to nil it stays nil. Pushes nil otherwise.
///
/// # Safety
/// As [`push_library`].
pub(super) unsafe fn push_global(state: *mut lua_State, key: &[u8]) {
    // SAFETY: the caller's promise.
    unsafe {
        let arena = Arena::of(state);
        let environment = (*arena).environment();
        let Some(&bit) = environment.shelf.global_by_name.get(key) else {
            return ffi::lua_pushnil(state);
        };
        let (name, global) = &environment.shelf.globals[bit];
        let mask = 1u128 << bit;
        if (*arena).was_given(bit) || (global.listed && environment.modules & mask == 0) {
            return ffi::lua_pushnil(state);
        }
        match global.item {
            // The global table keeps it: a second place in the registry would only cost bytes.
            Item::Library(number) => push_library(state, number),
            _ => push_item(state, &global.item),
        }
        (*arena).give(bit);
        ffi::lua_rawgeti(state, ffi::LUA_REGISTRYINDEX, ffi::LUA_RIDX_GLOBALS);
        ffi::lua_pushlstring(state, name.as_ptr().cast(), name.len());
        ffi::lua_pushvalue(state, -3);
        ffi::lua_rawset(state, -3);
        ffi::lua_pop(state, 1);
    }
}

/// Pushes the global that the string at 1 names, as [`push_global`].
///
/// # Safety
/// As [`push_library`].
pub(super) unsafe fn push_named_global(state: *mut lua_State) {
    // SAFETY: the caller's promise.
    unsafe { push_global(state, bytes(state, 1)) }
}

/// Pushes the function that a prelude returned, the same one every time. Uses 4 stack slots and the natives'.
///
/// # Safety
/// As [`push_library`].
pub(super) unsafe fn push_prelude(state: *mut lua_State, name: &str) {
    // SAFETY: the caller's promise.
    unsafe { push_once(state, &shelf(state).preludes[name]) }
}

/// Pushes the table of the string library, as the global name has it if it has.
///
/// # Safety
/// As [`push_library`].
pub(super) unsafe fn push_string_library(state: *mut lua_State) {
    // SAFETY: the caller's promise.
    unsafe {
        let number = shelf(state).string;
        push_global(state, b"string");
        ffi::lua_pop(state, 1);
        ffi::lua_rawgeti(state, ffi::LUA_REGISTRYINDEX, ffi::LUA_RIDX_GLOBALS);
        ffi::lua_pushstring(state, c"string".as_ptr());
        let is_table = ffi::lua_rawget(state, -2) == ffi::LUA_TTABLE;
        ffi::lua_remove(state, -2);
        if !is_table || library_at(state, -1) != Some(number) {
            ffi::lua_pop(state, 1);
            push_kept_library(state, number);
        }
    }
}

/// Puts all globals that were not given yet into the global table: somebody wants to see it whole.
///
/// # Safety
/// As [`push_library`].
pub(super) unsafe fn fill_globals(state: *mut lua_State) {
    // SAFETY: the caller's promise; the names outlive the VM.
    unsafe {
        for (name, _) in &shelf(state).globals {
            push_global(state, name.as_bytes());
            ffi::lua_pop(state, 1);
        }
    }
}

/// Pushes a plain table with all that is in library `number`, the same one every time: for those who walk over it.
///
/// # Safety
/// As [`push_library`].
pub(super) unsafe fn push_copy(state: *mut lua_State, number: u8) {
    // SAFETY: the caller's promise.
    unsafe {
        let library = &shelf(state).libraries[number as usize];
        let key = (&raw const library.items).cast::<c_void>();
        if ffi::lua_rawgetp(state, ffi::LUA_REGISTRYINDEX, key) != ffi::LUA_TNIL {
            return;
        }
        ffi::lua_pop(state, 1);
        ffi::lua_createtable(state, 0, library.items.len() as c_int);
        for name in &library.names {
            ffi::lua_pushlstring(state, name.as_ptr().cast(), name.len());
            push_item(state, &library.items[name.as_bytes()]);
            ffi::lua_rawset(state, -3);
        }
        ffi::lua_pushvalue(state, -1);
        ffi::lua_rawsetp(state, ffi::LUA_REGISTRYINDEX, key);
    }
}

/// The methods of the object at `index`.
///
/// # Safety
/// There is a full userdata of ours at `index`.
pub(super) unsafe fn methods<'a>(state: *mut lua_State, index: c_int) -> Option<&'a Methods> {
    // SAFETY: every full userdata begins with its class.
    unsafe {
        let class = ffi::lua_touserdata(state, index).cast::<u8>().read();
        shelf(state).classes.get(class as usize)?.as_ref()
    }
}

/// `__index`: of the global table, a library, a string or an object.
pub(super) unsafe extern "C-unwind" fn index(state: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with two arguments.
    unsafe {
        let key = bytes(state, 2);
        match ffi::lua_type(state, 1) {
            ffi::LUA_TUSERDATA => {
                match methods(state, 1).and_then(|found| found.methods.get(key)) {
                    Some(method) => ffi::lua_pushcfunction(state, *method),
                    None => ffi::lua_pushnil(state),
                }
            }
            ffi::LUA_TSTRING => {
                let shelf = shelf(state);
                push_member(state, &shelf.libraries[shelf.string as usize], key);
            }
            ffi::LUA_TTABLE => match library_at(state, 1) {
                Some(number) => push_member(state, &shelf(state).libraries[number as usize], key),
                None => push_global(state, key),
            },
            _ => ffi::lua_pushnil(state),
        }
        1
    }
}

/// `__newindex`: a library is read-only; a global that Lua would have provided is the program's own from now on.
unsafe extern "C-unwind" fn newindex(state: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with three arguments; nothing is owned.
    unsafe {
        if ffi::lua_type(state, 1) != ffi::LUA_TTABLE {
            let what = ffi::luaL_typename(state, 1);
            return ffi::luaL_error(state, c"attempt to index a %s value".as_ptr(), what);
        }
        if let Some(number) = library_at(state, 1) {
            return raise_read_only(state, number);
        }
        set_global(state);
        0
    }
}

/// Sets a global, raw, from the key and value on top; pops both.
///
/// # Safety
/// The global table is argument 1, key and value are on top; may raise.
pub(super) unsafe fn set_global(state: *mut lua_State) {
    // SAFETY: the caller's promise.
    unsafe {
        let arena = Arena::of(state);
        if let Some(&bit) = shelf(state).global_by_name.get(bytes(state, -2)) {
            (*arena).give(bit);
        }
        ffi::lua_rawset(state, 1);
    }
}

/// Raises that a library is read-only.
///
/// # Safety
/// Lua called us on `state`; nothing is owned up to Lua's frame.
pub(super) unsafe fn raise_read_only(state: *mut lua_State, number: u8) -> c_int {
    // SAFETY: the caller's promise; `%s` needs a terminated string, so the name is pushed.
    unsafe {
        let name = shelf(state).libraries[number as usize].name;
        let name = ffi::lua_pushlstring(state, name.as_ptr().cast(), name.len());
        ffi::luaL_error(
            state,
            c"attempt to modify the read-only table '%s'".as_ptr(),
            name,
        )
    }
}

/// `__call`: of a library whose table can be called.
unsafe extern "C-unwind" fn call(state: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with the callee first; nothing is owned.
    unsafe {
        let body = match ffi::lua_type(state, 1) {
            ffi::LUA_TTABLE => {
                library_at(state, 1).and_then(|number| shelf(state).libraries[number as usize].call)
            }
            _ => None,
        };
        let Some(body) = body else {
            let what = ffi::luaL_typename(state, 1);
            return ffi::luaL_error(state, c"attempt to call a %s value".as_ptr(), what);
        };
        ffi::lua_remove(state, 1);
        body(state)
    }
}

/// Makes the base metatable, and gives it to strings and to the global table. Uses 4 stack slots.
///
/// # Safety
/// `state` is the fresh main state of a VM; may raise for memory.
pub(super) unsafe fn install(state: *mut lua_State) {
    // SAFETY: the caller's promise.
    unsafe {
        let shelf = shelf(state);
        ffi::lua_createtable(state, 0, 3 + shelf.arithmetic.len() as c_int);
        for (name, body) in [
            (c"__index", index as _),
            (c"__newindex", newindex as _),
            (c"__call", call as _),
        ] {
            ffi::lua_pushcfunction(state, body);
            ffi::lua_setfield(state, -2, name.as_ptr());
        }
        for (name, body) in &shelf.arithmetic {
            ffi::lua_pushcfunction(state, *body);
            ffi::lua_setfield(state, -2, name.as_ptr());
        }
        ffi::lua_pushlstring(state, c"".as_ptr(), 0);
        ffi::lua_pushvalue(state, -2);
        ffi::lua_setmetatable(state, -2);
        ffi::lua_pop(state, 1);
        ffi::lua_rawgeti(state, ffi::LUA_REGISTRYINDEX, ffi::LUA_RIDX_GLOBALS);
        ffi::lua_pushvalue(state, -2);
        ffi::lua_setmetatable(state, -2);
        ffi::lua_pop(state, 1);
        ffi::lua_rawseti(state, ffi::LUA_REGISTRYINDEX, BASE);
    }
}

/// Pushes the metatable for objects of a class. Uses 4 stack slots.
///
/// # Safety
/// `state` is a state of ours with 4 free slots, and its arena is lenient.
pub(super) unsafe fn push_metatable(state: *mut lua_State, class: c_int) {
    // SAFETY: the caller's promise.
    unsafe {
        let methods = shelf(state)
            .classes
            .get(class as usize)
            .and_then(Option::as_ref);
        let Some(methods) = methods.filter(|methods: &&Methods| methods.own_metatable) else {
            ffi::lua_rawgeti(state, ffi::LUA_REGISTRYINDEX, BASE);
            return;
        };
        let key = std::ptr::from_ref(methods).cast::<c_void>();
        if ffi::lua_rawgetp(state, ffi::LUA_REGISTRYINDEX, key) != ffi::LUA_TNIL {
            return;
        }
        ffi::lua_pop(state, 1);
        push_own_metatable(state, methods);
        ffi::lua_pushvalue(state, -1);
        ffi::lua_rawsetp(state, ffi::LUA_REGISTRYINDEX, key);
    }
}

/// Pushes a new metatable with methods and metamethods. Uses 4 stack slots.
///
/// # Safety
/// As [`push_metatable`].
unsafe fn push_own_metatable(state: *mut lua_State, methods: &Methods) {
    // SAFETY: the caller's promise.
    unsafe {
        metamethods::bring_back(state);
        ffi::lua_createtable(state, 0, 1 + methods.metamethods.len() as c_int);
        ffi::lua_pushstring(state, c"__index".as_ptr());
        ffi::lua_createtable(state, 0, methods.methods.len() as c_int);
        for (name, body) in &methods.methods {
            ffi::lua_pushlstring(state, name.as_ptr().cast(), name.len());
            ffi::lua_pushcfunction(state, *body);
            ffi::lua_rawset(state, -3);
        }
        ffi::lua_rawset(state, -3);
        for (name, body) in &methods.metamethods {
            ffi::lua_pushlstring(state, name.as_ptr().cast(), name.len());
            ffi::lua_pushcfunction(state, *body);
            ffi::lua_rawset(state, -3);
        }
    }
}
