//! Bytes that no encoder wrote.

use super::*;

/// Decodes every beginning of every encoded value: none is a value.
fn cut_short(vm: &Vm, corpus: &[Vec<u8>]) {
    for bytes in corpus {
        for end in 0..bytes.len() {
            if bytes[0] != 0 {
                assert!(
                    end == 0 || vm.decode(&bytes[..end]).is_err(),
                    "{bytes:?} to {end}"
                );
            }
            vm.clear();
        }
    }
}

#[test]
fn damaged_bytes_are_an_error_or_another_value() {
    let vm = Vm::new();
    let mut corpus: Vec<Vec<u8>> = [
        "return {id = 7, tick = 3}",
        "local t = {1, 2, {3, x = -5000000}} t.t = t t[3].up = t return setmetatable(t, {__index = t, n = 0.5})",
        "return {[1.5] = true, [false] = ('x'):rep(100), [{}] = {}, [0] = -1}",
        "local t = {} for i = 1, 20 do t[i] = {t, i} end return t",
        "return 'some text'",
    ]
    .iter()
    .map(|make| {
        vm.clear();
        vm.call(make, 1);
        vm.encoded().unwrap()
    })
    .collect();
    let mut wrapped = vec![6, 2, 0, 10];
    wrapped.extend_from_slice(&corpus[1]);
    wrapped.extend_from_slice(&[13, 9, 3, 1, 2, 3, 13]);
    corpus.push(wrapped);
    let mut error = vec![];
    encode_error(&Error::new(kind::INVALID, "no"), &mut error);
    corpus.push(error);
    vm.clear();
    cut_short(&vm, &corpus);
    let mut seed = 0x2545_F491_4F6C_DD1Du64;
    let mut random = move |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed >> 11) as usize % below
    };
    for _ in 0..100_000 {
        let mut bytes = corpus[random(corpus.len())].clone();
        for _ in 0..1 + random(4) {
            let at = random(bytes.len());
            match random(5) {
                0 => bytes[at] = random(256) as u8,
                1 => bytes[at] = random(15) as u8,
                2 => drop(bytes.drain(at..(at + random(4)).min(bytes.len()))),
                3 => bytes.insert(at, random(16) as u8),
                _ => {
                    let other = &corpus[random(corpus.len())];
                    bytes.splice(at..at, other[..random(other.len())].iter().copied());
                }
            }
            if bytes.is_empty() {
                break;
            }
        }
        fuzz::decode(&bytes);
    }
}

#[test]
fn hints_that_lie_take_no_more_than_the_bytes_justify() {
    let vm = Vm::bare();
    let liar = [6, 0xFF, 0xFF, 13];
    let bytes = [&[6, 0xFF, 0][..], &liar.repeat(10_000), &[13]].concat();
    vm.decode(&bytes).unwrap();
    // SAFETY: the state is alive.
    let kilobytes = unsafe { lua_gc(vm.0, LUA_GCCOUNT) } as usize;
    assert!(kilobytes * 1024 < 100 * bytes.len(), "{kilobytes} KB");
}
