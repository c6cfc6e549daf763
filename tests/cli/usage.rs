//! Wrong usage, help and version.

use crate::app::App;

#[test]
fn wrong_usage_ends_with_2_and_names_what_is_wrong() {
    for (args, named) in [
        (&["runn"][..], "runn"),
        (&["run", "--nope"], "--nope"),
        (&["check", "-o", "app:x=1"], "app:x=1"),
        (&["check", "-o", "app:x=1"], "namespace:entry:field=value"),
        (&["check", "--set", "timeout"], "timeout"),
        (&["check", "--set", "timeout"], "section.path=value"),
        (&["-C"], "-C"),
    ] {
        let said = App::new().run(args);
        assert_eq!(said.code, 2, "{args:?}: {said:?}");
        assert!(said.stderr.contains(named), "{args:?}: {said:?}");
    }
    assert_eq!(App::new().run(&[]).code, 2);
}

#[test]
fn help_ends_with_examples() {
    for args in [&["help"][..], &["--help"]] {
        let said = App::new().run(args);
        assert_eq!(said.code, 0);
        let (_, examples) = said.stdout.split_once("Examples:").unwrap();
        assert!(examples.contains("moondust check"), "{said:?}");
    }
}

#[test]
fn what_cannot_be_written_is_not_done() {
    let app = App::of("  - {name: e, kind: registry.entry}\n");
    let mut said = Vec::new();
    for args in [
        &["check"][..],
        &["version"],
        &["help"],
        &["check", "--help"],
    ] {
        let full = std::fs::File::options().write(true).open("/dev/full");
        let ended = std::process::Command::new(env!("CARGO_BIN_EXE_moondust"))
            .args(args)
            .current_dir(app.path())
            .stdout(full.unwrap())
            .output()
            .unwrap();
        said.push((
            ended.status.code(),
            String::from_utf8(ended.stderr).unwrap(),
        ));
    }
    let lost = "moondust: cannot write to stdout: No space left on device (os error 28)\n";
    assert_eq!(said, [(); 4].map(|()| (Some(1), lost.to_owned())));
}

#[test]
fn a_reader_that_has_gone_wanted_no_more() {
    let app = App::of("  - {name: e, kind: registry.entry}\n");
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let ended = std::process::Command::new(env!("CARGO_BIN_EXE_moondust"))
        .arg("check")
        .current_dir(app.path())
        .stdout(writer)
        .output()
        .unwrap();
    assert_eq!((ended.status.code(), ended.stderr), (Some(0), Vec::new()));
}

#[test]
fn the_version() {
    let said = App::new().run(&["version"]);
    assert_eq!(said.code, 0);
    assert_eq!(
        said.stdout,
        format!("moondust {}\n", env!("CARGO_PKG_VERSION"))
    );
}
