//! Arenas under a real Lua, with every piece accounted for.

mod cap;
mod figures;
mod room;

use std::collections::{BTreeMap, HashMap};
use std::ffi::{CStr, CString};
use std::sync::atomic::AtomicUsize;

use mlua::ffi::*;

use super::*;
use crate::lua::memory::Slab;

/// No cap at all.
const UNCAPPED: usize = usize::MAX;

/// A state in an arena in a block of a slab of its own; all of it is freed and checked when it is dropped.
struct Vm {
    slab: Slab,
    block: NonNull<u8>,
    arena: NonNull<Arena>,
    state: *mut lua_State,
}

impl Vm {
    fn new(bytes: usize, cap: usize) -> Vm {
        let slab = Slab::new();
        let block = slab.allocate(bytes).unwrap();
        // SAFETY: the block was just made, for this alone.
        unsafe {
            let arena = Arena::begin(block, bytes, cap);
            let state = lua_newstate(Arena::allocate, arena.as_ptr().cast(), 1);
            assert!(!state.is_null());
            Vm {
                slab,
                block,
                arena,
                state,
            }
        }
    }

    fn arena(&mut self) -> &mut Arena {
        // SAFETY: the arena lives as long as `self`, on this thread.
        unsafe { self.arena.as_mut() }
    }

    fn libraries(self) -> Vm {
        // SAFETY: the state is alive and has stack.
        unsafe { luaL_openlibs(self.state) };
        self
    }

    /// Runs `code`; the error message, if it fails.
    fn run(&self, code: &str) -> Result<(), String> {
        let code = CString::new(code).unwrap();
        // SAFETY: the state is alive; errors are caught.
        unsafe {
            let mut status = luaL_loadstring(self.state, code.as_ptr());
            if status == LUA_OK {
                status = lua_pcall(self.state, 0, 0, 0);
            }
            if status == LUA_OK {
                return Ok(());
            }
            let message = CStr::from_ptr(lua_tostring(self.state, -1));
            let message = message.to_string_lossy().into_owned();
            lua_settop(self.state, -2);
            Err(message)
        }
    }

    fn collect(&self) {
        // SAFETY: the state is alive.
        unsafe { lua_gc(self.state, LUA_GCCOLLECT) };
    }

    /// Bytes that Lua itself believes to use.
    fn lua_bytes(&self) -> usize {
        // SAFETY: the state is alive.
        unsafe {
            (lua_gc(self.state, LUA_GCCOUNT) * 1024 + lua_gc(self.state, LUA_GCCOUNTB)) as usize
        }
    }

    /// Looks whether arena and Lua agree, and at the free pieces.
    fn check(&mut self) {
        // Lua does not count the bytes of strings that were made in a buffer of more than 1 KiB.
        assert!(self.arena().used() >= self.lua_bytes());
        self.arena().check();
    }
}

impl Drop for Vm {
    fn drop(&mut self) {
        // SAFETY: nobody uses the state any more.
        unsafe {
            self.arena().check();
            Arena::destroy(self.arena);
            self.slab.free(self.block);
        }
        assert_eq!(self.slab.in_use(), 0);
        self.slab.flush();
        assert_eq!(self.slab.held(), 0);
    }
}

impl Arena {
    /// Asserts that the free pieces lie inside what was used and don't overlap.
    fn check(&mut self) {
        let base = ptr::from_mut(self).cast::<u8>();
        let mut free: BTreeMap<usize, usize> = BTreeMap::new();
        // SAFETY: an arena in use.
        unsafe {
            self.pieces.for_each_free(base, |at, size| {
                assert!(free.insert(at * GRAIN, size * GRAIN).is_none());
            });
        }
        let mut end = HEAD;
        for (at, size) in free {
            assert!(
                at >= end,
                "a free piece at {at} overlaps what ends at {end}"
            );
            end = at + size;
        }
        assert!(end <= self.image_bytes() && self.image_bytes() <= self.block_bytes());
    }
}

