//! `moondust init`.

use crate::app::App;

#[test]
fn an_empty_folder_becomes_an_app_that_is_fine() {
    let app = App::new();
    let said = app.run(&["init"]);
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
    let settings = std::fs::read_to_string(app.path().join(".luarc.json"));
    assert_eq!(settings.unwrap(), "{}");
}

#[test]
fn elsewhere_nothing_is_written() {
    let app = App::new().file("notes.txt", "mine");
    let said = app.run(&["init"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(
        said.stderr
            .contains("nothing was written: the folder is not empty"),
        "{said:?}"
    );
    assert_eq!(app.files(), ["notes.txt"]);
}
