//! A body for a fuzzer: programs that no test thought of.

use super::*;

/// What a top level may do, to the locals `a` and `b` (tables), `s` (a string), `n` (a number) and `f` (a function).
/// `$1` and `$2` are numbers below 256. Nothing here loops or grows without end.
const STATEMENTS: [&str; 48] = [
    "a[$1] = $2",
    "a[$1] = nil",
    "a['k$1'] = $2",
    "a['k$1'] = nil",
    "a[$1 / 2] = 's$2'",
    "a[-$1] = {$2, {$1}}",
    "a.b = b b.a = a",
    "a, b = b, a",
    "a = {}",
    "b = {n = $1, [$2] = true, 'x', 'y'}",
    "for i = 1, $1 do a[i] = i end",
    "for i = 1, $1 do a[i] = nil end",
    "for i = 1, $1 do a['k' .. i] = i end",
    "for i = 1, $1 do a['k' .. i] = nil end",
    "for i = 1, $1 % 40 do b[i * $2] = {i} end",
    "for i = $1 % 40, 1, -1 do b[i] = tostring(i) end",
    "s = 'text$1'",
    "s = string.rep('x', $1)",
    "s = string.rep(s, $2 % 3):sub(1, 5000)",
    "s = table.concat({s, $1}, '$2')",
    "a[s] = $1",
    "a[s] = b",
    "s = s:upper()",
    "n = $1 * 1.5",
    "n = n + $1",
    "n = 1 << $1 % 64",
    "n = -n",
    "local m = n f = function() m = m + $1 return m end",
    "local o = f f = function() return {o(), $1} end",
    "a.f = f",
    "b[$1] = function() return s, n end",
    "f()",
    "setmetatable(a, {__index = b})",
    "setmetatable(a, {__index = function(_, key) return key end})",
    // Nothing in them that the collector may take: when it does is no program's business.
    "a.weak = setmetatable({s, n, k = 'v'}, {__mode = 'v'})",
    "b.weak = setmetatable({[s] = a, [$1] = {$2}}, {__mode = 'k'})",
    "setmetatable(a, nil)",
    "local c <close> = setmetatable({}, {__close = function() n = $1 end})",
    "a[b] = $1",
    "a[f] = $1",
    "b.host = host.number()",
    "Global$2 = {$1}",
    "a.error = select(2, pcall(error, {code = $1}))",
    "pcall(string.rep)",
    "a.co = coroutine.create(f)",
    "n = coroutine.wrap(function() return $1 end)()",
    "n = host.bump()",
    "error('top $1')",
];

/// What a program does once it runs: looks at what its top level left, makes garbage, writes, and looks again.
const PROGRAM: &str = "return function()
  local function look()
    return {a, b, s, n, (pcall(f)), Global1, rawget(_G, 'Global7'), getmetatable(a) ~= nil, a.k1, a[1], #s}
  end
  local first, keep = look(), {}
  for i = 1, 100 do keep[i % 7] = {i, tostring(i), function() return keep end} end
  for i = 1, 20 do rawset(a, i, i) rawset(b, 'n' .. i, i) end
  return {first, look(), host.bump()}
end";

fn program_of(bytes: &[u8]) -> String {
    /// More statements find nothing that these don't, and Lua has room for 200 locals.
    const MOST: usize = 60;
    let mut program =
        String::from("local a, b, s, n = {}, {}, '', 0\nlocal f = function() return n end\n");
    for statement in bytes.chunks_exact(3).take(MOST) {
        let text = STATEMENTS[statement[0] as usize % STATEMENTS.len()];
        let text = text.replace("$1", &statement[1].to_string());
        program.push_str(&text.replace("$2", &statement[2].to_string()));
        program.push('\n');
    }
    program + PROGRAM
}

/// A process that is a copy comes to what one that was booted comes to.
pub fn same(bytes: &[u8]) {
    let entry = Entry::new(&program_of(bytes));
    let message = |error: Error| error.message;
    let fresh = result(&entry.code(false)).map_err(message);
    let code = entry.code(true);
    match code.prepare(TestHost::default) {
        Ok(_) => {
            for _ in 0..2 {
                assert_eq!(fresh, result(&code).map_err(message), "{}", entry.source);
            }
        }
        Err(error) => assert_eq!(fresh, Err(error.message), "{}", entry.source),
    }
    drop(code);
    assert_eq!(entry.slab.in_use(), 0);
}
