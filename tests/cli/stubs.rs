//! `moondust stubs`, and that the stubs say what is so: all that programs can name is declared, and all that is declared
//! is there.

mod declarations;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use moondust_runtime::runtime;

use crate::app::App;
use crate::http::address;
use crate::http::client::Connection;
use declarations::{Stub, Value};

/// The classes of the stubs: what an object's class is called in the runtime, nothing for plain tables; and Lua that
/// answers an object.
const CLASSES: [(&str, &str, &str); 35] = [
    ("Channel", "channel", "return channel.new()"),
    (
        "channel.Case",
        "channel.Case",
        "return channel.new():case_receive()",
    ),
    (
        "channel.Selected",
        "",
        "return channel.select({channel.new(1):case_send(1)})",
    ),
    ("Error", "error", "return errors.new('x')"),
    (
        "errors.Stack",
        "",
        "return errors.call_stack(ended('failing').result.error)",
    ),
    (
        "errors.Frame",
        "",
        "return errors.call_stack(ended('failing').result.error).frames[1]",
    ),
    ("funcs.Executor", "funcs.Executor", "return funcs.new()"),
    (
        "funcs.Future",
        "funcs.Future",
        "return funcs.async('app:function')",
    ),
    ("http.Request", "http.Request", "return http.request()"),
    ("http.Response", "http.Response", "return http.response()"),
    (
        "http.Stream",
        "http.Stream",
        "return http.request():stream()",
    ),
    ("http.Form", "", "return http.request():parse_multipart()"),
    (
        "http.File",
        "",
        "return http.request():parse_multipart().files.f[1]",
    ),
    ("Logger", "logger", "return logger"),
    ("os.Date", "", "return os.date('*t')"),
    ("Payload", "payload", "return payload.new(1)"),
    ("process.Inbox", "channel", "return process.inbox()"),
    ("process.Events", "channel", "return process.events()"),
    ("process.Options", "", "return process.get_options()"),
    (
        "process.Spawner",
        "process.Spawner",
        "return process.with_context({})",
    ),
    (
        "process.Message",
        "process.Message",
        "process.send(process.pid(), 'x') return process.inbox():receive()",
    ),
    ("process.Event", "", "return ended('empty')"),
    ("process.Result", "", "return ended('failing').result"),
    ("registry.Entry", "", "return registry.get('app:empty')"),
    ("registry.Id", "", "return registry.parse_id('app:empty')"),
    (
        "registry.History",
        "registry.History",
        "return registry.history()",
    ),
    (
        "registry.Snapshot",
        "registry.Snapshot",
        "return registry.snapshot()",
    ),
    (
        "registry.Version",
        "registry.Version",
        "return registry.current_version()",
    ),
    (
        "time.Duration",
        "duration",
        "return time.parse_duration('1s')",
    ),
    ("time.Location", "location", "return time.utc"),
    ("time.Channel", "channel", "return time.after('1h')"),
    ("time.Timer", "channel", "return time.timer('1h')"),
    ("time.Ticker", "channel", "return time.ticker('1h')"),
    ("time.Time", "time", "return time.now()"),
    ("Type", "type", "return integer"),
];

/// The stub files, by name.
fn files() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/stubs");
    let paths = fs::read_dir(folder)
        .unwrap()
        .map(|item| item.unwrap().path());
    let stubs = paths.filter(|path| path.extension().is_some_and(|extension| extension == "lua"));
    let named = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
    let mut files: Vec<_> = stubs
        .map(|path| (named(&path), fs::read_to_string(&path).unwrap()))
        .collect();
    files.sort();
    files
}

fn stubs() -> Vec<(String, Stub)> {
    let read = |(name, text): (String, String)| {
        let stub = declarations::read(&text).unwrap_or_else(|why| panic!("{name}.lua: {why}"));
        (name, stub)
    };
    files().into_iter().map(read).collect()
}

/// What the program is asked: a form with a file, since some objects are only there where there is such a thing.
const FORM: &str = "--x\r\nContent-Disposition: form-data; name=f; filename=a\r\n\r\n1\r\n--x--";

