//! Functions, their pools, and processes that are called as functions.

use super::*;

/// The entry `e`, a function with the fields `fields`.
fn function(fields: &str) -> String {
    format!("  - {{name: e, kind: function.lua, {fields}}}\n")
}

fn pool(fields: &str) -> Pool {
    let fields = format!("source: return f, method: f, pool: {{{fields}}}");
    let mut app = Folder::of(&function(&fields)).app();
    app.functions.remove(&id("app:e")).unwrap().pool
}

#[test]
fn a_function_is_a_program_with_a_pool() {
    let app = Folder::of(&format!(
        "{}{}",
        function("source: first, method: handler, modules: [json], meta: {options: {retry: {}}}"),
        "  - {name: p, kind: process.lua, source: second, imports: {f: e}}\n",
    ))
    .app();
    let read = &app.functions[&id("app:e")];
    assert_eq!(read.method.as_deref(), Some("handler"));
    assert_eq!(read.lua.modules, ["json"]);
    assert_eq!(read.pool, Pool::default());
    assert_eq!(&*app.lua(&id("app:e")).unwrap().source.text, "first");
    let imports = &app.processes[&id("app:p")].lua.imports;
    assert_eq!(*imports, [("f".to_string(), id("app:e"))]);
    let programs: Vec<_> = app.programs().map(|(id, _)| id.as_str()).collect();
    assert_eq!(programs, ["app:p", "app:e"]);
}

#[test]
fn wrong_values_in_a_function() {
    for (fields, said) in [
        ("method: f", "source: source is required"),
        ("source: x", "method: method is required"),
        ("source: x, method: \"\"", "method: method is required"),
        (
            "source: x, method: f, modules: [\"app:x\"]",
            "modules: module cannot have a namespace: `app:x`, name the entry in `imports` instead",
        ),
        (
            "source: x, method: f, pool: 3",
            "pool: must be a map, and is 3",
        ),
        (
            "source: x, method: f, pool: {type: lzay}",
            "pool.type: unknown pool type `lzay`, did you mean `lazy`?",
        ),
        (
            "source: x, method: f, pool: {type: elastic}",
            "pool.type: unknown pool type `elastic`, there are adaptive, inline, lazy, static",
        ),
        (
            "source: x, method: f, pool: {type: inline, size: 0}",
            "pool.size: pool.size must be greater than 0 for non-flex pools, \
             leave it out for the default",
        ),
        (
            "source: x, method: f, pool: {workers: 2, size: 0}",
            "pool.size: pool.size must be greater than 0 for worker pools, \
             leave it out for the default",
        ),
        (
            "source: x, method: f, pool: {size: -1}",
            "pool.size: must not be negative, and is -1, leave it out for the default",
        ),
        (
            "source: x, method: f, pool: {buffer: many}",
            "pool.buffer: must be a whole number, and is \"many\"",
        ),
        (
            "source: x, method: f, pool: {warm_start: soon}",
            "pool.warm_start: must be true, false or a number of VMs, and is \"soon\"",
        ),
        (
            "source: x, method: f, pool: {warm_start: -1}",
            "pool.warm_start: must not be negative, and is -1, leave it out for the default",
        ),
        (
            "source: x, method: f, pool: {memory_limit: 1KiB}",
            "pool.memory_limit: must be at least 16 KiB, and is \"1KiB\"",
        ),
    ] {
        assert_eq!(error_of(&function(fields)), said);
    }
}

#[test]
fn every_pool_comes_to_the_most_vms_and_how_long_they_are_kept() {
    let (elastic, fixed) = (Some(Duration::from_secs(30)), None);
    for (fields, most, idle) in [
        ("", 100, elastic),
        ("size: 0", 100, elastic),
        ("max_size: 7", 7, elastic),
        ("size: 2, max_size: 7", 7, elastic),
        ("workers: 3", 3, fixed),
        ("workers: 3, size: 5, buffer: 9", 3, fixed),
        ("size: 5", 1, fixed),
        ("type: inline, size: 5", 1, fixed),
        ("type: lazy", 16, elastic),
        ("type: lazy, max_size: 3", 3, elastic),
        ("type: adaptive", 16, elastic),
        ("type: adaptive, size: 20", 20, elastic),
        ("type: static", 8, fixed),
        ("type: static, size: 5", 5, fixed),
        ("type: static, size: 5, workers: 6", 6, fixed),
    ] {
        let pool = pool(fields);
        assert_eq!((pool.most, pool.idle), (most, idle), "{fields}");
        assert_eq!((pool.warm, pool.memory_limit), (0, 256 << 20));
    }
    assert_eq!(pool("memory_limit: 1 MiB").memory_limit, 1 << 20);
}

#[test]
fn vms_are_made_at_boot_if_a_pool_says_so() {
    for (fields, warm) in [
        ("warm_start: true", 1),
        ("warm_start: false", 0),
        ("warm_start: 5", 5),
        ("warm_start: true, size: 4, max_size: 9", 4),
        ("warm_start: true, workers: 3", 3),
        ("warm_start: 5, workers: 3", 3),
    ] {
        assert_eq!(pool(fields).warm, warm, "{fields}");
    }
}

#[test]
fn a_process_may_have_a_host_to_be_called_on() {
    let process = |meta: &str| {
        format!("{HOST}  - {{name: e, kind: process.lua, source: x, meta: {{{meta}}}}}\n")
    };
    for (meta, host) in [
        ("default_host: \"app:processes\"", Some(id("app:processes"))),
        (
            "options: {default_host: \"app:processes\"}",
            Some(id("app:processes")),
        ),
        ("options: other", None),
        ("other: 1", None),
    ] {
        let app = Folder::of(&process(meta)).app();
        assert_eq!(app.processes[&id("app:e")].default_host, host, "{meta}");
    }
    assert_eq!(
        error_of(&process("default_host: processes")),
        "meta.default_host: names unknown entry `processes`, did you mean `app:processes`?"
    );
    assert_eq!(
        error_of(&process("options: {default_host: \"app:e\"}")),
        "meta.options.default_host: names `app:e`, which is a process.lua, name a process.host"
    );
}
