//! Which types are subtypes of which.

use super::{Read, pair};

#[test]
fn what_is_a_subtype() {
    for (one, other) in [
        ("integer", "number"),
        ("1", "integer"),
        ("1", "number"),
        ("1.5", "number"),
        ("\"a\"", "string"),
        ("true", "boolean"),
        ("boolean", "true | false"),
        ("never", "string"),
        ("string", "any"),
        ("any", "unknown"),
        ("unknown", "any"),
        ("string", "string?"),
        ("nil", "string?"),
        ("string", "string | number"),
        ("string | integer", "number | string"),
        ("{string}?", "nil | {string}"),
        ("{a: string} & {b: number}", "{a: string, b: number}"),
        ("{a: string, b: number}", "{a: string} & {b: number}"),
        ("{a: string} & {b: number}", "{a: string}"),
        ("{a: string, b: number}", "{a: string}"),
        ("{a: integer}", "{a: number}"),
        ("{a: string}", "{a?: string}"),
        ("{a?: string}", "{a: string?}"),
        ("{integer}", "{number}"),
        ("{integer}", "{[number]: number}"),
        ("{integer, string}", "{integer | string}"),
        ("{integer, string}", "{[integer]: any}"),
        ("{integer, integer, string}", "{integer, integer}"),
        ("{integer, integer}", "{integer, number}"),
        ("{[string]: integer}", "{[string]: number}"),
        ("{a: string}", "table"),
        ("{a: string}", "{}"),
        ("table", "{}"),
        ("{string}", "readonly {string}"),
        ("error", "userdata"),
        ("(number) -> integer", "(integer) -> number"),
        ("(string?) -> ()", "(string) -> ()"),
        ("() -> string", "(string) -> string"),
        ("(...number) -> ()", "(integer, integer) -> ()"),
        ("(string) -> string", "function"),
        ("() -> ()", "() -> nil"),
        ("string @min_len(1)", "string"),
        ("string @min_len(1) @max_len(2)", "string @min_len(1)"),
        ("string @min_len(1)", "string?"),
    ] {
        assert!(pair(one, other).is_subtype("A", "B"), "{one} <= {other}");
    }
}

#[test]
fn what_is_none() {
    for (one, other) in [
        ("number", "integer"),
        ("string", "number"),
        ("integer", "1"),
        ("1.5", "integer"),
        ("any", "string"),
        ("string", "never"),
        ("string?", "string"),
        ("boolean", "true | nil"),
        ("string | number", "string"),
        ("{a: string}", "{a: string, b: number}"),
        ("{a: number}", "{a: integer}"),
        ("{a?: string}", "{a: string}"),
        ("{}", "{a?: string}"),
        ("table", "{a: string}"),
        ("{number}", "{integer}"),
        ("{string}", "{a: string}"),
        ("readonly {string}", "{string}"),
        ("readonly {a: string}", "{a: string}"),
        ("{integer}", "{integer, integer}"),
        ("{[number]: number}", "{number}"),
        ("{a: string} & {b: number}", "{a: number}"),
        ("(integer) -> ()", "(number) -> ()"),
        ("() -> number", "() -> integer"),
        ("(string) -> ()", "() -> ()"),
        ("() -> ()", "() -> string"),
        ("function", "() -> ()"),
        ("string", "string @min_len(1)"),
        ("string @min_len(1)", "string @min_len(2)"),
        ("Missing", "string"),
        ("string", "Missing"),
    ] {
        assert!(!pair(one, other).is_subtype("A", "B"), "{one} <= {other}");
    }
}

#[test]
fn recursive_types_are_compared_as_far_as_they_differ() {
    let read = Read::of(
        "type Long = {value: integer, next: Long?, more: string}
        type Short = {value: number, next: Short?}
        type Other = {value: number, next: {value: string, next: Other?}?}",
    );
    assert!(read.is_subtype("Long", "Short"));
    assert!(!read.is_subtype("Short", "Long"));
    assert!(!read.is_subtype("Long", "Other"));
}

#[test]
fn interfaces_are_their_methods_and_those_of_their_bases() {
    let read = Read::of(
        "interface Named function name(): string end
        interface Animal: Named function speak(to: string) end
        type Dog = Animal
        type Thing = Named
        type Plain = {name: () -> string}",
    );
    assert!(read.is_subtype("Dog", "Thing"));
    assert!(read.is_subtype("Plain", "Thing"));
    assert!(!read.is_subtype("Thing", "Dog"));
}

#[test]
fn a_question_without_end_is_answered() {
    // Each pair leads to larger ones.
    let read = Read::of(
        "type Grow<T> = {next: Grow<{T}>?, other: Grow<T?>?, value: T}
        type A = Grow<integer>
        type B = Grow<number>",
    );
    let _ = read.is_subtype("A", "B");
    let wide = (0..200)
        .map(|n| format!("{{f{n}: U}}"))
        .collect::<Vec<_>>()
        .join(" | ");
    let read = Read::of(&format!(
        "type U = {wide}\ntype A = {{U}}\ntype B = {{{wide} | nil}}"
    ));
    assert!(read.is_subtype("A", "B"));
    assert!(!read.is_subtype("B", "A"));
}

#[test]
fn what_rests_on_a_pair_that_is_refused_is_asked_again() {
    // While A <= B is asked, In <= Out holds because of it; that A is no B shows only then.
    let read = Read::of(
        "type A = {first: In, second: string}
        type B = {first: Out, second: number}
        type In = {back: A}
        type Out = {back: B}
        type Either = B | {first: Out}",
    );
    assert!(!read.is_subtype("A", "Either"));
}
