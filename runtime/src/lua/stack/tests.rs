//! What a careless layer above may do with a stack, without harm.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::lua::vm::{Progress, Vm};
use crate::lua::{
    Answer, Call, Chunk, Code, Function, LibrariesBuilder, Method, Module, Number, Outcome, Recipe,
    Slab,
};
use crate::payload::Payload;

/// Walks over the table at 1, and empties and refills it meanwhile; answers how many pairs it saw.
fn walk(call: &mut Call<()>) -> Outcome {
    let mut seen = 0;
    call.lua.for_each(1, |lua| {
        seen += 1;
        if let Some(Number::Integer(key)) = lua.number(-2) {
            lua.push_nil();
            lua.set_item(1, key);
        }
        for other in 0..100 {
            lua.push_boolean(true);
            lua.set_item(1, (1 << 50) + (seen << 10) + other);
        }
        ControlFlow::Continue(())
    });
    call.lua.push_boolean(seen > 0);
    Ok(Answer::Values(1))
}

#[test]
fn a_table_that_changes_under_a_walk_ends_it() {
    let mut libraries = LibrariesBuilder::new();
    libraries.library(Module::new("string"));
    libraries.library(Module::new("test").functions([("walk", Function::new(walk))]));
    let source = "return function()
        local t = {}
        for i = 1, 20 do t[(1 << 40) + i] = true end
        return test.walk(t)
    end";
    let recipe = Recipe {
        chunk: Chunk::compile(source.as_bytes(), "app:test", 0).unwrap(),
        types: Arc::default(),
        method: Method::Usual,
        modules: Vec::new(),
        imports: Vec::new(),
        templates: false,
    };
    let code = Code::new(&libraries.build(), recipe, Arc::new(Slab::new()), 7);
    let mut vm = Vm::new(&code, Payload::default(), 1 << 20).unwrap();
    let progress = vm.run(&mut ());
    assert!(matches!(progress, Progress::Returned), "{progress:?}");
}
