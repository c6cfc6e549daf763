//! Builds the vendored Lua with the options that `lua/` relies on, whatever flags the user has.
//!
//! mlua's own build is switched off by `mlua-sys`' feature `external`, so that these options cannot be lost.
#![allow(unsafe_code)] // `set_var`, below

use std::ffi::OsString;
use std::path::PathBuf;

/// What `lua/` relies on; a test in `lua/arena/tests` asserts the bytes of an empty state, which these decide.
///
/// - `MINSTRTABSIZE`, `STRCACHE_*`: the string table of a process is small.
/// - `LUAI_MAXSTACK`: endless recursion is a "stack overflow" at 3 MB, not "not enough memory" at 16 MB.
/// - `strspn`: how integral floats print (`lua/number.rs`).
const OPTIONS: &str = "-DMINSTRTABSIZE=64 -DSTRCACHE_N=5 -DSTRCACHE_M=1 -DLUAI_MAXSTACK=200000 \
                       -Dstrspn=moondust_strspn";

/// The folder of a `string.h` that Lua's files find before the system's: it makes light userdata type values, without a
/// fork. The tests in `lua/types/tests` fail where it isn't found.
const HEADERS: &str = "headers";

/// Where gcc and clang look for headers before they look in the system's folders. Flags would be taken apart at the spaces
/// of a path.
const HEADERS_VARIABLE: &str = "CPATH";

fn main() {
    // Of these only the first that is set counts: what it says stays, and the options come behind it.
    let target = std::env::var("TARGET").expect("cargo names the target");
    let kind = match std::env::var("HOST") {
        Ok(host) if host == target => "HOST",
        _ => "TARGET",
    };
    let names = [
        format!("CFLAGS_{target}"),
        format!("CFLAGS_{}", target.replace('-', "_")),
        format!("{kind}_CFLAGS"),
        "CFLAGS".to_owned(),
    ];
    for name in &names {
        println!("cargo:rerun-if-env-changed={name}");
    }
    let flags = names.iter().find_map(|name| std::env::var(name).ok());
    let flags = format!("{} {OPTIONS}", flags.unwrap_or_default());
    // SAFETY: a build script has one thread.
    unsafe {
        std::env::set_var(&names[0], flags);
        std::env::set_var(HEADERS_VARIABLE, header_folders());
    }
    lua_src::Build::new()
        .build(lua_src::Version::Lua55)
        .print_cargo_metadata();
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={HEADERS}");
}

/// The folders that compilers look for headers in: ours, then the user's.
fn header_folders() -> OsString {
    println!("cargo:rerun-if-env-changed={HEADERS_VARIABLE}");
    let root = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo names the folder");
    let users = std::env::var_os(HEADERS_VARIABLE).unwrap_or_default();
    // An empty name would be the folder that the compiler runs in.
    let users = std::env::split_paths(&users).filter(|folder| !folder.as_os_str().is_empty());
    let folders = std::iter::once(PathBuf::from(root).join(HEADERS)).chain(users);
    std::env::join_paths(folders).expect("a path without a colon: cargo builds in no other")
}
