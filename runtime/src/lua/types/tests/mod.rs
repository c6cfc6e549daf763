//! What programs see of type values, with a layer above that knows just enough of them.

mod chunks;
mod comparing;

use std::sync::Arc;

use super::TypeFunctions;
use crate::error::Error;
use crate::lua::{
    Answer, Call, Chunk, Code, Function, Import, Libraries, LibrariesBuilder, Method, Module,
    Outcome, Preparation, Progress, Raise, Recipe, Slab, Type, TypeValue, Vm,
};
use crate::payload::Payload;

/// The types of all programs here: two that are equal, and one that is not.
const TYPES: [TypeValue; 3] = [value(1, 10), value(1, 11), value(2, 12)];

const fn value(class: u32, number: u32) -> TypeValue {
    TypeValue { class, number }
}

/// Names for them; on the first line, so that lines are counted as ever.
const NAMES: &str = "local A, B, C = 0x6d6f6f6e00000000, 0x6d6f6f6e00000001, 0x6d6f6f6e00000002 ";

/// What `X(…)` answers: the number of `X`, and how many arguments came with it.
fn call(call: &mut Call<()>) -> Outcome {
    let own = call.lua.type_value(1).expect("the type comes first");
    let count = call.lua.top() - 1;
    call.lua.push_integer(own.number.into());
    call.lua.push_integer(count.into());
    Ok(Answer::Values(2))
}

/// What `X[key]` is: for `inner` the next type, for a number the key itself.
fn index(call: &mut Call<()>) -> Outcome {
    let own = call.lua.type_value(1).expect("the type comes first");
    assert_eq!(call.lua.top(), 2);
    match call.lua.bytes(2) {
        Some(b"inner") => call.lua.push_type(value(own.class + 1, own.number + 1)),
        Some(_) => call.lua.push_nil(),
        None => call.lua.push_copy(2),
    }
    Ok(Answer::Values(1))
}

/// The classes of both operands, where the library `string` has class 0.
fn classes(call: &Call<()>) -> Result<[u32; 2], Raise> {
    let class = |index| match call.lua.type_value(index) {
        Some(value) => Some(value.class),
        None => (call.lua.library_name(index) == Some("string")).then_some(0),
    };
    match (class(1), class(2)) {
        (Some(one), Some(other)) => Ok([one, other]),
        _ => Err("not two types".into()),
    }
}

fn answer(call: &mut Call<()>, value: bool) -> Outcome {
    call.lua.push_boolean(value);
    Ok(Answer::Values(1))
}

fn text(call: &mut Call<()>) -> Outcome {
    let own = call.lua.type_value(1).expect("the type comes first");
    assert_eq!(call.lua.top(), 1);
    call.lua.push_bytes(format!("T{}", own.number));
    Ok(Answer::Values(1))
}

/// What `X:kind(…)` and `X:is(…)` answer: the number of `X`, and how many arguments came with it.
fn method(call: &mut Call<()>) -> Outcome {
    match call.lua.type_value(1) {
        Some(_) => self::call(call),
        None => Err("no type comes first".into()),
    }
}

/// What `X:name()` answers: the name that it was called by.
fn name(call: &mut Call<()>) -> Outcome {
    let (name, _) = call.lua.called_as().unwrap_or_default();
    call.lua.push_bytes(name);
    Ok(Answer::Values(1))
}

fn libraries() -> Libraries<()> {
    let mut libraries = LibrariesBuilder::new();
    libraries.library(Module::new("string").stock(["format", "gsub", "rep", "len", "find"]));
    libraries.library(Module::new("table").stock(["concat", "sort"]));
    libraries.library(Module::new("coroutine"));
    libraries.library(Module::new("test").functions([(
        "kind",
        Function::new(|call: &mut Call<()>| {
            call.lua.push_bytes(call.lua.kind(1).name());
            call.lua.push_boolean(call.lua.kind(1) == Type::TypeValue);
            Ok(Answer::Values(2))
        }),
    )]));
    libraries.type_value("whole", value(7, 70));
    libraries.types(TypeFunctions {
        call: Function::new(call),
        index: Function::new(index),
        less: Function::new(|call: &mut Call<()>| {
            let [one, other] = classes(call)?;
            answer(call, one < other)
        }),
        less_or_equal: Function::new(|call: &mut Call<()>| {
            let [one, other] = classes(call)?;
            answer(call, one <= other)
        }),
        text: Function::new(text),
        methods: [("kind", Function::new(method))],
        bound: [("is", Function::new(method)), ("name", Function::new(name))],
    });
    libraries.build()
}

