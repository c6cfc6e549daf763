//! Plain Lua comes out as it is; and what the dialect's programs may do that Lua's may not.

use std::fs;
use std::path::Path;

use super::{plain, translate};

#[test]
fn plain_lua_comes_out_equal() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut folders: Vec<_> = ["tests", "stress/apps", "runtime/src/api"]
        .map(|it| root.join(it))
        .into();
    let mut read = 0;
    while let Some(folder) = folders.pop() {
        for item in fs::read_dir(folder).unwrap() {
            let path = item.unwrap().path();
            // What editors read is not run, and declares `is`.
            if path.is_dir() && !path.ends_with("stubs") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "lua") {
                let source = fs::read(&path).unwrap();
                let name = path.display();
                let plain =
                    translate(&source).unwrap_or_else(|errors| panic!("{name}: {errors:#?}"));
                // Some files are typed.
                if plain.syntax.types.is_empty() {
                    assert!(plain.text == source, "{name} is changed");
                    read += 1;
                }
            }
        }
    }
    assert!(read > 60, "{read} files");
}

/// Sources of plain Lua.
const PLAIN: &[&str] = &[
    "",
    ";",
    ";;",
    "return",
    "return;",
    "return 1, 2;",
    "do return end",
    "local a <const>, b <close> = 1, nil",
    "local <const> a, b = 1, 2",
    "global x",
    "global x, y = 1, 2",
    "global <const> *",
    "global *",
    "global function f() end",
    "global <const> x",
    "function f(...args) return args.n, ... end",
    "local function f(a, ...) end",
    "goto a ::a::",
    "for i = 1, 2, 3 do break end",
    "for k, v in pairs(t), 1 do end",
    "while a do break end",
    "repeat local x until x",
    "if a then elseif b then else end",
    "a.b.c, d[e], f().g = 1, 2, 3",
    "f{1, 2; 3}",
    "f'a':g\"b\"[[c]]{}",
    "f\n(g)\n(h)",
    "x = #a - -b ~ ~c << d >> e // f ^ g .. h",
    "x = not a and b or c",
    "x = a == b ~= c <= d >= e < f > g",
    "x = 1 .. 2",
    "x = 3 - -1 --[[ c ]] + 1 -- end",
    "--[==[ ]] ]=] ]==] x = 1",
    "x = [==[ ]] ]==]",
    "x = '\\z  \n a\\x41\\u{48}\\65\\n'",
    "x = 'a\\\nb'",
    "x = 0x.1p4 + 1e10 + .5 + 3.",
    "global = 1 global.x = 2 local global = global",
    "local type = type type(x)",
    "type = 1 type.x = 2 type'x'",
    "x.is, x.as, x.fun, x.keyof = x:typeof(), x:readonly(), {is = 1, extends = 2, asserts = 3}, x.interface",
    "function x.is.as:extends() end",
    "\u{feff}x = 1",
    "x = a\r\ny = b\n\rz = c\r",
    "x = function() return function() end end",
    "local t = {f = function(self) end, [1] = 2, ['a'] = 3, 4; 5,}",
    "a = b c = d",
    "a = b;(f)()",
    "x = a['type'].y",
    "local continue, match = 1, 2",
    "f(...)",
    "local a = ... return ...",
    "x = '\"' .. \"'\"",
    "x = {...}, (...)",
    "x = a//b",
    "x = a~=b",
];

#[test]
fn all_of_lua_is_read() {
    for source in PLAIN {
        assert_eq!(&plain(source), source);
    }
}

#[test]
fn loops_may_assign_what_they_count_with() {
    for (source, expected) in [
        (
            "for i = 1, 3 do\n  i = i + 1\nend",
            "for i = 1, 3 do local i=i;\n  i = i + 1\nend",
        ),
        (
            "for i = 1, 3 do i = 1 end",
            "for i = 1, 3 do local i=i; i = 1 end",
        ),
        (
            "for k, v in t do k, v = v, k end",
            "for k, v in t do local k=k; k, v = v, k end",
        ),
        (
            "for i = 1, 3 do f(function() i = 2 end) end",
            "for i = 1, 3 do local i=i; f(function() i = 2 end) end",
        ),
        (
            "for i = 1, 3 do function i() end end",
            "for i = 1, 3 do local i=i; function i() end end",
        ),
        (
            "for i = 1, 3 do for i = 1, 2 do i = 1 end end",
            "for i = 1, 3 do for i = 1, 2 do local i=i; i = 1 end end",
        ),
        (
            "for i = 1, 3 do do local i = 1 end i = 1 end",
            "for i = 1, 3 do local i=i do local i = 1 end i = 1 end",
        ),
    ] {
        assert_eq!(plain(source), expected);
    }
    for same in [
        "for k, v in t do v = 1 end",
        "for i = 1, 3 do local i = i i = 1 end",
        "for i = 1, 3 do i.x = 1 i[1] = 2 function i.f() end end",
        "for i = 1, 3 do end i = 1",
        "for i = 1, 3 do f(function(i) i = 1 end) end",
        "for i = 1, 3 do local function i() end i = 1 end",
        "for i = 1, 3 do global i i = 1 end",
        "for i = 1, 3 do global function i() end i = 1 end",
    ] {
        assert_eq!(plain(same), same);
    }
}

#[test]
fn backslashes_that_mean_nothing_are_left_out() {
    assert_eq!(plain(r#"x = "\d+\." .. y"#), r#"x = "d+."   .. y"#);
    assert_eq!(plain(r"f'\d\n\\d'"), r"f'd\n\\d' ");
    assert_eq!(plain("x = '\\d'\n(f)()"), "x = 'd' \n(f)()");
}
