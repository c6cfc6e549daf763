//! Lua sources that are wrong: where, what, and the line itself.

use crate::app::App;

/// An app with programs in `src/p.lua` and so on.
fn programs(sources: &[(&str, &str)]) -> App {
    let entry = |name: &str| {
        format!("  - {{name: {name}, kind: process.lua, source: file://{name}.lua}}\n")
    };
    let entries: String = sources.iter().map(|(name, _)| entry(name)).collect();
    sources.iter().fold(App::of(&entries), |app, (name, text)| {
        app.file(&format!("src/{name}.lua"), text)
    })
}

/// What `check` says of a program in `src/p.lua`, and `run` as well.
fn refused(source: &str) -> Vec<String> {
    let app = programs(&[("p", source)]);
    let checked = app.refused();
    let ended = app.start().ended();
    assert_eq!(ended.code, Some(1), "{ended:#?}");
    let [said @ .., count] = &checked[..] else {
        panic!("nothing is said")
    };
    assert!(count.contains("error"), "{count}");
    assert_eq!(ended.lines, said);
    said.to_vec()
}

#[test]
fn an_error_comes_with_its_line_and_a_caret() {
    assert_eq!(
        refused("local x = 1\nlocal function main(x: )\n  return x\nend\n"),
        [
            "src/p.lua:2:24: app:p: expected a type, found `)`",
            "    local function main(x: )",
            "                           ^",
        ]
    );
    assert_eq!(
        refused("local --[[ ü ]] x = 'é', = 2"),
        [
            "src/p.lua:1:26: app:p: expected an expression, found `=`",
            "    local --[[ ü ]] x = 'é', = 2",
            "                             ^",
        ]
    );
    assert_eq!(
        refused("local is = 1"),
        [
            "src/p.lua:1:7: app:p: expected a name, found `is`, `is` is a reserved word, free only as a field or method",
            "    local is = 1",
            "          ^",
        ]
    );
}

#[test]
fn each_statement_of_each_file_has_its_error() {
    let app = programs(&[
        ("p", "return return"),
        (
            "q",
            "\nlocal x: = 1\nlocal function f()\n  y = = 1\n  z = = 1\nend\ntype T = {a: }\n",
        ),
    ]);
    let said = app.refused();
    let places = said.iter().filter(|line| line.starts_with("src/"));
    let places: Vec<&str> = places
        .map(|line| line.split(": ").next().unwrap())
        .collect();
    assert_eq!(
        places,
        [
            "src/p.lua:1:8",
            "src/q.lua:2:10",
            "src/q.lua:4:7",
            "src/q.lua:7:14"
        ]
    );
    assert_eq!(said.last().unwrap(), "4 errors");
}

#[test]
fn a_file_that_two_entries_share_is_told_of_once() {
    let entry = |name: &str| {
        format!("  - {{name: {name}, kind: process.lua, source: file://p.lua, method: {name}}}\n")
    };
    let app = App::of(&(entry("one") + &entry("other"))).file("src/p.lua", "local x: = 1");
    let said = app.refused();
    assert_eq!(
        said[0],
        "src/p.lua:1:10: app:one: expected a type, found `=`"
    );
    assert_eq!(said[3..], ["1 error"]);
}

#[test]
fn what_lua_itself_refuses_has_a_place_too() {
    assert_eq!(
        refused("local x = 1\n  goto nowhere\n"),
        [
            "src/p.lua:2:8: app:p: no visible label 'nowhere' for <goto>",
            "      goto nowhere",
            "           ^",
        ]
    );
    let said = refused("local x <const> = 1\nx = 2");
    assert_eq!(
        said[0],
        "src/p.lua:2:1: app:p: attempt to assign to const variable 'x'"
    );
    let said = refused("local max, x <const> = 1, 2\nmax, x = 3, 4");
    assert_eq!(said[1..], ["    max, x = 3, 4", "         ^"]);
    let said = refused("local x = 1\rgoto nowhere\r");
    assert_eq!(said[1..], ["    goto nowhere", "         ^"]);
}

#[test]
fn what_lua_refuses_is_told_of_each_statement() {
    let said = refused(
        "local x <const>, exit = 1 goto x
        local function f() x = 2 goto a end
        local function g()
            local a, ba = 1, 2 goto a
        end\rprint(1)\rgoto b
        x = 3",
    );
    let places = said.iter().filter(|line| line.starts_with("src/"));
    let places: Vec<&str> = places.map(String::as_str).collect();
    assert_eq!(
        places,
        [
            "src/p.lua:1:32: app:p: no visible label 'x' for <goto>",
            "src/p.lua:2:28: app:p: attempt to assign to const variable 'x'",
            "src/p.lua:4:37: app:p: no visible label 'a' for <goto>",
            "src/p.lua:7:6: app:p: no visible label 'b' for <goto>",
            "src/p.lua:8:9: app:p: attempt to assign to const variable 'x'",
        ]
    );
    assert_eq!(said[10], "    goto b");
}

#[test]
fn a_pattern_that_cannot_be_used_is_an_error() {
    let said = refused("type Code = string @pattern(\"[a\")\nreturn Code");
    assert!(
        said[0].starts_with("src/p.lua:1:20: app:p: bad pattern: "),
        "{said:?}"
    );
    assert_eq!(said[2], "                       ^");
}

#[test]
fn inline_sources_have_their_place_in_the_index() {
    let app = App::of(
        "  - name: p\n    kind: process.lua\n    source: |\n      local x = 1\n      local y: = 2\n",
    );
    let said = app.refused();
    assert_eq!(
        said[0],
        "src/_index.yaml:7:16: app:p: expected a type, found `=`"
    );
    assert_eq!(said[1..3], ["    local y: = 2", "             ^"]);
}

#[test]
fn bytecode_is_no_source() {
    assert_eq!(
        refused("\u{1b}Lua")[..2],
        [
            "src/p.lua:1:1: app:p: unexpected character `\\u{1b}`",
            "     Lua"
        ]
    );
}
