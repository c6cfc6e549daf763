//! Programs that run as copies of a template and booted afresh, and must not notice.

#[cfg(test)]
mod figures;
pub(in crate::lua) mod fuzz;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod room;
#[cfg(test)]
mod same;
#[cfg(test)]
mod sharing;

use std::sync::Arc;

use super::{Preparation, Unfit, refuse_preparation};
use crate::error::Error;
use crate::lua::{
    Answer, Call, Chunk, Class, Code, Doom, Function, Import, Libraries, LibrariesBuilder, Method,
    Module, Object, Progress, Recipe, Slab, Vm,
};
use crate::payload::Payload;

/// What the layer above would keep for a VM.
#[derive(Default)]
struct TestHost {
    /// Whether there is a process.
    runs: bool,
    /// How often `host.bump` was called.
    bumps: i64,
}

impl TestHost {
    fn running() -> TestHost {
        TestHost {
            runs: true,
            bumps: 0,
        }
    }

    fn bump(&mut self) -> i64 {
        if !self.runs {
            refuse_preparation();
        }
        self.bumps += 1;
        self.bumps
    }
}

#[derive(Clone, Copy)]
struct Number(i64);

impl Object for Number {
    const CLASS: Class = Class::Time;
}

#[derive(Clone, Copy)]
struct Own;

impl Object for Own {
    const CLASS: Class = Class::Channel;
}

fn libraries() -> Libraries<TestHost> {
    let mut libraries = LibrariesBuilder::new();
    libraries.library(Module::new("string").stock([
        "format", "sub", "rep", "byte", "char", "upper", "len", "find",
    ]));
    libraries.library(
        Module::new("table").stock(["concat", "insert", "remove", "unpack", "pack", "sort"]),
    );
    libraries.library(Module::new("math").stock(["floor", "max", "min"]));
    libraries.library(Module::new("coroutine"));
    libraries.module(host_module());
    libraries.build()
}

/// What the layer above would offer.
fn host_module() -> Module<TestHost> {
    Module::new("host").functions([
        (
            "bump",
            Function::new(|call: &mut Call<TestHost>| {
                let bumps = call.state.bump();
                call.lua.push_integer(bumps);
                Ok(Answer::Values(1))
            }),
        ),
        (
            "wait",
            Function::new(|_: &mut Call<TestHost>| {
                Ok(Answer::wait(
                    |_: &mut Call<TestHost>, _| Ok(Answer::Values(0)),
                    0,
                ))
            }),
        ),
        (
            "number",
            Function::new(|call: &mut Call<TestHost>| {
                call.lua.push_object(Number(17));
                Ok(Answer::Values(1))
            }),
        ),
        (
            "read",
            Function::new(|call: &mut Call<TestHost>| {
                let value = call.lua.object::<Number>(1).map(|number| number.0);
                call.lua.push_integer(value.unwrap_or(-1));
                Ok(Answer::Values(1))
            }),
        ),
        (
            "send",
            Function::new(|call: &mut Call<TestHost>| {
                call.state.bump();
                let payload = call.lua.payload(3).expect("it can be sent");
                drop(payload);
                call.lua.push_boolean(true);
                Ok(Answer::Values(1))
            }),
        ),
        (
            "own",
            Function::new(|call: &mut Call<TestHost>| {
                call.lua.push_object(Own);
                Ok(Answer::Values(1))
            }),
        ),
        (
            "panic",
            Function::new(|_: &mut Call<TestHost>| panic!("as the test wants it")),
        ),
    ])
}

/// Bytes that VMs may have.
const LIMIT: usize = 4 << 20;

/// An entry in the making.
struct Entry {
    source: String,
    imports: Vec<(String, String)>,
    templates: bool,
    slab: Arc<Slab>,
}

impl Entry {
    fn new(source: &str) -> Entry {
        Entry {
            source: source.to_owned(),
            imports: Vec::new(),
            templates: true,
            slab: Arc::new(Slab::new()),
        }
    }

    fn import(mut self, alias: &str, source: &str) -> Entry {
        self.imports.push((alias.to_owned(), source.to_owned()));
        self
    }

    fn code(&self, templates: bool) -> Code<TestHost> {
        let compile = |source: &str, name: &str| {
            Chunk::compile(source.as_bytes(), name, 0).expect("compiles")
        };
        let imports = self.imports.iter().map(|(alias, source)| Import {
            aliases: vec![alias.clone()],
            chunk: compile(source, alias),
            types: Arc::default(),
        });
        let recipe = Recipe {
            chunk: compile(&self.source, "app:test"),
            types: Arc::default(),
            method: Method::Usual,
            modules: vec!["host".to_owned()],
            imports: imports.collect(),
            templates: self.templates && templates,
        };
        Code::new(&libraries(), recipe, self.slab.clone(), 0x5eed)
    }

    /// The entry's code, prepared, which must have worked.
    fn template(&self) -> Code<TestHost> {
        let code = self.code(true);
        match code.prepare(TestHost::default) {
            Ok(Preparation::Template { .. }) => code,
            other => panic!("{other:?} of {}", self.source),
        }
    }

    /// Why it has no template.
    fn unfit(&self) -> (Code<TestHost>, Unfit) {
        let code = self.code(true);
        match code.prepare(TestHost::default) {
            Ok(Preparation::Unfit(unfit)) => (code, unfit),
            other => panic!("{other:?} of {}", self.source),
        }
    }
}

/// Runs a VM until its program ends, going on at once whatever it waits for.
fn run(vm: &mut Vm<TestHost>, host: &mut TestHost) -> Result<Payload, Error> {
    loop {
        match vm.run(host) {
            Progress::Returned => return vm.result(),
            Progress::Waits | Progress::Yields | Progress::Interrupted => {}
            Progress::Failed(error) => return Err(error),
            Progress::Doomed { why: doom, .. } => {
                assert_eq!(doom, Doom::OverCap);
                return Err(Error::new("Doomed", "over its cap"));
            }
        }
    }
}

/// What a process of the entry comes to.
fn result(code: &Code<TestHost>) -> Result<Payload, Error> {
    result_within(code, LIMIT)
}

/// The same, of a VM that may have so many bytes.
fn result_within(code: &Code<TestHost>, bytes: usize) -> Result<Payload, Error> {
    let mut vm = Vm::new(code, Payload::default(), bytes).expect("memory for a VM");
    run(&mut vm, &mut TestHost::running())
}
