//! The shelf: what all VMs of a program can offer, by name. Filled once a program.
//!
//! Plain data; knows nothing of VMs, nor of who fills it.

use mlua::ffi::lua_CFunction;
use rustc_hash::FxHashMap;

use super::chunk::Chunk;
use super::list::Stock;
use super::type_value::TypeValue;
use super::types::Types;

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
    /// A type.
    Type(TypeValue),
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
    /// Lua's own arithmetic metamethods of strings, in the order of `arithmetic.rs`.
    pub(super) arithmetic: [lua_CFunction; 8],
    /// Lua's own functions that read lists.
    pub(super) lists: Stock,
    /// The library whose functions are the methods of strings.
    pub(super) string: u8,
    /// What type values do, if there are any.
    pub(super) types: Option<Types>,
    /// Functions written in Lua that only native ones call.
    pub(super) preludes: FxHashMap<&'static str, Item>,
}

impl Shelf {
    /// The name that a function has in a library, a class, or among the globals. Looks through all.
    pub(super) fn name_of(&self, body: lua_CFunction) -> Option<String> {
        let is_it = |other: lua_CFunction| std::ptr::fn_addr_eq(other, body);
        let is_item = |item: &Item| matches!(item, Item::Function(other) if is_it(*other));
        let members = self.libraries.iter().flat_map(|library| &library.items);
        let methods = self
            .classes
            .iter()
            .flatten()
            .flat_map(|class| &class.methods);
        let of_types = self.types.iter().flat_map(|types| &types.methods);
        let of_types = of_types.map(|(name, method)| (name, &method.body));
        let member = members
            .filter(|(_, item)| is_item(item))
            .map(|(name, _)| *name);
        let method = methods
            .chain(of_types)
            .filter(|(_, other)| is_it(**other))
            .map(|(name, _)| *name);
        let global = self
            .globals
            .iter()
            .filter(|(_, global)| is_item(&global.item));
        let global = global.map(|(name, _)| name.as_bytes());
        let name = member.chain(method).chain(global).next()?;
        Some(String::from_utf8_lossy(name).into_owned())
    }
}
