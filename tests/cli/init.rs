//! `moondust init`.

use std::fs;

use crate::app::App;

/// An app that `init` has made in an empty folder, with these arguments.
fn made(args: &[&str]) -> App {
    let app = App::new();
    let said = app.run(&[&["init"], args].concat());
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.stdout.contains("moondust run"), "{said:?}");
    let mut files = app.files();
    files.retain(|file| !file.starts_with(".moondust/stubs/"));
    assert_eq!(
        files,
        [
            ".luarc.json",
            "src/_index.yaml",
            "src/keeper.lua",
            "src/worker.lua"
        ]
    );
    assert!(app.path().join(".moondust/stubs/process.lua").exists());
    assert_eq!(
        app.accepted(),
        ["fine: 4 entries, 1 host, 1 service, 2 Lua programs, 0 variables"]
    );
    app
}

#[test]
fn an_empty_folder_becomes_an_app_that_is_fine() {
    let app = made(&[]);
    let keeper = fs::read_to_string(app.path().join("src/keeper.lua")).unwrap();
    assert!(!keeper.contains("type "), "{keeper}");
}

#[test]
fn or_one_of_typed_lua_that_reads_what_it_is_told() {
    let app = made(&["--typed"]);
    let keeper = fs::read_to_string(app.path().join("src/keeper.lua")).unwrap();
    let worker = fs::read_to_string(app.path().join("src/worker.lua")).unwrap();
    assert!(keeper.contains("type Washed = {"), "{keeper}");
    let sends = "process.send(keeper, \"washed\", {";
    let told = |with: &str| worker.replace(sends, with);
    let app = app.file(
        "src/worker.lua",
        &told(sends).replace("random(10)", "random(10, 20)"),
    );
    let mut running = app.start();
    let line = running.wait_for("plate washed");
    assert!(line.ends_with(", \"plate\": 1}"), "{line}");
    assert_eq!(running.stop().code, Some(0));

    let wrong = "process.send(keeper, \"washed\", \"soup\") process.send(keeper, \"washed\", {";
    let app = app.file("src/worker.lua", &told(wrong));
    let mut running = app.start();
    let line = running.wait_for("not about plates");
    assert!(line.starts_with("WARN"), "{line}");
    assert_eq!(running.stop().code, Some(0));
}

#[test]
fn in_an_app_all_is_there_already() {
    let app = App::of("  - {name: e, kind: registry.entry}\n");
    let said = app.run(&["init"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.stdout.contains("all is there"), "{said:?}");
    assert_eq!(app.files(), ["src/_index.yaml"]);
}

#[test]
fn what_editors_read_is_not_in_the_way() {
    let app = App::new().file(".luarc.json", "{}");
    let said = app.run(&["init"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.stdout.contains("wrote src/_index.yaml"), "{said:?}");
    let settings = fs::read_to_string(app.path().join(".luarc.json"));
    assert_eq!(settings.unwrap(), "{}");
}

#[test]
fn elsewhere_nothing_is_written() {
    let app = App::new().file("notes.txt", "mine");
    for args in [&["init"][..], &["init", "--typed"]] {
        let said = app.run(args);
        assert_eq!(said.code, 1, "{said:?}");
        assert!(
            said.stderr
                .contains("nothing was written: the folder is not empty"),
            "{said:?}"
        );
        assert_eq!(app.files(), ["notes.txt"]);
    }
}
