//! Which types have the same class.

use super::{Read, pair};
use crate::dialect::types::{Basic, TypeKey, Types};

#[test]
fn what_is_made_of_the_same_is_equal() {
    for (one, other) in [
        ("string", "string"),
        ("{a: string, b: number}", "{b: number, a: string}"),
        ("string | number", "number | string"),
        ("string | number | string", "number | string"),
        ("{a: string} & {b: number}", "{b: number} & {a: string}"),
        ("{string}", "string[]"),
        ("(a: string) -> number", "fun(b: string): number"),
        ("string @min_len(1)", "string @min_len(1)"),
        ("A2", "{string}"),
        ("keyof({x: string})", "\"x\""),
        ("{a: B?}", "{a: A?}"),
        ("{a: A?}", "{a: {a: B?}?}"),
        ("{a: C?}", "C"),
        ("L<{string}>", "{value: {string}, next: L<A2>?}"),
    ] {
        let others = "type A2 = {string}
            type C = {a: C?}
            type L<T> = {value: T, next: L<T>?}";
        let read = Read::of(&format!("type A = {one}\ntype B = {other}\n{others}"));
        assert_eq!(read.class("A"), read.class("B"), "{one} == {other}");
    }
}

#[test]
fn what_is_made_of_something_else_is_not() {
    for (one, other) in [
        ("string", "number"),
        ("integer", "number"),
        ("{a: string}", "{a: number}"),
        ("{a: string}", "{b: string}"),
        ("{a: string}", "{a?: string}"),
        ("string?", "string"),
        ("{string}", "readonly {string}"),
        ("{string, string}", "{string}"),
        ("\"1\"", "1"),
        ("string @min_len(1)", "string @min_len(2)"),
        ("string @min_len(1)", "string"),
        ("(string) -> ()", "() -> (string)"),
        ("{a: A?}", "{a: {a: B}?}"),
        ("Missing", "Absent"),
    ] {
        let read = pair(one, other);
        assert_ne!(read.class("A"), read.class("B"), "{one} == {other}");
    }
}

#[test]
fn basic_types_have_their_class_in_every_entry() {
    let read = Read::of("type A = integer");
    assert_eq!(read.class("A"), TypeKey::basic(Basic::Integer).class);
    assert_ne!(read.number("A"), TypeKey::basic(Basic::Integer).number);
    let none = Types::default();
    for basic in Basic::ALL {
        assert_eq!(none.key(basic.number()), TypeKey::basic(basic));
        assert_eq!(none.name(basic.number()), Some(basic.name()));
    }
}

#[test]
fn many_types_are_parted_in_little_time() {
    use std::fmt::Write;

    // A chain that differs only at its end, and a crowd that looks alike down to the fourth level.
    let mut source = "type C0 = {next: string}\n".to_owned();
    for number in 1..3000 {
        _ = writeln!(source, "type C{number} = {{next: C{}}}", number - 1);
        _ = writeln!(
            source,
            "type D{number} = {{a: {{a: {{a: {{a: {}}}}}}}}}",
            number % 1500
        );
    }
    let read = Read::of(&source);
    assert_ne!(read.class("C10"), read.class("C11"));
    assert_eq!(read.class("D1"), read.class("D1501"));
    assert_ne!(read.class("D1"), read.class("D2"));
}

#[test]
fn a_class_that_was_given_out_stays() {
    let read = Read::of("type Box<T> = {value: T}\ntype A = {value: string}");
    let before = read.class("A");
    let boxed = read
        .types
        .instantiate(read.number("Box"), &[Basic::String.number()]);
    assert_eq!(read.types.key(boxed.unwrap()).class, before);
    let other = read
        .types
        .instantiate(read.number("Box"), &[Basic::Number.number()]);
    assert_ne!(read.types.key(other.unwrap()).class, before);
    assert_eq!(read.class("A"), before);
}
