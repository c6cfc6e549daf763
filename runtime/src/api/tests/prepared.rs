//! What a top level may do if its entry is to have a template.

use super::*;
use crate::api::Program;
use crate::lua::Preparation;

/// What preparing an entry with this top level comes to: "template", why there is none, or the error.
fn prepared(top: &str) -> String {
    let source = format!("{top} return function() end");
    let chunk = Chunk::compile(source.as_bytes(), "test:source", 0).unwrap();
    let recipe = Recipe {
        chunk,
        types: Arc::default(),
        method: Method::Usual,
        modules: ["env", "logger", "time"].map(str::to_owned).to_vec(),
        imports: Vec::new(),
        templates: true,
    };
    let code = Code::new(&libraries(), recipe, Arc::new(Slab::new()), 7);
    let identity = Arc::new(Identity {
        entry: "test:source".into(),
        types: Arc::default(),
        system: Arc::new(nowhere()),
    });
    match Program::prepare(&code, &identity) {
        Ok(Preparation::Template { .. }) => "template".to_owned(),
        Ok(Preparation::Unfit(why)) => why.to_string(),
        Err(error) => error.message,
    }
}

#[test]
fn pure_top_levels_have_templates() {
    for top in [
        "",
        "local time, log = require('time'), require('logger'):named('x') Wait = 5 * time.SECOND",
        "Id, Duration = process.id(), time.parse_duration('5s')",
        "Zone, Utc = time.load_location('Europe/Berlin'), time.utc",
        "T, U, V = time.unix(5, 0), time.date(2024, 1, 1, 0, 0, 0, 0, time.fixed_zone('X', 60)), time.parse('2006', '2024')",
        "Failure = errors.new('x') Kept = payload.new({1, 2})",
        "for name in pairs(process) do end local t = {} table.sort(t) string.format('%d', 5)",
        "Text = ('x'):rep(10):gsub('x', function(c) return c .. c end)",
    ] {
        assert_eq!(prepared(top), "template", "{top}");
    }
}

#[test]
fn whatever_belongs_to_a_process_has_none() {
    for top in [
        "Id = process.pid()",
        "N = time.now()",
        "N = math.random(6)",
        "math.randomseed(5)",
        "N = os.time()",
        "N = os.clock()",
        "C = channel.new(1)",
        "process.send('x', 'y')",
        "process.spawn('a', 'b')",
        "pcall(process.registry.register, 'x')",
        "I = process.inbox()",
        "E = env.get('x')",
        "T = time.ticker('1s')",
        "time.sleep('1s')",
        "coroutine.spawn(function() end)",
    ] {
        let why = "its top level asks something of the system or its process";
        assert_eq!(prepared(top), why, "{top}");
    }
}

#[test]
fn a_failing_top_level_is_the_spawners_error() {
    assert_eq!(prepared("error('x')"), "test:source:1: x");
}
