//! The examples in `docs/` run: each ```` ```lua ```` block is the `main` of a process of its own, or of a function if it
//! answers a request. And each module has a page there, which names all that is in it.

mod blocks;
mod served;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use blocks::examples;
use moondust_runtime::runtime;

/// How long a line of the log may take. Reached only by a test that fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// The libraries that are Lua's own, which have a page together.
const LUAS_OWN: [&str; 5] = ["math", "os", "package", "string", "table"];

/// The classes whose methods are not on the page that is named as they are.
const PAGES_OF_CLASSES: [(&str, &[&str]); 16] = [
    ("channel", &["channel", "time"]), // timers have those of time.md
    ("channel.Case", &["channel"]),
    ("duration", &["time"]),
    ("error", &["errors"]),
    ("funcs.Executor", &["funcs"]),
    ("funcs.Future", &["funcs"]),
    ("http.Request", &["http"]),
    ("http.Response", &["http"]),
    ("http.Stream", &["http"]),
    ("location", &["time"]),
    ("process.Message", &["process"]),
    ("process.Spawner", &["process"]),
    ("registry.History", &["registry"]),
    ("registry.Snapshot", &["registry"]),
    ("registry.Version", &["registry"]),
    ("type", &["types"]),
];

/// The pages on which a name of [`runtime::names`] may be.
fn pages_of(name: &str) -> Vec<&str> {
    if let Some((class, _)) = name.split_once(':') {
        let known = PAGES_OF_CLASSES.iter().find(|(known, _)| *known == class);
        return known.map_or(vec![class], |(_, pages)| pages.to_vec());
    }
    let module = name.split('.').next().unwrap();
    let is_global = module == name && !runtime::modules().contains(&module);
    match is_global || LUAS_OWN.contains(&module) {
        true => vec!["lua"],
        false => vec![module],
    }
}

/// What is written as code, whether inside a line or as a block.
fn code(markdown: &str) -> impl Iterator<Item = &str> {
    markdown.split('`').skip(1).step_by(2)
}

/// Whether a page names what `name` ends with: alone between ticks, or behind what it is in.
fn is_named(markdown: &str, name: &str) -> bool {
    let Some((within, mark, short)) = parts(name) else {
        return code(markdown).any(|code| code == name);
    };
    let whole = match mark {
        '.' => format!("{within}.{short}"),
        _ => format!(":{short}"), // the object has some name of its own
    };
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let is_whole = |code: &str| {
        let mut ends = code
            .match_indices(&whole)
            .map(|(at, _)| &code[at + whole.len()..]);
        ends.any(|rest| !rest.starts_with(is_part))
    };
    code(markdown).any(|code| code == short || is_whole(code))
}

/// The last part of a name, what is before it, and the mark between: `registry`, `.`, `lookup`.
fn parts(name: &str) -> Option<(&str, char, &str)> {
    let at = name.rfind([':', '.'])?;
    let within = name[..at].rsplit('.').next()?;
    Some((within, name[at..].chars().next()?, &name[at + 1..]))
}

/// A process that examples start: it adds two numbers up, or becomes another.
const COUNTER: &str = r#"
return function()
    local sum, inbox = 0, process.inbox()
    for _ = 1, 2 do
        local msg = inbox:receive()
        local value = msg:payload():data()
        if msg:topic() == "become" then process.upgrade(value, 21) end
        sum = sum + value
    end
    return require("ctx").get("user") .. ": " .. sum
end
"#;

/// All examples by a name for each: `time_30`.
fn all_examples() -> Vec<(String, String)> {
    let mut all = Vec::new();
    for item in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")).unwrap() {
        let path = item.unwrap().path();
        let page = path.file_stem().unwrap().to_str().unwrap().to_owned();
        for (line, text) in examples(&fs::read_to_string(&path).unwrap()) {
            all.push((format!("{page}_{line}"), text));
        }
    }
    all
}

