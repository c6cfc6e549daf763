//! What programs can rely on, told in Lua: each file in `tests/lua` is a suite, each of its functions a case that runs
//! in a process of its own, and as a call of a function. These calls use the same few VMs again and again.

use crate::app::App;

/// Cases that make no sense in a function, or say something else there; and why.
const NOT_IN_FUNCTIONS: [(&str, &str, &str); 0] = [];

/// Runs the suite in `tests/lua/NAME.lua`, each case in the way that `tests/lua/driver.lua` knows by this name; every
/// case must pass.
fn suite(name: &str, source: &str, way: &str) {
    let left_out = NOT_IN_FUNCTIONS
        .iter()
        .filter(|(suite, _, _)| *suite == name && way == "function");
    let left_out: Vec<&str> = left_out.map(|(_, case, _)| *case).collect();
    let left_out = left_out.join(", ");
    let imports =
        "imports: {test: app:test, once: app:once, chained: app:chained, shapes: app:shapes}";
    // What a suite may list is a global too, and one of them looks at which there are.
    let more = if name == "io" { ", io" } else { "" };
    let modules = format!("time, logger, env, ctx, json, funcs, registry{more}");
    let app = App::of(&format!(
        "  - {{name: processes, kind: process.host, lifecycle: {{auto_start: true, stop_timeout: 10ms}}}}
  - {{name: closed, kind: process.host}}
  - {{name: small, kind: process.host, host: {{memory_limit: 16MiB}}, lifecycle: {{auto_start: true}}}}
  - {{name: test, kind: library.lua, source: file://test.lua, modules: [time]}}
  - {{name: shapes, kind: library.lua, source: file://shapes.lua}}
  - {{name: once, kind: library.lua, source: \"runs = (runs or 0) + 1 return {{ state = {{}} }}\"}}
  - {{name: chained, kind: library.lua, imports: {{first: app:once}}, \
       source: \"return {{ first = require('first') }}\"}}
  - {{name: os, kind: env.storage.os}}
  - {{name: memory, kind: env.storage.memory}}
  - {{name: values, kind: env.storage.static, values: {{FIXED: stone}}}}
  - {{name: home, kind: env.variable, variable: HOME_SWEET_HOME, storage: app:os}}
  - {{name: given, kind: env.variable, variable: GIVEN, storage: app:memory, default: fallback}}
  - {{name: locked, kind: env.variable, variable: LOCKED, storage: app:memory, readonly: true}}
  - {{name: bare, kind: env.variable, variable: BARE, storage: app:memory}}
  - {{name: fixed, kind: env.variable, variable: FIXED, storage: app:values}}
  - {{name: count, kind: env.variable, variable: COUNT, storage: app:os, default: \"500\"}}
  - {{name: broken, kind: process.lua, source: \"error('at the top')\"}}
  - {{name: empty, kind: process.lua, source: \"return {{}}\"}}
  - {{name: late, kind: process.lua, source: \"process.pid() error('no plates')\"}}
  - {{name: named, kind: process.lua, source: \"return function() return process.id() end\"}}
  - {{name: plain, kind: process.lua, source: \"return function(x) return x end\"}}
  - {{name: suite, kind: process.lua, source: file://{name}.lua, modules: [{modules}], {imports}}}
  - {{name: function, kind: function.lua, method: main, source: file://{name}.lua, modules: [{modules}], {imports}}}
  - {{name: hosted, kind: process.lua, meta: {{default_host: 'app:processes'}}, \
       source: \"return function(x) return {{ process.id(), x }} end\"}}
  - {{name: broken_function, kind: function.lua, method: main, source: \"error('at the top')\"}}
  - {{name: counting, kind: function.lua, method: main, pool: {{size: 1}}, \
       source: \"local calls = 0 return function() calls = calls + 1 return calls end\"}}
  - {{name: hoarding, kind: function.lua, method: main, pool: {{size: 1}}, \
       source: \"local calls, hoard = 0, {{}} for n = 1, 200000 do hoard[n] = n end \
         return function() calls = calls + 1 return calls, #hoard end\"}}
  - {{name: narrow, kind: function.lua, method: main, pool: {{size: 1, memory_limit: 16MiB}}, \
       source: file://{name}.lua, modules: [{modules}], {imports}}}
  - {{name: plate, kind: registry.entry, price: 2.5, notes: [chipped, old], nothing: {{}}, \
       meta: {{type: plate, size: 24, tags: [flat, white], made: {{by: ann, year: 2020}}, sold: false}}}}
  - {{name: cup, kind: registry.entry, meta: {{type: cup, tags: [white]}}}}
  - {{name: driver, kind: process.lua, source: file://driver.lua, modules: [logger, funcs]}}
  - {{name: runner, kind: process.service, process: driver, host: app:processes, input: [{way}, [{left_out}]], \
       lifecycle: {{auto_start: true, restart: {{max_attempts: 1}}}}}}
"
    ))
    .file("src/driver.lua", include_str!("../lua/driver.lua"))
    .file("src/test.lua", include_str!("../lua/test.lua"))
    .file("src/shapes.lua", include_str!("../lua/shapes.lua"))
    .file(&format!("src/{name}.lua"), source);
    let variables = [("HOME_SWEET_HOME", "here"), ("UNDECLARED", "hidden")];
    let mut running = app.start_with(&[], &variables);
    let line = running.wait_for_any(&["all cases have run", "ERROR  service failed"]);
    assert!(line.starts_with("INFO  all cases have run"), "{line}");
    let ended = running.stop();
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    let failures = ended.with("case failed");
    assert!(failures.is_empty(), "{failures:#?}");
    let passed = ended.with("case passed").len();
    assert!(
        line.ends_with(&format!("{{\"cases\": {passed}}}")),
        "{line}"
    );
}

macro_rules! suites {
    ($($name:ident)*) => {
        mod in_processes {
            $(#[test]
            fn $name() {
                super::suite(stringify!($name), include_str!(concat!("../lua/", stringify!($name), ".lua")), "process");
            })*
        }

        mod in_functions {
            $(#[test]
            fn $name() {
                super::suite(stringify!($name), include_str!(concat!("../lua/", stringify!($name), ".lua")), "function");
            })*
        }
    };
}

suites!(guide processes relations starting many mailboxes events channels selecting coroutines waiting closing timers time dates failures payloads environment io language json functions futures registry types dialect positions);
