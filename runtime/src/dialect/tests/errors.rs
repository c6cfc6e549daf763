//! What is said of wrong sources, and where.

use super::{position, translate};

/// Each error as `line:column what`, and its advice behind ` | `.
fn errors(source: &str) -> Vec<String> {
    let errors = translate(source.as_bytes()).err().unwrap_or_default();
    let text = |error: &super::Error| {
        let at = position(source.as_bytes(), error.span.start);
        let advice = error.advice.as_ref();
        let advice = advice.map(|advice| format!(" | {advice}"));
        format!(
            "{}:{} {}{}",
            at.line,
            at.column,
            error.what,
            advice.unwrap_or_default()
        )
    };
    errors.iter().map(text).collect()
}

/// Sources, and the one error in each.
const WRONG: &[(&str, &str)] = &[
    ("local x: = 5", "1:10 expected a type, found `=`"),
    ("local x: {a: } = 5", "1:14 expected a type, found `}`"),
    (
        "local x: {a: T, 5} = 5",
        "1:17 expected a field: `name: T` or `name?: T`, found `5`",
    ),
    ("local = 5", "1:7 expected a name, found `=`"),
    (
        "local x = ",
        "1:11 expected an expression, found the end of the file",
    ),
    ("x", "1:2 expected `=` or a call, found the end of the file"),
    ("x y", "1:3 expected `=` or a call, found `y`"),
    ("f() = 5", "1:1 nothing that can be assigned"),
    ("(a) = 5", "1:1 nothing that can be assigned"),
    (
        "local is = 5",
        "1:7 expected a name, found `is` | `is` is a reserved word, free only as a field or method",
    ),
    (
        "f(as)",
        "1:3 expected an expression, found `as` | `as` is a reserved word, free only as a field or method",
    ),
    (
        "type fun = T",
        "1:6 expected the name of a type, found `fun` | `fun` is a reserved word, free only as a field or method",
    ),
    ("type X", "1:7 expected `=`, found the end of the file"),
    (
        "type X = ",
        "1:10 expected a type, found the end of the file",
    ),
    ("type X<A = T", "1:10 expected `>`, found `=`"),
    (
        "for i: number = 1, 2 do end",
        "1:6 expected `=`, `in` or `,`, found `:` | the variables of a `for` take no types",
    ),
    (
        "if x != 5 then end",
        "1:6 expected `then`, found `!` | not equal is `~=`",
    ),
    (
        "if x then",
        "1:10 expected `end`, found the end of the file",
    ),
    (
        "if x then\n\nfoo()",
        "3:6 expected `end` (of the `if` in line 1), found the end of the file",
    ),
    (
        "f(1,\n2",
        "2:2 expected `)` (of the `(` in line 1), found the end of the file",
    ),
    (
        "local x = y as T.z.w()",
        "1:22 expected an expression, found `)`",
    ),
    (
        "local x = y as {T}.z",
        "1:19 expected the end of the expression, found `.` | put what is cast in parentheses: `(x as T).y`",
    ),
    (
        "local x = u!.name",
        "1:13 expected the end of the expression, found `.` | put what is cast in parentheses: `(x as T).y`",
    ),
    (
        "local x: (A, B) = 5",
        "1:17 expected `->` and what the function returns, found `=`",
    ),
    (
        "local x: readonly T",
        "1:19 expected `{` after `readonly`, found `T`",
    ),
    (
        "function f(): (a: T) end",
        "1:15 names of what is returned: types alone stand here",
    ),
    ("break", "1:1 `break` outside a loop"),
    (
        "function f() return ... end",
        "1:21 `...` outside a function that takes it",
    ),
    (
        "return 1 x = 2",
        "1:10 expected the end of the block, found `x` | `return` is the last statement of a block",
    ),
    (
        "const x = 5",
        "1:7 expected `=` or a call, found `x` | variables are declared with `local`",
    ),
    (
        "export type X = T",
        "1:8 expected `=` or a call, found `type` | return what others are to use",
    ),
    (
        "while a do continue end",
        "1:21 expected `=` or a call, found `end` | a loop goes on with `goto` and a label before its `end`",
    ),
    (
        "type A = {b = T}",
        "1:11 expected a field: `name: T` or `name?: T`, found `b`",
    ),
    (
        "local function f() -> T end",
        "1:20 expected `:` before what the function returns, found `->`",
    ),
    (
        "local x <konst> = 1",
        "1:10 expected `const` or `close`, found `konst`",
    ),
    (
        "local x = 'abc",
        "1:11 unfinished string: its closing quote is missing",
    ),
    (
        "local x = [[abc",
        "1:11 unfinished long string: its closing bracket is missing",
    ),
    (
        "--[[ abc",
        "1:1 unfinished comment: its closing bracket is missing",
    ),
    ("local x = 3x", "1:11 malformed number"),
    ("local x = '\\300'", "1:12 an escape beyond `\\255`"),
    (
        "local x = '\\u{80000000}'",
        "1:12 an escape beyond `\\u{7FFFFFFF}`",
    ),
    (
        "local x = '\\xZ'",
        "1:12 expected two hexadecimal digits after `\\x`",
    ),
    ("local x = $", "1:11 unexpected character `$`"),
    ("local ü", "1:7 unexpected character `ü`"),
    ("local x = \u{7f}", "1:11 unexpected character `\\u{7f}`"),
    (
        "interface A x y end",
        "1:13 expected `function` or `end`, found `x`",
    ),
    ("goto 5", "1:6 expected the name of a label, found `5`"),
    ("end", "1:1 expected a statement, found `end`"),
    (
        "local x = [=a",
        "1:11 unfinished opening bracket of a long string",
    ),
];

