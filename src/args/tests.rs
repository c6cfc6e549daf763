//! How the command line is read.

use super::*;

fn read(words: &[&str]) -> Result<Args, clap::Error> {
    Args::of(Line::try_parse_from(words)?)
}

fn words(line: &str) -> Args {
    let words: Vec<&str> = line.split(' ').collect();
    read(&words).unwrap_or_else(|error| panic!("{error}"))
}

/// What the line launches.
fn launched(line: &str) -> (Named, Option<String>, Vec<String>) {
    match words(line).command {
        Command::Run(Some(Launch {
            what,
            host,
            arguments,
        })) => {
            let arguments = arguments
                .into_iter()
                .map(|word| word.into_string().unwrap());
            (what, host, arguments.collect())
        }
        other => panic!("{line}: {other:?}"),
    }
}

fn command(name: &str) -> Named {
    Named::Command(name.to_owned())
}

fn entry(id: &str) -> Named {
    Named::Entry(id.to_owned())
}

#[test]
fn the_command_line_is_consistent() {
    Line::command().debug_assert();
}

#[test]
fn flags_stand_before_and_behind_the_command() {
    let args = words(
        "moondust -v -s -C a --config 1 --set a.b=1 -o a:b:c=1 \
         run -v -c -C b --config 2 --set a.b=2 -o a:b:c=2",
    );
    assert_eq!(args.command, Command::Run(None));
    assert_eq!(args.folder, Some("b".into()));
    assert_eq!(args.log.verbose, 2);
    assert!(args.log.silent && args.log.console);
    assert_eq!(args.app.config, [PathBuf::from("1"), "2".into()]);
    let settings: [Setting; 2] = ["a.b=1", "a.b=2"].map(|text| text.parse().unwrap());
    assert_eq!(args.app.set, settings);
    let overrides: [Override; 2] = ["a:b:c=1", "a:b:c=2"].map(|text| text.parse().unwrap());
    assert_eq!(args.app.o, overrides);
    let args = words("moondust -C a version");
    assert_eq!(
        (args.command, args.folder),
        (Command::Version, Some("a".into()))
    );
}

#[test]
fn folders_are_skipped_as_the_environment_says() {
    let folders = skipped(|name| match name {
        "SKIP_TEST_DIRS" => "sql, queue,".to_string(),
        "SKIP_SQS_TESTS" => "1".to_string(),
        _ => String::new(),
    });
    assert_eq!(folders, ["sql", "queue", "sqs"]);
}

#[test]
fn all_behind_a_name_is_for_the_program() {
    let strings = |list: &[&str]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(
        launched("moondust run -c greet -v --loud -- -x --host h Ada"),
        (
            command("greet"),
            None,
            strings(&["-v", "--loud", "--", "-x", "--host", "h", "Ada"])
        )
    );
    assert_eq!(
        launched("moondust run --host app:t greet list"),
        (command("greet"), Some("app:t".into()), strings(&["list"]))
    );
    let args = words("moondust run -c greet -v");
    assert!(args.log.console && args.log.verbose == 0);
    assert_eq!(
        launched("moondust test -c units --fast"),
        (command("test"), None, strings(&["units", "--fast"]))
    );
}

#[test]
fn an_entry_may_be_followed_by_its_host() {
    let none: Vec<String> = Vec::new();
    assert_eq!(launched("moondust run -x a:b"), (entry("a:b"), None, none));
    for line in [
        "moondust run -x a:b --host a:t --host -v",
        "moondust run -x a:b --host=a:t --host -v",
        "moondust run --host a:t -x a:b --host -v",
        "moondust run -x --host a:t a:b --host -v",
    ] {
        let rest = vec!["--host".to_owned(), "-v".to_owned()];
        assert_eq!(launched(line), (entry("a:b"), Some("a:t".into()), rest));
    }
    assert_eq!(launched("moondust run -x list").0, entry("list"));
    for line in ["run -x", "run --host a:t", "run -x a:b --host"] {
        let words: Vec<&str> = ["moondust"].into_iter().chain(line.split(' ')).collect();
        let error = read(&words).unwrap_err();
        assert_eq!(error.exit_code(), 2, "{line}");
    }
}

#[test]
fn list_is_no_command() {
    assert_eq!(words("moondust run list").command, Command::List);
    assert_eq!(words("moondust run -v list -x").command, Command::List);
}