const PROGRAMS: [(&str, &str); 7] = [
    (
        "strings",
        "local t = {} for i = 1, 3000 do t[#t + 1] = ('x'):rep(i % 700) .. i; if i % 3 == 0 then t[i // 2] = '' end end assert(#table.concat(t) > 1000)",
    ),
    (
        "tables that grow and shrink",
        "local t = {} for r = 1, 20 do for i = 1, 500 do t[i] = {i, r} t['k' .. i] = i end for i = 1, 500 do assert(t[i][1] == i and t['k' .. i] == i) t[i] = nil t['k' .. i] = nil end t[1] = nil end",
    ),
    (
        "closures",
        "local f = function() return 0 end for i = 1, 2000 do local g = f f = function() return i + (i % 50 == 0 and 0 or g()) end end assert(f() >= 2000)",
    ),
    (
        "coroutines",
        "for i = 1, 300 do local co = coroutine.wrap(function(a) local function deep(n) if n == 0 then coroutine.yield(a) else deep(n - 1) end return n end deep(i % 40) return 7 end) assert(co(i) == i) assert(co() == 7) end",
    ),
    (
        "a huge table",
        "local t = {} for i = 1, 300000 do t[i] = i end for i = 300000, 1, -1 do assert(t[i] == i) t[i] = nil end",
    ),
    (
        "patterns and code",
        "local s = ('hello world '):rep(200) for i = 1, 50 do s:gsub('%w+', string.upper) load('local a = ' .. i .. ' return function() return a end')()() end",
    ),
    (
        "collections of every sort",
        "local mode = ... for _, m in ipairs {'incremental', 'generational', 'incremental'} do collectgarbage(m) local live = {} for i = 1, 20000 do live[i % 100] = {i, tostring(i)} if i % 997 == 0 then collectgarbage('step') end end collectgarbage() end",
    ),
];

#[test]
fn an_empty_state_takes_the_bytes_it_must() {
    let mut vm = Vm::new(6144, UNCAPPED);
    assert_eq!(vm.arena().used(), 3681);
    const { assert!(HEAD <= 200) };
    assert_eq!(vm.arena().held(), 6144);
    vm.check();
}

#[test]
fn programs_run_in_blocks_of_every_size() {
    for bytes in [2048, 2304, 5120, 6144, 16384] {
        for (name, program) in PROGRAMS {
            let mut vm = Vm::new(bytes, UNCAPPED).libraries();
            for _ in 0..2 {
                vm.run(program)
                    .unwrap_or_else(|error| panic!("{name} in {bytes}: {error}"));
                vm.check();
            }
            vm.collect();
            vm.check();
            let (held, used) = (vm.arena().held(), vm.arena().used());
            let given = vm.arena().trim();
            assert_eq!(vm.arena().held(), held - given);
            vm.check();
            assert!(
                vm.arena().held() < 3 * used + 512 * 1024,
                "{name}: {held} for {used}"
            );
            vm.run(program).unwrap();
            vm.check();
        }
    }
}

#[test]
fn what_lua_closes_leaves_nothing() {
    let mut vm = Vm::new(6144, UNCAPPED).libraries();
    for (_, program) in PROGRAMS {
        vm.run(program).unwrap();
    }
    // SAFETY: the state is not used after this.
    unsafe { lua_close(vm.state) };
    assert_eq!(vm.arena().used(), 0);
    vm.arena().trim();
    let held = vm.arena().held();
    assert!(held <= 6144 + size_of::<Outside>(), "{held}");
}

#[test]
fn a_small_program_stays_in_its_block() {
    let mut vm = Vm::new(8192, UNCAPPED);
    // SAFETY: the state is alive.
    unsafe {
        lua_gc(vm.state, LUA_GCGEN);
        lua_gc(vm.state, LUA_GCPARAM, LUA_GCPMINORMUL, 100);
    }
    vm.run("local t for i = 1, 100000 do t = {id = i, tick = {i}} end")
        .unwrap();
    let (held, image) = (vm.arena().held(), vm.arena().image_bytes());
    assert_eq!(held, 8192, "image {image}");
    vm.check();
}

