//! What arenas cost, beside another allocator.

use std::alloc::{GlobalAlloc, Layout};
use std::ffi::{CString, c_void};
use std::ptr::{self, NonNull};
use std::time::Instant;

use mimalloc::MiMalloc;
use mlua::ffi::*;

use super::super::{Arena, HEAD};
use super::UNCAPPED;

/// An allocator to compare with.
unsafe extern "C" fn general(
    _: *mut c_void,
    piece: *mut c_void,
    old: usize,
    new: usize,
) -> *mut c_void {
    let layout = |bytes| Layout::from_size_align(bytes, 8).unwrap();
    // SAFETY: as Lua calls it.
    unsafe {
        if piece.is_null() {
            return MiMalloc.alloc(layout(new)).cast();
        }
        if new == 0 {
            MiMalloc.dealloc(piece.cast(), layout(old));
            return ptr::null_mut();
        }
        MiMalloc.realloc(piece.cast(), layout(old), new).cast()
    }
}

/// Prints what pieces cost; run it in release, as the slab's figures.
#[test]
#[ignore = "measures, asserts nothing"]
fn figures_of_the_arena_by_pairs() {
    let mut block = vec![0u64; 1024];
    let block = NonNull::new(block.as_mut_ptr().cast::<u8>()).unwrap();
    // SAFETY: the block outlives the arena; as Lua would.
    unsafe {
        let arena = Arena::begin(block, 8192, UNCAPPED);
        let ud = arena.as_ptr().cast::<c_void>();
        for (name, allocate) in [
            ("arena", Arena::allocate as lua_Alloc),
            ("mimalloc", general),
        ] {
            let begun = Instant::now();
            for i in 0..10_000_000usize {
                let (a, b) = (40 + i % 8 * 8, 56);
                let (one, two) = (
                    allocate(ud, ptr::null_mut(), 5, a),
                    allocate(ud, ptr::null_mut(), 5, b),
                );
                allocate(ud, one, a, 0);
                allocate(ud, two, b, 0);
            }
            println!(
                "{name}: {:.1} ns a pair",
                begun.elapsed().as_nanos() as f64 / 2e7
            );
        }
    }
}

/// Prints what programs cost.
#[test]
#[ignore = "measures, asserts nothing"]
fn figures_of_the_arena_by_programs() {
    println!("head {HEAD} bytes");
    let mut block = vec![0u64; 1024];
    let block = NonNull::new(block.as_mut_ptr().cast::<u8>()).unwrap();
    // SAFETY: the block outlives the arenas; as Lua would.
    unsafe {
        let programs = [
            (
                "small tables",
                "local t for i = 1, 3e6 do t = {id = i, tick = {i}} end",
            ),
            (
                "strings",
                "local t = {} for i = 1, 1e6 do t[i % 1000] = 'x' .. i end",
            ),
            (
                "growing",
                "for r = 1, 20 do local t = {} for i = 1, 1e5 do t[i] = {i} end end",
            ),
        ];
        for (name, program) in programs {
            for bytes in [8192, 0] {
                let ud = if bytes > 0 {
                    Arena::begin(block, bytes, UNCAPPED).as_ptr()
                } else {
                    ptr::null_mut()
                };
                let allocate = if bytes > 0 {
                    Arena::allocate as lua_Alloc
                } else {
                    general
                };
                let state = lua_newstate(allocate, ud.cast(), 1);
                let code = CString::new(program).unwrap();
                assert_eq!(luaL_loadstring(state, code.as_ptr()), LUA_OK);
                let begun = Instant::now();
                assert_eq!(lua_pcall(state, 0, 0, 0), LUA_OK);
                let held = ud.as_ref().map_or(0, Arena::held);
                println!(
                    "{name}, block {bytes}: {:.0} ms, held {held}",
                    begun.elapsed().as_secs_f64() * 1e3
                );
                lua_close(state);
            }
        }
    }
}
