//! Builds the vendored Lua with the options that `lua/` relies on, whatever flags the user has.
//!
//! mlua's own build is switched off by `mlua-sys`' feature `external`, so that these options cannot be lost.
#![allow(unsafe_code)] // `set_var`, once, below

/// What `lua/` relies on; a test in `lua/arena/tests` asserts the bytes of an empty state, which these decide.
///
/// - `MINSTRTABSIZE`, `STRCACHE_*`: the string table of a process is small.
/// - `LUAI_MAXSTACK`: endless recursion is a "stack overflow" at 3 MB, not "not enough memory" at 16 MB.
/// - `strspn`: how integral floats print (`lua/number.rs`).
const OPTIONS: &str = "-DMINSTRTABSIZE=64 -DSTRCACHE_N=5 -DSTRCACHE_M=1 -DLUAI_MAXSTACK=200000 \
                       -Dstrspn=moondust_strspn";

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
    unsafe { std::env::set_var(&names[0], flags) };
    lua_src::Build::new()
        .build(lua_src::Version::Lua55)
        .print_cargo_metadata();
    println!("cargo:rerun-if-changed=build.rs");
}
