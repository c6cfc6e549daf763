//! Every production of the dialect, and what Lua gets of it. Where an edit leaves blanks, `·` stands for each.

use super::plain;

fn become_plain(cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        let expected = expected.replace('·', " ");
        assert_eq!(plain(source), expected, "{source}");
        assert_eq!(plain(&expected), expected, "again: {source}");
    }
}

#[test]
fn annotations_of_locals() {
    become_plain(&[
        ("local a: number", "local a········"),
        (
            "local a: T, b, c: U = 1, 2, 3",
            "local a···, b, c··· = 1, 2, 3",
        ),
        ("local a <const>: number = 1", "local a <const>········ = 1"),
        ("local a: number <const> = 1", "local a········ <const> = 1"),
        (
            "local f: File <close> = open()",
            "local f······ <close> = open()",
        ),
        ("local a: Box<{T}>= 1", "local a··········= 1"),
        ("local a: A<B<C>>= 1", "local a·········= 1"),
        ("local a: number?= 1", "local a·········= 1"),
        ("global a: number = 1", "global a········ = 1"),
        ("local a: string\nlocal b", "local a········\nlocal b"),
    ]);
}

#[test]
fn heads_of_functions() {
    become_plain(&[
        (
            "function f(a: T, b, ...: T) end",
            "function f(a···, b, ...···) end",
        ),
        ("function f(...) end", "function f(...) end"),
        ("function f(...args: T) end", "function f(...args···) end"),
        ("function f(a?: T) end", "function f(a····) end"),
        (
            "function f<T, U: Bound>(x: T): T end",
            "function f·············(x···)··· end",
        ),
        (
            "local function f<T>(x: T): T return x end",
            "local function f···(x···)··· return x end",
        ),
        (
            "local f = function<T>(x: T) end",
            "local f = function···(x···) end",
        ),
        ("function a.b:c<T>(x: T) end", "function a.b:c···(x···) end"),
        ("function f(): T end", "function f()··· end"),
        (
            "function f(): T, U return 1, 2 end",
            "function f()······ return 1, 2 end",
        ),
        ("function f(): (T, U) end", "function f()········ end"),
        ("function f(): () end", "function f()···· end"),
        ("function f(): (T) -> U end", "function f()·········· end"),
        (
            "function f(): (A | B)[] (g)() end",
            "function f()··········· (g)() end",
        ),
        ("function f(): T\n(g)() end", "function f()···\n(g)() end"),
        (
            "f(function(a: T): U, V return end, 1)",
            "f(function(a···)······ return end, 1)",
        ),
        (
            "function f(x: any): asserts x is string end",
            "function f(x·····)····················· end",
        ),
        (
            "function f(x: any): asserts x end",
            "function f(x·····)··········· end",
        ),
        (
            "function f(x: any): x is string end",
            "function f(x·····)············· end",
        ),
    ]);
}

#[test]
fn casts() {
    become_plain(&[
        ("local x = y :: T", "local x = y·····"),
        ("local x = y as T", "local x = y·····"),
        ("local x = (y as T).z", "local x = (y·····).z"),
        ("local x = f(y :: T, z as U)", "local x = f(y·····, z·····)"),
        ("local x = y as T as U", "local x = y··········"),
        ("local x = (y :: T :: U)", "local x = (y··········)"),
        ("if x :: T :: U then end", "if x·········· then end"),
        (
            "local x = -y :: T + {} as U .. 'a' as V",
            "local x = -y····· + {}····· .. 'a'·····",
        ),
        ("local x = y!", "local x = y·"),
        ("local x = (u!).name", "local x = (u·).name"),
        ("local x = y! == z", "local x = y· == z"),
        ("(x as T).y = 5", "(x·····).y = 5"),
        ("return x as T", "return x·····"),
        ("local x = y as number < z", "local x = y·········· < z"),
        ("local x = y as unknown < z", "local x = y··········· < z"),
        ("local x = f() :: { a: T }", "local x = f()············"),
        ("local x = ... :: T", "local x = ...·····"),
        (
            "local x = { a = b as T, [c :: U] = d!, e }",
            "local x = { a = b·····, [c·····] = d·, e }",
        ),
        (
            "for i = 1, n as integer do end",
            "for i = 1, n··········· do end",
        ),
        ("repeat until x as T", "repeat until x·····"),
    ]);
}