/// The program that holds what the stubs declare against what is there.
fn probe(stubs: &[(String, Stub)]) -> String {
    let mut program = include_str!("stubs/probe.lua").to_owned();
    for (class, _, make) in CLASSES {
        program += &format!("sample('{class}', function() {make} end)\n");
    }
    for (_, stub) in stubs {
        for declared in &stub.names {
            let name = &declared.name;
            program += &match (&declared.value, name.split_once(':')) {
                (_, Some((class, method))) => format!("method('{class}', '{method}')\n"),
                (Value::Literal(value), _) => {
                    format!("holds('{name}', {value}, function() return {name} end)\n")
                }
                (value, _) => {
                    let kind = kind(value);
                    format!("has('{name}', '{kind}', function() return {name} end)\n")
                }
            };
        }
        for (class, _, _) in CLASSES.iter().filter(|(_, runtime, _)| runtime.is_empty()) {
            let fields = || stub.fields.iter().filter(|field| field.class == *class);
            let required = fields().filter(|field| !field.may_be_nil);
            let required: String = required
                .map(|field| format!("'{}', ", field.name))
                .collect();
            let allowed: String = fields()
                .map(|field| format!("{} = true, ", field.name))
                .collect();
            if !allowed.is_empty() {
                program += &format!("fields('{class}', {{{required}}}, {{{allowed}}})\n");
            }
        }
    }
    format!("return {{main = function() {program} report() return true end}}")
}

/// What `type` answers for a value that is declared.
fn kind(value: &Value) -> &str {
    match value {
        Value::Function { .. } => "function",
        Value::Table => "table",
        Value::Literal(_) => unreachable!("its value is compared"),
        Value::Typed(name) => match &**name {
            "number" | "integer" => "number",
            "string" => "string",
            "Type" => "type",
            _ => "userdata",
        },
    }
}

/// The methods of the runtime's classes that no stub declares.
fn undeclared_methods(stubs: &[(String, Stub)]) -> Vec<String> {
    let declared: BTreeSet<&str> = stubs
        .iter()
        .flat_map(|(_, stub)| &stub.names)
        .map(|declared| &*declared.name)
        .collect();
    let is_declared = |name: &str| {
        let (class, method) = name.split_once(':').unwrap();
        let known = CLASSES.iter().filter(|(_, runtime, _)| *runtime == class);
        known
            .into_iter()
            .any(|(class, _, _)| declared.contains(&*format!("{class}:{method}")))
    };
    let names = runtime::names().into_iter();
    names
        .filter(|name| name.contains(':') && !is_declared(name))
        .collect()
}

