//! Programs, variables, overrides and folders.

use super::*;

#[test]
fn programs_know_where_they_are_written() {
    let app = Folder::new()
        .file(
            "src/sub/_index.yaml",
            "namespace: a.b\nentries:\n  - name: inline\n    kind: library.lua\n    source: |\n\n      \
             local x\n      return x\n  - name: file\n    kind: library.lua\n    source: file://x.lua\n  \
             - name: other\n    kind: process.lua\n    method: run\n    source: file:///sub/x.lua\n",
        )
        .file("src/sub/x.lua", "return 1")
        .app();
    let inline = &app.lua(&id("a.b:inline")).unwrap().source;
    assert_eq!(&*inline.text, "\nlocal x\nreturn x\n");
    assert_eq!(inline.place(3, 1).to_string(), "src/sub/_index.yaml:8:7");
    assert_eq!(inline.place(3, 0).to_string(), "src/sub/_index.yaml:8");
    for name in ["a.b:file", "a.b:other"] {
        let file = &app.lua(&id(name)).unwrap().source;
        assert_eq!(file.place(3, 9).to_string(), "src/sub/x.lua:3:9");
        assert_eq!((&*file.text, file.entry.as_str()), ("return 1", name));
    }
    assert_eq!(
        app.processes[&id("a.b:other")].method.as_deref(),
        Some("run")
    );
}

#[test]
fn files_outside_the_sources_or_not_there_are_errors() {
    let folder = Folder::of(concat!(
        "  - {name: a, kind: process.lua, source: file://../secret.lua}\n",
        "  - {name: b, kind: process.lua, source: file://link.lua}\n",
        "  - {name: c, kind: process.lua, source: file://none.lua}\n",
        "  - {name: d, kind: registry.entry, x: {y: [file://none.txt]}}\n",
    ))
    .file("secret.lua", "return 1");
    std::os::unix::fs::symlink(
        folder.path().join("secret.lua"),
        folder.path().join("src/link.lua"),
    )
    .unwrap();
    let at = "src/_index.yaml";
    assert_eq!(
        folder.errors(),
        [
            format!(
                "{at}:3:42: app:a: source: `src/../secret.lua` is outside the source folder, \
                 move the file into it"
            ),
            format!(
                "{at}:4:42: app:b: source: `src/link.lua` is outside the source folder, \
                 move the file into it"
            ),
            format!("{at}:5:42: app:c: source: there is no file `src/none.lua`"),
            format!("{at}:6:45: app:d: x.y: there is no file `src/none.txt`"),
        ]
    );
}

#[test]
fn wrong_values_in_a_program() {
    for (fields, said) in [
        ("method: x", "source: source is required"),
        ("source: [x]", "source: must be a text, and is a list"),
        (
            "source: x, method: \"\"",
            "method: must not be empty, leave it out to run `main`",
        ),
        (
            "source: x, modules: [\"app:lib\"]",
            "modules: module cannot have a namespace: `app:lib`, name the entry in `imports` instead",
        ),
        (
            "source: x, modules: [\"\"]",
            "modules: must be a list of texts that are not empty, and is \"\"",
        ),
        (
            "source: x, modules: time",
            "modules: must be a list, and is \"time\"",
        ),
        (
            "source: x, imports: {a: }",
            "imports: needs a name and the id of an entry, write it as in `name: app:library`",
        ),
        (
            "source: x, imports: {a: nothing}",
            "imports: names unknown entry `nothing`",
        ),
        (
            "source: x, imports: [a]",
            "imports: must be a map, and is a list",
        ),
    ] {
        let entry = format!("  - {{name: p, kind: process.lua, {fields}}}\n");
        let problems = Folder::of(&entry).errors();
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert_eq!(problems[0].split_once("app:p: ").unwrap().1, said);
    }
}

#[test]
fn libraries_are_imported_by_alias() {
    let app = Folder::of(concat!(
        "  - {name: lib, kind: library.lua, source: return 1}\n",
        "  - {name: p, kind: process.lua, source: x, imports: {l: lib, m: \"app:lib\"}}\n",
    ))
    .app();
    let imports = &app.processes[&id("app:p")].lua.imports;
    assert_eq!(
        *imports,
        [
            ("l".to_string(), id("app:lib")),
            ("m".to_string(), id("app:lib"))
        ]
    );
}

