//! What programs find in their VM: libraries, globals, the methods of objects. Built once a program.
//!
//! A VM starts with an empty global table. What a program names is put there when it names it (`index.rs`), function
//! by function, as light C functions that cost a VM nothing. Knows nothing of what the functions do.

use std::collections::BTreeMap;
use std::ffi::{CStr, c_int};
use std::marker::PhantomData;
use std::sync::Arc;

use mlua::ffi::{self, lua_CFunction};
use rustc_hash::FxHashMap;

use super::callback::Function;
use super::chunk::Chunk;
use super::object::Class;
use super::{base, coroutine};

/// What a name in a library, or a global name, stands for.
pub(super) enum Item {
    /// A C function without upvalues.
    Function(lua_CFunction),
    /// An integer.
    Integer(i64),
    /// A float.
    Float(f64),
    /// A string.
    Text(&'static str),
    /// A table of its own, by its number.
    Library(u8),
    /// What this function pushes when it is called, once a VM.
    Made(lua_CFunction),
    /// A function written in Lua: what this chunk returns when it is called with these functions.
    Lua(Chunk, Vec<lua_CFunction>),
    /// The global table itself.
    Globals,
}

/// A read-only table of functions and constants.
pub(super) struct Library {
    pub(super) name: &'static str,
    pub(super) items: FxHashMap<&'static [u8], Item>,
    /// The names in order, so that `pairs` is deterministic.
    pub(super) names: Vec<&'static str>,
    /// What calling the table does, if it can be called.
    pub(super) call: Option<lua_CFunction>,
}

/// A global name.
pub(super) struct Global {
    pub(super) item: Item,
    /// Whether only an entry that lists it in `modules` sees it.
    pub(super) listed: bool,
}

/// The methods of a class.
#[derive(Default)]
pub(super) struct Methods {
    pub(super) methods: FxHashMap<&'static [u8], lua_CFunction>,
    /// Metamethods. Where there are none, objects share the base metatable, which saves a VM about 300 bytes a class
    /// and costs 20 ns a method call.
    pub(super) metamethods: Vec<(&'static str, lua_CFunction)>,
    pub(super) own_metatable: bool,
    pub(super) tostring: Option<lua_CFunction>,
}

/// All that the VMs of a program share, without the type of their host state.
pub(super) struct Shelf {
    pub(super) libraries: Vec<Library>,
    /// Their position is their bit in the arena's `given`.
    pub(super) globals: Vec<(&'static str, Global)>,
    pub(super) global_by_name: FxHashMap<&'static [u8], usize>,
    /// By the class's number.
    pub(super) classes: Vec<Option<Methods>>,
    /// The arithmetic metamethods of strings, as the stock library has them.
    pub(super) arithmetic: Vec<(&'static CStr, lua_CFunction)>,
    /// The library whose functions are the methods of strings.
    pub(super) string: u8,
    /// Functions written in Lua that only native ones call.
    pub(super) preludes: FxHashMap<&'static str, Item>,
}

/// The most global names there can be: bits in the arena's `given`.
pub(super) const MAX_GLOBALS: usize = 128;

/// All that the VMs of a program share, for VMs whose host state is `S`.
pub struct Libraries<S> {
    pub(super) shelf: Arc<Shelf>,
    host: PhantomData<fn(S)>,
}

impl<S> Clone for Libraries<S> {
    fn clone(&self) -> Self {
        Libraries {
            shelf: self.shelf.clone(),
            host: PhantomData,
        }
    }
}

impl<S> Libraries<S> {
    /// The names that an entry's `modules` may list, and those that are always there.
    pub fn modules(&self) -> Vec<&'static str> {
        self.shelf
            .globals
            .iter()
            .filter(|(_, global)| matches!(global.item, Item::Library(_) | Item::Made(_)))
            .map(|(name, _)| *name)
            .collect()
    }
}

/// Describes one library: functions and constants by name.
pub struct Module<S> {
    name: &'static str,
    items: BTreeMap<&'static str, Item>,
    subs: Vec<Module<S>>,
    call: Option<lua_CFunction>,
    host: PhantomData<fn(S)>,
}

impl<S> Module<S> {
    /// A library without anything in it yet.
    pub fn new(name: &'static str) -> Module<S> {
        Module {
            name,
            items: BTreeMap::new(),
            subs: Vec::new(),
            call: None,
            host: PhantomData,
        }
    }

