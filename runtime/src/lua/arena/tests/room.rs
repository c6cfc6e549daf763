//! A full block: Lua is told to collect, once, and then gets what it wants.

use super::*;

/// An arena in plain memory, as Lua's allocator sees it.
struct Plain {
    _memory: Vec<u64>,
    arena: NonNull<Arena>,
}

impl Plain {
    /// An arena with `room` bytes for pieces, in which Lua may be told `collections` times to collect.
    fn new(room: usize, collections: u8) -> Plain {
        let mut memory = vec![0u64; (HEAD + room) / 8];
        let block = NonNull::new(memory.as_mut_ptr().cast::<u8>()).unwrap();
        // SAFETY: the memory lives as long as the arena.
        let arena = unsafe { Arena::begin(block, HEAD + room, UNCAPPED) };
        let plain = Plain {
            _memory: memory,
            arena,
        };
        plain.head().collections.set(collections);
        plain
    }

    fn head(&self) -> &Arena {
        // SAFETY: used on this thread alone.
        unsafe { self.arena.as_ref() }
    }

    fn resize(&self, piece: *mut c_void, old: usize, new: usize) -> *mut c_void {
        // SAFETY: as Lua would.
        unsafe { Arena::allocate(self.arena.as_ptr().cast(), piece, old, new) }
    }

    /// A new piece of `bytes`, or null.
    fn take(&self, bytes: usize) -> *mut c_void {
        self.resize(ptr::null_mut(), 5, bytes)
    }

    /// Pieces of 64 bytes until the block is full.
    fn fill(&self) -> Vec<*mut c_void> {
        let count = (self.head().block_bytes() - self.head().image_bytes()) / 64;
        let pieces: Vec<_> = (0..count).map(|_| self.take(64)).collect();
        assert!(pieces.iter().all(|piece| !piece.is_null()) && !self.head().is_outgrown());
        pieces
    }
}

impl Drop for Plain {
    fn drop(&mut self) {
        // SAFETY: nothing of it is used any more.
        unsafe { Arena::destroy(self.arena) }
    }
}

#[test]
fn a_full_block_is_refused_once_and_outgrown_when_asked_again() {
    for lenient in [false, true] {
        let plain = Plain::new(6400, 3);
        plain.head().lenient.set(lenient);
        plain.fill();
        let used = plain.head().used();
        assert!(plain.take(64).is_null());
        assert_eq!(
            (plain.head().used(), plain.head().is_outgrown()),
            (used, false)
        );
        assert!(!plain.take(64).is_null());
        assert!(plain.head().is_outgrown());
        // Now there is room elsewhere.
        assert!((0..1000).all(|_| !plain.take(64).is_null()));
        assert_eq!(plain.head().doomed(), doom::NONE);
    }
}

#[test]
fn what_was_freed_meanwhile_keeps_the_vm_in_its_block() {
    let plain = Plain::new(6400, 3);
    let mut pieces = plain.fill();
    for left in [2, 1, 0] {
        assert!(plain.take(64).is_null());
        pieces
            .drain(..20)
            .for_each(|piece| _ = plain.resize(piece, 64, 0));
        pieces.extend((0..20).map(|_| plain.take(64)));
        assert!(pieces.iter().all(|piece| !piece.is_null()));
        assert!(!plain.head().is_outgrown());
        assert_eq!(plain.head().collections.get(), left);
    }
    // That was often enough.
    assert!(!plain.take(64).is_null());
    assert!(plain.head().is_outgrown());
}

#[test]
fn free_pieces_of_other_sizes_are_joined_before_the_block_is_outgrown() {
    let plain = Plain::new(6400, 1);
    let pieces = plain.fill();
    assert!(plain.take(640).is_null());
    // Fewer than would be worth it otherwise.
    pieces[10..20]
        .iter()
        .for_each(|&piece| _ = plain.resize(piece, 64, 0));
    assert!(!plain.take(640).is_null());
    assert!(!plain.head().is_outgrown());
}

#[test]
fn a_collection_in_vain_is_the_last() {
    let plain = Plain::new(6400, 200);
    let pieces = plain.fill();
    assert!(plain.take(64).is_null());
    plain.resize(pieces[3], 64, 0);
    plain.resize(pieces[5], 64, 0);
    assert!(!plain.take(64).is_null());
    assert!(!plain.head().is_outgrown());
    assert_eq!(plain.head().collections.get(), 0);
    assert!(!plain.take(64).is_null() && !plain.take(64).is_null());
    assert!(plain.head().is_outgrown());
}

