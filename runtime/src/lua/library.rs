//! Filling the shelf: how the layer above says what programs find in their VM. Once a program.
//!
//! A VM starts with an empty global table. What a program names is put there when it names it (`globals.rs`), function
//! by function, as light C functions that cost a VM nothing. Knows nothing of what the functions do.

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::sync::Arc;

use mlua::ffi::lua_CFunction;
use rustc_hash::FxHashMap;

use super::callback::Function;
use super::chunk::Chunk;
use super::list::{self, Stock};
use super::object::Class;
use super::shelf::{Global, Item, Library, Methods, Shelf};
use super::type_value::TypeValue;
use super::types::TypeFunctions;
use super::{arithmetic, base, coroutine, protect, stock};

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

    /// All that programs can name, sorted: globals (`print`), what is in libraries (`time.sleep`), and methods behind
    /// the name of their class (`channel:send`).
    pub fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        for (name, global) in &self.shelf.globals {
            self.add_names(&global.item, (*name).to_owned(), &mut names);
        }
        for class in Class::ALL {
            let methods = self.shelf.classes[class as usize].iter();
            for method in methods.flat_map(|class| class.methods.keys()) {
                let method = String::from_utf8_lossy(method);
                names.push(format!("{}:{method}", class.name()));
            }
        }
        let methods = self
            .shelf
            .types
            .iter()
            .flat_map(|types| types.methods.keys());
        names.extend(methods.map(|name| format!("type:{}", String::from_utf8_lossy(name))));
        names.sort();
        names
    }

    fn add_names(&self, item: &Item, name: String, names: &mut Vec<String>) {
        if let Item::Library(number) = item {
            let library = &self.shelf.libraries[usize::from(*number)];
            for inner in &library.names {
                let item = &library.items[inner.as_bytes()];
                self.add_names(item, format!("{name}.{inner}"), names);
            }
        }
        names.push(name);
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
        let found = stock::functions(self.name);
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

    /// Adds values that functions push when they are asked for, once a VM.
    pub fn made<const N: usize>(mut self, list: [(&'static str, Function<S>); N]) -> Self {
        self.items
            .extend(list.map(|(name, make)| (name, Item::Made(make.entry()))));
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

/// The most global names there can be: bits in the arena's `given`.
const MAX_GLOBALS: usize = 128;

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
        let lists = Stock::new();
        let shelf = Shelf {
            libraries: Vec::new(),
            globals: Vec::new(),
            global_by_name: FxHashMap::default(),
            classes: Class::ALL.iter().map(|_| None).chain([None]).collect(),
            arithmetic: arithmetic::stock(),
            string: u8::MAX,
            types: None,
            preludes: lists.preludes(),
            lists,
        };
        let mut builder = LibrariesBuilder {
            shelf,
            host: PhantomData,
        };
        let basic = stock::functions("_G");
        for name in ["assert", "error", "rawequal", "select", "tonumber", "type"] {
            builder.add(name, Item::Function(basic[name]), false);
        }
        for (name, body) in base::FUNCTIONS {
            builder.add(name, Item::Function(body), false);
        }
        for (name, body) in [
            ("ipairs", list::ipairs as lua_CFunction),
            ("pcall", protect::pcall),
            ("xpcall", protect::xpcall),
            ("unpack", list::unpack),
        ] {
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

    /// Adds a global string.
    pub fn text(&mut self, name: &'static str, value: &'static str) {
        self.add(name, Item::Text(value), false);
    }

    /// Adds a global type value.
    pub fn type_value(&mut self, name: &'static str, value: TypeValue) {
        self.add(name, Item::Type(value), false);
    }

    /// Says what type values do.
    ///
    /// # Panics
    /// If that was said before.
    pub fn types<const N: usize, const M: usize>(&mut self, functions: TypeFunctions<S, N, M>) {
        assert!(self.shelf.types.is_none(), "what types do is said once");
        self.shelf.types = Some(functions.into_types());
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
        let own: &[(&str, lua_CFunction)] = match name {
            "coroutine" => &coroutine::FUNCTIONS,
            "table" => &[("concat", list::concat), ("unpack", list::unpack)],
            _ => &[],
        };
        items.extend(own.iter().map(|&(name, body)| (name, Item::Function(body))));
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