#[test]
fn two_templates_differ_in_addresses_alone() {
    const BYTES: usize = 8192;
    let mapping = crate::lua::memory::Mapping::new(1 << 21, 1 << 21).unwrap();
    let blocks = [mapping.start(), unsafe_add(mapping.start(), 1 << 20)];
    let images: Vec<Vec<usize>> = blocks
        .iter()
        .map(|&block| {
            // SAFETY: the blocks are apart, in a mapping of our own. Nothing is left in use.
            unsafe {
                ptr::write_bytes(block.as_ptr(), 0xA5, BYTES);
                let mut arena = Arena::begin(block, BYTES, UNCAPPED);
                arena.as_mut().begin_template();
                let state = lua_newstate(Arena::allocate, arena.as_ptr().cast(), 1);
                lua_createtable(state, 3, 3);
                lua_pushstring(state, c"a string of the template".as_ptr());
                lua_setfield(state, -2, c"name".as_ptr());
                lua_settop(state, 0);
                lua_gc(state, LUA_GCCOLLECT);
                lua_pushinteger(state, 0);
                lua_rawseti(state, LUA_REGISTRYINDEX, 1);
                let used = arena.as_mut().end_template().unwrap();
                let count = used.iter().filter(|used| **used).count();
                assert_eq!(count, arena.as_ref().image_bytes() / 8);
                let words = std::slice::from_raw_parts(block.as_ptr().cast::<usize>(), used.len());
                let used = words.iter().zip(used).filter(|(_, used)| *used);
                used.map(|(word, _)| *word).collect()
            }
        })
        .collect();
    assert_eq!(images[0].len(), images[1].len());
    let base = blocks[0].addr().get();
    for (a, b) in images[0].iter().zip(&images[1]) {
        assert!(
            a == b || (b.wrapping_sub(*a) == 1 << 20 && a.wrapping_sub(base) < BYTES),
            "{a:x} {b:x}"
        );
    }
}

fn unsafe_add(start: NonNull<u8>, bytes: usize) -> NonNull<u8> {
    // SAFETY: inside the mapping of the one test that calls this.
    unsafe { start.add(bytes) }
}

#[test]
fn random_requests_never_overlap() {
    for bytes in [HEAD + 8, 1024, 4096, 16384, LARGEST_ARENA] {
        let mut memory = vec![0u64; bytes.div_ceil(8)];
        let block = NonNull::new(memory.as_mut_ptr().cast::<u8>()).unwrap();
        // SAFETY: the memory outlives the arena.
        let mut arena = unsafe { Arena::begin(block, bytes / 8 * 8, UNCAPPED) };
        let mut live: HashMap<usize, (usize, u8)> = HashMap::new();
        let mut order: Vec<usize> = Vec::new();
        let mut seed = bytes as u64;
        let mut sum = 0;
        for round in 0..60_000u32 {
            let what = random(&mut seed) % 8;
            let size = 1 + match random(&mut seed) % 16 {
                0 => random(&mut seed) % 5000,
                1..4 => random(&mut seed) % 600,
                _ => random(&mut seed) % 120,
            };
            let at = random(&mut seed) % order.len().max(1);
            let old = (!order.is_empty() && what > 3).then(|| order.swap_remove(at));
            let (old_size, mark) = old.map_or((0, 0), |piece| live.remove(&piece).unwrap());
            let new_size = if what > 5 || order.len() > 500 {
                0
            } else {
                size
            };
            let piece = old.map_or(ptr::null_mut(), |piece| piece as *mut u8);
            // SAFETY: as Lua would.
            unsafe {
                (0..old_size).for_each(|i| assert_eq!(piece.add(i).read(), mark));
                let ud = arena.as_ptr().cast();
                let piece = Arena::allocate(ud, piece.cast(), old_size, new_size).cast::<u8>();
                sum = sum + new_size - old_size;
                assert_eq!(arena.as_ref().used(), sum);
                if new_size == 0 {
                    assert!(piece.is_null());
                    continue;
                }
                (0..old_size.min(new_size)).for_each(|i| assert_eq!(piece.add(i).read(), mark));
                piece.write_bytes(round as u8, new_size);
                live.insert(piece.addr(), (new_size, round as u8));
                order.push(piece.addr());
            }
            if round % 1000 == 0 {
                // SAFETY: used on this thread alone.
                unsafe { arena.as_mut() }.check();
            }
            if round % 7000 == 0 {
                // SAFETY: as above.
                unsafe { arena.as_mut() }.trim();
            }
        }
        // SAFETY: nothing of it is used any more.
        unsafe { Arena::destroy(arena) };
    }
}

/// A small generator of pseudo-random numbers, the same in every run.
fn random(state: &mut u64) -> usize {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    (*state >> 11) as usize
}
