//! What can't be a template is refused, for the right reason, and runs all the same.

use super::*;

/// Refuses `top`, for `why`; fresh VMs run it.
fn refused(why: Unfit, top: &str) {
    let entry = Entry::new(&format!("{top} return function() return {{1}} end"));
    let (code, unfit) = entry.unfit();
    assert_eq!(unfit, why, "{top}");
    assert_eq!(result(&code), result(&entry.code(false)), "{top}");
    assert!(result(&code).is_ok(), "{top}: {:?}", result(&code));
}

#[test]
fn what_hashes_by_address_is_refused() {
    for top in [
        "local k = {} T = {[k] = 1}",
        "local k = {} T = {a = 1, b = 2, [k] = 1}",
        "local function f() end T = {[f] = 1}",
        "T = setmetatable({}, {__mode = 'k'}) K = {} T[K] = 1",
        "K = host.number() T = {[K] = 1}",
        "T = {[coroutine.running()] = 1}",
    ] {
        refused(Unfit::ObjectKeys, top);
    }
    // Light functions are where they are, and a key that is gone is no key.
    for top in [
        "T = {[tostring] = 1, [string.rep] = 2}",
        "local k = {} T = {[k] = 1} T[k] = nil",
        "T = setmetatable({}, {__mode = 'k'}) T[{}] = 1",
    ] {
        Entry::new(&format!("{top} return function() end")).template();
    }
}

#[test]
fn what_asks_the_system_is_refused() {
    refused(Unfit::Impure, "N = host.bump()");
    refused(Unfit::Impure, "pcall(host.bump)");
    refused(Unfit::Impure, "for i = 1, 10 do pcall(host.bump) end");
    refused(
        Unfit::Impure,
        "xpcall(host.bump, function() return host.bump() end)",
    );
    refused(
        Unfit::Impure,
        "table.sort({3, 2, 1}, function(a, b) host.bump() return a < b end)",
    );
    refused(
        Unfit::Impure,
        "local t = setmetatable({}, {__index = function() return host.bump() end}) N = t.x",
    );
    refused(Unfit::Waits, "host.wait()");
    refused(Unfit::Waits, "coroutine.yield()");
    refused(Unfit::Waits, "pcall(host.wait)");
}

#[test]
fn nothing_of_a_refused_call_happens_while_preparing() {
    let entry = Entry::new("local n = host.bump() return function() return {n, host.bump()} end");
    let (code, _) = entry.unfit();
    let mut vm = Vm::new(&code, Payload::default(), LIMIT).unwrap();
    let mut host = TestHost::running();
    run(&mut vm, &mut host).unwrap();
    assert_eq!(host.bumps, 2);
}

#[test]
fn coroutines_and_objects_of_a_process_are_refused() {
    refused(Unfit::Coroutine, "C = coroutine.create(function() end)");
    refused(
        Unfit::Coroutine,
        "C = coroutine.wrap(function() while true do end end)",
    );
    refused(
        Unfit::Coroutine,
        "pcall(coroutine.wrap, function() end) pcall(coroutine.create, print)",
    );
    refused(Unfit::Object, "C = host.own()");
    Entry::new("host.own() return function() end").template();
}

#[test]
fn addresses_as_text_are_refused() {
    refused(Unfit::Differs, "N = tostring({})");
    refused(Unfit::Differs, "local t = {} N = {[tostring(t)] = t}");
    refused(Unfit::Differs, "N = string.format('%p', {})");
    // Not kept: not there.
    Entry::new("local n = #tostring({}) return function() return n end").template();
}

#[test]
fn what_is_long_or_large_is_refused() {
    refused(
        Unfit::TooLong,
        "local n = 0 for i = 1, 1e8 do n = n + i if n > 1e12 then break end end for i = 1, 3e6 do end",
    );
    refused(Unfit::TooLarge, "T = {} for i = 1, 8000 do T[i] = {i} end");
    refused(Unfit::TooLarge, "N = string.rep('x', 1000000)");
    refused(
        Unfit::TooLarge,
        "pcall(function() local t = {} for i = 1, 20000 do t[i] = {} end end)",
    );
}

#[test]
fn endless_top_levels_dont_hang_the_spawner() {
    for top in [
        "while true do end",
        "while true do pcall(error) end",
        "while true do pcall(host.bump) end",
        "while true do coroutine.yield() end",
        "while true do pcall(coroutine.create, function() end) end",
        "local function f() return f() end f()",
        "table.sort({3, 2, 1}, function() while true do end end)",
        "local t = setmetatable({}, {__index = function() while true do end end}) N = t.x",
        "pcall(function() local t <close> = setmetatable({}, {__close = function() while true do end end}) error('x') end)",
        "while true do pcall(string.rep, 'x', 1000000) end",
    ] {
        Entry::new(&format!("{top} return function() end")).unfit();
    }
}

#[test]
fn a_failing_top_level_fails_every_spawn() {
    let entry = Entry::new("local function f() error('broken') end\nf()\nreturn function() end");
    let code = entry.code(true);
    for _ in 0..2 {
        let error = code.prepare(TestHost::default).unwrap_err();
        assert_eq!(error.message, "app:test:1: broken");
        assert!(error.stack.contains("app:test:2"), "{}", error.stack);
    }
    let code = Entry::new("return {other = 1}").code(true);
    let error = code.prepare(TestHost::default).unwrap_err();
    assert_eq!(error.kind, "NotFound");
    assert_eq!(error.message, "method \"main\" not found in module");
    let code = Entry::new("local ok = pcall(error, 'x') error({1})").code(true);
    let error = code.prepare(TestHost::default).unwrap_err();
    assert_eq!(error.message, "(error object is a table value)");
}

#[test]
fn an_impure_top_level_that_fails_fails_in_its_process() {
    let entry = Entry::new("host.bump() error('broken')");
    let (code, unfit) = entry.unfit();
    assert_eq!(unfit, Unfit::Impure);
    assert_eq!(result(&code).unwrap_err().message, "app:test:1: broken");
}

#[test]
fn a_panic_is_refused() {
    let (_, unfit) = Entry::new("pcall(host.panic) return function() end").unfit();
    assert_eq!(unfit, Unfit::Panicked);
}

#[test]
fn templates_can_be_switched_off() {
    let mut entry = Entry::new("return function() return 1 end");
    entry.templates = false;
    let (code, unfit) = entry.unfit();
    assert_eq!(unfit, Unfit::Off);
    assert!(result(&code).is_ok());
}
