//! Copies stay in their blocks, unless they are always at work.

use super::*;
use crate::clock::Moment;

/// Leaves a few hundred bytes behind whenever it runs, and nothing else.
const TICKS: &str = "
    local state = {count = 0}
    return function()
        while true do
            host.wait()
            state.count = state.count + 1
            for i = 1, 3 do local t = {id = i, tick = {state.count}} end
        end
    end";

/// Copies that have waited, as many as were made before and after the first was measured.
fn copies(code: &Code<TestHost>, host: &mut TestHost) -> Vec<Vm<TestHost>> {
    let mut vms = Vec::new();
    for _ in 0..20 {
        let mut vm = Vm::new(code, Payload::default(), LIMIT).unwrap();
        assert!(matches!(vm.run(host), Progress::Waits));
        vms.push(vm);
    }
    vms
}

#[test]
fn blocks_are_as_large_as_the_first_copy_says() {
    let entry = Entry::new(TICKS);
    let code = entry.template();
    let (guess, image) = (
        code.block_bytes(),
        code.environment.template().unwrap().bytes(),
    );
    let mut host = TestHost::running();
    let vms = copies(&code, &mut host);
    let block = code.block_bytes();
    assert!(image < block && block < guess, "{image} {block} {guess}");
    // The first has the block that was guessed.
    assert!(vms[1..].iter().all(|vm| vm.memory() < vms[0].memory()));
}

#[test]
fn a_first_copy_that_lets_go_of_all_leaves_blocks_that_hold_a_copy() {
    let entry = Entry::new(
        "kept = {} for i = 1, 60 do kept[i] = {i} end
         return function() kept = nil host.wait() return 1 end",
    );
    let code = entry.template();
    let image = code.environment.template().unwrap().bytes();
    let vms = copies(&code, &mut TestHost::running());
    assert!(code.block_bytes() >= image && vms.iter().all(|vm| !vm.is_outgrown()));
}

#[test]
fn a_first_copy_that_is_large_makes_no_block_larger() {
    let entry = Entry::new(
        "return function() local t = {} for i = 1, 300 do t[i] = {i} end host.wait() return #t end",
    );
    let code = entry.template();
    let guess = code.block_bytes();
    let mut vm = Vm::new(&code, Payload::default(), LIMIT).unwrap();
    assert!(matches!(vm.run(&mut TestHost::running()), Progress::Waits));
    // A step more, since it was outgrown.
    assert!(
        code.block_bytes() <= guess + 512,
        "{guess} {}",
        code.block_bytes()
    );
}

#[test]
fn who_ticks_stays_in_its_block_and_who_is_busy_does_not() {
    let entry = Entry::new(TICKS);
    let code = entry.template();
    let mut host = TestHost::running();
    let mut vms = copies(&code, &mut host);
    let (ticking, busy) = vms.split_at_mut(10);
    for tick in 1..=500u64 {
        for vm in &mut *ticking {
            vm.begin_step(Moment(tick * 20_000_000));
            assert!(matches!(vm.run(&mut host), Progress::Waits));
        }
        for vm in &mut *busy {
            vm.begin_step(Moment(1));
            assert!(matches!(vm.run(&mut host), Progress::Waits));
        }
    }
    assert!(ticking.iter().all(|vm| !vm.is_outgrown()));
    assert!(busy.iter().all(|vm| vm.is_outgrown()));
}
