//! Tables, raw: no metamethod ever runs.

use std::ffi::c_int;
use std::ops::ControlFlow;

use mlua::ffi;

use super::{Stack, Type};
use crate::lua::shelf::Shelf;
use crate::lua::{items, layout};

impl Stack<'_> {
    /// Whether the value at `index` is one of our libraries' tables: read-only, and nothing in it to be seen raw.
    pub fn is_library(&self, index: c_int) -> bool {
        self.kind(index) == Type::Table
            // SAFETY: a table at a checked index; `OWN_SLOTS` are free.
            && unsafe { items::library_at(self.state, self.index(index)).is_some() }
    }

    /// The name of the library whose table the value at `index` is, if it is one.
    pub fn library_name(&self, index: c_int) -> Option<&'static str> {
        // SAFETY: reads at a checked index; every state of ours has a shelf, and on it the libraries that it has tables of.
        unsafe {
            let number = items::library_at(self.state, self.index(index))?;
            Some(Shelf::of(self.state).libraries[usize::from(number)].name)
        }
    }

    /// Whether the value at `index` has a metatable.
    pub fn has_metatable(&mut self, index: c_int) -> bool {
        let index = self.filled(index);
        // SAFETY: a checked index; `OWN_SLOTS` are free, and what is pushed is popped.
        unsafe {
            let has = ffi::lua_getmetatable(self.state, index) != 0;
            if has {
                ffi::lua_pop(self.state, 1);
            }
            has
        }
    }

    /// Replaces the key on top by `table[key]`, raw.
    pub fn get_value(&mut self, table: c_int) -> Type {
        let table = self.table(table);
        // SAFETY: a table at a checked index, and a key on top.
        Type::of(unsafe { ffi::lua_rawget(self.state, table) })
    }

    /// Sets `table[key]` to the top value, raw, where the string below it is the key; pops both.
    pub fn set_value(&mut self, table: c_int) {
        let table = self.table(table);
        assert_eq!(self.kind(-2), Type::String, "a key that can't be refused");
        self.free += 2;
        // SAFETY: a table at a checked index, with key and value on top; the key is a string, the arena lenient.
        unsafe { ffi::lua_rawset(self.state, table) }
    }

    /// The raw length of the table at `index`: a border, which in a sparse table can be any number. See [`Stack::places`].
    pub fn len(&self, index: c_int) -> usize {
        // SAFETY: reads at a checked index.
        unsafe { ffi::lua_rawlen(self.state, self.table(index)) }
    }

    /// How many entries the table at `index` has room for: a loop over no more is bounded by the VM's memory.
    pub fn places(&self, index: c_int) -> usize {
        // SAFETY: a table at a checked index.
        unsafe { layout::room(ffi::lua_topointer(self.state, self.table(index))) }
    }

    /// Whether the table at `index` is seen at once to be a list of up to `length` items and nothing else. One that isn't
    /// may be a list all the same.
    pub fn is_only_items(&mut self, index: c_int, length: usize) -> bool {
        let index = self.table(index);
        // SAFETY: a table at a checked index, which lives as long as the answers are used.
        let (items, has_fields) = unsafe {
            let table = ffi::lua_topointer(self.state, index);
            (layout::items(table), layout::has_nodes(table))
        };
        !has_fields
            && items >= length
            && (length + 1..=items).all(|item| {
                let kind = self.get_item(index, item as i64);
                self.pop(1);
                kind == Type::Nil
            })
    }

    /// Pushes `table[position]`, raw.
    pub fn get_item(&mut self, table: c_int, position: i64) -> Type {
        let table = self.table(table);
        self.grow();
        // SAFETY: a table at a checked index, and room for the answer.
        Type::of(unsafe { ffi::lua_rawgeti(self.state, table, position) })
    }

    /// Sets `table[position]` to the top value, raw, and pops it.
    pub fn set_item(&mut self, table: c_int, position: i64) {
        let table = self.table(table);
        self.free += 1;
        // SAFETY: a table at a checked index below the value; the arena is lenient.
        unsafe { ffi::lua_rawseti(self.state, table, position) }
    }

    /// Pushes `table[key]`, raw.
    pub fn get_field(&mut self, table: c_int, key: &str) -> Type {
        let table = self.table(table);
        self.push_bytes(key);
        // SAFETY: a table at a checked index; the key on top is replaced by the value.
        Type::of(unsafe { ffi::lua_rawget(self.state, table) })
    }

    /// Sets `table[key]` to the top value, raw, and pops it.
    pub fn set_field(&mut self, table: c_int, key: &str) {
        let table = self.table(table);
        self.push_bytes(key);
        self.insert(-2);
        self.free += 2;
        // SAFETY: a table at a checked index, with key and value on top; the key is a string.
        unsafe { ffi::lua_rawset(self.state, table) }
    }

    /// Calls `each` for every pair of the table at `index`, raw, with the key at -2 and the value at -1, until it says
    /// to break. What `each` pushes is popped. It is not to change the table: the walk ends at a pair that is gone.
    pub fn for_each(&mut self, table: c_int, mut each: impl FnMut(&mut Self) -> ControlFlow<()>) {
        let table = self.table(table);
        let before = self.top();
        self.push_nil();
        loop {
            self.grow();
            // SAFETY: a table at a checked index, with room; the key is `nil` or one that the table has, so this cannot
            // raise.
            if unsafe { ffi::lua_next(self.state, table) } == 0 {
                self.free += 2;
                return;
            }
            let height = self.top();
            let next = each(self);
            self.truncate(height);
            self.pop(1);
            if next.is_break() || !self.has_key(table) {
                return self.truncate(before);
            }
        }
    }

    /// Whether the table has a value for the key on top.
    fn has_key(&mut self, table: c_int) -> bool {
        self.push_copy(-1);
        // SAFETY: a table at a checked index, with the key on top, which the answer replaces.
        let found = unsafe { ffi::lua_rawget(self.state, table) };
        self.pop(1);
        found != ffi::LUA_TNIL
    }
}
