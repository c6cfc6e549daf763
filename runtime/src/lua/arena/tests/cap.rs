//! What happens at the cap.

use super::*;

#[test]
fn the_cap_refuses_and_then_dooms() {
    static TOLD: AtomicUsize = AtomicUsize::new(0);
    unsafe fn told(_: *mut Arena) {
        TOLD.fetch_add(1, Ordering::Relaxed);
    }
    let mut vm = Vm::new(6144, UNCAPPED).libraries();
    let cap = vm.arena().used() + 200_000;
    vm.arena().set_cap(cap);
    vm.arena().on_doom = Some(told);
    // Garbage is collected at the cap: no reason to end the VM.
    vm.run("collectgarbage('stop') for i = 1, 20000 do local t = {i, {}} end")
        .unwrap();
    assert_eq!(
        (vm.arena().doomed(), TOLD.load(Ordering::Relaxed)),
        (doom::NONE, 0)
    );
    let kept = "for i = 1, 3 do local ok, e = pcall(function() local t = {} while true do t[#t + 1] = {} end end) \
                assert(not ok and e == 'not enough memory') end";
    vm.run(kept).unwrap();
    assert_eq!(
        (vm.arena().doomed(), TOLD.load(Ordering::Relaxed)),
        (doom::OVER_CAP, 1)
    );
    assert!(vm.arena().used() <= cap);
    vm.check();
    for code in [
        "local s = 'x' while true do s = s .. s end",
        "return ('x'):rep(1e6)",
    ] {
        assert_eq!(vm.run(code).unwrap_err(), "not enough memory");
        vm.check();
    }
}

#[test]
fn what_callbacks_ask_for_is_granted_after_a_collection_or_dooms() {
    let mut vm = Vm::new(4096, UNCAPPED);
    vm.collect();
    let used = vm.arena().used();
    vm.arena().set_cap(used + 50_000);
    vm.arena().lenient.set(true);
    let text = vec![b'x'; 100_000];
    // SAFETY: the state is alive and has stack; nothing is refused twice, so nothing raises.
    unsafe {
        // Each fits, if the one before is collected.
        for _ in 0..20 {
            lua_pushlstring(vm.state, text.as_ptr().cast(), 30_000);
            assert_eq!(vm.arena().doomed(), doom::NONE);
            assert!(vm.arena().used() <= used + 50_000);
            lua_settop(vm.state, 0);
        }
        lua_pushlstring(vm.state, text.as_ptr().cast(), 30_000);
        lua_pushlstring(vm.state, text.as_ptr().cast(), text.len());
        assert_eq!(
            Arena::doom_mark(vm.arena).load(Ordering::Relaxed),
            doom::OVER_CAP
        );
        assert!(vm.arena().used() > used + 130_000);
        lua_settop(vm.state, 0);
        vm.arena().lenient.set(false);
    }
    vm.collect();
    vm.check();
}

#[test]
fn a_stack_that_callbacks_let_grow_is_never_refused() {
    let mut vm = Vm::new(4096, UNCAPPED);
    let used = vm.arena().used();
    vm.arena().set_cap(used + 1000);
    vm.arena().lenient.set(true);
    // SAFETY: the state is alive.
    unsafe {
        assert_ne!(lua_checkstack(vm.state, 100), 0);
        assert_eq!(vm.arena().doomed(), doom::NONE);
        assert_ne!(lua_checkstack(vm.state, 100_000), 0);
        assert_eq!(vm.arena().doomed(), doom::OVER_CAP);
    }
    vm.arena().lenient.set(false);
    vm.check();
}