#[test]
fn labels_are_no_casts() {
    for source in [
        "::a:: goto a",
        "do f() ::a:: end",
        "x = y ::a:: z = 1",
        "x = y ::a\n:: z = 1",
        "local x = f {} ::a:: ::b:: z = 1",
        "for i = 1, 2 do if i then goto continue end f() ::continue:: end",
        "repeat until x ::a:: f()",
    ] {
        assert_eq!(plain(source), source);
    }
    become_plain(&[
        ("x = y ::T\n::a::", "x = y····\n::a::"),
        ("x = y :: T ::a::", "x = y····· ::a::"),
        (
            "local f = (function() x = y ::a:: end)",
            "local f = (function() x = y ::a:: end)",
        ),
    ]);
}

#[test]
fn what_begins_with_a_parenthesis_stays_apart() {
    become_plain(&[
        ("x = y as T\n(f)()", "x = y ;···\n(f)()"),
        ("x = y!\n(f)()", "x = y;\n(f)()"),
        ("x = y as T;\n(f)()", "x = y·····;\n(f)()"),
        ("x = y\ntype A = T\n(f)()", "x = y\n;·········\n(f)()"),
        (
            "x = y\ninterface A end\n(f)()",
            "x = y\n;··············\n(f)()",
        ),
        ("repeat until x as T\n(f)()", "repeat until x ;···\n(f)()"),
        (
            "for i = 1, 2 do(f)() i = 3 end",
            "for i = 1, 2 do local i=i;(f)() i = 3 end",
        ),
    ]);
}

#[test]
fn types_as_statements() {
    become_plain(&[
        ("type A = T", ";·········"),
        ("type A<B, C: D> = {B}", ";····················"),
        (
            "type A =\n  | B\n  | C\nlocal x",
            ";·······\n·····\n·····\nlocal x",
        ),
        ("type A =\r\n  | B\rlocal x", ";·······\r\n·····\rlocal x"),
        (
            "function f() type A = T return 1 end",
            "function f() ;········· return 1 end",
        ),
        ("interface A end", ";··············"),
        (
            "interface A: B, C.D\n  function m(a: T): U\n  function n()\nend",
            ";··················\n·····················\n··············\n···",
        ),
        (
            "interface A extends B x: T, y?: U end",
            ";····································",
        ),
        (
            "interface A function end(): T function is() end",
            ";··············································",
        ),
        (
            "type A = { -- a\n  b: T, -- b ü\n}",
            ";··············\n···············\n·",
        ),
    ]);
}

#[test]
fn types_that_are_values() {
    become_plain(&[
        ("type A={}f(A)", "local A=0x6d6f6f6e00000000 f(A)"),
        ("type A={\n}f(A)", "local A=0x6d6f6f6e00000000\n·f(A)"),
        ("type A = T return A", "local A=0x6d6f6f6e00000000 return A"),
        (
            "type A = T type B = U type C = V return C(1), A",
            "local A=0x6d6f6f6e00000000 ;········· local C=0x6d6f6f6e00000001 return C(1), A",
        ),
        (
            "type A = { a: string, b: string } f(A)",
            "local A=0x6d6f6f6e00000000······· f(A)",
        ),
        (
            "type A = {\n  a: T\n} f(A)",
            "local A=0x6d6f6f6e00000000\n······\n· f(A)",
        ),
        (
            "function f(x) type A = T return A:is(x) end",
            "function f(x) local A=0x6d6f6f6e00000000 return A:is(x) end",
        ),
        (
            "type A = T function A.f() end",
            "local A=0x6d6f6f6e00000000 function A.f() end",
        ),
        (
            "type A = T return { A = 1, b = x.A, c = x:A() }",
            ";········· return { A = 1, b = x.A, c = x:A() }",
        ),
    ]);
}