#[test]
fn variables_and_storages() {
    let app = Folder::of(
        r#"  - {name: mem, kind: env.storage.memory}
  - {name: file, kind: env.storage.file, file_path: .env, auto_create: true, file_mode: 0600, dir_mode: "700"}
  - {name: fixed, kind: env.storage.static, values: {A: 1, B: text}}
  - {name: all, kind: env.storage.router, storages: [app:mem, fixed]}
  - {name: a, kind: env.variable, variable: A, storage: app:all, default: 10, read_only: true}
  - {name: b, kind: env.variable, storage: app:mem, readonly: true}
"#,
    )
    .app();
    let place = |name| app.storages[&id(name)].place.clone();
    assert_eq!(
        place("app:file"),
        StoragePlace::File(StorageFile {
            path: ".env".to_string(),
            auto_create: true,
            file_mode: 0o600,
            dir_mode: 0o700,
        })
    );
    let pair = |k: &str, v: &str| (k.to_string(), v.to_string());
    let values = vec![pair("A", "1"), pair("B", "text")];
    assert_eq!(place("app:fixed"), StoragePlace::Static(values));
    let routed = vec![id("app:mem"), id("app:fixed")];
    assert_eq!(place("app:all"), StoragePlace::Router(routed));
    let (a, b) = (&app.variables[&id("app:a")], &app.variables[&id("app:b")]);
    assert_eq!(
        (a.name.as_str(), a.default.as_str(), a.read_only),
        ("A", "10", true)
    );
    assert_eq!(
        (b.name.as_str(), b.default.as_str(), b.read_only),
        ("app:b", "", true)
    );
}

#[test]
fn wrong_variables_and_storages() {
    let problems = Folder::of(
        r#"  - {name: m, kind: env.storage.memory}
  - {name: a, kind: env.variable, variable: A-B, storage: app:m}
  - {name: b, kind: env.variable, variable: B, storage: app:m}
  - {name: c, kind: env.variable, variable: B, storage: app:m}
  - {name: d, kind: env.variable, storage: app:x.y}
  - {name: e, kind: env.storage.file}
  - {name: f, kind: env.storage.file, file_path: x, file_mode: 0999}
  - {name: g, kind: env.storage.router, storages: []}
  - {name: h, kind: env.storage.static, values: {A: [1]}}
"#,
    )
    .errors();
    let at = |place: &str| format!("src/_index.yaml:{place}: app:");
    assert_eq!(
        problems,
        [
            at("4:45") + "a: variable: must hold letters, digits and `_` only, and holds '-'",
            at("6:45") + "c: variable: the name `B` is taken by `app:b`, rename one of the two",
            at("7:44") + "d: storage: names unknown entry `app:x.y`",
            at("8:5") + "e: file_path: file_path is required",
            at("9:64")
                + "f: file_mode: must be permissions, and is \"0999\", write them as in 0644",
            at("10:51") + "g: storages: storages is required",
            at("11:53") + "h: values: `A` must be a text",
        ]
    );
}

#[test]
fn overrides_win_and_are_typed() {
    let set = |texts: &[&str]| Options {
        overrides: texts.iter().map(|text| text.parse().unwrap()).collect(),
        ..options()
    };
    let folder = Folder::of(&format!(
        "{HOST}{WORKER}  - {{name: e, kind: registry.entry}}\n"
    ));
    let loaded = folder.load_with(&set(&[
        "app:processes:host.workers=7",
        "app:e:kind=zebra",
        "app:e:meta.a.b=true",
        "app:e:text=a=b",
    ]));
    assert_eq!(
        said(&loaded),
        ["-o app:e:kind=zebra: app:e: kind: unknown kind `zebra`, it is kept as data"]
    );
    let app = loaded.app.unwrap();
    assert_eq!(app.hosts[&id("app:processes")].workers, Some(7));
    let entry = &app.entries[&id("app:e")];
    assert_eq!(entry.data.get("text"), Some(&Value::Text("a=b".into())));
    let nested = entry.meta.get("a").and_then(|a| a.get("b"));
    assert_eq!(nested, Some(&Value::Bool(true)));
    let loaded = folder.load_with(&set(&[
        "app:processes:host.workers=many",
        "app:wroker:method=run",
        "app:worker:source.x=1",
        "app:worker:name=x",
        "app:worker:methd=x",
    ]));
    assert!(loaded.app.is_none());
    assert_eq!(
        said(&loaded),
        [
            "-o app:processes:host.workers=many: app:processes: host.workers: \
             must be a whole number, and is \"many\"",
            "-o app:worker:methd=x: app:worker: methd: unknown field, which has no effect, \
             did you mean `method`?",
            "-o app:worker:name=x: app:worker: name: the name of an entry cannot be changed",
            "-o app:worker:source.x=1: app:worker: source.x: there is no `x` in \"return main\"",
            "-o app:wroker:method=run: names unknown entry `app:wroker`, \
             did you mean `app:worker`?",
        ]
    );
}

