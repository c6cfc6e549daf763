//! Static mounts and folders.

use std::path::PathBuf;

use super::*;

const GATEWAY: &str = "  - {name: gateway, kind: http.service, addr: \":8080\"}\n";
const FILES: &str = "  - {name: files, kind: fs.directory, directory: public}\n";

#[test]
fn static_mounts_and_folders() {
    let app = Folder::of(&format!(
        "{GATEWAY}{FILES}{}{}{}",
        "  - {name: a, kind: http.static, server: gateway, path: /a, fs: files}\n",
        "  - {name: b, kind: http.static, server: gateway, path: /b/, fs: \"app:more\", \
         directory: ./web//x, static_options: {spa: true, index: /app.html, cache: no-cache}}\n",
        "  - {name: more, kind: fs.directory, directory: /var/files, auto_init: true, mode: 0700, \
         lifecycle: {auto_start: true}}\n",
    ))
    .app();
    let a = &app.http_statics[&id("app:a")];
    assert_eq!((&a.files, a.directory.as_deref()), (&id("app:files"), None));
    assert_eq!(
        (&*a.index, a.spa, a.cache.as_deref()),
        ("index.html", false, None)
    );
    let b = &app.http_statics[&id("app:b")];
    assert_eq!((&*b.path, b.directory.as_deref()), ("/b/", Some("web/x")));
    assert_eq!(
        (&*b.index, b.spa, b.cache.as_deref()),
        ("app.html", true, Some("no-cache"))
    );
    let folder = |name, directory: &str, auto_init, mode| Directory {
        id: id(name),
        directory: PathBuf::from(directory),
        auto_init,
        mode,
    };
    assert_eq!(
        app.directories.into_values().collect::<Vec<_>>(),
        [
            folder("app:files", "public", false, 0o755),
            folder("app:more", "/var/files", true, 0o700),
        ]
    );
}

#[test]
fn wrong_values_in_static_mounts_and_folders() {
    let base = format!("{GATEWAY}{FILES}");
    for (fields, said) in [
        (
            "path: /, fs: files",
            "meta.server: server is required, name one in `meta.server`",
        ),
        ("server: gateway, fs: files", "path: path is required"),
        (
            "server: gateway, fs: files, path: a",
            "path: path must start with /, write it as in \"/a\"",
        ),
        ("server: gateway, path: /", "fs: fs is required"),
        (
            "server: gateway, path: /, fs: gateway",
            "fs: names `app:gateway`, which is a http.service, name a fs.directory",
        ),
        (
            "server: gateway, path: /, fs: files, directory: a/../..",
            "directory: must not leave the folder, and is \"a/../..\"",
        ),
        (
            "server: gateway, path: /, fs: files, static_options: {spa: true}",
            "static_options.spa: spa requires index, write it as in `index: index.html`",
        ),
        (
            "server: gateway, path: /, fs: files, static_options: {index: ../x}",
            "static_options.index: must not leave the folder, and is \"../x\"",
        ),
        (
            "server: gateway, path: /, fs: files, static_options: {cache: \"a\\nb\"}",
            "static_options.cache: must be a header's value, and is \"a\\nb\", \
             write it as in \"public, max-age=3600\"",
        ),
    ] {
        let entry = format!("  - {{name: e, kind: http.static, {fields}}}\n");
        assert_eq!(error_of(&(base.clone() + &entry)), said);
    }
    for (fields, said) in [
        ("auto_init: true", "directory: directory is required"),
        (
            "directory: x, auto_init: maybe",
            "auto_init: must be true or false, and is \"maybe\"",
        ),
        (
            "directory: x, mode: 0999",
            "mode: must be permissions, and is \"0999\", write them as in 0644",
        ),
    ] {
        let entry = format!("  - {{name: e, kind: fs.directory, {fields}}}\n");
        assert_eq!(error_of(&entry), said);
    }
}