/// An app with a service for each example, which says so when it comes to its end.
fn write_app(folder: &Path, examples: &[(String, String)]) {
    let mut index = "namespace: app\nentries:\n\
                     \x20 - {name: processes, kind: process.host, lifecycle: {auto_start: true}}\n\
                     \x20 - {name: double, kind: process.lua, source: 'return function(x) return 2 * x end'}\n\
                     \x20 - {name: counter, kind: process.lua, source: file://counter.lua, modules: [ctx]}\n\
                     \x20 - {name: twice, kind: function.lua, method: main, source: 'return function(x) return 2 * x end'}\n\
                     \x20 - {name: who, kind: function.lua, method: main, modules: [ctx], \
                     source: 'return function() return require(\"ctx\").get(\"user\") end'}\n\
                     \x20 - {name: menu, kind: registry.entry, soup: leek, meta: {title: Today, tags: [food, hot]}}\n"
        .to_owned();

    fs::create_dir(folder.join("src")).unwrap();
    fs::write(folder.join("src/counter.lua"), COUNTER).unwrap();
    for (name, text) in examples {
        index += &format!(
            "\x20 - {{name: {name}, kind: process.lua, source: 'file://{name}.lua', \
             modules: [time, logger, env, ctx, io, json, funcs, registry]}}\n\
             \x20 - {{name: run_{name}, kind: process.service, process: {name}, \
             host: app:processes, lifecycle: {{auto_start: true, restart: {{max_attempts: 1}}}}}}\n"
        );
        let program = format!(
            "local function main()\n{text}end\n\
             return {{ main = function() main() print('the end of {name}') end }}\n"
        );
        fs::write(folder.join(format!("src/{name}.lua")), program).unwrap();
    }
    fs::write(folder.join("src/_index.yaml"), index).unwrap();
}

/// A running app, which ends with its test.
struct App(Child);

impl Drop for App {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn every_example_runs_to_its_end() {
    let examples = all_examples();
    assert!(examples.len() > 8, "the pages are found");
    let folder = tempfile::tempdir().unwrap();
    write_app(folder.path(), &examples);
    let mut command = Command::new(env!("CARGO_BIN_EXE_moondust"));
    let command = command.arg("run").current_dir(folder.path());
    let mut app = App(command.stderr(Stdio::piped()).spawn().unwrap());
    let log = BufReader::new(app.0.stderr.take().unwrap());
    let (sender, lines) = channel();
    thread::spawn(move || {
        let lines = log.lines().map_while(Result::ok);
        lines.for_each(|line| drop(sender.send(line)));
    });
    let mut ended = 0;
    let mut said = Vec::new();
    while ended < examples.len() {
        let line = lines.recv_timeout(PATIENCE);
        let line = line.unwrap_or_else(|_| panic!("not all come to their end: {said:#?}"));
        assert!(!line.starts_with("ERROR"), "{line}");
        ended += usize::from(line.starts_with("INFO  the end of "));
        said.push(line);
    }
    let logged = r#"INFO  plate washed  {"error": "chipped", "shift": "night", "plate": 3}"#;
    assert!(said.iter().any(|line| line == logged), "{said:#?}");
}

#[test]
fn every_module_has_a_page_that_names_all_that_is_in_it() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let modules = runtime::modules();
    let mut unnamed = Vec::new();
    for name in runtime::names() {
        // Constants may be written as "`JANUARY` to `DECEMBER`".
        let is_constant = parts(&name).is_some_and(|(_, _, short)| short == short.to_uppercase());
        let pages = pages_of(&name);
        let is_there = pages.iter().any(|page| {
            let page = fs::read_to_string(docs.join(format!("{page}.md")));
            let is_enough =
                |text: &str| is_constant || modules.contains(&&*name) || is_named(text, &name);
            page.is_ok_and(|text| is_enough(&text))
        });
        if !is_there {
            unnamed.push(format!("{name}: docs/{}.md", pages.join(".md, ")));
        }
    }
    assert_eq!(unnamed, [""; 0], "are not on these pages");
}

#[test]
fn a_name_is_on_a_page_as_code() {
    let page = "b `d`, e `m.f(1)` g\n```lua\nx:h()\n```\ni `m.long_name`";
    for name in ["d", "m.d", "m.f", "a.m.f", "class:h", "m.long_name"] {
        assert!(is_named(page, name), "{name}");
    }
    for name in ["b", "f", "m.e", "m.g", "n.f", "class:f", "m.h", "m.long"] {
        assert!(!is_named(page, name), "{name}");
    }
}
