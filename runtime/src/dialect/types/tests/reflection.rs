//! Kinds, names and texts.

use super::Read;
use crate::dialect::types::{Problem, problems};
use crate::dialect::{syntax::Span, translate};

#[test]
fn kinds() {
    for (target, kind) in [
        ("nil", "nil"),
        ("integer", "integer"),
        ("unknown", "unknown"),
        ("\"a\"", "literal"),
        ("string?", "optional"),
        ("string | number", "union"),
        ("{a: string} & {b: string}", "intersection"),
        ("{string, number}", "tuple"),
        ("{string}", "array"),
        ("{[string]: number}", "map"),
        ("{a: string}", "record"),
        ("{}", "record"),
        ("interface {a: string}", "record"),
        ("() -> ()", "function"),
        ("string @min_len(1)", "string"),
        ("Box<string>", "instantiated"),
        ("Box", "generic"),
        ("keyof({a: string})", "literal"),
    ] {
        let read = Read::of(&format!("type A = {target}\ntype Box<T> = {{T}}"));
        assert_eq!(read.types.kind(read.number("A")), kind, "{target}");
    }
}

#[test]
fn texts() {
    for text in [
        "string",
        "nil",
        "\"a\\\"b\"",
        "-1",
        "1.5",
        "1e300",
        "-2e-9",
        "true",
        "string?",
        "string | number",
        "{string | number}",
        "{a: string, b?: {number}}",
        "{}",
        "{[string]: any}",
        "{string, number}",
        "readonly {string}",
        "(a: string, b?: number, ...any) -> (string, number)",
        "() -> ()",
        "(string) -> string",
        "((string) -> string)?",
        "((string) -> string) | nil",
        "string @min_len(1) @pattern(\"^a\")",
        "{Box<string>}",
        "A & B",
        "keyof(A)",
        "A[\"x\"]",
        "A extends B ? string : number",
    ] {
        let read = Read::of(&format!(
            "type X = {text}\ntype Box<T> = {{T}}\ntype A = {{x: string}}\ntype B = {{}}"
        ));
        assert_eq!(read.target("X"), text);
        assert_eq!(read.types.text(read.number("X")), "X");
        assert_eq!(read.types.name(read.number("X")), Some("X"));
    }
}

#[test]
fn an_interface_has_the_methods_of_its_bases_each_once() {
    let read = Read::of(
        "interface Cat: Animal, Pet function purr() end
        interface Animal: Cat function eat() function purr() end
        interface Pet function name() end
        type A = Cat",
    );
    let fields = read.types.fields(read.number("A"));
    let names: Vec<&str> = fields.iter().map(|field| &*field.name).collect();
    assert_eq!(names, ["purr", "eat", "name"]);
}

#[test]
fn an_intersection_has_the_fields_of_its_parts_each_once() {
    let read = Read::of("type A = {a: string} @whole & {b: number, a: integer}");
    let fields = read.types.fields(read.number("A"));
    let fields = fields.iter().map(|it| (&*it.name, read.types.text(it.of)));
    let fields: Vec<_> = fields.collect();
    assert_eq!(fields, [("a", "string".into()), ("b", "number".into())]);
}

#[test]
fn a_text_has_an_end() {
    let read = Read::of("type Two<T> = {T, T}");
    let mut at = crate::dialect::types::Basic::String.number();
    for _ in 0..100 {
        at = read.types.instantiate(read.number("Two"), &[at]).unwrap();
        at = read.types.resolve(at);
    }
    assert!(read.types.text(at).len() < 10_000);
}

#[test]
fn patterns_that_cannot_be_used_are_found() {
    let source = "type A = {a: string @pattern(\"(\"), b: string @pattern(\"b\") @pattern(1)}
        local function f(x: string @pattern(\"[\")) end";
    let plain = translate(source.as_bytes()).unwrap();
    let found = problems(source.as_bytes(), &plain.syntax);
    let places: Vec<&str> = found
        .iter()
        .map(
            |Problem {
                 span: Span { start, end },
                 ..
             }| &source[*start as usize..*end as usize],
        )
        .collect();
    assert_eq!(
        places,
        ["@pattern(\"(\")", "@pattern(1)", "@pattern(\"[\")"]
    );
    assert!(found[0].message.starts_with("bad pattern: "), "{found:?}");
    assert_eq!(found[1].message, "@pattern takes a string");
}
