//! Many tasks of one process at its channels, inbox, listeners and timers, doing random things: nothing that was sent may
//! get lost, come twice or to the wrong one. What must come is told by a model in Lua; time goes from deadline to
//! deadline, so that a seed says all.

use std::sync::atomic::Ordering::Relaxed;

use super::*;
use crate::process::{Body, Exit, Step, Turn};

/// The body of a process that is stepped by hand.
pub(super) struct Nothing;

impl Body for Nothing {
    fn step(&mut self, _: Turn<'_>) -> Step {
        unreachable!("nobody steps it")
    }

    fn memory(&self) -> usize {
        0
    }
}

fn code() -> Code {
    let source = format!(
        "return function() {}\n{}\nend",
        include_str!("exchange/model.lua"),
        include_str!("exchange/driver.lua")
    );
    let chunk = Chunk::compile(source.as_bytes(), "test:exchange", 0).unwrap();
    let recipe = Recipe {
        chunk,
        types: Arc::default(),
        method: Method::Usual,
        modules: vec!["time".to_owned()],
        imports: Vec::new(),
        templates: false,
    };
    Code::new(&libraries(), recipe, Arc::new(Slab::new()), 7)
}

/// Runs the program to its end. Its seed is when it begins.
fn exchange(code: &Code, seed: u64) {
    let system = Arc::new(Alone::default());
    system.now.store(seed * 1_000_000, Relaxed);
    let host = HostKey::new(0, false);
    let pid = Pid::new(1, 1, 0);
    let process = Process::new(pid, host, MEMORY, Box::new(Nothing), None, None);
    let process = system.process.get_or_init(|| Arc::new(process)).clone();
    let identity = Identity {
        entry: "test:exchange".into(),
        types: Arc::default(),
        system: system.clone(),
    };
    let arguments = Payload::default();
    let mut program = Program::new(code.clone(), arguments, Arc::new(identity), MEMORY);
    loop {
        let turn = Turn {
            process: &process,
            now: system.now(),
        };
        match program.step(turn) {
            Step::Wait(at) if process.mailbox().is_empty() => system.now.store(at.0, Relaxed),
            Step::Ready | Step::Wait(_) => {}
            Step::Exit(Exit::Normal(_)) => return,
            Step::Exit(exit) => panic!("seed {seed}: {exit:?}"),
        }
    }
}

#[test]
fn nothing_is_lost_or_comes_twice_or_to_the_wrong_task() {
    let code = code();
    (1..=100).for_each(|seed| exchange(&code, seed));
}

#[test]
#[ignore = "runs for minutes"]
fn nor_is_anything_in_very_many_runs() {
    let code = code();
    (1..=50_000).for_each(|seed| exchange(&code, seed));
}