#[test]
fn folders_that_are_no_app() {
    let what = "no app here: there is no folder `src`, make an app with `moondust init`";
    assert_eq!(Folder::new().errors(), [what]);
    let what = "no app here: the source folder declares no entries, make an app with \
                `moondust init`";
    assert_eq!(Folder::new().file("src/x.lua", "").errors(), [what]);
    let loaded = load(Path::new("/no/such/folder"), &options());
    assert_eq!(said(&loaded), ["there is no folder `/no/such/folder`"]);
}

#[test]
fn index_files_that_do_not_parse_are_errors_and_others_warnings() {
    let folder = Folder::of(HOST)
        .file("src/notes.yaml", "a: [1\nb: 2\n")
        .file("src/no_namespace.yml", "a: 1\na: 2\n")
        .file(
            "src/more.json",
            "{\"namespace\": \"b\", \"name\": \"x\", \"kind\": \"registry.entry\"}",
        );
    let problems = folder.warnings();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].starts_with("src/notes.yaml:2:2: this is no YAML: "));
    assert!(problems[0].ends_with(", it is left out"));
    assert!(folder.load().app.unwrap().entries.contains_key(&id("b:x")));
    let problems = folder.file("src/b/_index.yml", "a: [1\nb: 2\n").errors();
    assert!(problems[0].starts_with("src/b/_index.yml:2:2: this is no YAML: "));
}

#[test]
fn a_lock_file_may_name_the_source_folder() {
    let app = Folder::new()
        .file(
            "wippy.lock",
            "directories: {modules: .wippy, src: ./lua/app}\n",
        )
        .file(
            "lua/app/_index.yaml",
            "namespace: a\nentries: [{name: x, kind: process.lua, source: \"file://x.lua\"}]\n",
        )
        .file("lua/app/x.lua", "return 1")
        .app();
    let source = &app.lua(&id("a:x")).unwrap().source;
    assert_eq!(&*source.file, "lua/app/x.lua");
}

#[test]
fn the_syntax_of_each_program_is_looked_at_once() {
    let loaded = Folder::of(concat!(
        "  - {name: a, kind: process.lua, source: file://a.lua}\n",
        "  - {name: b, kind: process.lua, source: file://a.lua, method: other}\n",
        "  - {name: c, kind: library.lua, source: good}\n",
    ))
    .file("src/a.lua", "bad")
    .load();
    let problems = check_syntax(&loaded.sources, |source| match &*source.text {
        "bad" => vec![
            Problem::error("bad").at(&source.place(7, 2)),
            Problem::error("worse"),
        ],
        _ => Vec::new(),
    });
    let said: Vec<_> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(said, ["src/a.lua:7:2: bad", "worse"]);
}

#[test]
fn programs_of_an_app_with_errors_are_there_for_a_look_at_their_syntax() {
    let loaded = Folder::of(concat!(
        "  - {name: a, kind: process.lua, source: first}\n",
        "  - {name: b, kind: process.lua, source: second, modules: [none]}\n",
        "  - {name: c, kind: process.lua}\n",
    ))
    .load();
    assert!(loaded.app.is_none());
    let texts: Vec<&str> = loaded.sources.iter().map(|s| &*s.text).collect();
    assert_eq!(texts, ["first", "second"]);
}
