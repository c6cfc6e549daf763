//! A body for a fuzzer: any bytes, in a VM with little memory.

use std::sync::Arc;

use crate::lua::{
    Answer, Call, Chunk, Code, Function, LibrariesBuilder, Method, Module, Outcome, Plain,
    Progress, Recipe, Slab, Vm,
};
use crate::payload::Payload;

use super::{decode, encode};

/// What is decoded can be encoded, but for holes, and then stays what it is.
const PROGRAM: &str = "return function(text)
    local value, failure = test.decode(text)
    if failure then return end
    local written = test.encode(value)
    if not written then return end
    local again = test.encode((test.decode(written)))
    if again ~= written then error(written .. ' became ' .. tostring(again), 0) end
end";

/// Bytes of the VM: what a page of brackets takes is more.
const MEMORY: usize = 64 << 10;

fn code() -> Code<()> {
    let mut libraries = LibrariesBuilder::new();
    libraries.library(Module::new("string"));
    libraries.library(Module::new("test").functions([
        ("decode", Function::new(decode_text)),
        ("encode", Function::new(encode_value)),
    ]));
    let recipe = Recipe {
        chunk: Chunk::compile(PROGRAM.as_bytes(), "app:fuzz", 0).expect("a program"),
        types: Arc::default(),
        method: Method::Usual,
        modules: Vec::new(),
        imports: Vec::new(),
        templates: false,
    };
    Code::new(&libraries.build(), recipe, Arc::new(Slab::new()), 7)
}

fn decode_text(call: &mut Call<()>) -> Outcome {
    let text = call.lua.bytes(1).expect("a string").to_vec();
    if decode(&mut call.lua, &text).is_ok() {
        return Ok(Answer::Values(1));
    }
    call.lua.push_nil();
    call.lua.push_boolean(true);
    Ok(Answer::Values(2))
}

fn encode_value(call: &mut Call<()>) -> Outcome {
    match encode(&mut call.lua, 1) {
        Ok(text) => call.lua.push_bytes(text),
        Err(_) => call.lua.push_nil(),
    }
    Ok(Answer::Values(1))
}

thread_local! {
    static CODE: Code<()> = code();
}

/// Decodes, encodes, and decodes again.
pub fn json(text: &[u8]) {
    let mut arguments = Vec::new();
    Plain::Bytes(text.to_vec()).encode(&mut arguments);
    let arguments = Payload::from_encoded(arguments);
    let progress = CODE.with(|code| {
        let mut vm = Vm::new(code, arguments, MEMORY).expect("room for the text");
        vm.run(&mut ())
    });
    assert!(matches!(progress, Progress::Returned), "{progress:?}");
}
