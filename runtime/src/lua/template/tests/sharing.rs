//! Copies have nothing in common, whoever makes them.

use super::*;

#[test]
fn copies_dont_see_each_others_writes() {
    let entry = Entry::new(
        "local n, t = 0, {inner = {}} Global = 0
         return function()
           n, Global = n + 1, Global + 1
           t.inner[#t.inner + 1] = n
           string_once = (string_once or 0) + 1
           host.wait()
           return {n, Global, #t.inner, string_once}
         end",
    );
    let code = entry.template();
    let mut host = TestHost::running();
    let mut vms: Vec<_> = (0..100)
        .map(|_| Vm::new(&code, Payload::default(), LIMIT).unwrap())
        .collect();
    for vm in &mut vms {
        assert!(matches!(vm.run(&mut host), Progress::Waits));
    }
    let first = run(&mut vms[0], &mut host);
    for vm in &mut vms[1..] {
        assert_eq!(first, run(vm, &mut host));
    }
}

#[test]
fn a_copy_is_held_to_its_cap() {
    let entry = Entry::new(
        "local keep = {} return function() for i = 1, 1e9 do keep[i] = {tostring(i)} end end",
    );
    let code = entry.template();
    for _ in 0..20 {
        assert_eq!(result_within(&code, 200_000).unwrap_err().kind, "Doomed");
    }
    let churn = Entry::new(
        "local keep = {} return function() for i = 1, 1e5 do keep[i % 100] = {tostring(i)} end return #keep end",
    );
    let copied = result_within(&churn.template(), 200_000);
    assert_eq!(copied, result_within(&churn.code(false), 200_000));
}

#[test]
fn many_threads_prepare_and_copy() {
    let entry = Entry::new(
        "local t = {} for i = 1, 20 do t[i] = {i} end
         return function() local s = 0 for i = 1, 20 do s = s + t[i][1] t[i] = {t[i]} end return s end",
    );
    let fresh = result(&entry.code(false));
    for _ in 0..20 {
        let code = entry.code(true);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let prepared = code.prepare(TestHost::default);
                    assert!(matches!(prepared, Ok(Preparation::Template { .. })));
                    for _ in 0..200 {
                        assert_eq!(fresh, result(&code));
                    }
                });
            }
        });
    }
    assert_eq!(entry.slab.in_use(), 0);
}

#[test]
fn a_preparation_inside_a_step_leaves_the_step_alone() {
    // The spawner's own VM is the running one again afterwards.
    let inner = Entry::new("local n = 1 return function() return n end");
    let state = std::ptr::without_provenance_mut(0x1000);
    let before = crate::lua::preempt::run(state);
    inner.template();
    let (_, unfit) = Entry::new("host.bump() return function() end").unfit();
    assert_eq!(unfit, Unfit::Impure);
    assert_eq!(crate::lua::preempt::run(before), state);
}