fn code(source: &str, types: &[TypeValue], templates: bool) -> Code<()> {
    let compile = |source: &str, name| {
        Chunk::compile(source.as_bytes(), name, types.len() as u32).expect("it compiles")
    };
    let import = Import {
        aliases: vec!["lib".to_owned()],
        chunk: compile("return {Inner = 0x6d6f6f6e00000000}", "app:lib"),
        types: types.iter().rev().copied().collect(),
    };
    let recipe = Recipe {
        chunk: compile(source, "app:test"),
        types: types.into(),
        method: Method::Usual,
        modules: Vec::new(),
        imports: vec![import],
        templates,
    };
    Code::new(&libraries(), recipe, Arc::new(Slab::new()), 7)
}

fn run(code: &Code<()>) -> Result<(), Error> {
    let mut vm = Vm::new(code, Payload::default(), 4 << 20).expect("memory for a VM");
    match vm.run(&mut ()) {
        Progress::Returned => Ok(()),
        Progress::Failed(error) => Err(error),
        other => panic!("{other:?}"),
    }
}

/// Runs `top` and then `main` in a VM booted afresh, and in two copies of a template; each with and without a program's
/// own metatable. All must end well.
fn pass(top: &str, main: &str) {
    for before in ["", "setmetatable({}, {}) "] {
        for within in ["", "setmetatable({}, {}) "] {
            let source = format!("{NAMES}{before}{top}\nreturn function() {within}{main}\nend");
            for templates in [false, true, true] {
                let code = code(&source, &TYPES, templates);
                let preparation = code.prepare(|| ()).expect("a top level that runs");
                let is_template = matches!(preparation, Preparation::Template { .. });
                assert_eq!(is_template, templates, "{preparation:?} of {source}");
                if let Err(error) = run(&code) {
                    panic!("{error}\n{}\n{source}", error.stack);
                }
            }
        }
    }
}

#[test]
fn a_type_is_one_to_the_program_and_to_us() {
    pass(
        "",
        "assert(type(A) == 'type' and type(whole) == 'type' and type(lib.Inner) == 'type')
         local name, is_type = test.kind(A)
         assert(name == 'type' and is_type and select(2, test.kind('x')) == false)
         assert(tostring(A) == 'T10' and tostring(C) == 'T12' and tostring(whole) == 'T70')
         assert(tostring(lib.Inner) == 'T12' and getmetatable(A) == nil)
         for _, f in ipairs {setmetatable, rawget, rawset, next} do assert(not pcall(f, A, {}, 1)) end",
    );
}

