//! What names mean, and computed types.

use super::Read;
use crate::dialect::types::Shape;

/// What the alias `A` is in the end.
fn shown(source: &str) -> String {
    let read = Read::of(source);
    read.types.text(read.types.resolve(read.number("A")))
}

#[test]
fn names_count_before_they_are_declared_and_inside() {
    assert_eq!(shown("type A = B\ntype B = {C}\ntype C = string"), "{C}");
    assert_eq!(
        shown("type A = string\nlocal f = function() return string(1) end"),
        "string"
    );
    let read = Read::of(
        "type T = string
        local out
        do
            local function inner()
                type A = T
                out = A
            end
            type T = number
        end",
    );
    assert_eq!(
        read.types.text(read.types.resolve(read.number("A"))),
        "number"
    );
}

#[test]
fn an_own_type_wins_over_a_basic_one() {
    assert_eq!(
        shown("type A = {thread}\ntype thread = {id: integer}"),
        "{thread}"
    );
    let read = Read::of("type A = thread\ntype thread = {id: integer}");
    assert_eq!(read.types.kind(read.number("A")), "record");
}

#[test]
fn what_is_not_there_is_unresolved() {
    for (source, why) in [
        ("type A = Missing", "unresolved type Missing"),
        ("type A = m.User", "unresolved type m.User"),
        (
            "type A = B<number>\ntype B = string",
            "unresolved type B<number>",
        ),
        ("type A = A", "unresolved type A"),
        ("type A = B\ntype B = A", "unresolved type B"),
        (
            "type A = {a: string}[\"b\"]",
            "unresolved type {a: string}[\"b\"]",
        ),
        ("type A = A extends string ? A : A", "unresolved type A"),
    ] {
        let read = Read::of(source);
        match read.types.shape(read.number("A")) {
            Shape::Broken(text) => assert_eq!(&**text, why),
            other => panic!("{source}: {other:?}"),
        }
        assert_eq!(read.types.kind(read.number("A")), "unresolved");
    }
}

#[test]
fn types_of_libraries_are_found_by_variable_and_by_global_name() {
    let library = "local M = {}\ntype User = {id: Id}\ntype Id = integer\nreturn M";
    for source in [
        "local users = require(\"people\")\ntype A = users.User",
        "type A = people.User",
    ] {
        let read = Read::with(source, &[("people", library)]);
        assert_eq!(read.types.text(read.number("A")), "A");
        assert_eq!(read.target("A"), "User");
        assert_eq!(
            read.types.text(read.types.resolve(read.number("A"))),
            "{id: Id}"
        );
    }
    let read = Read::with(
        "type A = people.Id",
        &[("people", "type Id = string\ntype Id = integer")],
    );
    assert_eq!(
        read.types.text(read.types.resolve(read.number("A"))),
        "integer"
    );
    let read = Read::with(
        "local people = {}\ntype A = people.User",
        &[("people", library)],
    );
    assert_eq!(read.types.kind(read.number("A")), "unresolved");
}

#[test]
fn of_libraries_with_one_name_each_file_sees_the_one_that_its_program_sees() {
    let read = Read::with(
        "type A = shapes.Id\ntype B = middle.Id",
        &[
            ("shapes", "type Id = string"),
            ("middle", "type Id = shapes.Id"),
            ("shapes", "type Id = integer"),
        ],
    );
    let shown = |name| read.types.text(read.types.resolve(read.number(name)));
    assert_eq!([shown("A"), shown("B")], ["integer", "string"]);
}

#[test]
fn keys_indices_and_conditions_are_computed() {
    for (source, text) in [
        ("type A = keyof({x: string, y: number})", "\"x\" | \"y\""),
        ("type A = keyof({x: string})", "\"x\""),
        ("type A = keyof({[integer]: string})", "integer"),
        ("type A = keyof({string})", "integer"),
        ("type A = keyof(string)", "never"),
        ("type A = {x: string, y?: number}[\"x\"]", "string"),
        ("type A = {x: string, y?: number}[\"y\"]", "number?"),
        (
            "type A = {x: string, y: number}[keyof({x: any, y: any})]",
            "string | number",
        ),
        ("type A = {[string]: integer}[string]", "integer"),
        ("type A = {{x: string}}[integer]", "{x: string}"),
        ("type A = {string, number}[2]", "number"),
        ("type A = 1 extends number ? string : boolean", "string"),
        (
            "type A = string extends number ? string : boolean",
            "boolean",
        ),
        (
            "type A = F<integer>\ntype F<T> = T extends number ? {T} : T",
            "{integer}",
        ),
        (
            "type A = F<string>\ntype F<T> = T extends number ? {T} : T",
            "string",
        ),
        ("local x: {integer} = {}\ntype A = typeof(x)", "{integer}"),
        ("local x = 1\ntype A = typeof(x)", "any"),
        ("type A = typeof(f())", "any"),
        ("type A = x is string", "boolean"),
        ("type A = {x: string} @checked[\"x\"]", "string"),
    ] {
        assert_eq!(shown(source), text, "{source}");
    }
}

#[test]
fn long_rows_of_names_are_followed_once() {
    use std::fmt::Write;

    let mut source = "type A = T0\n".to_owned();
    for number in 0..50_000 {
        _ = writeln!(source, "type T{number} = T{}", number + 1);
    }
    let read = Read::of(&format!("{source}type T50000 = string"));
    let target = |name| read.types.text(read.types.resolve(read.number(name)));
    assert_eq!(
        (target("A"), target("T7")),
        ("string".into(), "string".into())
    );
    let read = Read::of(&format!("{source}type T50000 = T0"));
    assert_eq!(read.types.kind(read.number("A")), "unresolved");
    assert_eq!(read.types.kind(read.number("T7")), "unresolved");
}

#[test]
fn many_methods_and_parameters_take_little_time() {
    let count = 50_000;
    let all = |piece: fn(usize) -> String| (0..count).map(piece).collect::<String>();
    let methods = all(|number| format!(" function f{number}()"));
    let source = format!("interface I {methods} end\ntype A = I[\"f{}\"]", count - 1);
    assert_eq!(shown(&source), "() -> ()");
    let bases = all(|number| format!("interface I{} extends I{number} end\n", number + 1));
    let source = format!("interface I0 function f() end\n{bases}type A = I{count}[\"f\"]");
    assert_eq!(shown(&source), "() -> ()");
    let parameters = all(|number| format!("P{number}, "));
    let fields = all(|number| format!("f{number}: P{number}, "));
    let arguments = all(|_| "string, ".to_owned());
    let source =
        format!("type G<{parameters}P> = {{{fields} f: P}}\ntype A = G<{arguments}integer>[\"f\"]");
    assert_eq!(shown(&source), "integer");
}