#[test]
fn what_lua_does_not_ask_for_twice_is_never_refused() {
    // Before booting is over.
    let plain = Plain::new(6400, 0);
    plain.fill();
    assert!(!plain.take(64).is_null());
    // A large piece, a piece that grows, and one that shrinks.
    let plain = Plain::new(6400, 9);
    let pieces = plain.fill();
    let large = plain.take(1025);
    assert!(!large.is_null());
    let plain_2 = Plain::new(6400, 9);
    let others = plain_2.fill();
    let grown = plain_2.resize(others[0], 64, 1000);
    assert!(!grown.is_null() && plain_2.head().is_outgrown());
    assert!(!plain.resize(pieces[0], 64, 8).is_null());
    assert!(!plain.resize(large, 1025, 8).is_null());
    assert_eq!(
        (
            plain.head().collections.get(),
            plain_2.head().collections.get()
        ),
        (9, 9)
    );
}

#[test]
fn a_program_that_makes_garbage_stays_in_a_small_block() {
    let mut vm = Vm::new(8192, UNCAPPED);
    let code = "local t, n = {}, 0
                for i = 1, 50000 do t[i % 8] = {id = i} n = n + #('x' .. i) end
                for i = 0, 7 do n = n + t[i].id % 8 - i end
                if n ~= 288894 then return nil .. n end";
    // SAFETY: the state is alive.
    unsafe {
        assert_eq!(
            luaL_loadstring(vm.state, CString::new(code).unwrap().as_ptr()),
            LUA_OK
        );
        lua_gc(vm.state, LUA_GCGEN);
        // No collection but those for room.
        lua_gc(vm.state, LUA_GCSTOP);
        let before = vm.arena().held();
        unsafe extern "C-unwind" fn again(state: *mut lua_State, _: *mut lua_Debug) {
            // SAFETY: a hook of the state in the arena that is its allocator's.
            unsafe {
                let mut arena = ptr::null_mut();
                lua_getallocf(state, &mut arena);
                (*arena.cast::<Arena>()).collections.set(200);
            }
        }
        lua_sethook(vm.state, Some(again), LUA_MASKCOUNT, 100);
        vm.arena().collections.set(200);
        assert_eq!(lua_pcall(vm.state, 0, 0, 0), LUA_OK);
        assert_eq!(
            (vm.arena().held(), vm.arena().is_outgrown()),
            (before, false)
        );
    }
    vm.check();
}

/// As [`Arena::allocate`], but every new small piece is refused when it is first asked for.
unsafe extern "C" fn refuse_first(
    ud: *mut c_void,
    piece: *mut c_void,
    old: usize,
    new: usize,
) -> *mut c_void {
    static ASKED: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);
    if piece.is_null() && (1..=1024).contains(&new) && !ASKED.fetch_xor(true, Ordering::Relaxed) {
        return ptr::null_mut();
    }
    // SAFETY: as Lua calls us.
    unsafe { Arena::allocate(ud, piece, old, new) }
}

#[test]
fn lua_takes_a_refusal_of_any_new_piece() {
    let mut vm = Vm::new(16384, UNCAPPED).libraries();
    // SAFETY: the state is alive; its memory is the same arena's.
    unsafe { lua_setallocf(vm.state, refuse_first, vm.arena.as_ptr().cast()) };
    for code in [
        "local co = coroutine.wrap(function(a) while true do a = coroutine.yield({a, 'v' .. a}) end end)
         for i = 1, 200 do local r = co(i) assert(r[1] == i and r[2] == 'v' .. i) end",
        "local t = {} for i = 1, 300 do t[i] = function() return i, {i} end t['k' .. i] = i end
         for i = 1, 300 do assert(t[i]() == i and t['k' .. i] == i) end",
        "local w = setmetatable({}, {__mode = 'k'}) for i = 1, 100 do w[{}] = i end
         local s = string.rep('ab', 400):gsub('a', function(x) return x .. x end) assert(#s == 1200)
         assert(select('#', table.unpack({1, 2, 3}, 1, 60)) == 60 and not pcall(error, {}))
         assert(load('local a <close> = setmetatable({}, {__close = function() end}) return {...}')(1)[1] == 1)",
    ] {
        vm.run(code).unwrap();
        vm.check();
    }
}