#[test]
fn errors_call_it_a_type() {
    pass(
        "",
        "local function fails(text, f, ...)
           local ok, why = pcall(f, ...)
           assert(not ok and string.find(why, text, 1, true), why)
         end
         fails(\"attempt to add a 'type' with a 'number'\", function() return A + 1 end)
         fails(\"attempt to add a 'number' with a 'type'\", function() return 1 + A end)
         fails(\"attempt to mul a 'type' with a 'type'\", function() return A * A end)
         fails(\"attempt to unm a 'type' with a 'type'\", function() return -A end)
         fails('attempt to concatenate a type value', function() return A .. 'x' end)
         fails('attempt to get length of a type value', function() return #A end)
         fails('attempt to index a type value', function() A.x = 1 end)
         fails('string expected, got type', string.rep, A, 1)
         fails('table expected, got type', pairs, A)
         fails('number expected, got type', table.concat, {}, '', A)",
    );
}

#[test]
fn calls_reach_the_layer_above() {
    pass(
        "local n, count = C(1, nil) assert(n == 12 and count == 2)",
        "local n, count = A() assert(n == 10 and count == 0)
         n, count = B(A, {}, nil) assert(n == 11 and count == 3)
         assert(select('#', pcall(A, 1)) == 3 and coroutine.wrap(function() return A(1) end)() == 10)
         local t = setmetatable({}, {__call = B}) assert(t() == 11)",
    );
}

#[test]
fn fields_reach_the_layer_above_and_methods_come_first() {
    pass(
        "local inner = A.inner assert(tostring(inner) == 'T11')",
        "assert(tostring(A.inner.inner) == 'T12' and A.other == nil and A[7] == 7 and A[A] == A)
         assert(type(A.is) == 'function' and A.kind == C.kind)
         assert(setmetatable({}, {__index = A}).inner == A.inner)",
    );
}

#[test]
fn a_method_gets_its_type_however_it_is_called() {
    pass(
        "local kept = B.is",
        "local function two(n, count, wanted, other) assert(n == wanted and count == other, n .. ' ' .. count) end
         local n, count = A:is() two(n, count, 10, 0)
         n, count = A:is(1, 2) two(n, count, 10, 2)
         n, count = A:is(A) two(n, count, 10, 1)
         n, count = A.is(1) two(n, count, 10, 1)
         n, count = A.is() two(n, count, 10, 0)
         n, count = A.is(nil) two(n, count, 10, 1)
         n, count = A.is(A, 1) two(n, count, 10, 1)
         n, count = A.is(A) two(n, count, 10, 1)
         -- Equal is not the same.
         n, count = A.is(B, 1) two(n, count, 10, 2)
         n, count = kept(1) two(n, count, 11, 1)
         n, count = kept(B, 1) two(n, count, 11, 1)
         n, count = A:kind(1) two(n, count, 10, 1)
         assert(not pcall(A.kind, 1) and pcall(A.kind, A))
         local ok, why = pcall(function() A.kind(1) end)
         assert(why == 'app:test:17: no type comes first', why)",
    );
}

#[test]
fn a_method_knows_its_name() {
    pass(
        "",
        "local kept = A.name
         assert(A:name() == 'name' and A.name() == 'name' and (kept()) == 'name')
         assert(select(2, pcall(A.name)) == 'name' and select(2, pcall(A.name, A, 1)) == 'name')",
    );
}

#[test]
fn what_is_named_is_named() {
    let names = libraries().names();
    for name in ["whole", "type:is", "type:kind"] {
        assert!(names.iter().any(|other| other == name), "{name}");
    }
    let entry = Function::<()>::new(method).entry();
    let name = libraries().shelf.name_of(entry);
    assert!(matches!(name.as_deref(), Some("is" | "kind")), "{name:?}");
}

#[test]
fn without_a_layer_above_a_type_does_nothing() {
    let mut libraries = LibrariesBuilder::<()>::new();
    libraries.library(Module::new("string").stock(["find"]));
    let source = format!(
        "{NAMES} return function()
           assert(A.is == nil and type(A) == 'type' and A == B)
           local ok, why = pcall(A, 1)
           assert(not ok and why:find('attempt to call a type value'), why)
           ok, why = pcall(function() return A < B end)
           assert(not ok and why:find('attempt to compare two type values'), why)
           assert(tostring(A):find('^type: '))
         end"
    );
    let recipe = Recipe {
        chunk: Chunk::compile(source.as_bytes(), "app:test", 3).unwrap(),
        types: TYPES.into(),
        method: Method::Usual,
        modules: Vec::new(),
        imports: Vec::new(),
        templates: true,
    };
    let code = Code::new(&libraries.build(), recipe, Arc::new(Slab::new()), 7);
    run(&code).unwrap();
}