    /// Adds functions.
    pub fn functions<const N: usize>(mut self, list: [(&'static str, Function<S>); N]) -> Self {
        self.items
            .extend(list.map(|(name, body)| (name, Item::Function(body.entry()))));
        self
    }

    /// Adds functions of Lua's own library of the same name.
    pub fn stock<const N: usize>(mut self, names: [&'static str; N]) -> Self {
        let found = stock(self.name);
        self.items.extend(names.map(|name| {
            let body = found
                .get(name)
                .unwrap_or_else(|| panic!("{}.{name} is Lua's", self.name));
            (name, Item::Function(*body))
        }));
        self
    }

    /// Adds a function written in Lua: `source` is a chunk that is called with `natives` and returns it.
    ///
    /// # Panics
    /// If `source` doesn't compile: it is a part of this program.
    pub fn lua(mut self, name: &'static str, source: &str, natives: &[Function<S>]) -> Self {
        let chunk_name = format!("{}.{name}", self.name);
        let chunk = Chunk::prelude(source, &chunk_name);
        let natives = natives.iter().map(|native| native.entry()).collect();
        self.items.insert(name, Item::Lua(chunk, natives));
        self
    }

    /// Adds integers.
    pub fn integers<const N: usize>(mut self, list: [(&'static str, i64); N]) -> Self {
        self.items
            .extend(list.map(|(name, value)| (name, Item::Integer(value))));
        self
    }

    /// Adds floats.
    pub fn floats<const N: usize>(mut self, list: [(&'static str, f64); N]) -> Self {
        self.items
            .extend(list.map(|(name, value)| (name, Item::Float(value))));
        self
    }

    /// Adds strings.
    pub fn texts<const N: usize>(mut self, list: [(&'static str, &'static str); N]) -> Self {
        self.items
            .extend(list.map(|(name, value)| (name, Item::Text(value))));
        self
    }

    /// Adds a library inside this one.
    pub fn library(mut self, inner: Module<S>) -> Self {
        self.subs.push(inner);
        self
    }

    /// Says what calling the library's table does; the table itself is not among the arguments.
    pub fn callable(mut self, body: Function<S>) -> Self {
        self.call = Some(body.entry());
        self
    }
}

/// Collects what a program's VMs share.
pub struct LibrariesBuilder<S> {
    shelf: Shelf,
    host: PhantomData<fn(S)>,
}

impl<S> Default for LibrariesBuilder<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S> LibrariesBuilder<S> {
    /// With Lua's basic functions (those that are safe) and the coroutine library.
    pub fn new() -> LibrariesBuilder<S> {
        let shelf = Shelf {
            libraries: Vec::new(),
            globals: Vec::new(),
            global_by_name: FxHashMap::default(),
            classes: Class::ALL.iter().map(|_| None).chain([None]).collect(),
            arithmetic: arithmetic(),
            string: u8::MAX,
            preludes: FxHashMap::default(),
        };
        let mut builder = LibrariesBuilder {
            shelf,
            host: PhantomData,
        };
        let basic = stock("_G");
        for name in [
            "assert", "error", "ipairs", "pcall", "xpcall", "rawequal", "select", "tonumber",
            "type",
        ] {
            builder.add(name, Item::Function(basic[name]), false);
        }
        for (name, body) in base::FUNCTIONS {
            builder.add(name, Item::Function(body), false);
        }
        builder.add("_G", Item::Globals, false);
        builder
    }

    fn add(&mut self, name: &'static str, item: Item, listed: bool) {
        let bit = self.shelf.globals.len();
        assert!(bit < MAX_GLOBALS, "no bit left for the global {name}");
        self.shelf.globals.push((name, Global { item, listed }));
        let before = self.shelf.global_by_name.insert(name.as_bytes(), bit);
        assert!(before.is_none(), "the global {name} is there twice");
    }

    /// Adds a global function.
    pub fn function(&mut self, name: &'static str, body: Function<S>) {
        self.add(name, Item::Function(body.entry()), false);
    }

    /// Adds a function written in Lua, as [`Module::lua`], that only native functions call
    /// ([`super::Answer::call_prelude`]).
    pub fn prelude(&mut self, name: &'static str, source: &str, natives: &[Function<S>]) {
        let chunk = Chunk::prelude(source, name);
        let natives = natives.iter().map(|native| native.entry()).collect();
        self.shelf.preludes.insert(name, Item::Lua(chunk, natives));
    }

    /// Adds a global function of Lua's own library `library`, under the name that it has there.
    pub fn stock(&mut self, library: &str, name: &'static str) {
        self.add(name, Item::Function(stock(library)[name]), false);
    }

    /// Adds a global string.
    pub fn text(&mut self, name: &'static str, value: &'static str) {
        self.add(name, Item::Text(value), false);
    }

    /// Adds a library that every program sees.
    pub fn library(&mut self, module: Module<S>) {
        let name = module.name;
        let number = self.shelve(module);
        if name == "string" {
            self.shelf.string = number;
        }
        self.add(name, Item::Library(number), false);
    }

    /// Adds a library that an entry sees if it lists it in `modules`.
    pub fn module(&mut self, module: Module<S>) {
        let name = module.name;
        let number = self.shelve(module);
        self.add(name, Item::Library(number), true);
    }

    /// Adds a module that is a value which `make` pushes, rather than a table.
    pub fn made_module(&mut self, name: &'static str, make: Function<S>) {
        self.add(name, Item::Made(make.entry()), true);
    }

    fn shelve(&mut self, module: Module<S>) -> u8 {
        let Module {
            name,
            mut items,
            subs,
            call,
            ..
        } = module;
        if name == "coroutine" {
            let own = coroutine::FUNCTIONS.map(|(name, body)| (name, Item::Function(body)));
            items.extend(own);
        }
        for sub in subs {
            let name = sub.name;
            let number = self.shelve(sub);
            items.insert(name, Item::Library(number));
        }
        let names = items.keys().copied().collect();
        let items = items
            .into_iter()
            .map(|(name, item)| (name.as_bytes(), item))
            .collect();
        self.shelf.libraries.push(Library {
            name,
            items,
            names,
            call,
        });
        u8::try_from(self.shelf.libraries.len() - 1).expect("fewer than 256 libraries")
    }

    /// Adds the methods of a class whose objects share the VM's base metatable.
    pub fn class<const N: usize>(
        &mut self,
        class: Class,
        methods: [(&'static str, Function<S>); N],
    ) {
        self.methods(class)
            .methods
            .extend(methods.map(|(name, body)| (name.as_bytes(), body.entry())));
    }

    /// Gives the objects of a class a metatable of their own, with these metamethods: faster method calls, about
    /// 300 bytes in every VM that has such an object.
    pub fn own_metatable<const N: usize>(
        &mut self,
        class: Class,
        list: [(&'static str, Function<S>); N],
    ) {
        let methods = self.methods(class);
        methods.own_metatable = true;
        methods
            .metamethods
            .extend(list.map(|(name, body)| (name, body.entry())));
    }

    /// Says what `tostring` makes of an object.
    pub fn text_of(&mut self, class: Class, body: Function<S>) {
        self.methods(class).tostring = Some(body.entry());
    }

    fn methods(&mut self, class: Class) -> &mut Methods {
        self.shelf.classes[class as usize].get_or_insert_default()
    }

    /// What was collected.
    pub fn build(self) -> Libraries<S> {
        assert_ne!(self.shelf.string, u8::MAX, "there is a string library");
        Libraries {
            shelf: Arc::new(self.shelf),
            host: PhantomData,
        }
    }
}

/// The functions of one of Lua's own libraries that need no upvalue, taken from a scratch state.
fn stock(library: &str) -> FxHashMap<String, lua_CFunction> {
    let open: lua_CFunction = match library {
        "_G" => ffi::luaopen_base,
        "string" => ffi::luaopen_string,
        "table" => ffi::luaopen_table,
        "math" => ffi::luaopen_math,
        _ => panic!("no library of Lua's is taken as {library}"),
    };
    // SAFETY: a state of our own, with the general allocator; opening a library needs no protection unless memory
    // runs out, which ends the program as any Rust allocation would.
    unsafe { functions(|state| ffi::luaL_requiref(state, c"it".as_ptr(), open, 0)) }
}

/// The arithmetic metamethods of strings.
fn arithmetic() -> Vec<(&'static CStr, lua_CFunction)> {
    const NAMES: [&CStr; 8] = [
        c"__add", c"__sub", c"__mul", c"__mod", c"__pow", c"__div", c"__idiv", c"__unm",
    ];
    // SAFETY: as in `stock`.
    let found = unsafe {
        functions(|state| {
            ffi::luaL_requiref(state, c"string".as_ptr(), ffi::luaopen_string, 0);
            ffi::lua_pushstring(state, c"".as_ptr());
            ffi::lua_getmetatable(state, -1);
        })
    };
    NAMES
        .map(|name| (name, found[name.to_str().expect("ASCII")]))
        .to_vec()
}

/// The C functions in the table that `open` leaves on top of a scratch state.
///
/// # Safety
/// `open` leaves a table on top.
unsafe fn functions(open: impl FnOnce(*mut ffi::lua_State)) -> FxHashMap<String, lua_CFunction> {
    let mut found = FxHashMap::default();
    // SAFETY: the state is ours alone; the keys of a library are strings, which `lua_tostring` leaves alone.
    unsafe {
        let state = ffi::luaL_newstate();
        open(state);
        ffi::lua_pushnil(state);
        while ffi::lua_next(state, -2) != 0 {
            if let Some(body) = ffi::lua_tocfunction(state, -1) {
                let upvalue = ffi::lua_getupvalue(state, -1, 1);
                if upvalue.is_null() {
                    let name = CStr::from_ptr(ffi::lua_tostring(state, -2));
                    found.insert(name.to_string_lossy().into_owned(), body);
                } else {
                    ffi::lua_pop(state, 1);
                }
            }
            ffi::lua_pop(state, 1);
        }
        ffi::lua_close(state);
    }
    found
}

/// Pushes the metatable of a class. Uses 4 stack slots.
///
/// # Safety
/// `state` is a state of ours with 4 free slots, and its arena is lenient.
pub(super) unsafe fn push_metatable(state: *mut ffi::lua_State, class: Class) {
    // SAFETY: the caller's promise.
    unsafe { super::index::push_metatable(state, class as c_int) }
}
