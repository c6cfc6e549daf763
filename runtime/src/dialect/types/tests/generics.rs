//! Generic types, with the types that they are called with.

use super::Read;
use crate::dialect::types::{Basic, Shape};

const STRING: u32 = Basic::String.number();

#[test]
fn the_same_types_make_the_same_type() {
    let read = Read::of("type Pair<A, B> = {first: A, second: B}");
    let pair = read.number("Pair");
    let one = read.types.instantiate(pair, &[STRING, STRING]).unwrap();
    assert_eq!(read.types.instantiate(pair, &[STRING, STRING]), Ok(one));
    assert_eq!(read.types.text(one), "Pair<string, string>");
    assert_eq!(read.types.kind(one), "instantiated");
    assert_eq!(
        read.types.text(read.types.resolve(one)),
        "{first: string, second: string}"
    );
}

#[test]
fn what_cannot_be_made_is_said() {
    let read = Read::of("type Box<T: number> = {value: T}\ntype User = {name: string}");
    let make = |generic, arguments: &[u32]| read.types.instantiate(read.number(generic), arguments);
    assert_eq!(make("Box", &[]).unwrap_err(), "Box takes 1 types, got 0");
    assert_eq!(make("User", &[STRING]).unwrap_err(), "User is not generic");
    assert_eq!(
        make("Box", &[STRING]).unwrap_err(),
        "string is no number, which T must be"
    );
    assert!(make("Box", &[Basic::Integer.number()]).is_ok());
}

#[test]
fn written_arguments_are_put_in() {
    let read = Read::of(
        "type Box<T> = {value: T, all: {T}, read: (T) -> T?}
        type A = Box<Box<string>>
        type Swap<X, Y> = Pair<Y, X>
        type Pair<X, Y> = {X, Y}
        type B = Swap<string, number>
        type C = Pair<string>",
    );
    let shown = |name| read.types.text(read.types.resolve(read.number(name)));
    assert_eq!(
        shown("A"),
        "{value: Box<string>, all: {Box<string>}, read: (Box<string>) -> Box<string>?}"
    );
    assert_eq!(shown("B"), "{number, string}");
    assert!(matches!(
        read.types.shape(read.number("C")),
        Shape::Broken(_)
    ));
    assert_eq!(shown("C"), "Pair<string>");
}

#[test]
fn a_type_that_grows_for_ever_is_made_as_far_as_it_is_looked_at() {
    let read = Read::of("type L<T> = {next: L<{T}>?, value: T}\ntype A = L<string>");
    let mut at = read.number("A");
    for _ in 0..30 {
        let Shape::Record { fields, .. } = read.types.shape(at) else {
            panic!("{}", read.types.text(at));
        };
        let Shape::Optional(next) = read.types.shape(fields[0].of) else {
            panic!("{}", read.types.text(fields[0].of));
        };
        at = *next;
    }
    let text = read.types.text(at);
    assert_eq!(
        text,
        format!("L<{}string{}>", "{".repeat(30), "}".repeat(30))
    );
}

#[test]
fn there_is_an_end_to_what_programs_make() {
    let read = Read::of("type Box<T> = {value: T}");
    let mut at = STRING;
    let why = loop {
        match read.types.instantiate(read.number("Box"), &[at]) {
            Ok(next) => at = next,
            Err(why) => break why,
        }
    };
    assert_eq!(why, "too many types are made of generic types");
    assert!(read.types.text(at).len() < 5000);
    // What was there is there still.
    assert!(matches!(read.types.shape(at), Shape::Record { .. }));
    assert!(
        read.types
            .instantiate(read.number("Box"), &[STRING])
            .is_ok()
    );
}

#[test]
fn a_type_that_branches_for_ever_leaves_room() {
    let fields: Vec<String> = (0..20).map(|n| format!("f{n}: W<{{f{n}: T}}>?")).collect();
    let read = Read::of(&format!(
        "type W<T> = {{{}}}\ntype A = W<string>",
        fields.join(", ")
    ));
    let made = read.types.instantiate(read.number("W"), &[STRING]);
    assert_eq!(read.types.key(made.unwrap()).class, read.class("A"));
}

#[test]
fn parameters_of_functions_are_any() {
    let read = Read::of(
        "local out
        local function f<T>(x: T)
            type Inner = {value: T}
            out = Inner
        end
        type Dummy = string",
    );
    assert_eq!(read.target("Inner"), "{value: any}");
}