#[test]
fn errors_say_where_what_and_what_was_expected() {
    for (source, expected) in WRONG {
        assert_eq!(errors(source), [*expected], "{source}");
    }
    let deep = format!("local x: {}", "{".repeat(1000));
    assert!(
        errors(&deep)[0].starts_with("1:209 nested too deeply: more than 200 levels"),
        "{:?}",
        errors(&deep)
    );
    for opening in [
        "(",
        "{",
        "f(",
        "-(",
        "function() return ",
        "keyof ",
        "fun(): ",
        "() -> ",
        "typeof(",
        "{a: ",
    ] {
        for start in ["x = ", "local x: ", "function f(): "] {
            // Whatever is said: the program's own stack must do.
            errors(&format!("{start}{}", opening.repeat(10_000)));
        }
    }
}

#[test]
fn the_first_error_of_each_statement_is_told() {
    let source = "local a = = 1
local b = 2
local function c(x: {T)
  local inner = = 1
  if x then
    y = = 2
  end
  return x
end
c = )
if c then
  local d = 1 +
else
  e = 5 5
end
local function f()
  if x then
    g(
end

local h: = 1
for i = 1 do end
type T = {
  a: 5 5,
}
local j = = 1 local k = = 2
h()
return = 5";
    let lines: Vec<_> = errors(source)
        .iter()
        .map(|error| error.split(' ').next().unwrap().to_owned())
        .collect();
    assert_eq!(
        lines,
        [
            "1:11", "3:23", "10:5", "13:1", "19:1", "21:10", "24:8", "26:11", "26:25", "28:8"
        ]
    );
}

#[test]
fn code_that_is_not_indented_is_read_on_too() {
    let source = "function f()\nx = = 1\nif y then\nend\nlocal z = 1\nend\ny = = 2\n";
    let found = errors(source);
    assert_eq!(found[0], "2:5 expected an expression, found `=`");
    assert_eq!(
        found.last().unwrap(),
        "7:5 expected an expression, found `=`"
    );
    assert_eq!(found.len(), 2, "{found:#?}");
}

#[test]
fn an_error_in_a_function_in_a_loop_leaves_both() {
    let source = "while f(function() x = = 1 end) do end\nbreak\nlocal y = = 1";
    let found = errors(source);
    assert_eq!(found.len(), 3, "{found:#?}");
    assert_eq!(found[1], "2:1 `break` outside a loop");
}

#[test]
fn no_more_than_a_hundred_errors_are_told() {
    assert_eq!(errors(&"local = 1\n".repeat(1000)).len(), 100);
}
