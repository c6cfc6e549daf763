//! Types that a file declares, from the literals of its source to values in a VM.

use super::*;

#[test]
fn types_stand_where_their_literals_stood() {
    pass(
        "local function outer()
           local function inner() return function() return 0x6d6f6f6e00000002, 'c', 0x6d6f6f6e00000000 end end
           local b = 0x6d6f6f6e00000001
           return inner()(), b, function(...) local own = 0x6d6f6f6e00000001 return own, ... end
         end
         local function last() return 0x6d6f6f6e00000002 end",
        "local c, b, f = outer()
         assert(tostring(c) == 'T12' and tostring(b) == 'T11')
         assert(tostring((f(1))) == 'T11' and tostring(last()) == 'T12')
         local list = {0x6d6f6f6e00000000, x = 0x6d6f6f6e00000001}
         assert(tostring(list[1]) == 'T10' and tostring(list.x) == 'T11')",
    );
}

#[test]
fn other_integers_stay_integers() {
    pass(
        "local next, before, text = 0x6d6f6f6e00000003, 0x6d6f6f6dffffffff, '0x6d6f6f6e00000000'",
        "assert(next == 0x6d6f6f6e00000003 and type(next) == 'number' and type(before) == 'number')
         assert(before + 1 ~= A and before + 1 == next - 3 and text:len() == 18)",
    );
    let source = "local A = 0x6d6f6f6e00000000 return function() assert(A >> 32 == 0x6d6f6f6e) end";
    run(&code(source, &[], false)).unwrap();
}

#[test]
fn what_is_computed_with_the_literal_of_a_type_does_no_harm() {
    // A program that has the literal itself finds a type, whatever the instruction.
    pass(
        "",
        "for _, f in ipairs {
           function(x) return x + 0x6d6f6f6e00000000 end, function(x) return 0x6d6f6f6e00000000 - x end,
           function(x) return x * 0x6d6f6f6e00000000 end, function(x) return x // 0x6d6f6f6e00000000 end,
           function(x) return x % 0x6d6f6f6e00000000 end, function(x) return x ^ 0x6d6f6f6e00000000 end,
           function(x) return x & 0x6d6f6f6e00000000 end, function(x) return x | 0x6d6f6f6e00000000 end,
           function(x) return x ~ 0x6d6f6f6e00000000 end, function(x) return x << 0x6d6f6f6e00000000 end,
           function(x) return x == 0x6d6f6f6e00000000 end, function(x) return x < 0x6d6f6f6e00000000 end,
           function(x) for i = x, 0x6d6f6f6e00000000, 1 << 62 do end end,
           function(x) return ({})[0x6d6f6f6e00000000], x[0x6d6f6f6e00000000] end,
           function(x) return -0x6d6f6f6e00000000, ~0x6d6f6f6e00000000 end,
         } do
           for _, x in ipairs {1, 0.5, 'x', '7', A, {}} do pcall(f, x) end
         end",
    );
}

#[test]
fn imports_have_types_of_their_own() {
    pass(
        "local Inner = lib.Inner",
        "assert(Inner == C and tostring(Inner) == 'T12' and tostring(A) == 'T10')",
    );
}

#[test]
#[should_panic(expected = "a type value for each")]
fn a_chunk_without_its_types_is_refused() {
    let recipe = Recipe {
        chunk: Chunk::compile(b"return function() end", "app:test", 1).unwrap(),
        types: Arc::default(),
        method: Method::Usual,
        modules: Vec::new(),
        imports: Vec::new(),
        templates: false,
    };
    Code::new(&libraries(), recipe, Arc::new(Slab::new()), 7);
}

/// Bytes of a VM of `source` while its program runs, once all garbage is gone.
fn used(source: &str, types: &[TypeValue]) -> usize {
    let code = code(source, types, false);
    let mut vm = Vm::new(&code, Payload::default(), 4 << 20).unwrap();
    let progress = vm.run(&mut ());
    assert!(matches!(progress, Progress::Yields), "{progress:?}");
    vm.collect();
    vm.used()
}

#[test]
fn a_type_takes_no_memory() {
    let mut source = String::from("return function() ");
    for number in 0..100 {
        source += &format!("local t{number} = {} ", 0x6d6f_6f6e_0000_0000_u64 + number);
    }
    source += "coroutine.yield() return t1 end";
    let types: Vec<TypeValue> = (0..100).map(|number| value(number, number)).collect();
    assert_eq!(used(&source, &types), used(&source, &[]));
}

#[test]
fn types_dont_travel() {
    let source =
        format!("{NAMES} return function() return A, {{1, A, x = A, [A] = 1, y = 2}}, 'z' end");
    let result = |source: &str, types| {
        let mut vm = Vm::new(&code(source, types, false), Payload::default(), 4 << 20).unwrap();
        assert!(matches!(vm.run(&mut ()), Progress::Returned));
        vm.result().unwrap()
    };
    let plain = "return function() return nil, {1, nil, y = 2}, 'z' end";
    assert_eq!(result(&source, &TYPES), result(plain, &[]));
}
