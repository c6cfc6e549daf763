//! What templates cost and save; run in release: `cargo test --release -- --ignored figures_of_templates --nocapture`.

use std::collections::BTreeMap;
use std::time::Instant;

use super::*;
use crate::lua::layout;

/// As the worker of a swarm: it ticks, tells its parent, and looks at what wakes it.
const WORKER: &str = "
local function main(spawner, id, interval)
    local events, ticks = host.number(), host.number()
    local cases = { { channel = events }, { channel = ticks } }
    local tick = 0
    while true do
        host.wait()
        local ready = { channel = cases[1 + tick % 2].channel, value = host.number(), ok = true }
        if ready.channel == ticks then
            tick = tick + 1
            local _, err = host.send(spawner, 'tick', { id = id, tick = tick })
            if err and not err:retryable() then return end
        elseif ready.value == 'process.event.CANCEL' then
            return
        else
            tick = tick + 1
        end
    end
end
return { main = main }";

const CLONES: usize = 20_000;

fn nanos(count: usize, mut what: impl FnMut()) -> u128 {
    let begun = Instant::now();
    (0..count).for_each(|_| what());
    begun.elapsed().as_nanos() / count as u128
}

fn make(code: &Code<TestHost>, count: usize) -> Vec<Vm<TestHost>> {
    let one = || Vm::new(code, Payload::default(), LIMIT).unwrap();
    (0..count).map(|_| one()).collect()
}

#[test]
#[ignore = "measures, asserts nothing"]
fn figures_of_templates() {
    let entry = Entry::new(WORKER);
    let (fresh, code) = (entry.code(false), entry.template());
    println!("{:?}", code.prepare(TestHost::default));
    print_contents(&code);
    let mut host = TestHost::running();
    for (name, code) in [("fresh", &fresh), ("clone", &code)] {
        let begun = Instant::now();
        let mut vms = make(code, CLONES);
        let made = begun.elapsed().as_nanos() as usize / CLONES;
        let begun = Instant::now();
        vms.iter_mut().for_each(|vm| drop(vm.run(&mut host)));
        let run = begun.elapsed().as_nanos() as usize / CLONES;
        let begun = Instant::now();
        drop(vms);
        let freed = begun.elapsed().as_nanos() as usize / CLONES;
        println!("{name}, cold: made in {made} ns, first run {run} ns, dropped {freed} ns");
        let made = nanos(200_000, || drop(make(code, 1)));
        let run = nanos(200_000, || {
            drop(
                Vm::new(code, Payload::default(), LIMIT)
                    .unwrap()
                    .run(&mut host),
            );
        });
        println!("{name}, warm: made and dropped in {made} ns, with its first run {run} ns");
    }
    let prepared = nanos(200, || drop(entry.template()));
    println!("prepared in {prepared} ns");
    steady_state(&code);
    let mut churn = make(&Entry::new(CHURN).template(), 1);
    let round = nanos(20_000, || drop(churn[0].run(&mut host)));
    println!("churning: {round} ns a round, {} used", churn[0].used());
}

/// A program with more live than it makes, round by round.
const CHURN: &str = "
return function()
    local live = {}
    for i = 1, 1000 do live[i] = { id = i, name = 'n' .. i } end
    while true do
        host.wait()
        for i = 1, 100 do live[i * 7] = { id = i, list = { i, i + 1 } } end
        for i = 1, 200 do local t = { tostring(i) } end
    end
end";

/// What VMs hold after many ticks, as their blocks learn.
fn steady_state(code: &Code<TestHost>) {
    let mut host = TestHost::running();
    for round in 0..6 {
        let mut vms = make(code, 200);
        let begun = Instant::now();
        let (mut most, mut sum) = (0, 0);
        for _ in 0..1000 {
            for vm in &mut vms[..20] {
                drop(vm.run(&mut host));
                most = most.max(vm.used());
                sum += vm.used();
            }
        }
        let tick = begun.elapsed().as_nanos() / 20_000;
        vms.iter_mut().for_each(|vm| {
            (0..200).for_each(|_| drop(vm.run(&mut host)));
        });
        let held: usize = vms.iter().map(Vm::memory).sum();
        let outgrown = vms.iter().filter(|vm| vm.is_outgrown()).count();
        let (held, mean) = (held / vms.len(), sum / 20_000);
        println!(
            "round {round}: block {}, held {held}, used {mean} on average and at most {most}, {outgrown} of 200 outgrown, {tick} ns a tick",
            code.block_bytes()
        );
    }
}

/// What a clone's bytes are, by type of object.
fn print_contents(code: &Code<TestHost>) {
    let mut vm = Vm::new(code, Payload::default(), LIMIT).unwrap();
    // SAFETY: nothing of the VM runs.
    let sizes: BTreeMap<_, _> = unsafe { layout::sizes::sizes(vm.main_state()) };
    for (name, (count, bytes)) in &sizes {
        println!("{name:24} {count:4} {bytes:6}");
    }
    let sum: usize = sizes.values().map(|(_, bytes)| bytes).sum();
    println!("{sum} of {} used", vm.used());
}
