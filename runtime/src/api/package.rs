//! The restricted global `package`, and what names the dialect. See `docs/dialect.md`.

use crate::lua::{Function, LibrariesBuilder, Module, Outcome};

use super::{Call, Host};

pub(super) fn register(libraries: &mut LibrariesBuilder<Host>) {
    libraries.text("_VERSION", "Lua 5.3 - Wippy Modification");
    libraries.text("_GOPHER_LUA_VERSION", "GopherLua 0.1");
    let module = Module::new("package")
        .texts([("path", ""), ("cpath", "")])
        .functions([("loadlib", Function::new(loadlib))])
        .lua("seeall", include_str!("prelude/package_seeall.lua"), &[]);
    libraries.library(module);
}

/// `package.loadlib(…)`: says why not.
fn loadlib(call: &mut Call) -> Outcome {
    call.answer_text("loadlib is not supported: processes load no native code")
}
