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
fn the_version() {
    let said = App::new().run(&["version"]);
    assert_eq!(said.code, 0);
    assert_eq!(
        said.stdout,
        format!("moondust {}\n", env!("CARGO_PKG_VERSION"))
    );
}