/// Every type of the grammar.
const TYPES: &[&str] = &[
    "nil",
    "true",
    "false",
    "'a'",
    "\"a\"",
    "[[a]]",
    "1",
    "-1",
    "2.5",
    "0x10",
    "number",
    "string",
    "integer",
    "boolean",
    "any",
    "unknown",
    "never",
    "table",
    "error",
    "function",
    "userdata",
    "thread",
    "User",
    "mod.User",
    "a.b.User",
    "Box<A>",
    "Box<A, B>",
    "Box<Box<A>>",
    "Box<Box<Box<A>>>",
    "mod.Box<A>",
    "{T}",
    "{ T }",
    "T[]",
    "any[]",
    "T[][]",
    "{T}[]",
    "{[K]: V}",
    "{[string]: any[]}",
    "{[string]: {[string]: number}}",
    "{a: T, b?: U}",
    "{a: T,}",
    "{a: T; b: U}",
    "{}",
    "{ type: T, end: U, is: V, as: W, nil: X }",
    "{T, U}",
    "{T, U, V}",
    "readonly {T}",
    "readonly {[K]: V}",
    "readonly {a: T}",
    "readonly {T, U}",
    "() -> ()",
    "() -> R",
    "(a: T) -> R",
    "(T) -> R",
    "(a: T, U, ...V) -> R",
    "(...: V) -> R",
    "(...) -> R",
    "(a?: T) -> R",
    "(T) -> (R1, R2)",
    "(T) -> ()",
    "((T) -> R)",
    "((T) -> R)?",
    "(T) -> (U) -> R",
    "(T) -> {R}",
    "(T) -> R | S",
    "() -> () | S",
    "() -> (R, S)?",
    "(T) -> (R) | S",
    "((T) -> R) | S",
    "(f: (T) -> R) -> S",
    "<T>(x: T) -> T",
    "fun",
    "fun()",
    "fun(a: T): R",
    "fun(a: T, b?: U)",
    "fun(a: T): (R, S)",
    "fun(f: fun(): A, b: B): C",
    "T?",
    "{T?}",
    "{a: T?}",
    "A | B",
    "A & B",
    "A | B & C",
    "A & B | C?",
    "'a' | 'b' | 'c'",
    "| A | B",
    "asserts x",
    "asserts x is T",
    "x is T",
    "typeof(x)",
    "typeof(f(x, 1 + 2).y)",
    "typeof(function() return x as T end)",
    "keyof(T)",
    "keyof T",
    "keyof typeof(x)",
    "T[K]",
    "T['a']",
    "T[K][]",
    "T[1]",
    "A extends B ? C : D",
    "A extends B? ? C : D",
    "(A) extends B ? C : D",
    "A extends B ? C extends D ? E : F : G",
    "A extends {T} ? {T} : nil",
    "interface {a: T}",
    "interface {}",
    "T @min(0)",
    "number @min(0) @max(10)",
    "string @email",
    "string @email()",
    "string @pattern('^a')",
    "{string} @min_len(1)",
    "{a: string @min_len(1), b?: number @max(2)}",
    "number @min(-1)?",
    "number @min(2 * 3)",
    "number @min(f(x as T), 'a')",
    "string @a | number @b",
    "{string @min_len(1)}",
    "(A | B)[]",
    "(A)",
    "{\n  a: T, -- comment\n  b: U,\n}",
    "A --[[ comment ]] | B",
    "Map<string, {User}>",
    "{[string | number]: (a: any) -> any}",
];

/// Every type of the grammar, where each may stand.
#[test]
fn types() {
    for of in TYPES {
        // What comes before, what behind, and how much of that is outside types.
        for (before, behind, kept) in [
            ("local x: ", " = 1", 4),
            ("local x: ", "\nlocal y", 8),
            ("local x: ", ", y = 1, 2", 10),
            ("local x = y :: ", "\nz = 1", 6),
            ("local x = (y as ", ").z", 3),
            ("function f(a: ", ", b) end", 8),
            ("function f(): ", "\nreturn 1 end", 13),
            ("function f(): A, ", "\nreturn 1 end", 13),
            ("type A = ", "\nlocal y", 8),
            ("type A<B> = ", "\ninterface C function m(a: A): B end", 0),
        ] {
            let source = format!("{before}{of}{behind}");
            let plain = plain(&source);
            let kept = &behind[behind.len() - kept..];
            let blanks: String = of
                .chars()
                .map(|c| if c == '\n' { c } else { ' ' })
                .collect();
            assert_eq!(plain.len(), source.len(), "{source}");
            assert!(plain.ends_with(kept), "{source}\n{plain}");
            assert_eq!(
                plain[before.len()..][..of.len()],
                blanks,
                "{source}\n{plain}"
            );
        }
    }
}
