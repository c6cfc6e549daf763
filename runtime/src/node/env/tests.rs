//! Environments over small apps.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::*;
use crate::app::{StorageFile, StoragePlace};

fn id(text: &str) -> EntryId {
    EntryId::parse(text).unwrap()
}

/// An app with the storage `app:s` at `place`, and the variables `A` (`app:a`), `B` with a default and a read-only `R`.
fn app(place: StoragePlace) -> App {
    let mut app = App::default();
    add_storage(&mut app, "app:s", place);
    for (entry, name, default, read_only) in [
        ("app:a", "A", "", false),
        ("app:b", "B", "fallback", false),
        ("app:r", "R", "", true),
    ] {
        let variable = Variable {
            id: id(entry),
            name: name.to_string(),
            storage: id("app:s"),
            default: default.to_string(),
            read_only,
        };
        app.variables.insert(id(entry), variable);
    }
    app
}

fn add_storage(app: &mut App, entry: &str, place: StoragePlace) {
    let storage = crate::app::Storage {
        id: id(entry),
        place,
    };
    app.storages.insert(id(entry), storage);
}

fn os(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    let owned = |(name, value): &(&str, &str)| (name.to_string(), value.to_string());
    pairs.iter().map(owned).collect()
}

fn file(path: &Path, auto_create: bool) -> StoragePlace {
    StoragePlace::File(StorageFile {
        path: path.display().to_string(),
        auto_create,
        file_mode: 0o600,
        dir_mode: 0o700,
    })
}

/// Kind and message of an error.
fn said<T: std::fmt::Debug>(result: Result<T, Error>) -> (String, String) {
    let error = result.unwrap_err();
    assert_eq!(error.retryable, Some(false));
    (error.kind.to_string(), error.message)
}

fn no_variable() -> (String, String) {
    let what = "environment variable not found";
    ("NotFound".to_string(), what.to_string())
}

#[test]
fn found_by_name_by_id_and_by_the_callers_namespace() {
    let env = Environment::over(&app(StoragePlace::Os), os(&[("A", "1"), ("HOME", "/")]));
    assert_eq!(env.get("A", "x"), Ok("1".to_string()));
    assert_eq!(env.get("app:a", "x"), Ok("1".to_string()));
    assert_eq!(env.get("a", "app"), Ok("1".to_string()));
    for (name, namespace) in [("a", "x"), ("HOME", "app"), ("none", "app"), ("x:a", "app")] {
        assert_eq!(said(env.get(name, namespace)), no_variable(), "{name}");
    }
    let empty = ("Invalid".to_string(), "empty key".to_string());
    assert_eq!(said(env.get("", "app")), empty);
    assert_eq!(said(env.set("", "app", "1")), empty);
}

#[test]
fn an_empty_value_counts_as_none() {
    let env = Environment::over(&app(StoragePlace::Os), os(&[("A", ""), ("B", "")]));
    assert_eq!(said(env.get("A", "app")), no_variable());
    assert_eq!(env.get("B", "app"), Ok("fallback".to_string()));
}

#[test]
fn what_is_read_only_stays() {
    let values = vec![("A".to_string(), "1".to_string())];
    for place in [StoragePlace::Os, StoragePlace::Static(values)] {
        let env = Environment::over(&app(place), os(&[("A", "1")]));
        assert_eq!(env.get("A", "app"), Ok("1".to_string()));
        let (kind, what) = said(env.set("A", "app", "2"));
        assert_eq!(
            (kind.as_str(), what.as_str()),
            ("PermissionDenied", "storage is read-only")
        );
    }
    let env = Environment::over(&app(StoragePlace::Memory), os(&[]));
    let (kind, what) = said(env.set("R", "app", "2"));
    assert_eq!(
        (kind.as_str(), what.as_str()),
        ("PermissionDenied", "environment variable is read-only")
    );
    assert_eq!(said(env.set("none", "app", "2")), no_variable());
}

#[test]
fn memory_keeps_what_is_set() {
    let env = Environment::over(&app(StoragePlace::Memory), os(&[("A", "os")]));
    assert_eq!(said(env.get("A", "app")), no_variable());
    env.set("a", "app", "1").unwrap();
    assert_eq!(env.get("A", "app"), Ok("1".to_string()));
    assert_eq!(env.get_all(), Ok(os(&[("A", "1")])));
}

#[test]
fn a_router_reads_the_first_that_has_it_and_writes_the_first() {
    let mut app = app(StoragePlace::Router(vec![id("app:m"), id("app:os")]));
    add_storage(&mut app, "app:m", StoragePlace::Memory);
    add_storage(&mut app, "app:os", StoragePlace::Os);
    let env = Environment::over(&app, os(&[("A", "os"), ("X", "y")]));
    assert_eq!(env.get("A", "app"), Ok("os".to_string()));
    env.set("A", "app", "memory").unwrap();
    assert_eq!(env.get("A", "app"), Ok("memory".to_string()));
    assert_eq!(env.get_all().unwrap().get("X"), Some(&"y".to_string()));
}

#[test]
fn a_file_is_read_anew_and_keeps_its_comments() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(".env");
    let env = Environment::over(&app(file(&path, false)), os(&[]));
    assert_eq!(said(env.get("A", "app")), no_variable());
    assert_eq!(env.get_all(), Ok(os(&[])));
    assert_eq!(said(env.set("A", "app", "1")).0, "NotFound");
    fs::write(&path, "# mine\nA=1 # note\n").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(env.get("A", "app"), Ok("1".to_string()));
    env.set("A", "app", "2").unwrap();
    env.set("B", "app", "3").unwrap();
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        "# mine\nA=2 # note\nB=3\n"
    );
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o640
    );
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    assert_eq!(said(env.set("A", "app", "1\nR=2")).0, "Invalid");
}

#[test]
fn a_file_is_made_where_that_is_wanted() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("deep/er/.env");
    let env = Environment::over(&app(file(&path, true)), os(&[]));
    assert_eq!(said(env.get("A", "app")), no_variable());
    env.set("A", "app", "1").unwrap();
    assert_eq!(env.get("A", "app"), Ok("1".to_string()));
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
}

#[test]
fn a_file_that_cannot_be_read_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let env = Environment::over(&app(file(dir.path(), true)), os(&[]));
    assert_eq!(said(env.get("A", "app")).0, "Internal");
    assert_eq!(said(env.set("A", "app", "1")).0, "Internal");
}

#[test]
fn many_threads_may_set_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(".env");
    fs::write(&path, "").unwrap();
    let env = Environment::over(&app(file(&path, false)), os(&[]));
    std::thread::scope(|scope| {
        for name in ["A", "B"] {
            let env = &env;
            scope
                .spawn(move || (0..20).for_each(|i| env.set(name, "app", &i.to_string()).unwrap()));
        }
    });
    assert_eq!(env.get_all(), Ok(os(&[("A", "19"), ("B", "19")])));
}