#[test]
fn stubs_and_programs_agree_on_what_there_is() {
    let stubs = stubs();
    let modules = runtime::modules().join(", ");
    let app = App::of(&format!(
        "  - {{name: processes, kind: process.host, lifecycle: {{auto_start: true}}}}
  - {{name: empty, kind: process.lua, source: \"return function() end\"}}
  - {{name: function, kind: function.lua, method: main, source: \"return function() end\"}}
  - {{name: failing, kind: process.lua, source: \"return function() error('x') end\"}}
  - {{name: probe, kind: function.lua, source: file://probe.lua, method: main, modules: [{modules}]}}
  - {{name: gateway, kind: http.service, addr: '127.0.0.1:0', lifecycle: {{auto_start: true}}}}
  - {{name: router, kind: http.router, meta: {{server: 'app:gateway'}}}}
  - {{name: asked, kind: http.endpoint, meta: {{router: 'app:router'}}, method: POST, path: /, func: 'app:probe'}}
"
    ))
    .file("src/probe.lua", &probe(&stubs));
    let mut running = app.start();
    let mut connection = Connection::to(&address(&running.wait_for("127.0.0.1:")));
    let head = "POST /\nContent-Type: multipart/form-data; boundary=x";
    let answer = connection.ask(head, FORM);
    assert_eq!(answer.shown(), "200 application/json true");
    let ended = running.stop();
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    let said = |what: &str| -> BTreeSet<String> {
        let lines = ended.lines.iter();
        let mut said = lines.filter_map(|line| line.strip_prefix(&format!("INFO  {what}:")));
        let words = said
            .next()
            .unwrap_or_else(|| panic!("{ended:#?}"))
            .split(' ');
        words
            .filter(|word| !word.is_empty())
            .map(String::from)
            .collect()
    };
    let found = said("found");
    let names = runtime::names().into_iter();
    let names: BTreeSet<String> = names.filter(|name| !name.contains(':')).collect();
    assert_eq!(found, names, "programs see what the runtime says");
    let declared = stubs.iter().flat_map(|(_, stub)| &stub.names);
    let declared: BTreeSet<String> = declared.map(|declared| declared.name.clone()).collect();
    let mut undeclared = undeclared_methods(&stubs);
    undeclared.extend(found.difference(&declared).cloned());
    undeclared.extend(said("undeclared"));
    assert_eq!(undeclared, [""; 0], "are in no file of src/stubs");
    assert_eq!(
        said("missing"),
        BTreeSet::new(),
        "are declared in src/stubs, and not there"
    );
    assert_eq!(
        said("different"),
        BTreeSet::new(),
        "are declared as something else"
    );
}

#[test]
fn every_function_is_described_and_its_parameters_too() {
    for (file, stub) in stubs() {
        if file == "base" {
            assert_eq!((&*stub.meta, stub.returned), ("_", None));
        } else {
            assert_eq!((&stub.meta, stub.returned), (&file, Some(file.clone())));
        }
        for declared in stub.names {
            let name = declared.name;
            if let Value::Function { has, described } = declared.value {
                assert_eq!(has, described, "{name}: the parameters");
                let text = declared.text;
                let is_sentence = text.starts_with(char::is_uppercase) && text.ends_with('.');
                assert!(is_sentence, "{name}: {text:?}");
            }
        }
    }
}

#[test]
fn every_class_with_methods_or_fields_is_looked_at() {
    // Those that only programs make.
    let given = [
        "channel.Cases",
        "errors.Fields",
        "http.Event",
        "http.RequestOptions",
        "os.DateFields",
        "process.ListenOptions",
    ];
    for (_, stub) in stubs() {
        let methods = stub
            .names
            .iter()
            .filter_map(|name| name.name.split_once(':'));
        let methods = methods.map(|(class, _)| class);
        for class in methods.chain(stub.fields.iter().map(|field| &*field.class)) {
            let known = CLASSES.iter().any(|(name, _, _)| *name == class);
            assert!(known || given.contains(&class), "{class}");
        }
    }
}

#[test]
fn all_stubs_are_written_and_are_lua() {
    let app = App::of("  - {name: e, kind: registry.entry}\n");
    let said = app.run(&["stubs"]);
    assert_eq!(
        (said.code, &*said.stdout),
        (0, "wrote .moondust/stubs\nwrote .luarc.json\n")
    );
    let mut libraries = String::new();
    for (name, text) in files() {
        let path = app.path().join(format!(".moondust/stubs/{name}.lua"));
        assert_eq!(fs::read_to_string(&path).unwrap(), text, "{name}");
        fs::copy(&path, app.path().join(format!("src/{name}.lua"))).unwrap();
        libraries +=
            &format!("  - {{name: {name}, kind: library.lua, source: file://{name}.lua}}\n");
    }
    let app = app.file(
        "src/_index.yaml",
        &format!("namespace: app\nentries:\n{libraries}"),
    );
    let count = files().len();
    assert_eq!(
        app.accepted(),
        [format!(
            "fine: {count} entries, 0 hosts, 0 services, {count} Lua programs, 0 variables"
        )]
    );
}

#[test]
fn settings_that_are_there_are_kept_and_stubs_are_renewed() {
    let app = App::of("  - {name: e, kind: registry.entry}\n")
        .file(".luarc.json", "{}")
        .file(".moondust/stubs/time.lua", "old");
    let said = app.run(&["stubs"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.stdout.contains("kept .luarc.json"), "{said:?}");
    let read = |path: &str| fs::read_to_string(app.path().join(path)).unwrap();
    assert_eq!(read(".luarc.json"), "{}");
    assert!(read(".moondust/stubs/time.lua").contains("---@meta time"));
}

#[test]
fn where_there_is_no_app_no_stubs_are_written() {
    let app = App::new();
    let said = app.run(&["stubs"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.stderr.contains("there is no app"), "{said:?}");
    assert_eq!(app.files(), [""; 0]);
}
