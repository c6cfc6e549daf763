//! Folders that are served: that there are any, and that nothing leads out of them.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Stdio;

use rustix::fs::{CWD, FileType, Mode, mknodat};

use super::client::Client;
use super::{Plan, address};
use crate::running::Running;

#[test]
fn no_path_and_no_link_leaves_a_folder() {
    let plan = Plan::new("")
        .file("secret", "secret")
        .file("public/.env", "secret")
        .file("public/.well-known/acme", "known")
        .file("public/a.txt", "abc")
        .public("");
    let public = plan.path().join("public");
    for (link, to) in [
        ("out", "../secret"),
        ("up", ".."),
        ("root", "/"),
        ("near", "a.txt"),
    ] {
        symlink(to, public.join(link)).unwrap();
    }
    let mode = Mode::from_raw_mode(0o600);
    mknodat(CWD, public.join("pipe"), FileType::Fifo, mode, 0).unwrap();
    let site = plan.start();
    let mut client = site.client();
    assert_eq!(client.get("/near").said(), (200, "abc"));
    assert_eq!(client.get("/.well-known/acme").said(), (200, "known"));
    for path in [
        "/out",
        "/up/secret",
        "/up",
        "/up/",
        "/root/etc/passwd",
        "/.env",
        "/%2eenv",
        "/pipe",
        "/%2e%2e/secret",
        "/..%2fsecret",
        "/a.txt%00",
        "/%2fetc/passwd",
    ] {
        assert_eq!(
            client.get(path).said(),
            (404, "404 page not found\n"),
            "{path}"
        );
    }
    let answer = client.get("/../secret");
    assert_eq!(
        (answer.status, answer.header("Location")),
        (307, Some("/secret"))
    );
    site.running.stop().cleanly();
}

/// What is said of an app that can't start.
fn refused(plan: Plan) -> String {
    let ended = plan.app().start().ended();
    assert_eq!(ended.code, Some(1), "{ended:#?}");
    ended.with("moondust: ")[0].to_owned()
}

#[test]
fn a_folder_that_is_missing_is_an_error_at_the_start() {
    let said = "moondust: app:files has no folder public: ";
    let missing = refused(Plan::new("").public(""));
    assert!(
        missing.starts_with(&format!("{said}No such file")),
        "{missing}"
    );
    let file = refused(Plan::new("").file("public", "").public(""));
    assert!(
        file.starts_with(&format!("{said}Not a directory")),
        "{file}"
    );
}

#[test]
fn a_folder_is_made_in_that_of_the_app_wherever_it_is_run_from() {
    let app = Plan::new("")
        .with(
            "name: made, kind: fs.directory, directory: new/public, auto_init: true, mode: '0700'",
        )
        .with("name: web, kind: http.static, server: gateway, path: /, fs: made, directory: later")
        .app();
    let folder = app.path().to_owned();
    let mut command = app.command(&["-C", folder.to_str().unwrap()], &[]);
    let command = command.current_dir("/").stdout(Stdio::piped());
    let mut running = Running::of(command.stderr(Stdio::piped()));
    let warned = running.wait_for("folder is not there yet");
    assert!(
        warned.contains("app:web") && warned.contains("later"),
        "{warned}"
    );
    let mut client = Client::new(&address(&mut running));
    let public = folder.join("new/public");
    let mode = fs::metadata(&public).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    assert_eq!(client.get("/a").status, 404);
    fs::create_dir(public.join("later")).unwrap();
    fs::write(public.join("later/a"), "now").unwrap();
    assert_eq!(client.get("/a").said(), (200, "now"));
    running.stop().cleanly();
}
